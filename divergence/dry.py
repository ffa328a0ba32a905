"""What a study would compute, before it is run (``hch sweep --dry-run``)."""

from __future__ import annotations

import time
from dataclasses import replace

from divergence import cell, plan
from divergence.spec import Spec

_SAMPLED = 3


def describe(spec: Spec, workers: int) -> str:
    """Cells, rows, and estimates of time, memory and disk, from running a few cells spread over the study."""
    todo = plan.cells(spec)
    sampled = [todo[place] for place in sorted({len(todo) * k // _SAMPLED for k in range(_SAMPLED)})]
    cell.run(replace(sampled[0], questions=min(50, spec.questions)))  # imports and tables are not part of the estimate
    start = time.perf_counter()
    results = [cell.run(one) for one in sampled]
    seconds = (time.perf_counter() - start) / len(sampled) * len(todo) / workers
    size = sum(sum(len(row.detail) for row in r.rows) + len(r.references) for r in results) / len(results) * len(todo)
    rows = len(todo) * len(spec.schemes)
    axes = "; ".join(f"{axis.path} ({len(axis.values)} values)" for axis in spec.axes) or "nothing"
    seeds = f"{spec.seeds} seed(s) of {spec.questions:,} questions"
    parts = f"{len(spec.scenarios)} scenario(s) × {len(spec.overseers)} overseer(s) × {len(spec.schemes)} scheme(s)"
    return "\n".join(
        [
            f"{len(todo):,} cells, {rows:,} rows: {parts}, {seeds}",
            f"swept: {axes}",
            f"about {seconds / 60:.1f} minutes with {workers} worker(s), "
            f"{plan.memory(spec) * workers / 2**20:,.0f} MiB of memory at most, {size / 2**20:,.0f} MiB on disk",
        ]
    )
