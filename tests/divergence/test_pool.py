"""Workers and Ctrl-C: what is finished comes back, what is not is not waited for."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from divergence import plan, pool
from divergence.cell import Result
from divergence.specfile import parse
from divergence.store import Store

TABLE = {
    "questions": 10,
    "seeds": 3,
    "scenario": {"type": "ledger", "depth": 1},
    "scheme": {"type": "approval"},
    "sweep": {"overseer.gameability": {"from": 0, "to": 3, "steps": 40}},
}
CELLS = plan.cells(parse(TABLE))


def kept(chunks):
    """Cells that came back before an interruption."""
    found = []
    try:
        for outcomes in chunks:
            found += outcomes
    except KeyboardInterrupt:
        return {one.index for one in found}
    raise AssertionError("not interrupted")


def test_an_interruption_here_keeps_the_part_of_a_chunk_that_is_finished(monkeypatch):
    def attempt(one):
        if one.index == 11:
            raise KeyboardInterrupt
        return Result(one.index, (), b"")

    monkeypatch.setattr(pool.cell, "attempt", attempt)
    assert kept(pool.Engine(1, None)([CELLS[:8], CELLS[8:16]])) == set(range(11))


def test_an_interruption_of_workers_keeps_all_that_they_finished(monkeypatch, capsys):
    finished, real = set(), pool.wait
    enough = threading.Event()

    def attempt(one):
        time.sleep(0.01)
        finished.add(one.index)
        if len(finished) == 10:
            enough.set()
        return Result(one.index, (), b"")

    def wait(running, **how):
        if how:  # waiting for whatever comes first
            enough.wait(10)
            raise KeyboardInterrupt
        return real(running)

    stop = pool.context().Event()
    monkeypatch.setattr(pool, "_STOP", stop)
    monkeypatch.setattr(pool.cell, "attempt", attempt)
    monkeypatch.setattr(pool, "wait", wait)
    with ThreadPoolExecutor(2) as executor:
        came_back = kept(pool.Engine(2, executor, stop.set)([CELLS[:30], CELLS[30:60], CELLS[60:90]]))
    assert came_back == finished
    assert 10 <= len(finished) < 20
    assert "finishing the cells under way" in capsys.readouterr().err


def started(worker):
    """Whether a worker has got so far that it ignores Ctrl-C, as the system tells."""
    told = re.search(r"SigIgn:\s*(\w+)", Path(f"/proc/{worker}/status").read_text())
    return bool(int(told[1], 16) >> (signal.SIGINT - 1) & 1)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks Linux what is ignored")
def test_workers_leave_ctrl_c_to_their_parent():
    with pool.engine(2) as engine:
        first = [one for found in engine([CELLS[:2], CELLS[2:4]]) for one in found]
        end = time.monotonic() + 60
        while not all(map(started, engine.executor._processes)):
            assert time.monotonic() < end, "workers do not ignore Ctrl-C"
            time.sleep(0.05)
        for worker in engine.executor._processes:
            os.kill(worker, signal.SIGINT)
        time.sleep(0.2)
        second = [one for found in engine([CELLS[:2], CELLS[2:4]]) for one in found]
    assert {one.index for one in first} == {one.index for one in second} == {0, 1, 2, 3}


SLOW = """
import time
from pathlib import Path
from distillers.approval import Approval
from scenarios.part import part


@part
class Slow(Approval):
    \"\"\"Approval that takes its time.\"\"\"

    def optimum(self, setting):
        with Path("begun").open("a") as begun:
            print(setting.human.gameability, setting.seed, file=begun)
        time.sleep(SECONDS)
        return super().optimum(setting)
"""
STUDY = """
questions = 10
seeds = 4
[[scenario]]
type = "ledger"
depth = 1
[[scheme]]
type = "slow"
[sweep]
"overseer.gameability" = { from = 0, to = 3, steps = 30 }
"""


def cells_begun(file):
    """What cells have been begun (γ and seed), by what the slow scheme writes."""
    return set(file.read_text().splitlines()) if file.exists() else set()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs signals between processes")
@pytest.mark.parametrize(("seconds", "times"), [(1, 1), (120, 2)])
def test_the_command_ends_soon(tmp_path, seconds, times):
    """With a second a cell and more, and chunks of seventeen, once is enough; where a cell takes long, twice ends it.

    Finishing the chunk would take half a minute, and the long cell two minutes.
    """
    (tmp_path / "slow.py").write_text(SLOW.replace("SECONDS", str(seconds)))
    (tmp_path / "study.toml").write_text(STUDY)
    command = [sys.executable, "-m", "divergence", "sweep", "study.toml", "--plugin", "slow.py"]
    running = subprocess.Popen(
        [*command, "--workers", "2", "--out", "out"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    end = time.monotonic() + 60
    while len(cells_begun(tmp_path / "begun")) < (6 if times == 1 else 2):
        assert time.monotonic() < end, "nothing is computed"
        time.sleep(0.1)
    for _ in range(times):
        start = time.monotonic()
        os.killpg(running.pid, signal.SIGINT)
        time.sleep(0.3)
    _, errors = running.communicate(timeout=60)
    assert time.monotonic() - start < 15
    assert running.returncode == 130, errors
    assert "finishing the cells under way" in errors
    assert "Traceback" not in errors
    with Store(tmp_path / "out") as store:
        done = len(store.done())
        assert store._db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert done >= 4 if times == 1 else done == 0
