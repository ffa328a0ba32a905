"""Cells on many machines: the workers of a dask.distributed scheduler, seen as an executor (``docs/cluster.md``).

dask gives the chunks of a worker that dies to another one. If the scheduler is lost, so are the chunks under way; what
was finished is in the store, and the same command continues.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import CancelledError, Executor
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any

from divergence.pool import PoolError
from divergence.version import version

_SECONDS = 10
"""How long to wait for the scheduler, and for its first worker."""


@contextmanager
def executor(address: str) -> Iterator[tuple[Executor, int]]:
    """An executor on a scheduler's workers, and how many workers there are.

    ``address``: the scheduler's, ``tcp://host:port``. Raises PoolError where there is no scheduler, no worker, or
    another version of this software on a worker, and when the scheduler is lost.
    """
    try:
        from distributed import Client
        from distributed.scheduler import KilledWorker
    except ImportError as error:
        raise PoolError("--scheduler needs the extra 'cluster': pip install 'hch-divergence[cluster]'") from error
    client = _connected(Client, address)
    try:
        yield client.get_executor(pure=False), _workers(client, address)
    except CancelledError as error:
        raise PoolError(
            f"{address}: the scheduler was lost; what was finished is kept: start a scheduler and workers again, "
            "and the same command continues"
        ) from error
    except KilledWorker as error:
        raise PoolError(
            f"{address}: worker after worker died over the same cells (memory may have run out): use fewer questions, "
            "or workers with more memory; what was finished is kept"
        ) from error
    finally:
        with suppress(Exception):  # a lost scheduler cannot be told
            client.close(timeout=2)


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
