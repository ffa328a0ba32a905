"""From a study to its cells: every scenario × overseer × swept point × seed, in a fixed order.

Cells whose trees are drawn together travel together, so that a worker draws them once.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

from divergence import ablations, design, learning, loads, shares
from divergence.build import SpecError
from divergence.cell import OPTIMUM, TRAINED, Cell
from divergence.paths import apply, reached
from divergence.plain import reported
from divergence.spec import Axis, Spec
from divergence.store import ABLATIONS, FILE, LEARNING, LOAD, SHARES
from scenarios.base import Scenario

_CELLS_PER_CHUNK, _BRIEF_PER_CHUNK = 17, 51
_NUMBER = "point"
"""Column of the number of a draw."""

Point = dict[str, Any]
"""Path → what the field is set to; None where nobody has it."""

_NOTHING: Point = {}
_ARRAYS = 24
"""Arrays of (claims, nodes, questions) alive at once in a cell, at most: measured, rounded up."""


def cells(spec: Spec) -> list[Cell]:
    """All cells of a study; a cell's index is its place in every export.

    A swept or drawn field that a scenario or overseer does not have leaves it as it is, and is blank in its rows. Where
    draws do not touch the scenario, all of them share its trees. Raises SpecError if there are too many.
    """
    if refused := design.too_many(spec):
        raise SpecError(refused)
    found: list[Cell] = []
    for scenario in spec.scenarios:
        one = replace(spec, scenarios=(scenario,), axes=(), sample=None)
        outer = [_applied(one, axis) for axis in spec.axes if axis.path.startswith("scenario.")]
        inner = [axis for axis in spec.axes if not axis.path.startswith("scenario.")]
        drawn = _draws(spec)
        touched = any(reached(one, path) for path in drawn[0] if path.startswith("scenario."))
        worlds, humans = (drawn, [_NOTHING]) if touched else ([_NOTHING], drawn)
        for (place, located), world in itertools.product(_points(one, outer), worlds):
            placed = _set(located, {path: value for path, value in world.items() if path.startswith("scenario.")})
            asked: list[Cell] = []
            for overseer in spec.overseers:
                theirs = replace(placed, overseers=(overseer,))
                swept = [_applied(theirs, axis) for axis in inner]
                for draw in _distinct(theirs, world, humans):
                    at = _points(_set(theirs, draw), swept)
                    asked += [_cell(one, place | draw | point, spec) for point, one in at]
            for seed in range(spec.first_seed, spec.first_seed + spec.seeds):
                found += [replace(cell, index=len(found) + number, seed=seed) for number, cell in enumerate(asked)]
    return found


def _cell(one: Spec, given: Point, spec: Spec) -> Cell:
    """What is asked at a point, of any seed."""
    ranges = spec.sample.ranges if spec.sample else ()
    columns = [(axis.column, reported(given[axis.path])) for axis in spec.axes]
    columns += [(one.column, given[one.path]) for one in ranges]
    columns += [(_NUMBER, given[_NUMBER])] if ranges else []
    schemes = tuple(named for named in one.schemes if named.at(dict(columns)))
    training = one.training if TRAINED in spec.phases else None
    return Cell(
        index=0,
        scenario=one.scenarios[0],
        overseer=one.overseers[0],
        schemes=schemes,
        seed=0,
        questions=one.questions,
        point=tuple(columns),
        brief=spec.brief,
        office=one.office,
        training=training,
        optima=OPTIMUM in spec.phases,
    )


def _draws(spec: Spec) -> list[Point]:
    """The points of a study's sample; one empty point if it has none."""
    if spec.sample is None:
        return [_NOTHING]
    asked = spec.sample
    points = design.points(asked.design, asked.points, asked.seed, asked.ranges)
    paths = [one.path for one in asked.ranges]
    return [dict(zip(paths, point, strict=True)) | {_NUMBER: number} for number, point in enumerate(points)]


def _distinct(asked: Spec, world: Point, humans: list[Point]) -> list[Point]:
    """The draws that one scenario and overseer are tried at: all, or the first if none of the fields is theirs."""
    draws = [world | human for human in humans]
    theirs = {path: path == _NUMBER or bool(reached(asked, path)) for path in draws[0]}
    known = [{path: value if theirs[path] else None for path, value in draw.items()} for draw in draws]
    return known if any(theirs[path] for path in theirs if path != _NUMBER) else known[:1]


def _applied(one: Spec, axis: Axis) -> Axis:
    """The axis, or the one value None where the parts at hand have no such field."""
    try:
        apply(one, {axis.path: axis.values[0]})
    except SpecError:
        return replace(axis, values=(None,))
    return axis


def _set(spec: Spec, point: Point) -> Spec:
    return apply(spec, {path: value for path, value in point.items() if value is not None and path != _NUMBER})


def _points(spec: Spec, axes: list[Axis]) -> Iterator[tuple[Point, Spec]]:
    """The points of a grid, the last axis fastest, each with the study at it; what points share is set once."""
    if not axes:
        yield _NOTHING, spec
        return
    first, *rest = axes
    for value in first.values:
        for point, found in _points(_set(spec, {first.path: value}), rest):
            yield {first.path: value} | point, found


def chunks(todo: list[Cell]) -> list[list[Cell]]:
    """Cells that travel to a worker together: neighbours whose trees are drawn together; what trains, by itself.

    A chunk is stored whole: cells that take longer travel in smaller ones, and training is worth keeping at once.
    """
    found = []
    in_turn = sorted(todo, key=lambda cell: cell.seed)
    for _, same in itertools.groupby(in_turn, key=lambda cell: (_drawn(cell.scenario.part), cell.seed)):
        group = list(same)
        size = _BRIEF_PER_CHUNK if group[0].brief else _CELLS_PER_CHUNK
        size = size if group[0].training is None else 1
        found += [group[start : start + size] for start in range(0, len(group), size)]
    return found


@lru_cache(maxsize=256)
def _drawn(scenario: Scenario) -> Scenario:
    return scenario.as_drawn()


def everything(spec: Spec) -> dict[str, list[Cell]]:
    """All cells by the file that keeps their results: the study's own, ablations, the box, offices, learning curves."""
    return {
        FILE: cells(spec),
        ABLATIONS: ablations.cells(spec),
        SHARES: shares.cells(spec),
        LOAD: loads.cells(spec),
        LEARNING: learning.cells(spec),
    }


def memory(todo: Iterable[Cell]) -> int:
    """Bytes that the largest cell needs, estimated from the sizes of its trees."""
    sized = {(one.scenario.part, one.questions) for one in todo}
    shapes = ((*scenario.size(), questions) for scenario, questions in sized)
    return max(int(nodes * claims * questions * 8 * _ARRAYS) for nodes, claims, questions in shapes)


def check_memory(todo: Iterable[Cell], workers: int) -> None:
    """Refuse a study that does not fit: raises SpecError with what it needs, what there is, and what to lower."""
    by_label: dict[str, list[Cell]] = {}
    for one in todo:
        by_label.setdefault(one.scenario.label, []).append(one)
    for label, same in by_label.items():
        need = memory(same) * workers
        there = _memory_available()
        if need > there:
            raise SpecError(
                f"scenario '{label}': {need / 2**30:,.1f} GiB needed for {workers} worker(s), "
                f"{there / 2**30:.1f} GiB there: lower depth, branching, claims or questions, or use fewer workers"
            )


def _memory_available() -> int:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # not every system tells
        return 8 * 2**30
