"""Designs of drawn points: against scipy's own, by their defining properties, and as cells of a study."""

import itertools

import numpy as np
import pytest
from scipy.stats import kstest, qmc
from scipy.stats._sensitivity_analysis import sample_AB

from divergence import design, plan
from divergence import study as studies
from divergence.api import as_spec, sweep
from divergence.build import SpecError
from divergence.spec import Range
from divergence.specfile import dumps, loads, parse

TABLE = {
    "questions": 10,
    "seeds": 2,
    "scenario": [{"type": "ledger", "depth": 1}, {"type": "goodhart", "claims": 5}],
    "scheme": [{"type": "approval"}, {"type": "imitation"}],
    "sweep": {"overseer.gameability": [0.0, 2.0]},
    "sample": {
        "design": "latin-hypercube",
        "points": 6,
        "seed": 3,
        "fields": {
            "scenario.plant_rate": [0.0, 0.5],
            "overseer.self_persuasion": [0, 1],
            "scheme.n_search": [1, 64],
        },
    },
}
RANGES = (Range("overseer.attention", "attention", (0.5, 1.0)), Range("scheme.n_search", "n_search", (1, 64)))


@pytest.mark.parametrize("name", design.DESIGNS)
def test_points_are_in_their_ranges_and_a_function_of_the_seed(name):
    points = design.points(name, 32, 5, RANGES)
    assert len(points) == design.size(name, 32, 2)
    assert points == design.points(name, 32, 5, RANGES)
    assert points != design.points(name, 32, 6, RANGES)
    assert all(0.5 <= attention < 1.0 and isinstance(n, int) and 1 <= n <= 64 for attention, n in points)


@pytest.mark.parametrize("name", ["random", "latin-hypercube", "sobol"])
def test_each_field_is_uniform(name):
    unit = design.DESIGNS[name](512, 3, 11)
    assert all(kstest(column, "uniform").pvalue > 0.001 for column in unit.T)


def test_a_latin_hypercube_has_one_value_in_every_part():
    unit = design.DESIGNS["latin-hypercube"](50, 3, 1)
    assert all(sorted(np.floor(column * 50)) == list(range(50)) for column in unit.T)


def test_sobol_points_are_the_first_of_more():
    few, many = design.DESIGNS["sobol"](20, 3, 2), design.DESIGNS["sobol"](64, 3, 2)
    np.testing.assert_array_equal(few, many[:20])
    assert qmc.discrepancy(many) < qmc.discrepancy(design.DESIGNS["random"](64, 3, 2)) / 2


def test_saltelli_is_laid_out_as_scipy_lays_it_out():
    unit = design.DESIGNS["saltelli"](8, 3, 4)
    a, b, mixed = unit[:8], unit[8:16], unit[16:].reshape(3, 8, 3)
    expected = sample_AB(a.T, b.T)  # (which field is B's, field, point)
    np.testing.assert_array_equal(mixed, expected.transpose(0, 2, 1))


class TestCells:
    def test_every_draw_at_every_swept_value_and_seed(self):
        spec = parse(TABLE)
        cells = plan.cells(spec)
        drawn = design.points("latin-hypercube", 6, 3, spec.sample.ranges)
        for label in ("ledger", "goodhart"):
            own = [cell for cell in cells if cell.scenario.label == label]
            assert len(own) == 6 * 2 * 2
            for cell in own:
                point = dict(cell.point)
                rate, share, n = drawn[point["point"]]
                assert cell.scenario.part.plant_rate == rate if label == "ledger" else point["plant_rate"] is None
                assert cell.overseer.part.self_persuasion == share == point["self_persuasion"]
                assert cell.schemes[0].part.n_search == n == point["n_search"]
        assert [cell.index for cell in cells] == list(range(len(cells)))

    def test_what_leaves_the_scenario_alone_shares_its_trees(self):
        fields = {"overseer.self_persuasion": [0.0, 1.0]}
        cells = plan.cells(parse(TABLE | {"sample": {"points": 40, "fields": fields}}))
        assert len(plan.chunks(cells)) < len(cells) / 10
        changes = sum(a.seed != b.seed for a, b in itertools.pairwise(cells))
        assert changes == 2 * 2 - 1

    def test_a_scenario_without_any_of_the_fields_is_measured_once(self):
        fields = {"scenario.plant_rate": [0.0, 0.5]}
        cells = plan.cells(parse(TABLE | {"sample": {"points": 5, "fields": fields}}))
        assert len([cell for cell in cells if cell.scenario.label == "goodhart"]) == 2 * 2


def test_the_specification_is_written_back():
    spec = parse(TABLE)
    assert loads(dumps(spec)) == spec


def test_a_study_of_draws(tmp_path):
    study = sweep(TABLE, tmp_path, workers=1)
    rows = study.rows
    assert len(rows) == 2 * 6 * 2 * 2 * 2
    assert not rows.duplicated(["scenario", "scheme", "gameability", "point", "seed"]).any()
    summary = study.summary.query("measure == 'harm' and scenario == 'ledger' and scheme == 'approval'")
    assert len(summary) == 12
    assert summary["plant_rate"].nunique() == 6
    assert studies.load(tmp_path).spec == as_spec(TABLE)


WRONG = {
    "an unknown design": ({"design": "sobel"}, r"no design 'sobel' \(did you mean 'sobol'\?\)"),
    "a design that is no word": ({"design": [1]}, "no design"),
    "no fields": ({"fields": {}}, "needs a range"),
    "fields that are no table": ({"fields": 3}, "must be a table of paths"),
    "an unknown field": ({"fields": {"overseer.gamability": [0, 1]}}, "did you mean 'gameability'"),
    "a field that is swept": ({"fields": {"overseer.gameability": [0, 1]}}, "swept or drawn, not both"),
    "a range upside down": ({"fields": {"scenario.plant_rate": [0.5, 0.1]}}, r"must have low < high, not \[0.5, 0.1\]"),
    "a range that is not permitted": ({"fields": {"scenario.plant_rate": [0.5, 2.0]}}, "≤ 1"),
    "no points": ({"points": 0}, "points: must be a whole number from 1"),
    "saltelli off a power of two": ({"points": 24, "design": "saltelli"}, "power of 2"),
    "an unknown key": ({"pionts": 3}, "did you mean 'points'"),
}


@pytest.mark.parametrize(("changed", "told"), WRONG.values(), ids=WRONG)
def test_mistakes_are_told_with_their_place(changed, told):
    table = TABLE | {"sample": TABLE["sample"] | changed}
    with pytest.raises(SpecError, match=told) as found:
        parse(table)
    assert all(line.startswith("spec: sample") for line in found.value.mistakes)
