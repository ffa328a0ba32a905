"""A study on disk: reproducible whatever the workers, continued where it stopped, never mixed with another."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from divergence import api, plan, pool, running
from divergence import study as studies
from divergence.build import SpecError
from divergence.specfile import loads
from divergence.store import FILE, Store, StoreError

MEASURED = ["harm", "better", "divergence_tv", "accuracy", "harm_reference", "deceived", "gamed", "planted_harm"]


def test_rows_are_tidy(small_study, small_spec):
    rows = small_study.rows
    assert len(rows) == len(plan.cells(small_spec)) * len(small_spec.schemes)
    key = ["scenario", "overseer", "scheme", "phase", "gameability", "self_persuasion", "seed"]
    assert not rows.duplicated(key).any()
    assert (rows["status"] == "ok").all()
    assert (rows["phase"] == "optimum").all()
    assert rows[MEASURED].notna().all().all()
    assert rows[MEASURED].min().min() >= 0
    assert rows[MEASURED].max().max() <= 1


def test_harm_and_better_make_the_total_variation_in_every_row(small_study):
    rows = small_study.rows
    np.testing.assert_allclose(rows["divergence_tv"], rows["harm"] + rows["better"], atol=1e-12)


def test_the_csv_is_the_rows_to_the_last_bit(small_study):
    read = pd.read_csv(small_study.directory / "results.csv")
    pd.testing.assert_frame_equal(read, small_study.rows, check_exact=True, check_dtype=False)


@pytest.mark.parametrize("workers", [1, 2])
def test_the_same_seed_gives_the_same_bytes(small_study, small_spec, tmp_path, workers):
    again = running.run(small_spec, tmp_path, workers=workers)
    assert (tmp_path / "results.csv").read_bytes() == (small_study.directory / "results.csv").read_bytes()
    pd.testing.assert_frame_equal(again.summary, small_study.summary, check_exact=True)


def test_another_seed_gives_other_numbers(small_study, small_spec, tmp_path):
    other = running.run(replace(small_spec, first_seed=5, seeds=1), tmp_path, workers=1)
    assert set(other.rows["seed"]) == {5}
    assert not set(other.rows["harm"]) - {0.0} & set(small_study.rows["harm"])


def test_the_spec_beside_the_results_reproduces_them(small_study, tmp_path):
    spec = loads((small_study.directory / "spec.toml").read_text())
    running.run(spec, tmp_path, workers=1)
    assert (tmp_path / "results.csv").read_bytes() == (small_study.directory / "results.csv").read_bytes()


def test_what_is_loaded_is_what_was_run(small_study):
    loaded = studies.load(small_study.directory)
    assert loaded.spec == small_study.spec
    pd.testing.assert_frame_equal(loaded.rows, small_study.rows)


class Stopped(Exception):
    pass


def test_an_interrupted_study_continues_without_computing_twice(small_spec, tmp_path, monkeypatch, small_study):
    def stop(done, total):
        if done > total / 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        running.run(small_spec, tmp_path, workers=1, progress=stop)
    with Store(tmp_path) as store:
        kept = store.done()
    assert 0 < len(kept) < len(plan.cells(small_spec))
    computed = []
    real = pool.cell.run
    monkeypatch.setattr(pool.cell, "run", lambda one: computed.append(one.index) or real(one))
    running.run(small_spec, tmp_path, workers=1)
    assert not kept & set(computed)
    assert (tmp_path / "results.csv").read_bytes() == (small_study.directory / "results.csv").read_bytes()
    computed.clear()
    running.run(small_spec, tmp_path, workers=1)
    assert not computed
    running.run(small_spec, tmp_path, workers=1, fresh=True)
    assert len(computed) == len(plan.cells(small_spec))


class TestTheStore:
    def test_a_directory_without_a_study(self, tmp_path):
        with pytest.raises(StoreError, match="no study here"):
            studies.load(tmp_path)

    def test_a_damaged_store_is_told_and_left_alone(self, tmp_path, small_spec):
        (tmp_path / FILE).write_bytes(b"this is no database" * 100)
        with pytest.raises(StoreError, match="damaged"):
            studies.load(tmp_path)
        with pytest.raises(StoreError, match="damaged"):
            running.run(small_spec, tmp_path, workers=1)
        assert (tmp_path / FILE).read_bytes().startswith(b"this is no database")

    def test_a_store_damaged_in_the_middle(self, tmp_path, small_study):
        content = bytearray((small_study.directory / FILE).read_bytes())
        content[4096 : len(content) // 2] = b"x" * (len(content) // 2 - 4096)
        (tmp_path / FILE).write_bytes(bytes(content))
        with pytest.raises(StoreError, match="damaged"):
            _ = studies.load(tmp_path).summary

    def test_values_kept_by_another_version_are_refused(self, tmp_path, small_study):
        shutil.copytree(small_study.directory, tmp_path / "old")
        with Store(tmp_path / "old") as store:
            store.note({"measures": "harm accuracy", "version": "0.0.1"})
        with pytest.raises(StoreError, match=r"version 0\.0\.1"):
            _ = studies.load(tmp_path / "old").summary

    def test_another_schema_is_refused(self, tmp_path):
        with Store(tmp_path, create=True) as store:
            store.note({"schema": "99"})
        with pytest.raises(StoreError, match="schema 99"):
            Store(tmp_path)

    def test_cells_are_whole_or_absent(self, small_study):
        with sqlite3.connect(small_study.directory / FILE) as db:
            (orphans,) = db.execute("SELECT count(*) FROM rows WHERE cell NOT IN (SELECT cell FROM cells)").fetchone()
            counts = db.execute("SELECT count(*) FROM rows GROUP BY cell").fetchall()
        assert orphans == 0
        assert set(counts) == {(5,)}


SCRIPT = """
from divergence import compare
if __name__ == "__main__":
    compare({out!r}, workers=2)
"""


def descendants(parent):
    """Live processes below a process, by /proc."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                fields = Path(f"/proc/{entry}/stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if fields[0] != "Z":
                children.setdefault(int(fields[1]), []).append(int(entry))
    found, todo = [], [parent]
    while todo:
        below = children.get(todo.pop(), [])
        found += below
        todo += below
    return found


@pytest.mark.slow
@pytest.mark.skipif(not os.path.isdir("/proc"), reason="needs /proc to see orphans")
def test_a_killed_parent_leaves_no_orphans_and_loses_nothing(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(out=str(tmp_path / "out")))
    parent = subprocess.Popen([sys.executable, str(script)])
    finished = 0
    for _ in range(600):
        time.sleep(0.1)
        if (tmp_path / "out" / FILE).exists():
            with Store(tmp_path / "out") as store:
                finished = len(store.done())
        if finished:
            break
    workers = descendants(parent.pid)
    assert workers
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    time.sleep(5)
    assert not [
        pid for pid in workers if os.path.exists(f"/proc/{pid}") and descendants(os.getppid()) and pid in descendants(1)
    ]
    with Store(tmp_path / "out") as store:
        assert len(store.done()) >= finished


@pytest.mark.slow
def test_a_script_without_a_guard_is_told_so(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(f"from divergence import compare\ncompare({str(tmp_path / 'out')!r}, quick=True, workers=2)\n")
    ran = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode != 0
    assert "__name__ == '__main__'" in ran.stderr


def test_where_there_is_no_optimum_the_row_says_so_and_the_curve_ends(tmp_path):
    from divergence import sweep

    study = sweep(
        {
            "questions": 20,
            "seeds": 1,
            "scenario": {"type": "ledger", "depth": 1, "rhetoric_family": "laplace"},
            "scheme": [{"type": "imitation"}, {"type": "kl-regularised", "penalty": 1.0}],
            "sweep": {"overseer.gameability": [0.0, 0.5, 1.0, 2.0]},
        },
        tmp_path,
        workers=1,
    )
    rows = study.rows[study.rows["scheme"] == "kl-regularised"].set_index("gameability")
    assert (rows["status"][:0.5] == "ok").all()
    assert rows["status"][1.0:].str.startswith("diverges").all()
    assert rows["harm"][1.0:].isna().all()
    assert rows["harm"][:0.5].notna().all()
    summary = study.summary.query("scheme == 'kl-regularised' and measure == 'harm'")
    assert summary["gameability"].tolist() == [0.0, 0.5]
    star = study.crossings.set_index("scheme").loc["kl-regularised"]
    assert np.isnan(star["gamma_star"])
    assert star["max"] == 0.5


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"workers": 0}, "workers: must be a whole number ≥ 1, not 0"),
        ({"workers": True}, "workers: must be"),
        ({"schemes": []}, "schemes: at least one is needed"),
        ({"gameability": []}, "gameability: at least one"),
        ({"out": ""}, "out: must name a directory"),
    ],
)
def test_what_python_callers_get_wrong(asked, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SpecError, match=told):
        api.compare(**{"out": "out", "quick": True} | asked)
    assert not list(tmp_path.iterdir())


def test_a_study_is_told_in_a_line(small_study):
    told = repr(small_study)
    assert str(small_study.directory) in told
    assert f"{len(small_study.spec.schemes)} scheme(s)" in told
    assert len(told.removeprefix(f"Study({str(small_study.directory)!r}")) < 120


def test_differences_in_an_unknown_measure_are_refused_with_those_there_are(small_study):
    with pytest.raises(SpecError, match=r"no 'foo'; there are: harm, better, .*chance_harm"):
        small_study.differences("foo")


def test_the_package_shows_its_public_names():
    import divergence

    assert dir(divergence) == ["compare", "load", "sweep", "tree"]
    assert all(callable(getattr(divergence, name)) for name in dir(divergence))
