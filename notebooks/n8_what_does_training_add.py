"""What does training add? Students on a budget, people and snapshots in time, loss as a chisel, after deployment."""

import marimo

app = marimo.App(width="medium", app_title="8 · What does training add?", html_head_file="head.html")

with app.setup:
    import marimo as mo
    import numpy as np

    from distillers.approval import Approval
    from distillers.chisel import Chisel
    from distillers.debate import Debate
    from distillers.deployment import Deployment, Drift
    from distillers.imitation import Imitation
    from distillers.lag import Lag
    from distillers.rewards import LateGameability
    from distillers.staleness import Moving
    from distillers.students.log_linear import LogLinear
    from distillers.students.table import Table
    from distillers.tampering import Tampering
    from distillers.training import Training
    from divergence import deployment, learning
    from divergence.cell import TRAINED, Named
    from divergence.chisel import chiselled
    from divergence.figures import chisel as timelines
    from divergence.figures import lag as lag_figures
    from divergence.figures import learning as curves
    from divergence.figures import series as overtime
    from divergence.lag import lagging, stale
    from divergence.series import series
    from divergence.spec import Spec
    from hch.exact import hch
    from hch.setting import Setting
    from notebooks.page import controls, picture
    from overseers.human import Human
    from scenarios.ledger import Ledger


@app.cell
def _():
    mo.md("""
    # 8 · What does training add?

    An optimum says where perfect training would end. Training on a budget may end before it, because labels are few,
    because the student cannot hold what it is taught, or because it never does what would be rewarded most. That can
    be worse than the optimum, and it can be better: **what is never done is never reinforced**.

    ## Human minutes

    Every point is a training run of its own: people answer, compare or judge questions while they consult the model
    as it is, level by level, until the budget is spent. A *table* holds anything but generalises to nothing; a
    *log-linear* student knows how appealing claims are and what joined sub-answers hint at.
    """)
    return


@app.cell
def _():
    knobs = mo.ui.dictionary(
        {
            "gamma": mo.ui.slider(
                steps=[0.0, 0.5, 1.0, 1.5, 2.0, 2.5], value=1.5, show_value=True, label="**γ**, weight of persuasion"
            ),
            "student": mo.ui.dropdown(["table", "log-linear"], value="table", label="student"),
            "plants": mo.ui.slider(
                steps=[0.0, 0.15, 0.3, 0.45, 0.6],
                value=0.3,
                show_value=True,
                label="share of questions with a planted falsehood",
            ),
        }
    )
    controls(knobs)
    return (knobs,)


@app.cell
def _(knobs):
    schemes = tuple(Named(one.part_name(), one) for one in (Imitation(), Approval(), Debate()))
    human = Human(gameability=knobs.value["gamma"])
    scenario = Ledger(depth=2, plant_rate=knobs.value["plants"])
    student = Table() if knobs.value["student"] == "table" else LogLinear()
    study = Spec(
        scenarios=(Named("ledger", scenario),),
        overseers=(Named("human", human),),
        schemes=schemes,
        questions=30,
        phases=(TRAINED,),
        trainings=(Named("training", Training(student=student, human_minutes=20_000.0)),),
    )
    budgets = learning.cells(study, shares=[2.0**power for power in range(-4, 4)], seeds=3)
    learnt = learning.curves(learning.measured_now(budgets))
    return human, learnt, scenario


@app.cell
def _(learnt):
    spent = curves.learning(learnt)
    picture(spent)
    return (spent,)


@app.cell
def _(learnt):
    ends = learnt.sort_values("budget").groupby("scheme", sort=False).last()
    mo.md(
        "On the largest budget: "
        + "; ".join(
            f"**{name}** does {line.harm:.3f} harm and is right {line.accuracy:.0%} of the time"
            for name, line in ends.iterrows()
        )
        + f" (HCH: {ends['hch_accuracy'].iloc[0]:.0%}). Raise γ: imitation still pays for more labels, while approval"
        " that is trained *better* does more harm."
    )
    return


@app.cell
def _():
    mo.md("""
    ## People, snapshots and a clock

    Now a few people share one queue. *In step*, everybody waits until a batch is labelled and the trainer has
    published; *asynchronously*, people go on labelling with the newest snapshot there is, which is older. One field
    tells them apart. With hurry, who finds others waiting takes less time and verifies less.
    """)
    return


@app.cell
def _():
    office = mo.ui.dictionary(
        {
            "staff": mo.ui.slider(steps=[2, 5, 10, 20, 50], value=10, show_value=True, label="people"),
            "trainer": mo.ui.slider(
                steps=[0, 30, 120, 480], value=120, show_value=True, label="minutes that the **trainer** takes"
            ),
            "hurry": mo.ui.slider(
                steps=[0.0, 0.02, 0.05, 0.1], value=0.0, show_value=True, label="**hurry** per waiting label"
            ),
        }
    )
    controls(office)
    return (office,)


@app.cell
def _(human, office, scenario):
    timed = Setting(scenario.trees(0, 40), human, 0)
    way = {
        "human_minutes": 40_000.0,
        "batch": 150,
        "staff": office.value["staff"],
        "trainer_minutes": float(office.value["trainer"]),
        "hurry": office.value["hurry"],
    }
    runs = {
        "in step": series(Imitation(), Training(**way), timed),
        "asynchronous": series(Imitation(), Training(**way, asynchronous=True), timed),
    }
    over_time = overtime.figure(runs)
    picture(over_time, height=720)
    return over_time, runs


@app.cell
def _(runs):
    def said(name, run):
        end = run.iloc[-1]
        busy = np.average(run["utilisation"], weights=np.diff(run["elapsed_minutes"], prepend=0.0))
        return (
            f"**{name}**: {end['labels']:,.0f} labels in {end['elapsed_minutes']:,.0f} minutes, people at work "
            f"{busy:.0%} of the time, accuracy at the roots {end['accuracy']:.2f}"
        )

    mo.md("; ".join(said(name, run) for name, run in runs.items()) + ".")
    return


@app.cell
def _():
    mo.md("""
    ## The loss as a chisel

    A rating is not what a model wants; it changes the model through what the model *does*. Both lines start from an
    imitation of HCH: one is policy gradient on sampled answers, the other what it comes to on average. The argmax of
    the same rating is what an optimum plays. Let gameability **set in late**: by then the model is sure, the exploit
    is hardly ever done, and so it is hardly ever reinforced.
    """)
    return


@app.cell
def _():
    carving = mo.ui.dictionary(
        {
            "gamma": mo.ui.slider(
                steps=[1.0, 1.5, 2.0, 2.5, 3.0], value=2.5, show_value=True, label="**γ**, weight of persuasion"
            ),
            "rate": mo.ui.slider(steps=[0.03, 0.1, 0.3, 1.0], value=0.3, show_value=True, label="**η**, learning rate"),
            "exploration": mo.ui.slider(
                steps=[0.0, 0.05, 0.2, 0.5], value=0.0, show_value=True, label="**ε**, chance of an answer at random"
            ),
            "entropy": mo.ui.slider(
                steps=[0.0, 0.3, 1.0, 3.0], value=0.0, show_value=True, label="**β**, weight of entropy"
            ),
            "onset": mo.ui.slider(
                steps=[0, 50, 200, 400], value=0, show_value=True, label="step at which gameability sets in"
            ),
            "reward": mo.ui.slider(
                steps=[10, 15, 20, 30], value=20, show_value=True, label="**R_max**, what tampering pays a step"
            ),
            "penalty": mo.ui.slider(
                steps=[0, 10, 20, 40], value=10, show_value=True, label="**P**, what it costs until it works"
            ),
        }
    )
    controls(carving)
    return (carving,)


@app.cell
def _(carving):
    asked = carving.value
    tampering = Tampering(reward=float(asked["reward"]), penalty=float(asked["penalty"]))
    carved = chiselled(
        Setting(Ledger(depth=2).trees(0, 300), Human(gameability=asked["gamma"]), 0),
        Chisel(learning_rate=asked["rate"], exploration=asked["exploration"], entropy=asked["entropy"], steps=800),
        LateGameability(onset=asked["onset"]),
        tampering,
    )
    timeline = timelines.figure(carved.timeline)
    picture(timeline)
    return carved, tampering, timeline


@app.cell
def _(carved, tampering):
    rated = carved.tempted.rated[-1]
    worth = "is" if tampering.worth_it(rated) else "is not"
    shares = [float(np.isfinite(when).mean()) if when.size else 0.0 for when in (carved.found, carved.taken)]
    tried = "never tried" if carved.tempted.first < 0 else f"first tried at step {carved.tempted.first}"
    mo.md(
        f"{carved.exploits} of 300 questions have an exploit; {shares[0]:.0%} of these were found and {shares[1]:.0%} "
        f"taken. An honest step is rated {rated:.1f} in the end, so tampering {worth} worth it: (T - h)(R_max - R̄) = "
        f"{8 * (tampering.reward - rated):.0f} against h(P + R̄) = {2 * (tampering.penalty + rated):.0f}. It starts at "
        f"a chance of 0.001 an episode, and was {tried}."
    )
    return


@app.cell
def _():
    mo.md("""
    ## Oversight that is late

    Search doubles every hour; oversight knows the arguments that a search some hours ago would have found, and is moved
    only by what is new. Whether that matters is decided by the **tails** of arguments. Below, labels that rest on old
    snapshots of a model that learns: they turn when its drift has eaten up their margin.
    """)
    return


@app.cell
def _():
    late = mo.ui.dictionary(
        {
            "delay": mo.ui.slider(steps=[0, 1, 4, 12], value=4, show_value=True, label="hours that oversight is late"),
            "asymmetry": mo.ui.slider(
                steps=[0.0, 0.25, 0.5], value=0.0, show_value=True, label="extra force of arguments for falsehoods"
            ),
            "gamma": mo.ui.slider(
                steps=[1.0, 1.5, 2.0, 2.5], value=2.0, show_value=True, label="**γ**, weight of persuasion"
            ),
        }
    )
    controls(late)
    return (late,)


@app.cell
def _(late):
    behind = Lag(delay=60.0 * late.value["delay"])
    heard = Human(gameability=late.value["gamma"])
    raced = {}
    for tails in ("normal", "laplace", "student_t"):
        argued = Ledger(depth=2, rhetoric_family=tails, asymmetry=late.value["asymmetry"])
        raced[tails.replace("_", " ")] = lagging(behind, Setting(argued.trees(0, 300), heard, 0)).timeline
    harms = lag_figures.lag(raced)
    picture(harms, height=380)
    return harms, raced


@app.cell
def _(late):
    learning_one = Setting(Ledger(depth=2).trees(1, 400), Human(gameability=late.value["gamma"]), 1)
    moving = Moving(hch(learning_one.trees, learning_one.human, rounds=0), learning_one.hch, 600.0)
    old = lag_figures.turned(stale(Approval(), learning_one, moving, 600.0, range(0, 601, 25)))
    picture(old, height=380)
    return (old,)


@app.cell
def _():
    mo.md("""
    ## After deployment

    A **turncoat** imitates until it is deployed. If a share *s* of its answers is looked at, it gets away with
    (1 - s)/s false ones, on average, before the first is seen. A model that is merely left behind **drifts**: the world
    moves, and what it learnt becomes false, until somebody notices and it is trained again.
    """)
    return


@app.cell
def _():
    after = mo.ui.dictionary(
        {
            "supervised": mo.ui.slider(
                steps=[0.02, 0.05, 0.1, 0.3, 1.0], value=0.1, show_value=True, label="**s**, share looked at"
            ),
            "notices": mo.ui.slider(
                steps=[1, 3, 10], value=3, show_value=True, label="detections until drift is noticed"
            ),
            "retraining": mo.ui.slider(
                steps=[0, 20, 100], value=20, show_value=True, label="answers given while it is retrained"
            ),
        }
    )
    controls(after)
    return (after,)


@app.cell
def _():
    seen = deployment.drawn_escapes(deployment.escapes(lives=500))
    picture(seen, height=380)
    return (seen,)


@app.cell
def _(after):
    rule = Deployment(answers=400, **after.value)
    left_behind = deployment.drawn_drift(deployment.drifting(rule, Drift(rate=0.005), lives=1000))
    picture(left_behind, height=380)
    return (left_behind,)


if __name__ == "__main__":
    app.run()
