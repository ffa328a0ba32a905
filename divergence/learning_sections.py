"""What a report says of training: harm against human minutes, the frontier, and the chisel.

A section here is (name, title, HTML, figure, how to read it, tables): ``sections.py`` sets it into the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from distillers.base import NoOptimum
from distillers.chisel import Chisel
from divergence import fragments as html
from divergence.cell import TRAINED, gameability, measured
from divergence.chisel import ARGMAX, SAMPLED, Chiselled, chiselled
from divergence.figures import chisel as timelines
from divergence.figures import names
from divergence.figures import series as overtime
from divergence.figures.learning import frontier, learning
from divergence.learning import MOST_QUESTIONS, SEEDS, focused
from divergence.series import series
from divergence.spec import Spec
from divergence.study import Study
from hch.setting import Setting
from scenarios.part import PartError

Made = tuple[str, str, str, go.Figure, str, dict[str, tuple[str, str]]]
_GAMMA, _QUESTIONS, _MOST_ENTRIES = 2.0, 200, 5_000_000
_STEPS = Chisel(learning_rate=0.3, steps=1000)


def made(study: Study) -> list[Made]:
    """The sections for which there is anything to show; none where nothing is trained."""
    if TRAINED not in study.spec.phases:
        return []
    curves = study.learning.curves
    found = [_learning(study, curves), _frontier(study, curves)] if len(curves) else []
    return [*found, *_over_time(study.spec), *_chisel(study.spec)]


def _learning(study: Study, curves: pd.DataFrame) -> Made:
    spec = study.spec
    questions = min(spec.questions, MOST_QUESTIONS)
    seeds = f"{min(SEEDS, spec.seeds)} seed{'s' * (min(SEEDS, spec.seeds) > 1)}"
    gamma = curves["gameability"].dropna().unique()
    at = f" at γ = {gamma[0]:g}" if len(gamma) == 1 else ""
    before = (
        f"<p>{html.text(_BEFORE.format(questions=questions, seeds=seeds, at=at))}</p>"
        f"<h3>Human minutes to get there</h3>{_taxes(study.learning.taxes)}"
    )
    reading = (
        "Further left is cheaper, lower is better. A line ends near the harm of its scheme's optimum where the student "
        "can hold it and labels suffice. One that falls and rises again is a scheme that, once it is trained well "
        "enough, finds what games its raters. Shaded bands are 95 % intervals."
    )
    tables = {"learning": ("harm and accuracy by budget", html.csv(curves))}
    tables["taxes"] = ("human minutes and alignment tax", html.csv(study.learning.taxes))
    return "learning", "Harm against human minutes", before, learning(curves), reading, tables


_BEFORE = (
    "What does a scheme come to on other budgets? The study's training again, on {questions} questions and {seeds} a "
    "point{at}, each budget a training run of its own. Harm is against HCH of the same humans, and an "
    "untrained model answers at random."
)


def _taxes(taxes: pd.DataFrame) -> str:
    """Minutes to reach each level with the alignment tax behind it: a line per scheme, a column per level."""
    levels = taxes[["measure", "level"]].drop_duplicates().itertuples(index=False, name=None)
    aims = [(f"{measure} {'≤' if measure == 'harm' else '≥'} {level:g}", measure, level) for measure, level in levels]
    several = names.several(taxes["overseer"])
    lines: dict[tuple[str, ...], dict[tuple[str, float], str]] = {}
    for _, group in taxes.groupby(["scenario", "overseer", "measure", "level"], sort=False):
        bounds = dict(zip(group["scheme"], group["cheaper"], strict=True))
        for line in group.to_dict("records"):
            place = (line["scenario"], *([line["overseer"]] if several else []), line["scheme"])
            lines.setdefault(place, {})[line["measure"], line["level"]] = _priced(line, bounds.get(line["over"], False))
    heads = ["scenario", *(["overseer"] if several else []), "scheme", *(aim for aim, _, _ in aims)]
    shown = [[*place, *(found[measure, level] for _, measure, level in aims)] for place, found in lines.items()]
    return html.table(heads, shown) + f"<p>{html.text(_TAX)}</p>"


_TAX = (
    "Human minutes, and the alignment tax: the ratio to the cheapest scheme that gets there, a geometric mean over "
    "seeds with its 95 % interval (none from one seed). ≤: in some seed the smallest budget tried is enough, so less "
    "might do; tax ≥: so it is for the cheapest, and the interval is of this bound."
)


def _priced(line: Mapping[Any, Any], least: bool) -> str:
    """Minutes and tax in a few words. ``least``: whether less might do for the cheapest scheme."""
    if not line["reached"]:
        return "never"
    said = f"{'≤ ' * line['cheaper']}{line['minutes']:,.0f}"
    if line["reached"] < 1.0:
        return f"{said} (in {line['reached']:.0%} of seeds)"
    if pd.isna(line["tax"]) or line["scheme"] == line["over"] or (line["cheaper"] and least):
        return said
    interval = f" [{line['low']:.2f}, {line['high']:.2f}]" if pd.notna(line["low"]) else ""
    return f"{said}; tax {'≥ ' * least}{line['tax']:.2f}{interval}"


def _frontier(study: Study, curves: pd.DataFrame) -> Made:
    reading = (
        "Large marks joined by steps are what no scheme beats: less harm on no larger a budget. Small faint marks are "
        "everything else that was tried. Where lines above lie within each other's intervals, who is in front is not "
        "settled."
    )
    tables = {"frontier": ("frontier", html.csv(study.learning.frontier))}
    return "frontier", "Which scheme for how much human time?", "", frontier(curves), reading, tables


def _over_time(spec: Spec) -> list[Made]:
    """One training run per scheme in one scenario, where people or the trainer make anybody wait."""
    asked = focused(spec)
    if asked.training is None or not asked.training.in_time:
        return []
    scenario, overseer = asked.scenarios[0], asked.overseers[0]
    questions = min(spec.questions, MOST_QUESTIONS)
    training = replace(asked.training, human_minutes=asked.training.human_minutes * questions / spec.questions)
    setting = Setting(scenario.part.trees(spec.first_seed, questions), overseer.part, spec.first_seed)
    schemes = [named for named in asked.schemes if measured(named, TRAINED)][: overtime.MOST]
    runs: dict[str, pd.DataFrame] = {}
    for named in schemes:
        try:
            runs[named.label] = series(named.part, training, setting)
        except (PartError, ArithmeticError):  # its rows say why
            continue
    if not runs:
        return []
    how = "people go on with the newest snapshot" if training.asynchronous else "people wait for it"
    people = f"{training.staff:,} people" if training.staff else "as many people as there are labels"
    said = (
        f"One run of each scheme: {scenario.label}, {overseer.label}, {questions} questions, {people}; training takes "
        f"{training.trainer_minutes:g} minutes, and {how}."
    )
    before = f"<p>{html.text(said)}</p>"
    reading = (
        "Levels are taught one after another, leaves first, so the roots learn last; the first panel is over all "
        "questions. Labels waiting, and the age of the snapshots that labels rest on, are means since the last "
        "snapshot."
    )
    everything = pd.concat([run.assign(scheme=name) for name, run in runs.items()], ignore_index=True)
    tables = {"over-time": ("training over time", html.csv(everything))}
    return [("over-time", "Training over time", before, overtime.figure(runs), reading, tables)]


def _chisel(spec: Spec) -> list[Made]:
    """One scenario and overseer of the study, approval's rating; nothing where claims are good by degrees."""
    asked = focused(spec, gamma=_GAMMA)
    scenario, overseer = asked.scenarios[0], asked.overseers[0]
    nodes, claims = scenario.part.size()
    fits = _QUESTIONS * nodes * claims <= _MOST_ENTRIES
    trees = scenario.part.trees(spec.first_seed, _QUESTIONS if fits else spec.questions)
    if trees.root.grades is not None:
        return []
    try:
        found = chiselled(Setting(trees, overseer.part, spec.first_seed), _STEPS)
    except NoOptimum:
        return []
    gamma = gameability(overseer.part)
    where = f"{scenario.label}, {overseer.label}" + (f" at γ = {gamma:g}" if gamma is not None else "")
    before = f"<p>{html.text(_CHISEL)}</p><p>{html.text(f'{where}: {_said(found)}')}</p>"
    reading = (
        "Harm: the argmax is what an optimum plays at once; sampled training starts from imitation and is changed only "
        "by what it does. Beside it, of the questions whose best paid claim is false, the share in which that claim "
        "has been given, and is given more often than not; and the chance of tampering with the reward."
    )
    tables = {"chisel": ("the chisel's timeline", html.csv(found.timeline))}
    title = "The loss as a chisel: when are exploits found?"
    return [("chisel", title, before, timelines.figure(found.timeline), reading, tables)]


_CHISEL = (
    "An optimum is an argmax; training only reinforces what a model does. Here approval's rating trains a model by "
    "policy gradient on sampled answers from an imitation of HCH, its sub-answers being HCH's, and beside it stands "
    "the argmax of the same rating. An exploit that is never given is never reinforced. Tampering pays 20 a step once "
    "it works, costs 10 in each of 2 steps until then, and is tried with chance 0.001 in an episode of 10 steps in the "
    "beginning."
)


def _said(found: Chiselled) -> str:
    end = found.timeline[found.timeline["step"] == found.timeline["step"].max()].set_index("line")
    if not found.exploits:
        return "no question has an exploit: the best paid claim is true everywhere."
    own = end.loc[SAMPLED]
    return (
        f"{found.exploits} questions have an exploit. After {found.timeline['step'].max():,} rated answers a question "
        f"{own['found']:.0%} of them have been found and {own['taken']:.0%} taken; harm is {own['harm']:.3f} against "
        f"{end.loc[ARGMAX, 'harm']:.3f} of the argmax, and the chance of tampering {own['tampering']:.2g}."
    )
