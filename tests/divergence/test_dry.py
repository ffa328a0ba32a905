"""``hch sweep --dry-run``: estimates beside what a study then takes."""

import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from divergence import dry, footprint, plan
from divergence.specfile import dumps, parse
from divergence.store import Store

TABLE = {
    "questions": 800,
    "seeds": 6,
    "scenario": [{"type": "ledger", "depth": 1}, {"type": "majority", "depth": 1}],
    "scheme": [{"type": "approval"}, {"type": "debate"}],
    "sweep": {"overseer.gameability": [0.0, 1.5, 3.0]},
}
LINUX = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks Linux what processes hold")
MIB = 2**20


def hch(directory, *words):
    """The command in a process of its own, as memory is what a process holds."""
    command = [sys.executable, "-P", "-m", "divergence", "sweep", "spec.toml", *map(str, words)]
    return subprocess.Popen(command, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            start_new_session=True)  # fmt: skip


def told(directory, workers):
    """What a dry run says, and (MiB of memory, MiB on disk)."""
    said, errors = hch(directory, "--dry-run", "--workers", workers).communicate(timeout=120)
    assert not errors
    found = [re.search(pattern, said)[1].replace(",", "") for pattern in (r"([\d,.]+) MiB of m", r"([\d,.]+) MiB on d")]
    return said, *map(float, found)


def held(session):
    """Bytes that the processes of a session hold together; what they share counts once for each."""
    pages = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.getsid(int(entry.name)) == session:
                    pages += int((entry / "statm").read_text().split()[1])
            except OSError:
                continue  # it has ended
    return pages * os.sysconf("SC_PAGE_SIZE")


def run(directory, workers):
    """Runs the study; the most that its processes ever held, in MiB."""
    most, running = 0, hch(directory, "--out", "out", "--workers", workers)
    while running.poll() is None:
        most = max(most, held(running.pid))
        time.sleep(0.05)
    assert running.returncode == 0, running.communicate()
    running.communicate()
    return most / MIB


@LINUX
@pytest.mark.slow
def test_memory_disk_and_time_are_near_what_a_study_takes(tmp_path):
    """With little to compute, it is libraries and the report's own pictures that take most."""
    spec = parse(TABLE)
    (tmp_path / "spec.toml").write_text(dumps(spec))
    said, memory, disk = told(tmp_path, 1)
    assert said.startswith("36 cells, 72 rows")
    assert list(tmp_path.iterdir()) == [tmp_path / "spec.toml"]
    several = [dry._sampled(plan.cells(spec)) for _ in range(3)]  # so short, something may come between
    sampled = several[0]
    took = run(tmp_path, 1)
    assert took / 1.7 < memory < took * 1.7
    files = {path.name: path.stat().st_size for path in (tmp_path / "out").iterdir()}
    assert sum(files.values()) / 1.3 < disk * MIB < sum(files.values()) * 1.3
    estimated = dry._disk(spec, [sampled])
    assert files["results.sqlite"] / 1.5 < estimated.store < files["results.sqlite"] * 1.5
    tables = files["results.csv"] + files["summary.csv"]
    assert tables / 1.3 < estimated.tables < tables * 1.3
    assert files["report.html"] / 1.1 < estimated.report < files["report.html"] * 1.1
    with Store(tmp_path / "out") as store:
        seconds = store.seconds() * 36
    expected = statistics.median(sum(one.seconds * times for one, times in found) for found in several)
    assert seconds / 4 < expected < seconds * 4  # other work on the machine


@LINUX
@pytest.mark.slow
@pytest.mark.parametrize(("depth", "questions", "workers"), [(4, 1000, 2), (1, 20000, 1)])
def test_memory_of_larger_studies(tmp_path, depth, questions, workers):
    """Deep trees weigh on cells, and many questions on the resampling at the end."""
    scenario = {"type": "ledger", "depth": depth}
    (tmp_path / "spec.toml").write_text(
        dumps(parse(TABLE | {"questions": questions, "seeds": 2, "scenario": scenario}))
    )
    _, memory, _ = told(tmp_path, workers)
    took = run(tmp_path, workers)
    assert took / 2 < memory < took * 2


def test_time_is_shared_by_workers_and_libraries_are_not(monkeypatch):
    monkeypatch.setattr(dry, "_seconds", lambda _: 100.0)
    spec = parse(TABLE | {"questions": 10})
    found = [
        re.search(r"([\d.]+) minutes(?:.|\n)* ([\d,]+) MiB of m.* takes ([\d,]+)(.*)", dry.describe(spec, workers))
        for workers in (1, 4)
    ]
    assert [one[1] for one in found] == ["60.0", "15.0"]
    assert [one[4] for one in found] == ["", " in each of 5 processes"]
    four, own = (float(found[1][place].replace(",", "")) for place in (2, 3))
    assert four >= 5 * (own - 1)


@LINUX
def test_memory_is_what_the_system_tells():
    before = footprint.resident()
    held = bytearray(os.urandom(1)) * (64 * MIB)
    assert 60 * MIB < footprint.resident() - before < 80 * MIB
    assert footprint.peak() >= footprint.resident() - MIB
    del held


def test_another_system_tells_the_most_ever_held(monkeypatch):
    known = footprint.peak()

    def missing(*_, **__):
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", missing)
    assert footprint.resident() == footprint.peak()
    assert known / 1.5 < footprint.peak() < known * 1.5
    monkeypatch.setitem(sys.modules, "resource", None)
    assert footprint.resident() == 200 * MIB
