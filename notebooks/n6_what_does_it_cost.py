"""What does it cost? Human time, and what becomes of judgement when there is too little of it."""

import marimo

app = marimo.App(width="medium", app_title="6 · What does it cost?", html_head_file="head.html")

with app.setup:
    import marimo as mo

    from divergence import bandwidth, busy, corruption
    from divergence.figures.busy import figure as harm_figure
    from hch.corruption import Attack
    from hch.office import Office
    from notebooks.page import controls, picture
    from overseers.human import Human
    from scenarios.ledger import Ledger
    from scenarios.majority import Majority


@app.cell
def _():
    mo.md("""
    # 6 · What does it cost?

    Supervision takes people, and people are few. Ten of them share one queue of answers to give, ratings and
    judgements. **Offered load** is the unhurried work that arrives per staff-minute: at 1 they would be busy all the
    time. When work piles up they hurry, and who hurries verifies less: what is persuasive weighs the same, what is
    true weighs less. So the *same* human-minutes teach worse when they are crowded.
    """)
    return


@app.cell
def _():
    knobs = mo.ui.dictionary(
        {
            "gamma": mo.ui.slider(0.0, 2.5, 0.25, value=1.5, show_value=True, label="**γ**, weight of persuasion"),
            "hurry": mo.ui.slider(0.0, 3.0, 0.5, value=1.0, show_value=True, label="**hurry** per waiting request"),
            "argument": mo.ui.slider(
                0.0, 10.0, 2.0, value=0.0, show_value=True, label="minutes to **read** an argument"
            ),
            "bunched": mo.ui.switch(value=False, label="a whole tree's work is asked for **at once**"),
        }
    )
    return (knobs,)


@app.cell
def _(knobs):
    controls(knobs)
    return


@app.cell
def _(knobs):
    office = Office(staff=10, hurry=knobs.value["hurry"], argument_minutes=knobs.value["argument"])
    table = busy.harm_against_load(
        [Ledger(depth=3)],
        Human(gameability=knobs.value["gamma"]),
        office,
        questions=100,
        seeds=2,
        bunched=knobs.value["bunched"],
    )
    picture(harm_figure(table), 420)
    return (table,)


@app.cell
def _(table):
    at_one = table[table["load"] == 1.0].set_index("scheme")
    mo.md(
        "At load 1: "
        + "; ".join(
            f"**{name}** keeps {kept:.0%} of its discernment and does {harm:.3f} harm"
            for name, kept, harm in zip(at_one.index, at_one["kept"], at_one["mean"], strict=True)
        )
        + ". Turn *at once* on: ratings of a tree then hurry each other at any load, and approval comes last for that"
        " reason alone. Let arguments take time to read, and whoever argues can flood the office."
    )
    return


@app.cell
def _():
    mo.md("""
    ## Corruption

    Messages carry more than answers. An attack corrupts its reader with chance *p* × bandwidth, and a corrupted human
    passes it on until quarantined. Below the red line (R₀ = 1) it dies out; above, it reaches the leaves.
    """)
    return


@app.cell
def _():
    infectivity = mo.ui.slider(0.5, 1.0, 0.05, value=0.9, show_value=True, label="**p**, infectivity")
    return (infectivity,)


@app.cell
def _(infectivity):
    infectivity  # noqa: B018 (what a cell shows)
    return


@app.cell
def _(infectivity):
    attack = Attack(infectivity=infectivity.value, exposure=0.0, root_exposure=1.0)
    phases = corruption.phase(Ledger(claims=2, depth=7), attack=attack, questions=100)
    picture(corruption.figure(phases))
    return (phases,)


@app.cell
def _():
    mo.md("""
    Who is corrupted answers what the attack wants: the false claim that persuades most. Less bandwidth carries fewer
    attacks, and less of each question, so people discern less and questions are split into more levels (the jumps).
    Without an enemy more bandwidth is better; with one, the best may lie between.
    """)
    return


@app.cell
def _():
    exposure = mo.ui.slider(0.0, 0.05, 0.005, value=0.02, show_value=True, label="**t**, corrupted from outside")
    quarantine = mo.ui.slider(10, 120, 10, value=60, show_value=True, label="minutes to **quarantine**")
    return exposure, quarantine


@app.cell
def _(exposure, quarantine):
    mo.vstack([exposure, quarantine])
    return


@app.cell
def _(exposure, infectivity, quarantine):
    enemy = Attack(infectivity=infectivity.value, exposure=exposure.value, quarantine_minutes=float(quarantine.value))
    accuracies = bandwidth.against_bandwidth(Majority(depth=3), attack=enemy, questions=150)
    picture(bandwidth.figure(accuracies))
    return (accuracies,)


if __name__ == "__main__":
    app.run()
