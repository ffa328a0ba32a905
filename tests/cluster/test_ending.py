"""A study on a scheduler's workers that ends early, by Ctrl-C or because the scheduler is gone."""

import os
import signal
import subprocess
import sys
import time

import pytest

from divergence.store import Store

pytest.importorskip("distributed", reason="needs the extra 'cluster'")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs signals between processes"),
]

SLOW = """
import time
from pathlib import Path
from distillers.approval import Approval
from scenarios.part import part


def note(file, setting):
    with (Path("DIRECTORY") / file).open("a") as noted:
        print(setting.human.gameability, setting.human.discernment, setting.seed, file=noted)


@part
class Slow(Approval):
    \"\"\"Approval that takes its time.\"\"\"

    def optimum(self, setting):
        note("begun", setting)
        time.sleep(SECONDS)
        note("ended", setting)
        return super().optimum(setting)
"""
STUDY = """
questions = 10
seeds = 2
[[scenario]]
type = "ledger"
depth = 1
[[scheme]]
type = "slow"
[sweep]
"overseer.gameability" = { from = 0, to = 3, steps = 9 }
"overseer.discernment" = { from = 4, to = 8, steps = 5 }
"""
COMMANDS = {
    "sweep": [],
    "phase": [],
    "sensitivity": ["--points", "8", "--field", "overseer.gameability=[0.0, 3.0]"],
}


def noted(file):
    """Cells (γ, κ, seed) that the slow scheme has noted in a file; a cell needs it more than once."""
    return set(file.read_text().splitlines()) if file.exists() else set()


def waited_for(true, *running, seconds=60.0):
    """Wait until something is true, while commands run."""
    end = time.monotonic() + seconds
    while not true():
        for command in running:
            assert command.poll() is None, command.communicate()
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


def started(directory, address, seconds, command="sweep"):
    """The command, begun, on a study whose cells take so many seconds and more."""
    (directory / "slow.py").write_text(SLOW.replace("DIRECTORY", str(directory)).replace("SECONDS", str(seconds)))
    (directory / "study.toml").write_text(STUDY)
    words = ["study.toml", *COMMANDS[command], "--plugin", "slow.py", "--out", "out", "--scheduler", address]
    return subprocess.Popen(
        [sys.executable, "-m", "divergence", command, *words],
        cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def told(errors):
    """What is said on standard error beside the progress bar."""
    return [line for line in errors.splitlines() if line.strip() and not line.startswith("measuring")]


def kept(directory):
    with Store(directory / "out") as store:
        return len(store.done())


def test_ctrl_c_keeps_every_cell_that_was_begun_and_begins_no_other(tmp_path, cluster):
    """Workers have seventeen cells each before them, and as many again wait."""
    with cluster() as (address, *_):
        for command in COMMANDS:
            begun = tmp_path / command / "begun"
            begun.parent.mkdir()
            running = started(begun.parent, address, 0.3, command)
            waited_for(lambda begun=begun: len(noted(begun)) >= 6, running)
            os.killpg(running.pid, signal.SIGINT)
            _, errors = running.communicate(timeout=60)
            cells = noted(begun)
            time.sleep(2)
            assert noted(begun) == cells == noted(begun.with_name("ended"))
            assert running.returncode == 130, errors
            assert [line.split(":")[0] for line in told(errors)] == ["interrupted", "error"]
            assert "the same command continues" in errors
            assert kept(begun.parent) == len(cells) < 17


def test_a_second_ctrl_c_does_not_wait_for_the_cells_under_way(tmp_path, cluster):
    with cluster() as (address, *_):
        running = started(tmp_path, address, 30)
        waited_for(lambda: len(noted(tmp_path / "begun")) == 2, running)
        os.killpg(running.pid, signal.SIGINT)
        time.sleep(0.5)
        os.killpg(running.pid, signal.SIGINT)
        _, errors = running.communicate(timeout=60)
        assert not noted(tmp_path / "ended")
    assert running.returncode == 130, errors
    assert [line.split(":")[0] for line in told(errors)] == ["interrupted", "error"]
    assert kept(tmp_path) == 0


def test_another_study_on_the_same_workers_goes_on(tmp_path, cluster):
    directories = [tmp_path / "one", tmp_path / "other"]
    with cluster() as (address, *_):
        for directory in directories:
            directory.mkdir()
        one, other = (started(directory, address, 0.05) for directory in directories)
        waited_for(lambda: all(noted(directory / "begun") for directory in directories), one, other)
        os.killpg(one.pid, signal.SIGINT)
        _, errors = other.communicate(timeout=120)
        one.communicate(timeout=60)
    assert one.returncode == 130
    assert other.returncode == 0, errors
    assert kept(directories[0]) < kept(directories[1]) == 90


def test_ctrl_c_while_no_worker_is_there_yet(tmp_path, cluster):
    with cluster(workers=0) as (address, scheduler):
        running = started(tmp_path, address, 1)
        waited_for(lambda: "Receive client connection" in (tmp_path / "dask.log").read_text(), running)
        time.sleep(0.5)
        os.killpg(running.pid, signal.SIGINT)
        _, errors = running.communicate(timeout=60)
        assert scheduler.poll() is None
    assert running.returncode == 130, errors
    assert [line.split(":")[0] for line in told(errors)] == ["error"]


def test_a_scheduler_that_is_killed_is_told_in_one_line(tmp_path, cluster):
    with cluster() as (address, scheduler, _):
        running = started(tmp_path, address, 0.3)
        waited_for(lambda: len(noted(tmp_path / "begun")) >= 4, running)
        scheduler.kill()
        _, errors = running.communicate(timeout=60)
    assert running.returncode == 2, errors
    (line,) = told(errors)
    assert line.startswith(f"error: {address}: the scheduler was lost; what was finished is kept")


@pytest.mark.parametrize(
    ("given", "before", "shown"),
    [
        ({}, "", False),
        ({"DASK_LOGGING__DISTRIBUTED": "info"}, "", True),
        ({}, "logging.basicConfig()", True),
        ({}, "import distributed", False),
    ],
)
def test_logging_that_a_user_set_up_stays(given, before, shown):
    script = f"""
import logging
{before}
from divergence import cluster
import distributed
with cluster._quiet():
    logging.getLogger("distributed.client").error("while it runs")
logging.getLogger("distributed.client").error("afterwards")
"""
    ran = subprocess.run(
        [sys.executable, "-c", script], env=os.environ | given, capture_output=True, text=True, check=True
    )
    assert ("while it runs" in ran.stderr) == shown
    assert "afterwards" in ran.stderr
