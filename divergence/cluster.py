"""Cells on many machines: the workers of a dask.distributed scheduler, seen as an executor (``docs/cluster.md``).

dask gives the chunks of a worker that dies to another one. If the scheduler is lost, so are the chunks under way; what
was finished is in the store, and the same command continues. Workers outlive the study, so they are told when it ends
early: chunks that wait for a worker are forgotten, and of those under way only the cell at hand is finished.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from functools import partial
from importlib import import_module
from typing import Any

from divergence import pool
from divergence.cell import Outcome
from divergence.pool import Engine, PoolError
from divergence.version import version

_SECONDS = 10
"""How long to wait for the scheduler, and for its first worker."""

_ENDED: set[str] = set()
"""In a worker process: the engines whose study was ended early, so that no further cell of it is to be begun."""


@contextmanager
def engine(address: str) -> Iterator[Engine]:
    """The workers of a scheduler. ``address``: the scheduler's, ``tcp://host:port``.

    Raises PoolError where there is no scheduler, no worker, or another version of this software on a worker, and when
    the scheduler is lost.
    """
    try:
        from distributed import Client
        from distributed.scheduler import KilledWorker
    except ImportError as error:
        raise PoolError("--scheduler needs the extra 'cluster': pip install 'hch-divergence[cluster]'") from error
    with _quiet():
        client = _connected(Client, address)
        end = _End(client)
        try:
            yield Engine(_workers(client, address), client.get_executor(pure=False), end, partial(_compute, end.name))
        except CancelledError as error:
            raise PoolError(
                f"{address}: the scheduler was lost; what was finished is kept: start a scheduler and workers again, "
                "and the same command continues"
            ) from error
        except KilledWorker as error:
            end()
            raise PoolError(
                f"{address}: worker after worker died over the same cells (memory may have run out): use fewer "
                "questions, or workers with more memory; what was finished is kept"
            ) from error
        except BaseException:  # Ctrl-C, or a disk that is full
            end()
            raise
        finally:
            with suppress(Exception):  # a lost scheduler cannot be told
                client.close(timeout=2)


class _End:
    """Tells all workers, once, that a study ends early. ``name``: what they know it by."""

    def __init__(self, client: Any) -> None:
        self.name = uuid.uuid4().hex
        self._client = client
        self._told = False

    def __call__(self) -> None:
        if not self._told:
            self._told = True  # before it is done: nobody who presses Ctrl-C again waits for it again
            with suppress(Exception):  # a worker may be gone, or the scheduler
                self._client.run(_begin_no_more, self.name, on_error="ignore")


def _begin_no_more(name: str) -> None:
    """In a worker."""
    _ENDED.add(name)


def _compute(name: str, chunk: bytes) -> list[Outcome]:
    return pool.compute(chunk, lambda: name in _ENDED)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what dask prints about its connections: what is wrong is told once. What a user has set up stays."""
    config: Any = import_module("dask.config")
    keys = [f"{place}{key}" for place in ("", "distributed.") for key in ("logging", "logging-file-config")]
    own = [one for one in logging.getLogger("distributed").handlers if type(one) is logging.StreamHandler]
    if any(config.get(key, None) for key in keys):
        own = []
    for handler in own:
        handler.addFilter(_nothing)
    try:
        yield
    finally:
        for handler in own:
            handler.removeFilter(_nothing)


def _nothing(_: logging.LogRecord) -> bool:
    return False


def _connected(client: Any, address: str) -> Any:
    try:
        asyncio.run(_answers(address))
        return client(address, timeout=_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise PoolError(f"{address}: no dask scheduler answers there ({error}); see docs/cluster.md") from error


async def _answers(address: str) -> None:
    """Talk to a scheduler briefly: a client that finds none complains again, much later, when it is thrown away."""
    comms: Any = import_module("distributed.comm")  # without types
    security: Any = import_module("distributed.security").Security()
    comm = await comms.connect(address, timeout=_SECONDS, **security.get_connection_args("client"))
    comm.abort()


def _workers(client: Any, address: str) -> int:
    """How many workers there are; all of them must have this version."""
    try:
        client.wait_for_workers(1, timeout=_SECONDS)
        there = client.run(version, on_error="return")
    except TimeoutError as error:
        raise PoolError(f"{address}: the scheduler has no workers; see docs/cluster.md") from error
    for worker, found in there.items():
        if isinstance(found, BaseException):
            raise PoolError(f"{address}: worker {worker} cannot import this software ({found}); see docs/cluster.md")
        if found != version():
            raise PoolError(f"{address}: worker {worker} has version {found}, here it is {version()}")
    return len(there)
