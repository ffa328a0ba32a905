"""Does debate fix it? How deep it goes, who judges, who rebuts, and the leaf that decides."""

import marimo

app = marimo.App(width="medium", app_title="3 · Does debate fix it?", html_head_file="head.html")

with app.setup:
    import marimo as mo
    import numpy as np

    from distillers.approval import Approval
    from distillers.cross_examination import CrossExamination
    from distillers.debate import Debate
    from distillers.debate_hch_judge import DebateHCH
    from distillers.protocol import joined_above, max_min
    from divergence import figures
    from divergence.live import live
    from hch.setting import Setting
    from notebooks.drawing import Node, tree
    from notebooks.page import controls, picture
    from overseers.human import Human
    from scenarios.ledger import Ledger
    from scenarios.majority import Majority


@app.cell
def _():
    mo.md("""
    # 3 · Does debate fix it?

    In **debate** two models argue. One claims an answer to the question and to every part of it; the other picks
    the part where the first is weakest, and so on, **ℓ** levels down, where a human at last decides between claims,
    having heard the best argument for each and the best **rebuttal** against it. A false answer above needs a false
    answer somewhere below, so an honest opponent can always point to it, if the judge can be made to see it.

    Four arrangements, at their exact optimum:

    - **debate**: the judge decides alone. At the leaves it can check the claim; higher up it cannot;
    - **debate-hch**: the judge consults HCH where it decides;
    - **cross-examination**: at each level the flaw is found only with probability φ; otherwise the judge must
      decide right there (obfuscated arguments: a flaw that nobody can point to);
    - **approval**, for comparison: one model, no opponent.
    """)
    return


@app.cell
def _():
    knobs = mo.ui.dictionary(
        {
            "scenario": mo.ui.dropdown(["ledger", "majority"], value="ledger", label="kind of question"),
            "gamma": mo.ui.slider(
                steps=np.linspace(0, 4, 17).tolist(),
                value=1.75,
                show_value=True,
                label="**γ**, how gameable people are",
            ),
            "true": mo.ui.slider(
                steps=[0, 1, 4, 16, 64, 256],
                value=64,
                show_value=True,
                label="attacks on true claims (0: nobody attacks)",
            ),
            "false": mo.ui.slider(
                steps=[0, 1, 4, 16, 64, 256],
                value=64,
                show_value=True,
                label="attacks on false claims (0: nobody attacks)",
            ),
            "found": mo.ui.slider(
                steps=np.linspace(0, 1, 11).round(1).tolist(),
                value=0.9,
                show_value=True,
                label="**φ**, chance that a flaw is found, per level",
            ),
            "question": mo.ui.slider(steps=list(range(20)), value=2, show_value=True, label="which question is drawn"),
        }
    )
    return (knobs,)


@app.cell
def _(knobs):
    controls(knobs)
    return


@app.cell
def _(knobs):
    _kind = {"ledger": Ledger, "majority": Majority}[knobs.value["scenario"]]
    scenario = _kind(depth=3, attackable_true=knobs.value["true"], attackable_false=knobs.value["false"])
    human = Human(gameability=knobs.value["gamma"])
    return human, scenario


@app.cell
def _(human, knobs, scenario):
    _schemes = [Approval(), Debate(), DebateHCH(), CrossExamination(found=knobs.value["found"])]
    deep = live(
        scenario, human, _schemes, "scheme.judged_depth", range(4), measures=["harm", "accuracy", "hch_accuracy"]
    )
    harm = figures.curves(deep.summary, None, references=())
    harm.update_xaxes(title="ℓ, levels down to the judge (3: leaves)", dtick=1)
    mo.vstack([mo.md(f"### Harm by the depth of the debate (γ = {knobs.value['gamma']:g})"), picture(harm, 420)])
    return deep, harm


@app.cell
def _(human, knobs, scenario):
    _schemes = [Approval(), Debate(), DebateHCH(), CrossExamination(found=knobs.value["found"])]
    over = live(scenario, human, _schemes)
    swept = figures.curves(over.summary, over.crossings, references=())
    mo.vstack([mo.md("### The same over all γ, each debate at its usual depth"), picture(swept, 520)])
    return over, swept


@app.cell
def _(human, knobs, scenario):
    one = Setting(scenario.trees(seed=0, questions=1, start=knobs.value["question"]), human)
    _verdicts = Debate().verdicts(one, 0)
    margins = max_min(one.trees, _verdicts, 0)
    answers = [_verdicts.argmax(axis=0), *joined_above(one.trees, _verdicts.argmax(axis=0), 0)]
    return answers, margins, one


@app.cell
def _(answers, margins, one):
    def weakest_path():
        """From the root down: at each question the part whose winner has the smallest margin."""
        node, path = 0, {(one.trees.depth, 0)}
        for height in range(one.trees.depth - 1, -1, -1):
            parts = range(node * one.trees.branching, (node + 1) * one.trees.branching)
            node = min(parts, key=lambda part: margins[height][answers[height][part, 0], part, 0])
            path.add((height, node))
        return path

    path = weakest_path()
    return (path,)


@app.cell
def _(answers, margins, one, path):
    debated = tree(
        [
            [
                Node(
                    truth=int(level.truth[place, 0]),
                    answer=int(given[place, 0]),
                    planted=bool(level.planted[place, 0] >= 0),
                    note=f"margin {margin[given[place, 0], place, 0]:.1f}",
                    chosen=(level.height, place) in path,
                )
                for place in range(len(level.truth))
            ]
            for level, given, margin in zip(one.trees.levels, answers, margins, strict=True)
        ],
        chosen="where the opponent attacks",
    )
    _leaf = next(place for height, place in path if height == 0)
    _margin = float(margins[0][answers[0][_leaf, 0], _leaf, 0])
    mo.vstack(
        [
            mo.md("### The leaf that decides, for one question"),
            picture(debated, 330),
            mo.md(
                f"The judge decides at the leaves, so what the debate answers at the root is the join of what wins "
                f"at every leaf. The thick path leads to the leaf whose winner is least convincing: it leads its best "
                f"rival by **{_margin:.1f}** noise units. That is where the opponent attacks, and how sure the judge "
                f"is of the whole. Hover for each margin."
            ),
        ]
    )
    return (debated,)


@app.cell
def _():
    mo.md("""
    **What to try.**

    - *Nobody attacks* (both sliders at 0): debate without rebuttals. Rebuttals drawn alike for truth and falsehood
      are not neutral, for they add luck; what debate gains, it gains where false claims are easier to attack.
    - *More attacks on false claims than on true ones*: Irving, Christiano and Amodei's hope that it is harder to
      lie than to refute a lie.
    - *φ*: findability. A debate through three levels finds a flaw with probability φ³; the deeper it must go, the
      more often the judge is left with a question too large to check.
    - *majority*: one leaf rarely decides there, for it is outvoted.

    **Next:** `hch notebook 4` turns up the optimisation itself.
    """)
    return


if __name__ == "__main__":
    app.run()
