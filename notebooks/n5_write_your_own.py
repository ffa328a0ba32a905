"""How do I write my own? An overseer, a scheme and a scenario in a cell each, beside the built-in ones."""

import marimo

app = marimo.App(width="medium", app_title="5 · Write your own", html_head_file="head.html")

with app.setup:
    import marimo as mo
    import numpy as np

    from distillers.approval import Approval
    from distillers.base import Scheme
    from distillers.debate import Debate
    from distillers.episode import Episode, rated_everywhere
    from distillers.imitation import Imitation
    from divergence import figures
    from divergence.live import live
    from hch.policy import Choices
    from hch.setting import Setting
    from notebooks.page import controls, picture
    from overseers import base as roles
    from overseers.base import Belief, Hearing, Overseer
    from overseers.human import Human
    from scenarios import streams
    from scenarios.base import TreeScenario
    from scenarios.joins import Answers, Join, TableJoin
    from scenarios.ledger import Ledger
    from scenarios.part import field, part
    from scenarios.streams import Floats, Keys, choose


@app.cell
def _():
    mo.md("""
    # 5 · Write your own overseer, scheme, scenario

    A *part* is one class with `@part` above it: its fields are its configuration, and two methods say what it does.
    This page shows what three such classes do (*Show code*, in the menu at the top right, shows the
    classes); to change them, run

        hch notebook 5 --edit

    which copies this notebook to your directory and opens it in an editor: change a class, and the figures below it
    follow. Each cell can also be saved in a file of its own and given to any command,
    `hch compare --plugin mine.py --overseer human --overseer deadlined`;
    `hch new overseer deadlined` writes such a file to start from.
    """)
    return


@app.cell
def _():
    knobs = mo.ui.dictionary(
        {
            "itself": mo.ui.slider(
                steps=np.linspace(0, 1, 11).round(1).tolist(),
                value=0.5,
                show_value=True,
                label="**λ**, how much people persuade themselves",
            ),
            "haste": mo.ui.slider(
                steps=np.linspace(0, 2, 9).tolist(),
                value=1.0,
                show_value=True,
                label="**haste** of the overseer of your own",
            ),
            "caution": mo.ui.slider(
                steps=np.linspace(0, 2, 9).tolist(),
                value=1.0,
                show_value=True,
                label="**caution** of the scheme of your own",
            ),
            "trouble": mo.ui.slider(
                steps=[0.01, 0.02, 0.05, 0.1, 0.2, 0.4],
                value=0.05,
                show_value=True,
                label="**trouble rate** of the scenario of your own",
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
    mo.md("""
    ## An overseer

    What does it believe when nobody argues (`own`), and when somebody argues for each claim (`rating`)? A belief is
    a **bias**, which persuasion makes, and a **weight** on what it can verify. This one works to a deadline: the
    higher the question, the less it verifies, and the more it goes by impressions.
    """)
    return


@app.class_definition
@part
class Deadlined(Overseer):
    """A human with less time for larger questions."""

    gameability: float = field(1.5, "weight of persuasion", symbol="γ", ge=0)
    self_persuasion: float = field(0.5, "share of persuasion in its own thought", symbol="λ", ge=0, le=1)
    haste: float = field(1.0, "discernment lost per level above the leaves", unit="noise units", ge=0)

    def own(self, hearing: Hearing) -> Belief:
        return Belief(self.gameability * self.self_persuasion * (hearing.appeal + hearing.thought), self._care(hearing))

    def rating(self, hearing: Hearing, speech: Floats) -> Belief:
        return Belief(self.gameability * (hearing.appeal + speech), self._care(hearing))

    def _care(self, hearing: Hearing) -> float:
        return max(0.0, 8.0 - self.haste * hearing.height)


@app.cell
def _(knobs):
    asked = live(
        Ledger(),
        [
            Human(self_persuasion=knobs.value["itself"]),
            Deadlined(self_persuasion=knobs.value["itself"], haste=knobs.value["haste"]),
        ],
        [Imitation(), Approval()],
    )
    _human, _mine = (asked.of(overseer=name) for name in ("human", "deadlined"))
    overseers = [figures.curves(one.summary, one.crossings, references=()) for one in (_human, _mine)]
    mo.vstack(
        [
            mo.md("### Harm with the built-in human"),
            picture(overseers[0], 420),
            mo.md("### Harm with the overseer of your own"),
            picture(overseers[1], 420),
        ]
    )
    return asked, overseers


@app.cell
def _():
    mo.md("""
    ## A scheme

    What does perfect optimisation end in (`optimum`: one claim for every question, leaves first), and what does one
    supervised episode cost (`episode`)? This one maximises approval but distrusts what shines: it takes off some of
    a claim's appeal on its face before it compares ratings.
    """)
    return


@app.class_definition
@part
class Cautious(Scheme):
    """Approval less a price on appeal."""

    caution: float = field(1.0, "rating lost per unit of appeal", ge=0)
    n_search: int = field(64, "arguments searched per claim", symbol="n", ge=1)

    def optimum(self, setting: Setting) -> Choices:
        chosen: list[Answers] = []
        for level in setting.trees.levels:
            supported = setting.trees.joined(chosen[-1]) if chosen else level.truth
            speech = level.rhetoric.best_of(self.n_search)
            rated = roles.rate(setting.rater, setting.hearing(level.height), speech, level.merit(supported))
            chosen.append(choose(rated - self.caution * level.appeal, level.places))
        return Choices(chosen, setting.trees.claims)

    def episode(self, setting: Setting) -> Episode:
        return rated_everywhere(setting)


@app.cell
def _(knobs):
    tried = live(
        Ledger(),
        Human(self_persuasion=knobs.value["itself"]),
        [Imitation(), Approval(), Debate(), Cautious(caution=knobs.value["caution"])],
    )
    schemes = figures.curves(tried.summary, tried.crossings, references=())
    mo.vstack([mo.md("### Harm of the built-in schemes and of your own"), picture(schemes, 500)])
    return schemes, tried


@app.cell
def _():
    mo.md("""
    ## A scenario

    How do sub-answers make an answer (`join`), and what is true at the leaves (`leaf_truths`, from the questions'
    identities, so that the same question always has the same truth)? This one asks whether anything is wrong below:
    a single *yes* is enough.
    """)
    return


@app.class_definition
@part
class AnyTrouble(TreeScenario):
    """Claim 1 (yes) as soon as one sub-answer says so."""

    claims: int = field(2, "no, yes", symbol="K", ge=2, le=2)
    depth: int = field(3, "levels of sub-questions below the root", symbol="d", ge=0, le=24)
    trouble_rate: float = field(0.05, "share of leaves with something wrong", ge=0, le=1)

    def join(self) -> Join:
        splits = np.ndindex(*[self.claims] * self.branching)
        return TableJoin(tuple(max(split) for split in splits), self.claims, self.branching)

    def leaf_truths(self, keys: Keys, roots: Keys) -> Answers:
        return (streams.uniforms(keys, "trouble") < self.trouble_rate).astype(np.intp)


@app.cell
def _(knobs):
    posed = live(
        AnyTrouble(trouble_rate=knobs.value["trouble"]),
        Human(self_persuasion=knobs.value["itself"]),
        [Imitation(), Approval(), Debate()],
    )
    scenarios = figures.curves(posed.summary, posed.crossings, references=())
    mo.vstack([mo.md("### Harm of the built-in schemes in the scenario of your own"), picture(scenarios, 480)])
    return posed, scenarios


@app.cell
def _():
    mo.md("""
    Everything else works with parts of your own at once: `hch list`, sweeps, ablations, the report, and `hch
    explore --plugin mine.py`. A study with them is reproducible, for the plug-in's fingerprint is stored with it.
    """)
    return


if __name__ == "__main__":
    app.run()
