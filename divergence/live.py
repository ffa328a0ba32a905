"""A study in memory, for notebooks: measured at once in this process, nothing written, no worker started.

The same cells, bootstrap and γ* as a study in a directory, of one swept field and one seed; trees are drawn once and
kept, so another overseer or scheme on the same questions takes a fraction of a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from distillers.base import Scheme
from divergence import cell, intervals, plan
from divergence.build import SpecError
from divergence.cell import Named
from divergence.intervals import Draws
from divergence.measures import BRIEF
from divergence.spec import Axis, Spec
from overseers.base import Overseer
from scenarios.base import Scenario
from scenarios.part import Part

GAMMAS = tuple(quarter / 4 for quarter in range(17))
"""γ from 0 to 4, as in the packaged study."""

SHOWN = ("harm", "better", "accuracy", "hch_accuracy")


@dataclass(frozen=True)
class Live:
    """What was measured. Tables are as those of a study, computed when first asked for."""

    spec: Spec
    draws: Draws

    @cached_property
    def summary(self) -> pd.DataFrame:
        """One line per point and measure with ``mean``, ``low``, ``high`` (95 %)."""
        return intervals.summary(self.draws)

    @cached_property
    def crossings(self) -> pd.DataFrame:
        """γ* of every scheme with its interval; no lines where γ does not vary."""
        return intervals.crossings(self.draws)

    def of(self, **key: str) -> Live:
        """The lines of one scenario, overseer or scheme: ``of(overseer="human")``."""
        keys = self.draws.keys
        rows = np.flatnonzero(np.logical_and.reduce([keys[name] == label for name, label in key.items()]))
        return replace(
            self,
            draws=replace(
                self.draws,
                keys=keys.iloc[rows].reset_index(drop=True),
                means=self.draws.means[rows],
                draws=self.draws.draws[rows],
                costs=self.draws.costs[rows],
                worst=self.draws.worst[:, rows],
            ),
        )


def live(
    scenarios: Scenario | Sequence[Scenario],
    overseers: Overseer | Sequence[Overseer],
    schemes: Scheme | Sequence[Scheme],
    along: str = "overseer.gameability",
    values: Sequence[Any] = GAMMAS,
    *,
    measures: Sequence[str] = SHOWN,
    questions: int = 200,
    seed: int = 0,
) -> Live:
    """Measure schemes on one batch of questions, one field being swept.

    ``along``: the field's path (``overseer.gameability``, ``scheme.judged_depth`` …), ``values``: what it takes.
    ``measures``: what the tables hold; distances from HCH take least time. Raises SpecError on bad input.
    """
    spec = study_of(scenarios, overseers, schemes, along, values, questions=questions, seed=seed)
    plan.check_memory(plan.cells(spec), 1)
    brief = set(measures) <= {*BRIEF, "hch_accuracy"}
    found = intervals.draws(_details(spec, brief), (spec.axes[0].column,), tuple(measures), spec.hanging_on_draws)
    return Live(spec, found)


def study_of(
    scenarios: Scenario | Sequence[Scenario],
    overseers: Overseer | Sequence[Overseer],
    schemes: Scheme | Sequence[Scheme],
    along: str = "overseer.gameability",
    values: Sequence[Any] = GAMMAS,
    *,
    beside: Mapping[str, Sequence[Any]] | None = None,
    questions: int = 200,
    seed: int = 0,
) -> Spec:
    """The study that ``live`` measures: parts, the field that is swept (and others ``beside`` it), one seed."""
    swept = {along: values, **(beside or {})}
    return Spec(
        scenarios=_named(scenarios),
        overseers=_named(overseers),
        schemes=_named(schemes),
        axes=tuple(Axis(path, path.rsplit(".", 1)[-1], tuple(tried)) for path, tried in swept.items()),
        questions=questions,
        seeds=1,
        first_seed=seed,
    )


def _details(spec: Spec, brief: bool) -> Iterator[tuple[dict[str, Any], bytes, bytes]]:
    """What a store would hold of the study."""
    for one in plan.cells(spec):
        result = cell.run(replace(one, brief=brief))
        for row in result.rows:
            yield row.values, row.detail, result.references  # noqa: PD011 (not pandas)


def _named(parts: Any) -> tuple[Named, ...]:
    """Parts with labels: their names, numbered where one occurs twice."""
    given = [parts] if isinstance(parts, Part) else list(parts)
    if not given:
        raise SpecError("live: at least one scenario, overseer and scheme is needed")
    labels: list[str] = []
    for one in given:
        name = one.part_name()
        again = sum(label == name or label.startswith(f"{name} (") for label in labels)
        labels.append(f"{name} ({again + 1})" if again else name)
    return tuple(Named(label, one) for label, one in zip(labels, given, strict=True))
