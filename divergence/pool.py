"""Cells on all cores: a pool of processes that never outlives its parent.

Chunks of cells travel as cloudpickle bytes, so classes from a plug-in file or a notebook cell work in workers too.
Workers ignore Ctrl-C (the parent decides what is kept) and end when the parent is gone.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait as wait_for

import cloudpickle

from divergence import cell
from divergence.cell import Cell, Result
from divergence.workers import context


class PoolError(RuntimeError):
    """The workers cannot work; the message says what to do."""


def results(chunks: list[list[Cell]], workers: int) -> Iterator[list[Result]]:
    """Finished chunks, in the order in which they finish. One worker computes here, without a pool."""
    if workers == 1 or len(chunks) <= 1:
        for chunk in chunks:
            yield [cell.run(one) for one in chunk]
        return
    pool = ProcessPoolExecutor(min(workers, len(chunks)), mp_context=context(), initializer=_start)
    try:
        yield from _as_completed(pool, chunks, workers)
    except BrokenProcessPool as error:
        raise PoolError(
            "a worker process died. A script that runs a study needs the guard  if __name__ == '__main__':  around it; "
            "if it has one, memory may have run out: use fewer workers or questions"
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _as_completed(pool: Executor, chunks: list[list[Cell]], workers: int) -> Iterator[list[Result]]:
    """Keep a few chunks in flight per worker: enough to keep them busy, few enough to stop soon."""
    waiting = iter(chunks)
    running: set[Future[list[Result]]] = set()
    while True:
        for chunk in waiting:
            running.add(pool.submit(_run, cloudpickle.dumps(chunk)))
            if len(running) >= 2 * workers:
                break
        if not running:
            return
        finished, running = wait(running, return_when=FIRST_COMPLETED)
        for future in finished:
            yield future.result()


def _run(chunk: bytes) -> list[Result]:
    return [cell.run(one) for one in cloudpickle.loads(chunk)]


def _start() -> None:
    """In a worker: leave Ctrl-C to the parent, and end when the parent has ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=lambda: (wait_for([parent.sentinel]), os._exit(1)), daemon=True).start()
