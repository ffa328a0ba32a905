"""Learning curves of a study that trains, what they cost, and what survives when a run is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import special

from distillers.imitation import Imitation
from distillers.training import Training, train
from divergence import export, learning, learning_sections, report, running, specfile, study
from divergence.competition import frontier, minutes_to, reach, taxes
from divergence.figures.learning import frontier as drawn_frontier
from divergence.figures.learning import learning as drawn_learning
from divergence.store import LEARNING, Store
from hch.setting import Setting
from overseers.human import Human
from scenarios.ledger import Ledger

ROOT = Path(__file__).parents[2]
SPEC = """
questions = 20
seeds = 2
phases = ["optimum", "trained"]
[[scenario]]
type = "ledger"
depth = 1
[overseer]
type = "human"
[[scheme]]
type = "imitation"
[[scheme]]
type = "debate"
[[scheme]]
type = "consultancy"
[training]
human_minutes = 8000.0
[sweep]
"overseer.gameability" = [0.5, 1.5]
"""


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    return running.run(specfile.loads(SPEC, "spec"), tmp_path_factory.mktemp("learning"), workers=1)


def test_cells_are_the_studys_training_on_other_budgets():
    cells = learning.cells(specfile.loads(SPEC, "spec"))
    assert len(cells) == len(learning.SHARES) * 2
    assert [cell.training.human_minutes for cell in cells[: len(learning.SHARES)]] == [
        8000.0 * share for share in learning.SHARES
    ]
    assert {cell.overseer.part.gameability for cell in cells} == {1.5}
    assert {named.label for cell in cells for named in cell.schemes} == {"imitation", "debate"}
    assert not any(cell.optima for cell in cells)
    plain = SPEC.replace('phases = ["optimum", "trained"]', "")
    assert learning.cells(specfile.loads(plain, "spec")) == []
    office = learning.cells(specfile.loads(SPEC.replace("[sweep]", "staff = 3\nbatch = 10\n[sweep]"), "spec"))
    budgets = {cell.training.human_minutes: cell.training.batch for cell in office}
    assert max(budgets) == 4 * 8000.0
    assert [budgets[8000.0 * share] for share in (0.5, 1.0, 2.0, 4.0)] == [10, 10, 20, 40]
    limit = SPEC.replace("human_minutes = 8000.0", "exact_labels = true")
    assert learning.cells(specfile.loads(limit, "spec")) == []


def test_a_curve_is_what_training_on_each_budget_comes_to(done):
    """Against training runs of our own, without the store."""
    curve = done.learning.curves.query("scheme == 'imitation'").set_index("budget")
    for budget in (2_000.0, 16_000.0):
        away, minutes = [], []
        for seed in range(2):
            setting = Setting(Ledger(depth=1).trees(seed, 20), Human(gameability=1.5), seed)
            run = train(Imitation(), Training(human_minutes=budget), setting)
            moved = np.maximum(run.policy.root - setting.hch.root, 0.0)
            moved[setting.trees.root.truth[0], np.arange(20)] = 0.0
            away.append(moved.sum(axis=0).mean())
            minutes.append(run.history[-1].human_minutes)
        assert curve.loc[budget, "harm"] == pytest.approx(np.mean(away), abs=1e-6)
        assert curve.loc[budget, "human_minutes"] == pytest.approx(np.mean(minutes))
        assert curve.loc[budget, "harm_low"] <= curve.loc[budget, "harm"] <= curve.loc[budget, "harm_high"]


def test_where_a_curve_reaches_a_level():
    minutes, harm = np.array([1.0, 10.0, 100.0, 1000.0]), np.array([0.8, 0.6, 0.2, 0.3])
    assert reach(minutes, harm, 0.4, lower=True) == pytest.approx(np.sqrt(10.0 * 100.0))
    assert reach(minutes, harm, 0.9, lower=True) == 1.0
    assert reach(minutes, harm, 0.1, lower=True) == np.inf
    assert reach(minutes, 1 - harm, 0.4, lower=False) == pytest.approx(10.0)


def test_the_tax_is_a_paired_ratio():
    """Scheme b takes twice the time of a, seeds being unlike: the ratio is known better than either."""
    luck = np.array([1.0, 3.0, 10.0, 2.0])
    lines = [
        {"scenario": "s", "overseer": "o", "scheme": name, "seed": seed, "minutes": cost * luck[seed], "cheaper": False}
        for name, cost in (("a", 100.0), ("b", 200.0))
        for seed in range(4)
    ]
    found = taxes(pd.DataFrame(lines)).set_index("scheme")
    assert found.loc["b", ["tax", "low", "high"]].tolist() == pytest.approx([2.0, 2.0, 2.0])
    assert found.loc["a", "minutes"] == pytest.approx(100.0 * np.exp(np.log(luck).mean()))
    lines[-1]["minutes"] *= 4.0
    found = taxes(pd.DataFrame(lines)).set_index("scheme")
    logs = np.log([2.0, 2.0, 2.0, 8.0])
    half = special.stdtrit(3, 0.975) * logs.std(ddof=1) / 2
    ends = np.exp([logs.mean(), logs.mean() - half, logs.mean() + half])
    assert found.loc["b", ["tax", "low", "high"]].tolist() == pytest.approx(ends.tolist())
    lines[-1]["minutes"] = np.inf
    found = taxes(pd.DataFrame(lines)).set_index("scheme")
    assert found.loc["b", "reached"] == 0.75
    assert np.isnan(found.loc["b", "tax"])
    over = taxes(pd.DataFrame([*lines[:-1], lines[-1] | {"minutes": 400.0}]), over="b").set_index("scheme")
    assert over.loc["a", "tax"] < 1.0


def test_minutes_of_a_study(done):
    rows = done.learning.rows
    found = minutes_to(rows, 0.1)
    assert len(found) == 2 * 2
    table = done.learning.taxes
    cheapest = table[table["scheme"] == table["over"]]
    assert cheapest["tax"].dropna().eq(1.0).all()
    assert (table["tax"].dropna() >= 1.0 - 1e-9).all()


def test_nothing_beats_the_frontier(done):
    curves = done.learning.curves
    front = frontier(curves)
    assert front["harm"].is_monotonic_decreasing
    for line in curves.to_dict("records"):
        better = front[(front["budget"] <= line["budget"]) & (front["harm"] <= line["harm"])]
        assert len(better)


def test_the_report_shows_training(done):
    page = report.page(done)
    for name in ("learning", "frontier", "chisel"):
        assert f'<h2 id="{name}">' in page
    assert "alignment tax" in page
    figures = drawn_learning(done.learning.curves), drawn_frontier(done.learning.curves)
    for figure in figures:
        assert {"imitation", "debate"} <= {trace.name for trace in figure.data}
    accuracy = drawn_learning(done.learning.curves, "accuracy")
    assert "HCH" in {trace.name for trace in accuracy.data}
    export.write_tables(done)
    assert (done.directory / "taxes.csv").exists()


def test_a_study_of_optima_has_none(tmp_path):
    spec = specfile.loads(SPEC.replace('phases = ["optimum", "trained"]', ""), "spec")
    plain = running.run(replace(spec, seeds=1), tmp_path, workers=1)
    assert plain.learning.tables() == {}
    assert not (tmp_path / LEARNING).exists()
    assert '<h2 id="chisel">' not in report.page(plain)


def run(out, *more, wait=True):
    """``hch sweep`` as a process of its own."""
    command = [
        sys.executable,
        "-P",
        "-m",
        "divergence",
        "sweep",
        str(out / "spec-asked.toml"),
        "--out",
        str(out / "study"),
    ]
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True, "start_new_session": True}
    started = subprocess.Popen([*command, *more], cwd=out, env=os.environ | {"PYTHONPATH": str(ROOT)}, **pipes)
    return (started, started.communicate(timeout=120)[1]) if wait else (started, "")


def finished(directory):
    """How many cells of the learning curves are in the store."""
    if not (directory / LEARNING).exists():
        return 0
    with Store(directory, LEARNING) as store:
        return len(store.done())


@pytest.mark.slow
def test_a_run_killed_in_training_keeps_whole_cells_and_restarts_the_others(tmp_path):
    slower = SPEC.replace("[0.5, 1.5]", "[1.5]")
    (tmp_path / "spec-asked.toml").write_text(slower, encoding="utf-8")
    killed, _ = run(tmp_path, wait=False)
    try:
        deadline = time.monotonic() + 60
        while not 0 < finished(tmp_path / "study") < 22 and time.monotonic() < deadline:
            time.sleep(0.02)
    finally:
        os.killpg(killed.pid, signal.SIGKILL)
        killed.communicate()
    kept = finished(tmp_path / "study") + 2  # the study's own cells came first
    assert 2 < kept < 24
    ended, said = run(tmp_path)
    assert ended.returncode == 0, said
    assert f"continuing: {kept} of 24 cells are kept; the other {24 - kept} start from their beginning" in said
    whole = running.run(specfile.loads(slower, "spec"), tmp_path / "whole", workers=1)
    again = study.load(tmp_path / "study")
    pd.testing.assert_frame_equal(again.rows, whole.rows)
    order = ["seed", "budget", "scheme"]
    rows = (one.learning.rows.sort_values(order, ignore_index=True) for one in (again, whole))
    pd.testing.assert_frame_equal(*rows)


def test_training_over_time_is_shown_where_anybody_waits(tmp_path):
    text = SPEC.replace('phases = ["optimum", "trained"]', 'phases = ["trained"]').replace("8000.0", "2000.0")
    asked = specfile.loads(text.replace("[sweep]", "staff = 3\nbatch = 40\n[sweep]"), "spec")
    found = study.Study(tmp_path, replace(asked, seeds=1), {})
    sections = {one[0]: one for one in learning_sections.made(found)}
    assert set(sections) == {"over-time", "chisel"}  # no learning curves were measured here
    figure = sections["over-time"][3]
    assert {trace.name for trace in figure.data} == {"imitation", "debate"}
    assert "3 people" in sections["over-time"][2]
    assert figure.layout.meta["layouts"]["narrow"]["height"] == figure.layout.height
