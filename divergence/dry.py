"""What a study would compute, before it is run (``hch sweep --dry-run``)."""

from __future__ import annotations

import time
from dataclasses import replace

from divergence import cell, plan
from divergence.cell import Cell
from divergence.spec import Spec

_SAMPLED = 3


def describe(spec: Spec, workers: int) -> str:
    """Cells, rows, and estimates of time, memory and disk, from running a few cells spread over the study."""
    files = [todo for todo in plan.everything(spec).values() if todo]
    main, todo = files[0], [one for cells in files for one in cells]
    costs = [_cost(cells) for cells in files]
    seconds, size = sum(cost[0] for cost in costs) / workers, sum(cost[1] for cost in costs)
    rows = len(main) * len(spec.schemes)
    axes = "; ".join(f"{axis.path} ({len(axis.values)} values)" for axis in spec.axes) or "nothing"
    seeds = f"{spec.seeds} seed(s) of {spec.questions:,} questions"
    parts = f"{len(spec.scenarios)} scenario(s) × {len(spec.overseers)} overseer(s) × {len(spec.schemes)} scheme(s)"
    beside = f"beside them {len(todo) - len(main):,} smaller cells: ablations and points of the box"
    return "\n".join(
        [
            f"{len(main):,} cells, {rows:,} rows: {parts}, {seeds}",
            *([beside] if len(todo) > len(main) else []),
            f"swept: {axes}",
            f"about {seconds / 60:.1f} minutes with {workers} worker(s), "
            f"{plan.memory(todo) * workers / 2**20:,.0f} MiB of memory at most, {size / 2**20:,.0f} MiB on disk",
        ]
    )


def _cost(todo: list[Cell]) -> tuple[float, float]:
    """Seconds and bytes of some cells, from running a few of them."""
    sampled = [todo[place] for place in sorted({len(todo) * k // _SAMPLED for k in range(_SAMPLED)})]
    # Imports and tables are not part of the estimate.
    cell.run(replace(sampled[0], questions=min(50, sampled[0].questions)))
    start = time.perf_counter()
    results = [cell.run(one) for one in sampled]
    each = (time.perf_counter() - start) / len(sampled)
    size = sum(sum(len(row.detail) for row in r.rows) + len(r.references) for r in results) / len(results)
    return each * len(todo), size * len(todo)
