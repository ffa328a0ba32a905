"""Whose assumptions? Which of them a scheme's harm hangs on, and where one scheme overtakes another."""

import marimo

app = marimo.App(width="medium", app_title="7 · Whose assumptions?", html_head_file="head.html")

with app.setup:
    import marimo as mo
    import numpy as np

    from distillers.approval import Approval
    from distillers.approval_frozen import ApprovalFrozen
    from distillers.debate import Debate
    from distillers.imitation import Imitation
    from distillers.reward_modelling import RewardModelling
    from divergence import live_maps, phase
    from divergence.figures import indices as bars
    from divergence.figures import names
    from divergence.figures import phases as maps
    from divergence.live import study_of
    from notebooks.page import controls, picture
    from overseers.human import Human
    from scenarios.ledger import Ledger
    from scenarios.majority import Majority

    SCENARIOS = {"ledger": Ledger(depth=2), "majority": Majority(depth=2)}
    SCHEMES = [Approval(), ApprovalFrozen(), RewardModelling(), Debate()]
    RANGES = {
        "scenario.plant_rate": [0.0, 0.6],
        "scenario.asymmetry": [0.0, 1.0],
        "overseer.self_persuasion": [0.0, 1.0],
        "overseer.discernment": [4.0, 12.0],
        "scheme.n_search": [1, 1000],
    }
    PLANES = {
        "λ, how much people persuade themselves": ("overseer.self_persuasion", np.linspace(0, 1, 5)),
        "share of questions with a planted falsehood": ("scenario.plant_rate", np.linspace(0, 0.6, 5)),
        "extra force of arguments for falsehoods": ("scenario.asymmetry", np.linspace(-0.5, 1, 5)),
        "κ, what verified support weighs": ("overseer.discernment", np.linspace(4, 12, 5)),
    }


@app.cell
def _():
    mo.md("""
    # 7 · Whose assumptions?

    A ranking of training schemes is a statement about *simulated* humans, questions and arguments. Somebody chose
    them. This notebook asks two things of that choice: **which assumption is a result most sensitive to**, and **where
    in the space of assumptions does the best scheme change?** Each scheme is at its exact optimum, as before; harm is
    the probability moved from HCH's answers to false ones.
    """)
    return


@app.cell
def _():
    mo.md("""
    ## What does harm hang on?

    Draw every assumption evenly from its range and harm varies. Sobol indices divide that variance: **first order** is
    the share that goes when a field is known, **total** the share that stays when all *others* are known. Where the
    two differ, assumptions act together, and none of them can be judged alone. Lines are 95 % intervals; more points
    make them shorter.
    """)
    return


@app.cell
def _():
    knobs = mo.ui.dictionary(
        {
            "scenario": mo.ui.dropdown(list(SCENARIOS), value="ledger", label="kind of question"),
            "gamma": mo.ui.slider(
                steps=np.linspace(0.5, 4, 8).tolist(), value=2.0, show_value=True, label="**γ**, weight of persuasion"
            ),
            "points": mo.ui.slider(steps=[16, 32, 64, 128], value=64, show_value=True, label="points of the design"),
        }
    )
    controls(knobs)
    return (knobs,)


@app.cell
def _(knobs):
    where = SCENARIOS[knobs.value["scenario"]]
    asked = study_of(where, Human(), SCHEMES, values=(knobs.value["gamma"],), questions=40)
    indices = live_maps.indices(asked, knobs.value["points"], RANGES)
    return (indices,)


@app.cell
def _():
    scheme = mo.ui.dropdown([one.part_name() for one in SCHEMES], value="approval", label="scheme")
    mo.hstack([scheme], justify="start")
    return (scheme,)


@app.cell
def _(indices, scheme):
    hangs = bars.figure(indices[indices["scheme"] == scheme.value])
    hangs.update_xaxes(range=[-0.25, 1.5])  # few points have long intervals
    picture(hangs, 300)
    return


@app.cell
def _(indices):
    known = indices.dropna(subset=["total"])
    first = known.sort_values("total", ascending=False).drop_duplicates("scheme")
    mo.md(
        "Most of its variance "
        + "; ".join(
            f"**{line['scheme']}** owes to *{names.words(line['field'])}* (total {line['total']:.2f})"
            for line in first.to_dict("records")
        )
        + f". Ranges: {', '.join(f'{path} {low} to {high}' for path, (low, high) in RANGES.items())}. They are"
        " assumptions too: a field whose range is halved matters less."
    )
    return


@app.cell
def _():
    mo.md("""
    ## Where does one scheme overtake another?

    Choose a second assumption beside γ. Every colour is the scheme with the least harm there; grey is a tie, mostly
    where nobody has left HCH yet. Dots are what was tried: squares whose corners disagree are divided, so work goes to
    the boundary. Imitation is left out at first, for its harm is 0 by what it optimises; let it in, and it is
    everywhere at least tied.
    """)
    return


@app.cell
def _():
    plane_knobs = mo.ui.dictionary(
        {
            "scenario": mo.ui.dropdown(list(SCENARIOS), value="ledger", label="kind of question"),
            "beside": mo.ui.dropdown(list(PLANES), value=next(iter(PLANES)), label="beside γ"),
            "refine": mo.ui.slider(steps=[0, 1, 2, 3], value=1, show_value=True, label="how often squares are halved"),
            "imitation": mo.ui.switch(value=False, label="let imitation in"),
        }
    )
    controls(plane_knobs)
    return (plane_knobs,)


@app.cell
def _(plane_knobs):
    chosen = plane_knobs.value
    path, values = PLANES[chosen["beside"]]
    entrants = [Imitation(), *SCHEMES] if chosen["imitation"] else SCHEMES
    swept = study_of(
        SCENARIOS[chosen["scenario"]],
        Human(),
        entrants,
        values=tuple(np.linspace(0, 4, 9).tolist()),
        beside={path: tuple(values.round(3).tolist())},
        questions=60,
    )
    diagram = live_maps.diagram(swept, chosen["refine"], phase.winner("harm"))
    boundary = maps.figure(diagram)
    picture(boundary, 480)
    return (diagram,)


@app.cell
def _(diagram):
    shares = diagram.points["phase"].value_counts(normalize=True)
    told = ", ".join(f"{name} has {share:.0%} of the points" for name, share in shares.items())
    mo.md(f"""
    {len(diagram.points)} points were tried: {told} (of those tried, which crowd where the winner changes). A boundary
    through the middle unsettles a ranking; a colour that covers the picture does not settle it, for there are other
    planes. For γ\\*, ablations and shares of a whole box of assumptions, run `hch compare`; for maps of studies of your
    own, `hch sensitivity` and `hch phase`.
    """)
    return


if __name__ == "__main__":
    app.run()
