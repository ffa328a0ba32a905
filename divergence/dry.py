"""What a study would compute, before it is run (``hch sweep --dry-run``).

Estimates come from running a few cells of the study here, and from pooling their questions as its report does. Memory
is what processes hold as the system tells: each needs Python with its libraries, a worker its largest cell besides.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from divergence import cell, footprint, intervals, plan
from divergence.cell import Cell, Failure, Outcome, Row
from divergence.measures import COSTS, WORST
from divergence.spec import Spec

_SAMPLED = 3
_OVERHEAD = 1.2
"""Of the store, over what is put into it."""

_Sampled = list[tuple[Outcome, float]]
"""Finished cells, each with how many cells of the study it stands for."""


def describe(spec: Spec, workers: int) -> str:
    """Cells, rows, and estimates of time, memory and disk, from running a few cells spread over the study."""
    files = [todo for todo in plan.everything(spec).values() if todo]
    main, todo = files[0], [one for cells in files for one in cells]
    own = _libraries(main)
    sampled = [_sampled(cells) for cells in files]
    needed = _memory(spec, todo, workers, own, sampled[0])
    seconds = sum(_seconds(outcome) * times for one in sampled for outcome, times in one) / workers
    disk = _disk(spec, sampled)
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
            f"{_tenths(seconds / 60)} minutes with {workers} worker(s)",
            f"about {_mib(needed):,} MiB of memory, of which Python with its libraries takes {_mib(own):,}"
            + (f" in each of {_processes(workers)} processes" if _processes(workers) > 1 else ""),
            f"{_tenths(disk.all / 2**20)} MiB on disk: {_tenths(disk.store / 2**20)} of values for every question, "
            f"{_tenths(disk.tables / 2**20)} of tables, {_tenths(disk.report / 2**20)} of report.html",
        ]
    )


@dataclass(frozen=True)
class _Disk:
    """Bytes of a study's files: what is kept of cells, ``results.csv`` and ``summary.csv``, ``report.html``."""

    store: float
    tables: float
    report: float

    @property
    def all(self) -> float:
        return self.store + self.tables + self.report


def _processes(workers: int) -> int:
    """One worker computes in the process that writes; several have theirs beside it."""
    return workers + 1 if workers > 1 else 1


def _mib(amount: float) -> int:
    return math.ceil(amount / 2**20)


def _tenths(amount: float) -> str:
    return "less than 0.1" if amount < 0.1 else f"about {amount:,.1f}"


def _libraries(main: list[Cell]) -> int:
    """Bytes that this process holds once it has loaded what a study and its report need."""
    from divergence import report, terminal  # noqa: F401  (only loaded)

    cell.attempt(replace(main[0], questions=min(50, main[0].questions)))
    return footprint.resident()


def _sampled(todo: list[Cell]) -> _Sampled:
    """The first and the middle cell of a few chunks: the first draws the trees."""
    chunks = plan.chunks(todo)
    cell.attempt(replace(todo[0], questions=min(50, todo[0].questions)))  # imports and tables are no part of its time
    found: _Sampled = []
    places = sorted({len(chunks) * k // _SAMPLED for k in range(_SAMPLED)})
    share = len(todo) / sum(len(chunks[place]) for place in places)
    for place in places:
        chunk = chunks[place]
        found.append((cell.attempt(chunk[0]), share))
        if len(chunk) > 1:
            found.append((cell.attempt(chunk[len(chunk) // 2]), share * (len(chunk) - 1)))
    return found


def _memory(spec: Spec, todo: list[Cell], workers: int, own: int, sampled: _Sampled) -> int:
    """Bytes of all processes together: while cells are computed, or while their questions are resampled at the end."""
    largest = max(plan.memory(todo), footprint.peak() - own)
    intervals.draws(_details(sampled), spec.columns, spread=spec.hanging_on_draws)
    return max(_processes(workers) * own + workers * largest, footprint.peak())


def _details(sampled: _Sampled) -> Iterator[tuple[dict[str, Any], bytes, bytes]]:
    """Rows with their values, as a store gives them."""
    for outcome, _ in sampled:
        if not isinstance(outcome, Failure):
            for row in outcome.rows:
                yield row.values, row.detail, outcome.references


def _disk(spec: Spec, sampled: list[_Sampled]) -> _Disk:
    """What is kept of all cells; tables and the report of the study's own. The report repeats what its summary says."""
    from plotly.offline import get_plotlyjs

    store = _OVERHEAD * sum(_size(outcome) * times for one in sampled for outcome, times in one)
    rows = [(row, times) for outcome, times in sampled[0] if not isinstance(outcome, Failure) for row in outcome.rows]
    summary = sum(_summary_size(row) * times for row, times in rows) / spec.seeds
    results = sum(len(_line(row.values.values())) * times for row, times in rows)
    return _Disk(store, results + summary, len(get_plotlyjs()) + summary)


def _line(values: Any) -> str:
    return ",".join("" if value is None else str(value) for value in values) + "\n"


def _summary_size(row: Row) -> int:
    """Bytes of the lines, one a measure, that a row would be in ``summary.csv`` if its seed were the only one."""
    known = [
        (name, row.values[name]) for name in (*intervals.NAMES, *COSTS, *WORST) if row.values.get(name) is not None
    ]
    names = list(row.values)
    keys = [row.values[name] for name in names[: names.index("seed")]]
    return sum(len(_line([*keys, name, value, value, value])) for name, value in known)


def _seconds(outcome: Outcome) -> float:
    return 0.0 if isinstance(outcome, Failure) else outcome.seconds


def _size(outcome: Outcome) -> int:
    if isinstance(outcome, Failure):
        return len(outcome.trace)
    return len(outcome.references) + sum(len(row.detail) + len(json.dumps(row.values)) for row in outcome.rows)
