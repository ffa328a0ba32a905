"""How fast a sweep is: 704 cells of eight schemes, 5,632 rows, in processes, against one worker (slow; run alone)."""

import os
import time

import pytest

from divergence import running
from divergence.specfile import parse

SCHEMES = (
    "imitation",
    "approval",
    "approval-frozen",
    "reward-modelling",
    "answer-first",
    "approval-far-sighted",
    "debate",
    "debate-hch",
)
TABLE = {
    "questions": 1000,
    "seeds": 16,
    "brief": True,
    "scenario": {"type": "ledger", "branching": 3, "depth": 4},
    "scheme": [{"type": name} for name in SCHEMES],
    "sweep": {
        "overseer.gameability": {"from": 0.0, "to": 4.0, "steps": 11},
        "scenario.plant_rate": [0.0, 0.1, 0.3, 0.5],
    },
}


def seconds(table, workers, directory):
    start = time.perf_counter()
    study = running.run(parse(table), directory, workers=workers)
    return time.perf_counter() - start, study


@pytest.mark.slow
def test_a_large_sweep(tmp_path):
    """Prints what was measured; what is asserted leaves room for a busy machine."""
    took, study = seconds(TABLE, 2, tmp_path / "all")
    assert len(study.rows) == 5632
    print(f"\n5,632 rows: {took:.1f} s with two workers on {os.cpu_count()} cores")
    assert took < 300


@pytest.mark.slow
def test_a_large_sweep_with_trees_in_time(tmp_path):
    """The same with ten trees of every cell simulated, 1,210 humans."""
    took, study = seconds(TABLE | {"office_trees": 10}, 2, tmp_path / "all")
    assert study.rows["office_makespan_minutes"].notna().all()
    print(f"\n5,632 rows, 10 trees of each cell in time: {took:.1f} s with two workers")
    assert took < 450


@pytest.mark.slow
@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="needs two cores")
def test_two_workers_are_faster_than_one(tmp_path):
    table = TABLE | {"seeds": 4}
    (one, _), (two, _) = seconds(table, 1, tmp_path / "one"), seconds(table, 2, tmp_path / "two")
    print(f"\n1,408 rows: {one:.1f} s with one worker, {two:.1f} s with two: {one / two:.2f} × faster")
    assert (tmp_path / "one/results.csv").read_bytes() == (tmp_path / "two/results.csv").read_bytes()
    assert one / two > 1.2
