"""Dask starts threads and processes of its own: ``pytest -m slow tests/cluster``, in one process. Else left out."""

import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from functools import partial

import pytest

collect_ignore_glob = ["test_*.py"] if "PYTEST_XDIST_WORKER" in os.environ else []


@pytest.fixture
def cluster(tmp_path):
    """Called, a context with a scheduler and its workers."""
    return partial(_cluster, tmp_path)


@contextmanager
def _cluster(tmp_path, workers=2):
    """A scheduler and its workers as a user starts them; yields (address, scheduler, workers' parent)."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    log = (tmp_path / "dask.log").open("w")
    dask = [sys.executable, "-P", "-m", "distributed.cli"]
    port = address.rsplit(":", 1)[1]
    common = {"stdout": log, "stderr": log, "cwd": tmp_path}
    started = [
        subprocess.Popen(
            [*dask[:-1], "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"],
            **common,
        )
    ]
    try:
        if workers:
            arguments = ["--nworkers", str(workers), "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1"]
            started.append(subprocess.Popen([*dask[:-1], "distributed.cli.dask_worker", address, *arguments], **common))
            import distributed

            with distributed.Client(address, timeout=60, set_as_default=False) as client:  # a busy machine is slow
                client.wait_for_workers(workers, timeout=60)
        yield address, *started
    finally:
        for process in reversed(started):
            process.terminate()
        for process in reversed(started):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        log.close()
