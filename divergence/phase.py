"""Phase diagrams: over two swept fields, which scheme ends nearest HCH, or where a measure reaches a level.

The plane is tried on a coarse grid; every square whose corners do not all agree is divided in four, as often as asked,
so that work goes to the boundary. What lies wholly inside a square of the coarse grid is not seen.

A phase is a word: the scheme with the least harm (or whatever measure is asked for), ``tied`` where the two best differ
by less than ``APART``; or, for one scheme, whether its measure has reached the level.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from divergence import plan
from divergence.build import SpecError
from divergence.cell import Cell, label, measured
from divergence.spec import Axis, Spec

MORE_IS_BETTER = frozenset(
    ("better", "accuracy", "accuracy_difference", "approval", "asd", "quality", "office_accuracy")
)
TIED = "tied"
APART = 1e-3
"""Less than this between the two best is a tie."""

Place = tuple[int, int]
"""Where a point is on the finest grid, counted along x and y."""
Naming = Callable[[Mapping[str, float]], str]
"""Scheme → its measure at a point, to the phase there."""


@dataclass(frozen=True)
class Plane:
    """Two fields on their finest grid; every ``step``-th value of each is tried first. ``spec`` sweeps just these."""

    spec: Spec
    step: int

    @property
    def x(self) -> Axis:
        return self.spec.axes[0]

    @property
    def y(self) -> Axis:
        return self.spec.axes[1]

    @property
    def shape(self) -> Place:
        return len(self.x.values), len(self.y.values)

    def squares(self) -> list[tuple[int, int, int]]:
        """The coarse grid's squares: left, bottom, side."""
        across, up = self.shape
        return [(i, j, self.step) for i in range(0, across - 1, self.step) for j in range(0, up - 1, self.step)]


def plane(spec: Spec, refine: int) -> Plane:
    """The plane of a study that sweeps two fields of numbers, ``refine`` times finer than its own grid, by halves.

    Raises SpecError if it sweeps anything else.
    """
    if len(spec.axes) != 2 or spec.sample is not None:
        raise SpecError(f"a phase diagram needs a [sweep] of two fields, not {len(spec.axes)}, and no [sample]")
    axes = tuple(replace(axis, values=_finer(axis, 2**refine)) for axis in spec.axes)
    return Plane(replace(spec, axes=axes, ablations=None, shares=None, box=()), 2**refine)


def _finer(axis: Axis, step: int) -> tuple[Any, ...]:
    values = axis.values  # noqa: PD011
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    if not numbers or len(values) < 2 or list(values) != sorted(values):
        raise SpecError(f"{axis.path}: a phase diagram needs two numbers or more, in ascending order")
    fine = np.interp(np.arange((len(values) - 1) * step + 1) / step, np.arange(len(values)), values)
    if not all(isinstance(value, int) for value in values):
        return tuple(float(value) for value in np.round(fine, 12))
    whole = tuple(round(float(value)) for value in fine)
    if len(set(whole)) < len(whole):
        raise SpecError(f"{axis.path}: no whole numbers between its values; refine less, or give fewer values")
    return whole


def winner(measure: str) -> Naming:
    """The scheme that does best by a measure."""
    sign = -1.0 if measure in MORE_IS_BETTER else 1.0

    def named(values: Mapping[str, float]) -> str:
        ranked = sorted((sign * value, scheme) for scheme, value in values.items() if np.isfinite(value))
        if not ranked:
            return "undefined"
        return TIED if len(ranked) > 1 and ranked[1][0] - ranked[0][0] < APART else ranked[0][1]

    return named


def reaches(scheme: str, level: float) -> Naming:
    """Whether one scheme's measure is at a level or beyond. Raises SpecError where the level is no finite number."""
    if not np.isfinite(level):
        raise SpecError(f"--level {level}: must be a finite number")

    def named(values: Mapping[str, float]) -> str:
        value = values.get(scheme, np.nan)
        if not np.isfinite(value):
            return "undefined"
        return f"{scheme} ≥ {level:g}" if value >= level else f"{scheme} < {level:g}"

    return named


@dataclass(frozen=True)
class Diagram:
    """What is known of a plane. ``points``: one line per scenario, overseer and point tried, with its phase.

    ``leaves``: by (scenario, overseer), the squares that agree or are not divided further.
    """

    plane: Plane
    points: pd.DataFrame
    leaves: dict[tuple[str, str], list[tuple[int, int, int]]]


def labels(spec: Spec) -> list[str]:
    """What schemes are called in a diagram; a scheme that is trained is one of its own."""
    return [label(named.label, one) for one in spec.phases for named in spec.schemes if measured(named, one)]


def corners(square: tuple[int, int, int]) -> list[Place]:
    i, j, side = square
    return [(i, j), (i + side, j), (i, j + side), (i + side, j + side)]


def by_place(of: Plane) -> dict[Place, list[Cell]]:
    """The cells of every point of the finest grid."""
    across = {value: place for place, value in enumerate(of.x.values)}
    up = {value: place for place, value in enumerate(of.y.values)}
    found: dict[Place, list[Cell]] = {}
    for cell in plan.cells(of.spec):
        x, y = (dict(cell.point)[axis.column] for axis in (of.x, of.y))
        if x is not None and y is not None:  # who does not have the fields has no place in the plane
            found.setdefault((across[x], up[y]), []).append(cell)
    return found


def wanted(of: Plane, rows: pd.DataFrame, measure: str, name: Naming) -> tuple[set[Place], Diagram]:
    """The points that the diagram hangs on, as far as is known, and the diagram so far; it is done if all are tried."""
    points = phases(of, rows, measure, name)
    places: set[Place] = {corner for square in of.squares() for corner in corners(square)}
    leaves: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
    for (scenario, overseer), own in points.groupby(["scenario", "overseer"], sort=False) if len(points) else ():
        known = {(int(i), int(j)): str(phase) for i, j, phase in zip(own["i"], own["j"], own["phase"], strict=True)}
        leaves[str(scenario), str(overseer)] = list(_divided(of.squares(), known, places))
    return places, Diagram(of, points, leaves)


def _divided(
    squares: list[tuple[int, int, int]], known: dict[Place, str], wanted: set[Place]
) -> Iterator[tuple[int, int, int]]:
    """Squares that are not divided; corners of those that are, are added to ``wanted``."""
    todo = list(squares)
    while todo:
        square = todo.pop()
        i, j, side = square
        here = corners(square)
        wanted.update(here)
        if side == 1 or any(corner not in known for corner in here) or len({known[corner] for corner in here}) == 1:
            yield square
            continue
        half = side // 2
        todo += [(i + across, j + up, half) for across in (0, half) for up in (0, half)]


def phases(of: Plane, rows: pd.DataFrame, measure: str, name: Naming) -> pd.DataFrame:
    """One line per scenario, overseer and point that all seeds tried: i, j, both fields, the phase, every measure."""
    if not len(rows):
        return pd.DataFrame()
    keys = ["scenario", "overseer", of.x.column, of.y.column]
    schemes = labels(of.spec)
    rows = rows.assign(scheme=[label(*names) for names in zip(rows["scheme"], rows["phase"], strict=True)])
    rows = rows.dropna(subset=keys)
    rows = rows[rows.groupby(keys)["seed"].transform("nunique") == of.spec.seeds]
    means = rows.groupby([*keys, "scheme"], sort=False)[measure].mean()
    wide = means.unstack("scheme").reindex(columns=schemes).reset_index()  # noqa: PD010 (pivoting makes up places)
    across = {value: place for place, value in enumerate(of.x.values)}
    up = {value: place for place, value in enumerate(of.y.values)}
    wide.insert(2, "i", [across[value] for value in wide[of.x.column]])
    wide.insert(3, "j", [up[value] for value in wide[of.y.column]])
    found = [name({scheme: float(line[scheme]) for scheme in schemes}) for line in wide.to_dict("records")]
    wide.insert(6, "phase", found)
    return wide
