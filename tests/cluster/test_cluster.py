"""A study on the workers of a dask scheduler: the same bytes, whoever dies."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from divergence import running
from divergence.pool import PoolError
from divergence.specfile import parse
from divergence.store import Store

pytest.importorskip("distributed", reason="needs the extra 'cluster'")
pytestmark = pytest.mark.slow

TABLE = {
    "questions": 200,
    "seeds": 8,
    "scenario": {"type": "ledger"},
    "scheme": [{"type": "approval"}, {"type": "debate"}],
    "sweep": {"overseer.gameability": [0.0, 1.0, 2.0, 3.0]},
}


def waited_for(true, seconds=60.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


def children(parent):
    """Processes started by a process, by /proc."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat") as file:
                    fields = file.read().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[1]) == parent and fields[0] != "Z":
                found.append(int(entry))
    return found


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The bytes that one worker, without a scheduler, comes to."""
    return csv(running.run(parse(TABLE), tmp_path_factory.mktemp("alone") / "here", workers=1).directory)


def csv(directory):
    return (directory / "results.csv").read_bytes()


@pytest.mark.slow
@pytest.mark.skipif(not os.path.isdir("/proc"), reason="needs /proc to find the workers")
def test_two_workers_of_a_scheduler_give_the_same_bytes_also_if_one_is_killed(tmp_path, cluster, alone):
    spec, killed = parse(TABLE), []
    with cluster() as (address, _, nannies):
        running.run(spec, tmp_path / "two", scheduler=address)

        def kill_one(done, total):
            if done and not killed:
                workers = [
                    pid for child in children(nannies.pid) for pid in [child, *children(child)] if b"spawn" in line(pid)
                ]
                os.kill(workers[0], signal.SIGKILL)
                killed.append(workers[0])

        running.run(spec, tmp_path / "one", scheduler=address, progress=kill_one)
    assert killed
    assert csv(tmp_path / "two") == csv(tmp_path / "one") == alone


def line(pid):
    """A process's command line."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read()
    except OSError:
        return b""


@pytest.mark.slow
def test_a_lost_scheduler_is_told_and_the_study_continues(tmp_path, cluster, alone):
    spec = parse(TABLE)
    with cluster() as (address, scheduler, _):

        def kill_it(done, total):
            if done and scheduler.poll() is None:
                scheduler.kill()
                scheduler.wait()

        with pytest.raises(PoolError, match="scheduler was lost"):
            running.run(spec, tmp_path / "there", scheduler=address, progress=kill_it)
    with Store(tmp_path / "there") as store:
        kept = store.done()
    assert 0 < len(kept) < 32
    with cluster() as (address, *_):
        running.run(spec, tmp_path / "there", scheduler=address)
    assert csv(tmp_path / "there") == alone


@pytest.mark.slow
def test_a_scheduler_without_workers(tmp_path, cluster, monkeypatch):
    monkeypatch.setattr("divergence.cluster._SECONDS", 2)
    with cluster(workers=0) as (address, _):
        waited_for(lambda: answers(address))
        with pytest.raises(PoolError, match="has no workers"):
            running.run(parse(TABLE), tmp_path / "out", scheduler=address)


def answers(address):
    host, port = address.removeprefix("tcp://").split(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense", "http://127.0.0.1:1", "tcp://"])
def test_no_scheduler_there(address, tmp_path, monkeypatch):
    monkeypatch.setattr("divergence.cluster._SECONDS", 1)
    with pytest.raises(PoolError, match="no dask scheduler answers"):
        running.run(parse(TABLE), tmp_path / "out", scheduler=address)


@pytest.mark.slow
def test_no_scheduler_there_is_told_once(tmp_path):
    words = ["compare", "--quick", "--scheduler", "nonsense", "--out", str(tmp_path / "out")]
    command = [sys.executable, "-m", "divergence", *words]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 2
    assert ran.stderr.strip().splitlines()[-1].startswith("error: nonsense: no dask scheduler answers there")
    assert "Exception ignored" not in ran.stderr
