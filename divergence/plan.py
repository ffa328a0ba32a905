"""From a study to its cells: every scenario × overseer × swept point × seed, in a fixed order.

Cells of one scenario and seed stand together, so that a worker draws their trees once.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from dataclasses import replace

from divergence.build import SpecError
from divergence.cell import Cell
from divergence.spec import Axis, Spec, apply

_CELLS_PER_CHUNK = 17
_ARRAYS = 24
"""Arrays of (claims, nodes, questions) alive at once in a cell, at most: measured, rounded up."""


def cells(spec: Spec) -> list[Cell]:
    """All cells of a study; a cell's index is its place in every export.

    A swept field that a scenario or overseer does not have leaves it as it is, once, and blank in its rows.
    """
    found: list[Cell] = []
    for scenario in spec.scenarios:
        one = replace(spec, scenarios=(scenario,), axes=())
        outer = [_applied(one, axis) for axis in spec.axes if axis.path.startswith("scenario.")]
        inner = [axis for axis in spec.axes if not axis.path.startswith("scenario.")]
        for place in _points(outer):
            placed = _set(one, place)
            for seed in range(spec.first_seed, spec.first_seed + spec.seeds):
                for overseer in spec.overseers:
                    asked = replace(placed, overseers=(overseer,))
                    for point in _points([_applied(asked, axis) for axis in inner]):
                        found.append(_cell(len(found), _set(asked, point), seed, place | point, spec.axes))
    return found


def _cell(index: int, one: Spec, seed: int, point: dict[Axis, object], axes: tuple[Axis, ...]) -> Cell:
    given = {axis.path: value for axis, value in point.items()}
    columns = tuple((axis.column, given[axis.path]) for axis in axes)
    schemes = tuple(named for named in one.schemes if named.at(dict(columns)))
    return Cell(index, one.scenarios[0], one.overseers[0], schemes, seed, one.questions, columns)


def _applied(one: Spec, axis: Axis) -> Axis:
    """The axis, or the one value None where the parts at hand have no such field."""
    try:
        apply(one, {axis.path: axis.values[0]})
    except SpecError:
        return replace(axis, values=(None,))
    return axis


def _set(spec: Spec, point: dict[Axis, object]) -> Spec:
    return apply(spec, {axis.path: value for axis, value in point.items() if value is not None})


def _points(axes: list[Axis]) -> Iterator[dict[Axis, object]]:
    for values in itertools.product(*(axis.values for axis in axes)):
        yield dict(zip(axes, values, strict=True))


def chunks(todo: list[Cell]) -> list[list[Cell]]:
    """Cells that travel to a worker together: neighbours of one scenario and seed."""
    found = []
    for _, same in itertools.groupby(todo, key=lambda cell: (cell.scenario, cell.seed)):
        group = list(same)
        found += [group[start : start + _CELLS_PER_CHUNK] for start in range(0, len(group), _CELLS_PER_CHUNK)]
    return found


def memory(spec: Spec) -> int:
    """Bytes that the largest cell of a study needs, estimated from the sizes of its trees."""
    sized = {cell.scenario.part for cell in cells(replace(spec, seeds=1))}
    largest = max(nodes * claims for nodes, claims in (scenario.size() for scenario in sized))
    return int(largest * spec.questions * 8 * _ARRAYS)


def check_memory(spec: Spec, workers: int) -> None:
    """Refuse a study that does not fit: raises SpecError with what it needs, what there is, and what to lower."""
    for one in spec.scenarios:
        here = replace(spec, scenarios=(one,), axes=tuple(a for a in spec.axes if a.path.startswith("scenario.")))
        need, there = memory(here) * workers, _memory_available()
        if need > there:
            raise SpecError(
                f"scenario '{one.label}': {need / 2**30:,.1f} GiB needed for {workers} worker(s), "
                f"{there / 2**30:.1f} GiB there: lower depth, branching, claims or questions, or use fewer workers"
            )


def _memory_available() -> int:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # not every system tells
        return 8 * 2**30
