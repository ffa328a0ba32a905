"""When does approval leave HCH? Harm against gameability, and what moves the point of departure γ*."""

import marimo

app = marimo.App(width="medium", app_title="2 · When does approval leave HCH?", html_head_file="head.html")

with app.setup:
    import marimo as mo
    import numpy as np

    from distillers.approval import Approval
    from distillers.approval_frozen import ApprovalFrozen
    from distillers.imitation import Imitation
    from divergence import figures
    from divergence.live import live
    from notebooks.page import controls, departures, picture
    from overseers.human import Human
    from scenarios.ledger import Ledger
    from scenarios.majority import Majority


@app.cell
def _():
    mo.md("""
    # 2 · When does approval leave HCH?

    Imitation asks a model to *answer as* a human who consults it; **approval** asks it to find the answer that this
    human *rates best*. Hubinger's essay argues that the second is the more dangerous target: a model that maximises
    approval searches for whatever persuades, and a tree of such models may end far from HCH even when training
    succeeds perfectly. Here every scheme is at its exact optimum, so what you see is the objective's doing, not a
    failure of training.

    - **imitation** ends in HCH; its line is flat by what it optimises, not by decree: it is computed, not assumed;
    - **approval** is rated by a human who consults the model itself, so what fools a rater below is built upon
      above;
    - **approval-frozen** is rated by a human who consults a frozen HCH: errors below are HCH's, not the model's.

    **Harm** is the probability that a scheme moves from HCH's answers to *false* ones. **γ\\*** is the gameability
    at which mean harm first reaches 0.1: there, we say, the scheme has left HCH.
    """)
    return


@app.cell
def _():
    knobs = mo.ui.dictionary(
        {
            "scenario": mo.ui.dropdown(["ledger", "majority"], value="ledger", label="kind of question"),
            "itself": mo.ui.slider(
                steps=np.linspace(0, 1, 11).round(1).tolist(),
                value=0.5,
                show_value=True,
                label="**λ**, how much people persuade themselves",
            ),
            "planting": mo.ui.slider(
                steps=np.linspace(0, 0.6, 7).round(1).tolist(),
                value=0.3,
                show_value=True,
                label="share of questions with a planted falsehood",
            ),
            "search": mo.ui.slider(
                steps=[1, 4, 16, 64, 256, 1024, 4096],
                value=64,
                show_value=True,
                label="**n**, arguments the model searches per claim",
            ),
            "tails": mo.ui.dropdown(["normal", "laplace", "student_t"], value="normal", label="tails of arguments"),
            "asymmetry": mo.ui.slider(
                steps=[-0.5, -0.25, 0.0, 0.25, 0.5, 1.0],
                value=0.0,
                show_value=True,
                label="extra force of arguments for falsehoods",
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
    def measured(scenario="ledger", itself=0.5, planting=0.3, search=64, tails="normal", asymmetry=0.0):
        """Three schemes on 200 questions, at 17 gameabilities."""
        kind = {"ledger": Ledger, "majority": Majority}[scenario]
        schemes = [Imitation(), Approval(n_search=search), ApprovalFrozen(n_search=search)]
        asked = kind(plant_rate=planting, rhetoric_family=tails, asymmetry=asymmetry)
        return live(asked, Human(self_persuasion=itself), schemes)

    return (measured,)


@app.cell
def _(knobs, measured):
    now = measured(**knobs.value)
    harm = figures.curves(now.summary, now.crossings, references=())
    mo.vstack([mo.md("### Harm against gameability, and γ* of each scheme below"), picture(harm, 520)])
    return harm, now


@app.cell
def _(knobs, measured, now):
    first = measured()
    stars = departures(now.summary["gameability"].min(), before=first.crossings, now=now.crossings)
    mo.vstack(
        [
            mo.md("### How far you moved γ\\*"),
            mo.plain(stars),
            mo.md(
                "Brackets are 95 % intervals: 200 questions were asked. "
                "*Before* is where the sliders stood at the start."
            ),
        ]
    )
    return first, stars


@app.cell
def _(now):
    better = figures.curves(now.summary, None, "better", references=())
    mo.vstack(
        [
            mo.md(
                "### The other side: what schemes put right\n\n"
                "A scheme can also move probability from HCH's false answers to the *truth*. "
                "Harm and this together are the whole distance from HCH (total variation)."
            ),
            picture(better, 360),
        ]
    )
    return (better,)


@app.cell
def _():
    mo.md("""
    **What to try.**

    - *Planting off (0)*: without falsehoods that persuade on their face, what is left is rhetoric, found by search.
    - *n*: does more search make approval worse? With normal tails it does the opposite: the best of many arguments
      for a truth and for a falsehood differ less than one argument for each, so harm comes later. Then give arguments
      heavier tails.
    - *Asymmetry*: the often-made assumption that lies (or truths) are easier to argue for. Zero is neutral.
    - *λ = 1*: people who persuade themselves as readily as others persuade them. HCH itself now fails early, and
      frozen approval, which builds on HCH's answers, leaves before approval does; at λ = 0.5 it leaves after it. **A
      ranking of schemes can hang on one assumption**; planting and asymmetry turn this one round too.
    - *majority*: a kind of question whose join outvotes single errors.

    Harm is measured against HCH *of the same people*: where HCH is mostly wrong, a scheme that is just as wrong
    does little further harm. Read harm beside HCH's own accuracy, as the report of `hch compare` shows it.

    **Next:** `hch notebook 3` lets a second model argue against the first.
    """)
    return


if __name__ == "__main__":
    app.run()
