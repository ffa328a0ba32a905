"""Cells on all cores: a pool of processes that never outlives its parent.

Chunks of cells travel as cloudpickle bytes, so classes from a plug-in file or a notebook cell work in workers too.
Workers ignore Ctrl-C (the parent decides what is kept) and end when the parent is gone. At the first Ctrl-C each ends
the cell it is at, and whatever is finished comes back and is kept; at the second they are ended at once.

Any executor of ``concurrent.futures`` will do: ``cluster.py`` has one on many machines.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import wait as wait_for
from multiprocessing.synchronize import Event

import cloudpickle

from divergence import cell
from divergence.build import SpecError
from divergence.cell import Cell, Outcome
from divergence.workers import context

_STOP: Event | None = None
"""In a worker process: set when no further cell is to be begun."""

_ONE_CHUNK = threading.Lock()
"""A worker with several threads (dask's may have them) still computes one chunk at a time: trees are shared."""


class PoolError(RuntimeError):
    """The workers cannot work; the message says what to do."""


def compute(chunk: bytes, stopped: Callable[[], bool]) -> list[Outcome]:
    """In a worker: a chunk's cells (cloudpickle bytes), of which no further one is begun once ``stopped()``."""
    with _ONE_CHUNK:
        return [cell.attempt(one) for one in cloudpickle.loads(chunk) if not stopped()]


def _compute(chunk: bytes) -> list[Outcome]:
    return compute(chunk, lambda: _STOP is not None and _STOP.is_set())


@dataclass(frozen=True)
class Engine:
    """What computes chunks of cells. ``executor``: None computes here, without a pool.

    ``stop``: called, it lets workers finish the cells they are at and begin no others. ``task``: what a worker does
    with a chunk, which comes as bytes.
    """

    workers: int
    executor: Executor | None
    stop: Callable[[], object] = lambda: None
    task: Callable[[bytes], list[Outcome]] = _compute

    def __call__(self, chunks: list[list[Cell]]) -> Iterator[list[Outcome]]:
        """Finished chunks, in the order in which they finish."""
        if self.executor is None or (len(chunks) <= 1 and isinstance(self.executor, ProcessPoolExecutor)):
            for chunk in chunks:
                yield from _here(chunk)
            return
        yield from _as_completed(self, self.executor, chunks)


def workers_of(asked: int | None) -> int:
    """How many workers that is; None is a worker per core. Raises SpecError."""
    if asked is None:
        return os.cpu_count() or 1
    if isinstance(asked, bool) or not isinstance(asked, int) or asked < 1:
        raise SpecError(f"workers: must be a whole number ≥ 1, not {asked!r}")
    return asked


@contextmanager
def engine(workers: int, scheduler: str | None = None) -> Iterator[Engine]:
    """Processes here (for one worker, none), or the workers of a dask scheduler; they end with the context."""
    if scheduler is not None:
        from divergence import cluster  # an extra

        with cluster.engine(scheduler) as found:
            yield found
    elif workers == 1:
        yield Engine(1, None)
    else:
        stop = context().Event()
        with _processes(workers, stop) as pool:
            yield Engine(workers, pool, stop.set)


@contextmanager
def _processes(workers: int, stop: Event) -> Iterator[ProcessPoolExecutor]:
    pool = ProcessPoolExecutor(workers, mp_context=context(), initializer=_start, initargs=(stop,))
    try:
        yield pool
    except KeyboardInterrupt:  # what could be kept has come back by now
        for process in list((pool._processes or {}).values()):
            process.kill()
        raise
    except BrokenProcessPool as error:
        raise PoolError(
            "a worker process died. A script that runs a study needs the guard  if __name__ == '__main__':  around it; "
            "if it has one, memory may have run out: use fewer workers or questions. A script that is read from "
            "standard input cannot start workers: save it as a file"
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _here(chunk: list[Cell]) -> Iterator[list[Outcome]]:
    """A chunk computed in this process; interrupted, the part of it that is finished."""
    found: list[Outcome] = []
    try:
        for one in chunk:
            found.append(cell.attempt(one))
    except KeyboardInterrupt:
        yield found
        raise
    yield found


def _as_completed(engine: Engine, executor: Executor, chunks: list[list[Cell]]) -> Iterator[list[Outcome]]:
    """Keep a few chunks in flight per worker: enough to keep them busy, few enough to stop soon."""
    waiting = iter(chunks)
    running: set[Future[list[Outcome]]] = set()
    while True:
        for chunk in waiting:
            running.add(executor.submit(engine.task, cloudpickle.dumps(chunk)))
            if len(running) >= 2 * engine.workers:
                break
        if not running:
            return
        try:
            finished, running = wait(running, return_when=FIRST_COMPLETED)
        except KeyboardInterrupt:
            yield from _last(running, engine)
            raise
        for future in finished:
            yield future.result()


def _last(running: set[Future[list[Outcome]]], engine: Engine) -> Iterator[list[Outcome]]:
    """What workers have finished of their chunks once they have been told to stop."""
    print("interrupted: finishing the cells under way; Ctrl-C again ends at once", file=sys.stderr)
    engine.stop()
    for future in wait(running).done:
        yield future.result()


def _start(stop: Event) -> None:
    """In a worker: leave Ctrl-C to the parent, and end when it says so, or has ended."""
    global _STOP
    _STOP = stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=lambda: (wait_for([parent.sentinel]), os._exit(1)), daemon=True).start()
