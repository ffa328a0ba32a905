"""Worst harm against ``ε`` as a table, at a few gameabilities, with Pinsker's bound: what the figure is drawn from.

A study's rows hold worst harm at three ``ε``; a curve takes more, and is worked out anew from the study's parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from divergence.build import SpecError
from divergence.cell import Named
from divergence.paths import apply
from divergence.spec import Spec, usual
from divergence.worst import Worst, pinsker, reason_against, worsts
from hch.setting import Setting
from scenarios.trees import Trees

EPSILONS = tuple(float(epsilon) for epsilon in np.geomspace(1e-4, 1.0, 17))
GAMMAS = (1.0, 1.5, 2.0)
MOST_SCHEMES, MOST_SEEDS, MOST_QUESTIONS = 6, 4, 250


@dataclass(frozen=True)
class _Place:
    """One panel of the figure: an overseer with its γ (None if it has none), and the columns that say so."""

    overseer: Named
    gamma: float | None


def worst_curves(
    spec: Spec,
    gammas: Sequence[float] = GAMMAS,
    epsilons: Sequence[float] = EPSILONS,
    schemes: Sequence[str] = (),
) -> pd.DataFrame:
    """One line per scenario, overseer, γ, scheme and ``ε``: mean worst harm over seeds, ``low``, ``high``, ``bound``.

    Schemes without an objective are left out; of the others the first six of the study, or those named. Other swept
    fields are at their default, or else in the middle. Intervals are normal, from the spread of at most four seeds
    of at most 250 questions.
    ``bound`` is Pinsker's, blank but for log scores whose optimum is HCH.
    """
    spec = _focused(spec)
    wanted = [named for named in spec.schemes if not reason_against(named.part)]
    wanted = [named for named in wanted if named.label in schemes] if schemes else wanted[:MOST_SCHEMES]
    lines: list[dict[str, Any]] = []
    for scenario in spec.scenarios:
        seeds = range(spec.first_seed, spec.first_seed + min(spec.seeds, MOST_SEEDS))
        batches = [(seed, scenario.part.trees(seed, min(spec.questions, MOST_QUESTIONS))) for seed in seeds]
        for place in _places(spec, gammas):
            for named in wanted:
                key = {"scenario": scenario.label, "overseer": place.overseer.label, "gameability": place.gamma}
                found = _pooled(named, place, batches, epsilons)
                lines += [key | {"scheme": named.label, "phase": "optimum"} | line for line in found]
    return pd.DataFrame(lines)


def _focused(spec: Spec) -> Spec:
    """The study at one value of everything swept but γ."""
    for axis in spec.axes:
        if axis.column == "gameability":
            continue
        spec = apply(spec, {axis.path: usual(spec, axis)})
    return replace(spec, axes=())


def _places(spec: Spec, gammas: Sequence[float]) -> list[_Place]:
    """Every overseer at every γ; as it is, once, if it has no γ."""
    found: list[_Place] = []
    for overseer in spec.overseers:
        one = replace(spec, overseers=(overseer,))
        try:
            found += [_Place(apply(one, {"overseer.gameability": gamma}).overseers[0], gamma) for gamma in gammas]
        except SpecError:
            found.append(_Place(overseer, None))
    return found


def _pooled(
    named: Named, place: _Place, batches: Sequence[tuple[int, Trees]], epsilons: Sequence[float]
) -> list[dict[str, Any]]:
    """One scheme's curve, seeds pooled; nothing where it has no optimum, or no truth to be harmed."""
    found: list[list[Worst]] = []
    for seed, trees in batches:
        setting = Setting(trees, place.overseer.part, seed)
        if reason_against(named.part, trees):
            return []
        try:
            found.append(worsts(named.part, setting, epsilons))
        except Exception:  # NoOptimum, or what a part of somebody's own raises: its cells have failed, which is told
            return []
    means = np.array([[worst.mean for worst in one] for one in found])
    error = 1.96 * means.std(axis=0, ddof=1) / np.sqrt(len(means)) if len(means) > 1 else np.full(len(epsilons), np.nan)
    bounds = np.array([[pinsker(worst.budget) if worst.imitates else np.nan for worst in one] for one in found])
    columns = zip(epsilons, means.mean(axis=0), error, bounds.mean(axis=0), strict=True)
    return [
        {"epsilon": epsilon, "mean": mean, "low": max(mean - half, 0.0), "high": min(mean + half, 1.0), "bound": bound}
        for epsilon, mean, half, bound in columns
    ]
