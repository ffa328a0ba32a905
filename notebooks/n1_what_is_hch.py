"""What is HCH? One tree of humans, grown level by level, exactly and by simulation."""

import marimo

app = marimo.App(width="medium", app_title="1 · What is HCH?", html_head_file="head.html")

with app.setup:
    import marimo as mo
    import numpy as np
    import plotly.graph_objects as go

    from divergence import style
    from hch import minds
    from hch.exact import hch
    from notebooks.drawing import Node, tree
    from notebooks.page import controls, picture
    from overseers.human import Human
    from scenarios.ledger import Ledger


@app.cell
def _():
    mo.md("""
    # 1 · What is HCH?

    A question is too hard for you, but you may split it and give the parts to people as able as you, who may split
    theirs in turn. *Humans consulting HCH*, HCH for short, is that tree of people without end. It is what
    Hubinger's *Outer alignment and imitative amplification* takes as the target: **imitative amplification** trains
    a model to predict what a human answers who consults the model, and when that training succeeds, the model
    answers as HCH does. So whether HCH's answers are good is a question about people, not about training.

    Here the question is a *ledger*: what is the total of eight entries, modulo 6? Each entry is a leaf, and whoever
    is asked for a total splits it in two. There are six possible answers, the **claims** 0 to 5, and one is true.
    The people are *gameable*: besides what they can check, they are moved by how persuasive a claim is. And now and
    then a false claim is **planted** that looks persuasive to everybody.
    """)
    return


@app.cell
def _():
    knobs = mo.ui.dictionary(
        {
            "levels": mo.ui.slider(
                steps=[0, 1, 2, 3], value=3, show_value=True, label="**k**, levels of helpers below the first human"
            ),
            "gamma": mo.ui.slider(
                steps=np.linspace(0, 4, 17).tolist(), value=2.0, show_value=True, label="**γ**, how gameable people are"
            ),
            "itself": mo.ui.slider(
                steps=np.linspace(0, 1, 11).round(1).tolist(),
                value=0.5,
                show_value=True,
                label="**λ**, how much of that they do to themselves, thinking alone",
            ),
            "question": mo.ui.slider(steps=list(range(20)), value=3, show_value=True, label="which question is drawn"),
        }
    )
    return (knobs,)


@app.cell
def _(knobs):
    controls(knobs)
    return


@app.cell
def _(knobs):
    scenario = Ledger(depth=3)
    human = Human(gameability=knobs.value["gamma"], self_persuasion=knobs.value["itself"])
    levels = knobs.value["levels"]
    return human, levels, scenario


@app.cell
def _():
    def simulated(trees, human, k):
        """Answers of HCH_k by level, lowest first: the lowest humans asked answer alone, the others join."""
        given = []
        for level in trees.levels[trees.depth - k :]:
            supported = trees.joined(given[-1]) if given else level.truth
            people = minds.voters(level, human, aided=bool(given) or level.height == 0)
            given.append(minds.answers(people, supported))
        return given

    return (simulated,)


@app.cell
def _(human, knobs, levels, scenario, simulated):
    one = scenario.trees(seed=0, questions=1, start=knobs.value["question"])
    _asked = [None] * (one.depth - levels) + simulated(one, human, levels)
    grown = tree(
        [
            [
                Node(
                    truth=int(level.truth[place, 0]),
                    answer=None if answers is None else int(answers[place, 0]),
                    planted=bool(level.planted[place, 0] >= 0),
                )
                for place in range(len(level.truth))
            ]
            for level, answers in zip(one.levels, _asked, strict=True)
        ]
    )
    mo.vstack([mo.md("### One consultation: the root question on top, its entries at the bottom"), picture(grown, 330)])
    return grown, one


@app.cell
def _(human, levels, one):
    mo.md(f"""
    The number in a mark is the answer that this human gives; hover for the truth. Whoever has helpers adds up what
    *they* said, so one false answer below usually spoils everything above it; whoever has none must guess the total
    alone, with less certainty the larger the question.
    Here HCH with k = {levels} gives the true answer, {one.root.truth[0, 0]}, with probability
    **{hch(one, human, levels).root[one.root.truth[0, 0], 0]:.2f}**; you see one draw of it.
    """)
    return


@app.cell
def _(human, levels, one):
    _exact = hch(one, human, levels).root[:, 0]
    _true = one.root.truth[0, 0]
    _colours = [style.BLUE if claim == _true else style.VERMILION for claim in range(one.claims)]
    claims = go.Figure(
        go.Bar(
            x=[f"{claim} (true)" if claim == _true else str(claim) for claim in range(one.claims)],
            y=_exact,
            marker={"color": _colours},
            hovertemplate="%{y:.3f}",
            showlegend=False,
        )
    )
    claims.update_layout(xaxis={"title": "claim"}, yaxis={"title": "probability", "range": [0, 1]})
    mo.vstack([mo.md(f"### What HCH says about this question, exactly (k = {levels})"), picture(claims, 260)])
    return (claims,)


@app.cell
def _(human, scenario, simulated):
    many = scenario.trees(seed=1, questions=500)
    _k = np.arange(many.depth + 1)
    _true = many.root.truth[0]
    exact = np.array([hch(many, human, k).root[_true, range(500)].mean() for k in _k])
    drawn = np.array([(simulated(many, human, k)[-1][0] == _true).mean() for k in _k])
    return drawn, exact


@app.cell
def _(drawn, exact):
    _error = 1.96 * np.sqrt(drawn * (1 - drawn) / 500)
    accuracy = go.Figure(
        [
            go.Scatter(
                y=exact,
                name="exact recursion",
                line={"color": style.BLUE, "width": 2.5},
                hovertemplate="%{y:.3f}",
            ),
            go.Scatter(
                y=drawn,
                name="simulated (95 % interval)",
                mode="markers",
                marker={"symbol": "square", "size": 9, "color": style.ORANGE},
                error_y={"array": _error, "color": style.ORANGE},
                hovertemplate="%{y:.3f}",
            ),
        ]
    )
    accuracy.update_layout(
        xaxis={"title": "k, levels of helpers", "dtick": 1},
        yaxis={"title": "chance of the true answer", "range": [0, 1.05]},
    )
    mo.vstack(
        [
            mo.md("### Does a bigger tree help?"),
            picture(accuracy, 330),
            mo.md("Means over 500 questions, the simulation with a human for every node."),
        ]
    )
    return (accuracy,)


@app.cell
def _():
    mo.md("""
    **What to try.** With γ = 0 nobody can be talked into anything, and helpers help: each level makes the questions
    smaller. Raise γ: errors at the leaves now pass upwards, for a sum forgives nothing, and a tree of easily gamed
    people can be worse than fewer of them. Then set λ = 0: people who do not talk *themselves* into things are safe
    in HCH however gameable they are, because in HCH nobody argues with them. That is imitation's whole safety in
    this model: HCH depends on the product λγ alone.

    The two ways of computing agree within the noise of the simulation. Everything that follows uses the exact one.
    The code behind every figure is short, and yours to copy: *Show code*, in the menu at the top right.

    **Next:** `hch notebook 2` asks what happens when the model is not trained to imitate but to be approved of.
    """)
    return


if __name__ == "__main__":
    app.run()
