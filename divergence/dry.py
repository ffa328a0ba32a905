"""What a study would compute, before it is run (``hch sweep --dry-run``)."""

from __future__ import annotations

import json
import math
from dataclasses import replace

from divergence import cell, plan
from divergence.cell import Cell, Failure, Outcome
from divergence.spec import Spec

_SAMPLED = 3
_OVERHEAD = 1.2
"""Of the store, over what is put into it."""


def describe(spec: Spec, workers: int) -> str:
    """Cells, rows, and estimates of time, memory and disk, from running a few cells spread over the study."""
    files = [todo for todo in plan.everything(spec).values() if todo]
    main, todo = files[0], [one for cells in files for one in cells]
    costs = [_cost(cells) for cells in files]
    seconds, size = sum(cost[0] for cost in costs) / workers, sum(cost[1] for cost in costs)
    rows = sum(len(one.schemes) for one in main)
    swept = [f"{axis.path} ({len(axis.values)} values)" for axis in spec.axes]
    if spec.sample is not None:
        paths = ", ".join(one.path for one in spec.sample.ranges)
        swept.append(f"{paths} ({spec.sample.points} points, {spec.sample.design})")
    seeds = f"{spec.seeds} seed(s) of {spec.questions:,} questions"
    parts = f"{len(spec.scenarios)} scenario(s) × {len(spec.overseers)} overseer(s) × {len(spec.schemes)} scheme(s)"
    others = "ablations, points of the box, offices, learning curves"
    beside = f"beside them {len(todo) - len(main):,} smaller cells: {others}"
    return "\n".join(
        [
            f"{len(main):,} cells, {rows:,} rows: {parts}, {seeds}",
            *([beside] if len(todo) > len(main) else []),
            f"swept: {'; '.join(swept) or 'nothing'}",
            f"{_tenths(seconds / 60)} minutes with {workers} worker(s), "
            f"{math.ceil(plan.memory(todo) * workers / 2**20):,} MiB of memory at most, "
            f"{_tenths(size / 2**20)} MiB on disk",
        ]
    )


def _tenths(amount: float) -> str:
    return "less than 0.1" if amount < 0.1 else f"about {amount:,.1f}"


def _cost(todo: list[Cell]) -> tuple[float, float]:
    """Seconds and bytes of some cells, from the first and the middle one of a few chunks: the first draws the trees."""
    chunks = plan.chunks(todo)
    # Imports and tables are not part of the estimate.
    cell.attempt(replace(todo[0], questions=min(50, todo[0].questions)))
    seconds, size, cells = 0.0, 0.0, 0
    for place in sorted({len(chunks) * k // _SAMPLED for k in range(_SAMPLED)}):
        chunk = chunks[place]
        first = cell.attempt(chunk[0])
        middle = cell.attempt(chunk[len(chunk) // 2]) if len(chunk) > 1 else first
        seconds += _seconds(first) + _seconds(middle) * (len(chunk) - 1)
        size += _size(first) + _size(middle) * (len(chunk) - 1)
        cells += len(chunk)
    return seconds / cells * len(todo), _OVERHEAD * size / cells * len(todo)


def _seconds(outcome: Outcome) -> float:
    return 0.0 if isinstance(outcome, Failure) else outcome.seconds


def _size(outcome: Outcome) -> int:
    if isinstance(outcome, Failure):
        return len(outcome.trace)
    return len(outcome.references) + sum(len(row.detail) + len(json.dumps(row.values)) for row in outcome.rows)
