"""Learning curves: what trained schemes come to on other budgets of human minutes than the study's (MODEL.md §5, §8).

A study with trained rows is tried again at budgets from 1/64 of its own to sixteen times as much, in proportion to the
fewer questions that are asked here, at one value of whatever it sweeps. Every budget is a training run of its
own, level by level; what a single run was like on its way says little about its root, which is taught last.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from distillers.training import Training
from divergence import cell, intervals
from divergence.cell import TRAINED, Cell, measured
from divergence.intervals import Draws
from divergence.paths import apply, reached
from divergence.spec import Axis, Spec, usual

SHARES = tuple(2.0**power for power in range(-6, 5))
"""Budgets tried, as shares of the study's."""
SEEDS, MOST_QUESTIONS = 4, 50
MEASURED = ("harm", "better", "divergence_tv", "accuracy", "hch_accuracy")
BUDGET = "budget"
_MOST_IN_TIME = 4.0
"""Largest share where people wait for each other, which takes a simulated event a label."""
PLACE = ("scenario", "overseer", "scheme")


def cells(spec: Spec, shares: Sequence[float] = SHARES, seeds: int = SEEDS) -> list[Cell]:
    """Every budget of every scenario and overseer, brief; none where nothing is trained on a budget.

    Of as many ``seeds`` as the study has, at most.
    """
    if TRAINED not in spec.phases or spec.training is None or spec.sample is not None:
        return []
    asked = focused(spec)
    training = asked.training
    schemes = tuple(named for named in asked.schemes if measured(named, TRAINED))
    if training is None or training.exact_labels or not schemes:
        return []
    shares = [share for share in shares if share <= _MOST_IN_TIME or not training.in_time]
    questions = min(spec.questions, MOST_QUESTIONS)
    whole = training.human_minutes * questions / spec.questions
    found: list[Cell] = []
    for scenario in asked.scenarios:
        for seed in range(spec.first_seed, spec.first_seed + min(seeds, spec.seeds)):
            for overseer in asked.overseers:
                for share in shares:
                    own = _on(training, whole, share)
                    point = ((BUDGET, whole * share),)
                    parts = (scenario, overseer, schemes, seed, questions, point)
                    found.append(Cell(len(found), *parts, brief=True, training=own, optima=False))
    return found


def _on(training: Training, whole: float, share: float) -> Training:
    """The study's training on another budget; where that is larger, in larger batches, so that fits stay as many."""
    batch = max(training.batch, round(training.batch * share))
    return replace(training, human_minutes=whole * share, batch=batch)


def focused(spec: Spec, gamma: float = 1.5) -> Spec:
    """The study at one value of all that is swept: γ nearest to ``gamma``, a part's own value, else the middle one."""
    for axis in spec.axes:
        if reached(spec, axis.path):
            spec = apply(spec, {axis.path: _near(axis, gamma) if axis.column == "gameability" else usual(spec, axis)})
    return replace(spec, axes=())


def _near(axis: Axis, gamma: float) -> Any:
    return max(axis.values, key=lambda tried: (-abs(tried - gamma), tried))


def measured_now(todo: Iterable[Cell]) -> Draws:
    """What cells come to, computed here and now and kept nowhere, with resampled means."""
    results = (cell.run(one) for one in todo)
    kept = ((row.values, row.detail, result.references) for result in results for row in result.rows)  # noqa: PD011
    return intervals.draws(kept, (BUDGET,), MEASURED)


def curves(found: Draws) -> pd.DataFrame:
    """One line per scenario, overseer, scheme, γ and budget: what was spent (``human_minutes``, ``elapsed_minutes``,
    ``labels``), and ``harm`` and ``accuracy`` with ``_low`` and ``_high`` (95 %); ``hch_accuracy`` beside them.
    """
    columns = [*PLACE, "gameability", BUDGET]
    if not len(found.keys):
        return pd.DataFrame(columns=columns)
    wide = intervals.summary(found)
    wide = wide.pivot_table(index=columns, columns="measure", values=["mean", "low", "high"], sort=False, dropna=False)
    lines = wide.index.to_frame(index=False)
    for measure in ("human_minutes", "elapsed_minutes", "labels", "harm", "accuracy", "hch_accuracy"):
        for name, end in (("mean", ""), ("low", "_low"), ("high", "_high")):
            if (name, measure) in wide.columns and (end == "" or measure in ("harm", "accuracy")):
                lines[f"{measure}{end}"] = wide[(name, measure)].to_numpy()
    return lines.dropna(subset=["harm"]).reset_index(drop=True) if "harm" in lines else pd.DataFrame(columns=columns)
