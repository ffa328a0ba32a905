"""Run a study in a directory, or what is left of it: finished cells are not computed again."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from divergence import export, plan, pool
from divergence.cell import Cell, Failure
from divergence.directory import begin, default_name, only_writer
from divergence.spec import Spec
from divergence.store import FILE, Store, StoreError
from divergence.study import Study

Progress = Callable[[int, int], None]
"""Called with (cells done, cells in all) as a study proceeds."""
Failed = Callable[[Failure], None]
"""Called with each cell that failed."""
Resumed = Callable[[int, int], None]
"""Called with (cells kept, cells in all) where a study continues. A cell that was being computed starts anew."""


def run(
    spec: Spec,
    out: Path | None = None,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    fresh: bool = False,
    retry: bool = False,
    progress: Progress | None = None,
    failed: Failed | None = None,
    resumed: Resumed | None = None,
) -> Study:
    """Run a study, or what is left of it, with its ablations and the points of its box if it asks for them.

    ``scheduler``: address of a dask scheduler (``tcp://…``) whose workers compute, instead of processes here.
    ``retry``: compute cells again that failed before. Writes ``results.sqlite`` (``ablations.sqlite``,
    ``shares.sqlite``), ``results.csv`` and ``spec.toml``. A cell that fails is kept with its error, and the others go
    on. Raises SpecError, StoreError or PoolError. On KeyboardInterrupt everything finished is kept.
    """
    workers = pool.workers_of(workers)
    everything = plan.everything(spec)
    cells_in_all = itertools.chain(*everything.values())
    directory = out if out is not None else Path(default_name(spec))
    continues = (directory / FILE).exists() and not fresh
    with computing(spec, directory, cells_in_all, workers, scheduler, fresh=fresh) as (engine, asked):
        for file, cells in everything.items():  # first of all, so that others can see how much there is to do
            if cells:
                with Store(directory, file, create=True) as store:
                    store.note(asked | {"cells": str(len(cells)), "workers": str(engine.workers)})
                    if retry:
                        store.forget_failures()
        if continues and resumed is not None:
            resumed(_kept(directory, everything), sum(map(len, everything.values())))
        _compute_all(directory, everything, engine, progress or (lambda *_: None), failed or (lambda _: None))
        return finished(spec, directory, asked)


@contextmanager
def computing(
    spec: Spec, directory: Path, cells: Iterable[Cell], workers: int, scheduler: str | None, *, fresh: bool
) -> Iterator[tuple[pool.Engine, dict[str, str]]]:
    """Be the only one who computes a study in a directory: what computes its cells, and what identifies it there.

    Too little memory, another writer and a scheduler that does not answer are told before ``fresh`` removes anything.
    Raises SpecError, StoreError or PoolError.
    """
    if scheduler is None:
        plan.check_memory(cells, workers)
    with only_writer(directory), pool.engine(workers, scheduler) as engine:
        yield engine, begin(spec, directory, fresh=fresh)


def _kept(directory: Path, everything: dict[str, list[Cell]]) -> int:
    """How many cells are finished."""
    kept = 0
    for file, cells in everything.items():
        if cells:
            with Store(directory, file) as store:
                kept += len(store.done() & {one.index for one in cells})
    return kept


def _compute_all(
    directory: Path, everything: dict[str, list[Cell]], engine: pool.Engine, tell: Progress, failed: Failed
) -> None:
    """Compute the cells that are in no store yet, and tell how many are dealt with as they come in."""
    done, total = 0, sum(len(cells) for cells in everything.values())
    for file, cells in everything.items():
        if cells:
            with Store(directory, file, create=True) as store:
                for dealt_with in compute(store, cells, engine, failed):
                    tell(done + dealt_with, total)
            done += len(cells)


def compute(store: Store, cells: list[Cell], engine: pool.Engine, failed: Failed) -> Iterator[int]:
    """Compute the cells that a store does not have, and say how many are dealt with as they come in."""
    known = store.done() | {failure.index for failure in store.failures()}
    todo = [one for one in cells if one.index not in known]
    dealt_with = len(cells) - len(todo)
    yield dealt_with
    for outcomes in engine(plan.chunks(todo)):
        store.add(outcomes)
        dealt_with += len(outcomes)
        for outcome in outcomes:
            if isinstance(outcome, Failure):
                failed(outcome)
        yield dealt_with


def finished(spec: Spec, directory: Path, about: dict[str, str]) -> Study:
    """The study whose cells are in a directory, with ``results.csv`` written beside them."""
    study = Study(directory, spec, about)
    _not_all_failed(study)
    export.write_csv(study)
    return study


def _not_all_failed(study: Study) -> None:
    """A study of which nothing came out is an error."""
    with Store(study.directory) as store:
        failures = store.failures()
        if failures and not store.done():
            raise StoreError(
                f"{study.directory}: all {len(failures)} cells failed; the first: {failures[0].error}; "
                f"'hch status {study.directory} --errors' shows where, --retry computes them again"
            )
