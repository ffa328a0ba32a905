"""What does optimisation do to approval? Goodhart's curve: best-of-N, KL and quantilizer under three tails."""

import marimo

app = marimo.App(width="medium", app_title="4 · Goodhart's curve", html_head_file="head.html")

with app.setup:
    import marimo as mo
    import numpy as np
    import plotly.graph_objects as go

    from distillers.approval import Approval
    from distillers.approval_frozen import ApprovalFrozen
    from distillers.best_of_n import BestOfN
    from distillers.debate import Debate
    from distillers.imitation import Imitation
    from distillers.kl_regularised import KLRegularised
    from distillers.quantilizer import Quantilizer
    from divergence import figures, style
    from divergence.live import live, study_of
    from divergence.worst_curves import worst_curves
    from notebooks.page import controls, picture
    from overseers.human import Human
    from scenarios.goodhart import Goodhart
    from scenarios.ledger import Ledger


@app.cell
def _():
    mo.md("""
    # 4 · Goodhart's curve

    *When a measure becomes a target, it ceases to be a good measure.* How fast it ceases depends on how hard the
    target is pursued and on the **tails** of the error. Here is the smallest world in which that can be seen: one
    question, whose answers have a quality **V** (normal, spread 1), and a rater who sees V + γX: the quality plus
    an error X, how persuasive the answer happens to be. Three ways to select for the rating, each with a dial for
    how hard it presses:

    - **best-of-N** draws N answers and keeps the best rated;
    - **kl-regularised** maximises the rating less β times its divergence from the answers it started from;
    - **quantilizer** answers with a draw from the top share q by rating.

    Pressure is measured in nats of KL divergence from the unselected answers, as in Gao, Schulman and Hilton's
    *Scaling laws for reward model overoptimization*.
    """)
    return


@app.cell
def _():
    knobs = mo.ui.dictionary(
        {
            "family": mo.ui.dropdown(
                {"normal: thin tails": "normal", "Laplace: heavier": "laplace", "Student t: heaviest": "student_t"},
                value="Student t: heaviest",
                label="tails of the error X",
            ),
            "freedom": mo.ui.slider(
                steps=[2.0, 3.0, 5.0, 10.0, 30.0],
                value=3.0,
                show_value=True,
                label="**ν**, degrees of freedom of Student t (fewer: heavier)",
            ),
            "gamma": mo.ui.slider(
                steps=np.linspace(0, 3, 13).tolist(), value=1.0, show_value=True, label="**γ**, weight of the error"
            ),
            "correlation": mo.ui.slider(
                steps=np.linspace(-0.8, 0.8, 9).round(1).tolist(),
                value=0.0,
                show_value=True,
                label="**ρ**, correlation of quality and persuasiveness",
            ),
        }
    )
    return (knobs,)


@app.cell
def _(knobs):
    controls(knobs)
    return


@app.cell
def _():
    def pressed(family, freedom, gamma, correlation):
        """(scheme, quality, KL) as each dial is turned; a scheme without an optimum has blanks."""
        world = Goodhart(rhetoric_family=family, rhetoric_freedom=freedom, correlation=correlation)
        rater = Human(leaf_discernment=1.0, self_persuasion=0.0, gameability=gamma)
        doublings = (0, 1, 2, 4, 6, 8, 11, 14, 17)
        dials = [
            (BestOfN(), "scheme.draws", [2**k for k in doublings]),
            (KLRegularised(), "scheme.penalty", np.geomspace(0.25, 20, 9).tolist()),
            (Quantilizer(), "scheme.share", [2.0**-k for k in doublings]),
        ]
        for scheme, dial, values in dials:
            found = live(world, rater, scheme, dial, values, measures=["quality", "kl"], questions=1).summary
            table = found[found["measure"].isin(["quality", "kl"])].pivot(
                index=dial.split(".")[1], columns="measure", values="mean"
            )
            yield scheme.part_name(), table.reindex(columns=["quality", "kl"]).dropna().sort_values("kl")

    return (pressed,)


@app.cell
def _(knobs, pressed):
    _named = list(pressed(**knobs.value))
    _looks = style.looks([name for name, _ in _named])
    pressure = go.Figure(
        [
            go.Scatter(
                x=table["kl"],
                y=table["quality"],
                name=name,
                mode="lines+markers",
                line={"color": _looks[name].colour, "dash": _looks[name].dash, "width": 2.2},
                marker={"symbol": _looks[name].marker, "size": 7},
                customdata=table.index,
                hovertemplate="KL %{x:.2f}, quality %{y:.2f}<br>dial at %{customdata:.4g}",
            )
            for name, table in _named
        ]
    )
    pressure.update_layout(
        xaxis={"title": "pressure (nats of KL divergence)", "range": [-0.2, 13]},
        yaxis={"title": "true quality V (its own spread = 1)", "rangemode": "tozero"},
    )
    _none = ", ".join(name for name, table in _named if not len(table))
    mo.vstack(
        [
            mo.md("### True quality of what is selected, against pressure"),
            picture(pressure, 420),
            mo.md(f"**Without any optimum here:** {_none}." if _none else "Hover for the dial behind each point."),
        ]
    )
    return (pressure,)


@app.cell
def _():
    mo.md("""
    With *normal* error, quality keeps rising: some of what is selected is luck, but some is merit. With *Laplace*
    error it levels off. With *Student t* error it rises and then **falls back to nothing**: under enough pressure
    all that is selected is error (Kwa, Thomas and Garriga-Alonso, *Catastrophic Goodhart*). KL-regularised approval
    has no optimum there at all, which is why it may have no line: the rating can be had at any price in KL.

    ## All the models that are nearly optimal

    The essay asks for more than a good optimum: *all* the models that perform (nearly) optimally should be safe. So
    give up a share ε of what training gains over answers at random, and let an adversary choose the **worst**
    policy that is still that good.
    """)
    return


@app.cell
def _():
    worlds = mo.ui.dictionary(
        {
            "gamma": mo.ui.slider(
                steps=np.linspace(0, 4, 17).tolist(), value=1.0, show_value=True, label="**γ**, how gameable people are"
            ),
            "planting": mo.ui.slider(
                steps=np.linspace(0, 0.6, 7).round(1).tolist(),
                value=0.3,
                show_value=True,
                label="share of questions with a planted falsehood",
            ),
        }
    )
    return (worlds,)


@app.cell
def _(worlds):
    controls(worlds)
    return


@app.cell
def _(worlds):
    _study = study_of(
        Ledger(plant_rate=worlds.value["planting"]),
        Human(),
        [Imitation(), Approval(), ApprovalFrozen(), Debate(), KLRegularised()],
    )
    near = worst_curves(_study, [worlds.value["gamma"]])
    worst = figures.worst(near)
    mo.vstack([mo.md("### The worst model within ε of the optimum (ledger)"), picture(worst, 440)])
    return near, worst


@app.cell
def _():
    mo.md("""
    The left end of each line is the harm of the optimum itself; what it *rises* by is what the objective leaves
    open. Imitation starts at nothing, and Pinsker's bound (dashed) says how far any model that predicts nearly as
    well may stray. Approval may start at nothing too, and then rise more slowly than imitation: that its optimum is
    unsafe at high γ does not make its near optima less safe at low γ. Move γ and see when the argument of the essay
    holds, and when not.

    **Next:** `hch notebook 5` puts an overseer, a scheme and a scenario of your own beside the built-in ones.
    """)
    return


if __name__ == "__main__":
    app.run()
