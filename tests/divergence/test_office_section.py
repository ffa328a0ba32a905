"""Trees in time in a report: means and intervals, each cell counted once, and pictures beside the exact HCH."""

import numpy as np
import pytest
from scipy import stats

from divergence import office_section, report, running, sections
from divergence.office_trees import OFFICE
from divergence.specfile import parse

TABLE = {
    "questions": 30,
    "seeds": 3,
    "brief": True,
    "office_trees": 10,
    "scenario": [{"type": "ledger", "depth": 1}],
    "scheme": [{"type": "approval"}, {"type": "debate"}],
    "office": {"staff": 3},
    "sweep": {"office.hurry": [0.0, 5.0], "overseer.gameability": [0.0, 3.0]},
}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return running.run(parse(TABLE), tmp_path_factory.mktemp("office") / "study", workers=1)


def test_means_and_intervals_are_those_of_the_cells(study):
    told = office_section.summary(study)
    assert len(told) == 2 * 2 * len(OFFICE)
    cells = study.rows.query("scheme == 'debate'")
    for line in told.to_dict("records"):
        own = cells.query(f"hurry == {line['hurry']} and gameability == {line['gameability']}")[line["measure"]]
        half = stats.t.ppf(0.975, 2) * stats.sem(own)
        low, high = max(own.mean() - half, 0), own.mean() + half
        if line["measure"] == "office_accuracy":
            exact = stats.binomtest(round(own.mean() * 30), 30).proportion_ci(0.95, "exact")
            low, high = min(low, exact.low), min(max(high, exact.high), 1)
        assert [line["mean"], line["low"], line["high"]] == pytest.approx([own.mean(), low, high])


def test_one_seed_has_intervals_of_shares_alone(tmp_path):
    told = office_section.summary(running.run(parse(TABLE | {"seeds": 1}), tmp_path, workers=1))
    share = told["measure"] == "office_accuracy"
    assert told.loc[~share, ["low", "high"]].isna().all(axis=None)
    assert (told.loc[share, "high"] - told.loc[share, "low"] > 0.2).all()
    assert not told["mean"].isna().any()


def test_pictures_show_the_simulated_trees_beside_the_exact_hch(study):
    times, answers = office_section.made(study)
    assert [times[0], answers[0]] == ["office", "office-accuracy"]
    assert "10 question(s)" in times[2]
    assert "an office (staff 3, but" in times[2]
    lines = {trace.name: trace for trace in answers[3].data if trace.mode and "lines" in trace.mode}
    assert set(lines) == {office_section.WHO, "HCH"}
    exact = study.summary.query("measure == 'hch_accuracy' and scheme == 'debate' and hurry == 5")
    np.testing.assert_array_equal(lines["HCH"].y, exact["mean"])
    assert "Trees in time" in report.page(study)


def test_where_no_tree_is_simulated_nothing_is_said(tmp_path):
    table = {key: value for key, value in TABLE.items() if not key.startswith("office")}
    plain = running.run(parse(table | {"sweep": {}, "seeds": 1}), tmp_path, workers=1)
    assert office_section.made(plain) == []
    assert "office" not in [section.name for section in sections.sections(plain)]


def test_a_scenario_without_a_truth_has_times_alone(tmp_path):
    table = TABLE | {"scenario": [{"type": "goodhart"}], "seeds": 1, "sweep": {}}
    found = running.run(parse(table), tmp_path, workers=1)
    assert [one[0] for one in office_section.made(found)] == ["office"]
