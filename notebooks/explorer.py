"""What ``explore.py`` turns: knobs for live runs, or for a finished study, and the tables that belong to a setting."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marimo as mo
import numpy as np
import pandas as pd

from divergence import api
from divergence.cell import gameability
from divergence.figures.panels import swept
from divergence.intervals import NAMES
from divergence.live import live
from divergence.paths import apply, reached
from divergence.spec import Spec
from divergence.study import Study
from overseers.base import Overseer
from overseers.human import Human
from scenarios import part as parts
from scenarios.base import Scenario, TreeScenario

CORE = ("imitation", "approval", "approval-frozen", "reward-modelling", "debate")
MEASURES = ("harm", "better", "divergence_tv", "accuracy", "accuracy_difference")
"""Measures that a live run shows: distances from HCH, which take least time."""


@dataclass(frozen=True)
class Tables:
    """Results at one setting. ``spec``: the study they belong to, at this setting but for γ."""

    summary: pd.DataFrame
    crossings: pd.DataFrame
    spec: Spec


def live_knobs() -> Any:
    """Everything notebooks 2 to 4 turn, and which parts."""
    shares, tenth = np.linspace(0, 1, 11).round(1).tolist(), np.linspace(0, 0.6, 7).round(1).tolist()
    attacks, log = [0, 1, 4, 16, 64, 256], [1, 4, 16, 64, 256, 1024, 4096]
    return mo.ui.dictionary(
        {
            "scenario": mo.ui.dropdown(sorted(_scenarios()), value="ledger", label="scenario"),
            "overseer": mo.ui.dropdown(sorted(_overseers()), value="human", label="overseer"),
            "schemes": mo.ui.multiselect(sorted(_schemes()), value=list(CORE), label="schemes", full_width=True),
            "measure": mo.ui.dropdown(list(MEASURES), value="harm", label="measure"),
            "self_persuasion": _slider(shares, 0.5, "**λ**, self-persuasion"),
            "attention": _slider(shares, 1.0, "**α**, attention"),
            "leaf_discernment": _slider([4.0, 6.0, 8.0, 10.0, 12.0], 8.0, "**κ_leaf**, discernment at leaves (κ = 8)"),
            "depth": _slider([1, 2, 3, 4], 3, "**d**, depth of the tree"),
            "plant_rate": _slider(tenth, 0.3, "share of questions with a planted falsehood"),
            "plant_strength": _slider([0.0, 1.0, 2.0, 3.0, 4.0, 5.0], 3.0, "appeal of planted falsehoods"),
            "asymmetry": _slider([-0.5, -0.25, 0.0, 0.25, 0.5, 1.0], 0.0, "extra force of arguments for falsehoods"),
            "attackable_true": _slider(attacks, 64, "attacks on true claims"),
            "attackable_false": _slider(attacks, 64, "attacks on false claims"),
            "rhetoric_family": mo.ui.dropdown(
                ["normal", "laplace", "student_t"], value="normal", label="tails of rhetoric"
            ),
            "n_search": _slider(log, 64, "**n**, arguments searched per claim"),
        }
    )


def live_tables(values: Mapping[str, Any]) -> Tables:
    """Run the setting: 200 questions at 17 gameabilities, in a fraction of a second a scheme."""
    scenario = _with(_scenarios()[values["scenario"]], values)
    human = _with(Human, values)
    chosen = _overseers()[values["overseer"]]
    wraps = "member" in {field.name for field in dataclasses.fields(chosen)}
    overseer = chosen(member=human) if wraps else _with(chosen, values)
    along = "overseer.member.gameability" if wraps else "overseer.gameability"
    schemes = [_with(_schemes()[name], values) for name in values["schemes"]]
    found = live(scenario, overseer, schemes, along, measures=(*MEASURES, "hch_accuracy"))
    return Tables(found.summary, found.crossings, found.spec)


def study_knobs(study: Study) -> Any:
    """What a study has: its scenarios, overseers and schemes, and the values of what it swept."""
    summary = study.summary
    schemes = [str(name) for name in summary["scheme"].unique()]
    known = [name for name in NAMES if name in set(summary["measure"])]
    found: dict[str, Any] = {
        "scenario": _dropdown(summary["scenario"], "scenario"),
        "overseer": _dropdown(summary["overseer"], "overseer"),
        "schemes": mo.ui.multiselect(
            schemes, value=[n for n in schemes if n in CORE] or schemes[:6], label="schemes", full_width=True
        ),
        "measure": mo.ui.dropdown(known, value="harm" if "harm" in known else known[0], label="measure"),
    }
    for column in swept(summary):
        if len(summary[column].dropna().unique()) > 1:
            found[column] = _dropdown(summary[column].dropna(), column.replace("_", " "))
    return mo.ui.dictionary(found)


def study_tables(study: Study, values: Mapping[str, Any]) -> Tables:
    """The study's lines at one setting. γ is never fixed: it is what the figure is drawn along."""
    at = {name: value for name, value in values.items() if name not in ("schemes", "measure")}
    kept = [_lines(table, at, values["schemes"]) for table in (study.summary, study.crossings)]
    spec = study.spec
    spec = dataclasses.replace(
        spec,
        axes=(),
        scenarios=tuple(named for named in spec.scenarios if named.label == values["scenario"]),
        overseers=tuple(named for named in spec.overseers if named.label == values["overseer"]),
        schemes=tuple(named for named in spec.schemes if named.label in values["schemes"]),
    )
    fixed = {axis.path: at[axis.column] for axis in study.spec.axes if at.get(axis.column) is not None}
    return Tables(kept[0], kept[1], apply(spec, {path: value for path, value in fixed.items() if reached(spec, path)}))


def _lines(table: pd.DataFrame, at: Mapping[str, Any], schemes: list[str]) -> pd.DataFrame:
    """Lines at a setting; a blank (a field that a part has not) is at every setting."""
    if not len(table):
        return table
    keep = table["scheme"].isin(schemes)
    for column, value in at.items():
        keep &= (table[column] == value) | table[column].isna()
    return table[keep].reset_index(drop=True)


def _slider(steps: list[Any], value: Any, label: str) -> Any:
    return mo.ui.slider(steps=steps, value=value, show_value=True, label=label)


def _dropdown(column: pd.Series, label: str) -> Any:
    """The values of a column; the one in the middle first, for it is where defaults stand."""
    values = {str(value): value for value in column.unique().tolist()}
    return mo.ui.dropdown(values, value=list(values)[len(values) // 2 if label not in _KINDS else 0], label=label)


_KINDS = ("scenario", "overseer")


def _scenarios() -> dict[str, Any]:
    """Scenarios whose claims are true or false."""
    found = parts.find(Scenario, "scenarios")  # type: ignore[type-abstract]
    return {name: cls for name, cls in found.items() if issubclass(cls, TreeScenario)}


def _overseers() -> dict[str, Any]:
    """Overseers who have a γ."""
    found = parts.find(Overseer, "overseers")  # type: ignore[type-abstract]
    return {name: cls for name, cls in found.items() if gameability(cls()) is not None}


def _schemes() -> dict[str, Any]:
    return {named.label: type(named.part) for named in api.default_spec(full=True).schemes}


def _with(cls: Any, values: Mapping[str, Any]) -> Any:
    """A part with those of the values that it has fields for."""
    own = {field.name for field in dataclasses.fields(cls)}
    return cls(**{name: value for name, value in values.items() if name in own})
