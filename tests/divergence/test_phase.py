"""Phase diagrams: against every point of the fine grid, on made-up planes and on a study."""

import numpy as np
import pandas as pd
import pytest

from divergence import phase, phase_run
from divergence import study as studies
from divergence.build import SpecError
from divergence.figures import phases as figures
from divergence.specfile import parse
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
        wanted, diagram = phase.missing(plane, made_up(plane, tried, function), "harm", name)
        if not wanted:
            return tried, diagram
        assert not wanted & tried
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
    whole = studies.run(plane.spec, tmp_path / "whole", workers=1)
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


def test_a_cell_that_fails_is_told(tmp_path, monkeypatch):
    def run(one):
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr("divergence.cell.run", run)
    with pytest.raises(StoreError, match=r"phases are not known there; the first: ZeroDivisionError"):
        phase_run.run(phase.plane(parse(TABLE), 0), tmp_path, "harm", phase.winner("harm"), workers=1)
