"""Phase diagrams: against every point of the fine grid, on made-up planes and on a study."""

import contextlib

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from divergence import phase, phase_run, plan, running
from divergence import study as studies
from divergence.build import SpecError
from divergence.cli import app
from divergence.figures import phases as figures
from divergence.specfile import dumps, parse
from divergence.store import Store, StoreError

TABLE = {
    "questions": 40,
    "seeds": 1,
    "brief": True,
    "scenario": {"type": "ledger", "depth": 2},
    "scheme": [{"type": "approval"}, {"type": "approval-frozen"}, {"type": "debate"}],
    "sweep": {
        "overseer.gameability": {"from": 0.5, "to": 3.5, "steps": 4},
        "overseer.self_persuasion": [0.0, 0.5, 1.0],
    },
}


def made_up(plane, places, function):
    """Rows with one scheme's harm a function of the place."""
    across, up = plane.x.values, plane.y.values  # noqa: PD011
    lines = [
        {
            "scenario": "s",
            "overseer": "o",
            "scheme": "approval",
            "phase": "optimum",
            "gameability": across[i],
            "self_persuasion": up[j],
            "seed": 0,
            "harm": function(i, j),
        }
        for i, j in places
    ]
    return pd.DataFrame(lines)


def explored(plane, function, name):
    tried: set = set()
    while True:
        wanted, diagram = phase.wanted(plane, made_up(plane, tried, function), "harm", name)
        if wanted <= tried:
            return tried, diagram
        tried |= wanted


def test_the_boundary_is_found_to_the_finest_grid_at_a_fraction_of_its_points():
    table = TABLE | {
        "sweep": {
            "overseer.gameability": {"from": 0.0, "to": 4.0, "steps": 9},
            "overseer.self_persuasion": {"from": 0.0, "to": 1.0, "steps": 9},
        }
    }
    plane = phase.plane(parse(table), 3)
    assert plane.shape == (65, 65)

    def disc(i, j):
        return float(np.hypot(i - 30, j - 34) < 20.5)

    tried, diagram = explored(plane, disc, phase.reaches("approval", 0.5))
    assert len(tried) < 0.4 * 65**2
    (key,) = diagram.leaves
    order = sorted(set(diagram.points["phase"]))
    filled = figures._filled(diagram, key, diagram.points, order)
    expected = np.array([[disc(i, j) for i in range(65)] for j in range(65)])
    np.testing.assert_array_equal(
        filled, order.index("approval ≥ 0.5") * expected + (1 - expected) * (1 - order.index("approval ≥ 0.5"))
    )
    area = sum(side**2 for *_, side in diagram.leaves[key])
    assert area == 64**2


def test_a_plane_of_one_phase_is_tried_on_the_coarse_grid_alone():
    plane = phase.plane(parse(TABLE), 2)
    tried, _ = explored(plane, lambda i, j: 0.0, phase.reaches("approval", 0.5))
    assert tried == {(i, j) for i in range(0, 13, 4) for j in range(0, 9, 4)}


def test_a_study_agrees_with_the_whole_fine_grid(tmp_path):
    plane = phase.plane(parse(TABLE), 1)
    diagram = phase_run.run(plane, tmp_path / "some", "harm", phase.winner("harm"), workers=1)
    whole = running.run(plane.spec, tmp_path / "whole", workers=1)
    every = phase.phases(plane, whole.rows, "harm", phase.winner("harm"))
    assert len(every) == 7 * 5
    assert len(diagram.points) <= len(every)
    both = diagram.points.merge(every, on=["i", "j"], suffixes=("", "_whole"))
    assert (both["phase"] == both["phase_whole"]).all()
    means = whole.rows.pivot_table(index=["gameability", "self_persuasion"], columns="scheme", values="harm")
    for line in every.to_dict("records"):
        here = means.loc[line["gameability"], line["self_persuasion"]].sort_values()
        assert line["phase"] == ("tied" if here.iloc[1] - here.iloc[0] < 1e-3 else here.index[0])
    figure = figures.figure(diagram)
    assert figure.data[0].z.shape == (5, 7)
    with Store(tmp_path / "some") as store:
        done = store.done()
    phase_run.run(plane, tmp_path / "some", "harm", phase.winner("harm"), workers=1)
    with Store(tmp_path / "some") as store:
        assert store.done() == done


def test_more_of_some_measures_is_better():
    values = {"a": 0.2, "b": 0.9, "c": float("nan")}
    assert phase.winner("accuracy")(values) == "b"
    assert phase.winner("harm")(values) == "a"
    assert phase.winner("harm")({"a": 0.2, "b": 0.2005}) == "tied"
    assert phase.winner("harm")({"a": float("nan")}) == "undefined"


def test_whole_numbers_stay_whole():
    table = TABLE | {"sweep": {"scheme.n_search": [1, 5, 65], "overseer.gameability": [0.0, 1.0]}}
    fine = phase.plane(parse(table), 2).x.values  # noqa: PD011
    assert fine == (1, 2, 3, 4, 5, 20, 35, 50, 65)


WRONG = {
    "one field": ({"overseer.gameability": [0.0, 1.0]}, "two fields, not 1"),
    "words": ({"overseer.gameability": [0.0, 1.0], "scenario.rhetoric_family": ["normal", "laplace"]}, "two numbers"),
    "downwards": ({"overseer.gameability": [1.0, 0.0], "overseer.self_persuasion": [0.0, 1.0]}, "ascending"),
    "no room": ({"overseer.gameability": [0.0, 1.0], "scenario.depth": [1, 2]}, "no whole numbers between"),
}


@pytest.mark.parametrize(("sweep", "told"), WRONG.values(), ids=WRONG)
def test_mistakes(sweep, told):
    with pytest.raises(SpecError, match=told):
        phase.plane(parse(TABLE | {"sweep": sweep}), 2)


SQUARE = {"overseer.gameability": [0.5, 3.5], "overseer.self_persuasion": [0.0, 1.0]}


def of(directory, **changed):
    """A phase diagram of the four corners of a plane."""
    keys = ("retry", "fresh", "progress")
    how = {key: changed.pop(key) for key in keys if key in changed}
    plane = phase.plane(parse(TABLE | {"sweep": SQUARE} | changed), 0)
    return phase_run.run(plane, directory, "harm", phase.winner("harm"), workers=1, **how)


@pytest.fixture
def broken(monkeypatch):
    """Cells of the last seed cannot be computed while the list holds anything."""
    real, broken = phase_run.pool.cell.run, [1]

    def run(one):
        if one.seed in broken and one.overseer.part.gameability == 3.5:
            raise ZeroDivisionError("by nothing")
        return real(one)

    monkeypatch.setattr(phase_run.pool.cell, "run", run)
    return broken


def test_a_cell_that_fails_is_told_until_it_is_computed_again(tmp_path, broken):
    for _ in range(2):  # the other seed's rows are no diagram
        with pytest.raises(StoreError, match=r"phases are not known there; the first: ZeroDivisionError.*--retry"):
            of(tmp_path / "a", seeds=2)
    broken.clear()
    with pytest.raises(StoreError, match="not known"):
        of(tmp_path / "a", seeds=2)
    again = of(tmp_path / "a", seeds=2, retry=True)
    pd.testing.assert_frame_equal(again.points, of(tmp_path / "b", seeds=2).points, check_exact=True)


def test_the_command_computes_failed_cells_again(tmp_path, broken):
    (tmp_path / "spec.toml").write_text(dumps(parse(TABLE | {"sweep": SQUARE, "seeds": 2})))
    given = ("phase", tmp_path / "spec.toml", "--refine", 0, "--workers", 1, "--out", tmp_path / "out")
    words = [str(word) for word in given]
    assert CliRunner().invoke(app, words).exit_code == 2
    broken.clear()
    assert CliRunner().invoke(app, [*words, "--retry"]).exit_code == 0


def test_all_seeds_count_also_after_an_interruption(tmp_path):
    """A point is known when all its seeds are, in every scenario, wherever the study stopped."""
    both = [{"type": "ledger", "depth": 1}, {"type": "majority", "depth": 1}]

    def stop(done, total):
        if done:
            raise KeyboardInterrupt

    for _ in range(3):  # a chunk more each time
        with pytest.raises(KeyboardInterrupt):
            of(tmp_path / "a", seeds=2, scenario=both, progress=stop)
    points = of(tmp_path / "a", seeds=2, scenario=both).points
    rows = running.run(parse(TABLE | {"sweep": SQUARE, "seeds": 2, "scenario": both}), tmp_path / "b", workers=1).rows
    means = rows.groupby(["scenario", "gameability", "self_persuasion", "scheme"])["harm"].mean()
    assert len(points) == 8
    for line in points.to_dict("records"):
        own = means.loc[line["scenario"], line["gameability"], line["self_persuasion"]]
        assert {name: line[name] for name in own.index} == pytest.approx(own.to_dict(), abs=1e-12)


def test_starting_over(tmp_path):
    of(tmp_path)
    with pytest.raises(StoreError, match="another study"):
        of(tmp_path, questions=20)
    of(tmp_path, questions=20, fresh=True)
    assert set(studies.load(tmp_path).rows["questions"]) == {20}


def test_optimum_and_trained_are_schemes_of_their_own():
    plane = phase.plane(parse(TABLE | {"sweep": SQUARE, "phases": ["optimum", "trained"]}), 0)
    assert "approval (trained)" in phase.labels(plane.spec)
    optimum = made_up(plane, [(0, 0)], lambda i, j: 0.2)
    trained = optimum.assign(phase="trained", harm=0.4)
    found = phase.phases(plane, pd.concat([optimum, trained]), "harm", phase.winner("harm"))
    (line,) = found.to_dict("records")
    assert (line["approval"], line["approval (trained)"], line["phase"]) == (0.2, 0.4, "approval")
    told = phase.reaches("approval (trained)", 0.3)(line)
    assert told == "approval (trained) ≥ 0.3"


def test_what_is_there_is_read_once_a_round_and_a_scheduler_needs_no_memory_here(tmp_path, monkeypatch):
    calls = []
    real = Store.done
    monkeypatch.setattr(Store, "done", lambda store: calls.append(1) or real(store))
    of(tmp_path / "a")
    assert len(calls) <= 4
    monkeypatch.setattr(plan, "_memory_available", lambda: 0)
    with pytest.raises(SpecError, match="GiB needed"):
        of(tmp_path / "b")
    monkeypatch.setattr(phase_run.pool, "engine", lambda *_: contextlib.nullcontext(phase_run.pool.Engine(1, None)))
    plane = phase.plane(parse(TABLE | {"sweep": SQUARE}), 0)
    phase_run.run(plane, tmp_path / "b", "harm", phase.winner("harm"), scheduler="tcp://there:1")
