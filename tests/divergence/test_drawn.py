"""Studies of drawn points as tables, a picture and a report: against means worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from divergence import drawn, report, running
from divergence.figures import drawn as figures
from divergence.figures import names
from divergence.specfile import parse

TABLE = {
    "questions": 15,
    "seeds": 2,
    "brief": True,
    "scenario": [{"type": "ledger", "depth": 1}, {"type": "majority", "depth": 1}],
    "scheme": [{"type": "approval"}, {"type": "debate"}],
    "sweep": {"overseer.gameability": [1.0, 2.0, 3.0]},
    "sample": {
        "points": 20,
        "fields": {
            "scenario.plant_rate": [0.0, 0.9],
            "scheme.n_search": [1, 1000],
            "scenario.rhetoric_family": ["normal", "laplace"],
        },
    },
}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return running.run(parse(TABLE), tmp_path_factory.mktemp("drawn"), workers=1)


def test_draws_are_means_over_seeds_at_the_middle_of_what_is_swept(study):
    at = drawn.fixed(study)
    assert at == {"gameability": 2.0}
    draws = drawn.harms(study, at)
    assert len(draws) == 2 * 2 * 20
    one = draws.iloc[7]
    rows = study.rows.query("gameability == 2 and point == @one.point and scheme == @one.scheme")
    rows = rows[rows["scenario"] == one["scenario"]]
    assert len(rows) == 2
    assert one["harm"] == pytest.approx(rows["harm"].mean(), rel=1e-12)


def test_bins_hold_every_draw_once(study):
    draws = drawn.harms(study, drawn.fixed(study))
    means = drawn.binned(study, draws)
    own = means.query("scenario == 'ledger' and scheme == 'debate'")
    there = draws.query("scenario == 'ledger' and scheme == 'debate'")
    for field in ("plant_rate", "n_search", "rhetoric_family"):
        part = own[own["field"] == field]
        assert part["draws"].sum() == 20
        assert (part["mean"] * part["draws"]).sum() == pytest.approx(there["harm"].sum(), rel=1e-12)
    rate = own[own["field"] == "plant_rate"]
    assert len(rate) == drawn.BINS
    assert rate["value"].is_monotonic_increasing
    lowest = there.nsmallest(int(rate["draws"].iloc[0]), "plant_rate")["harm"]
    assert rate["mean"].iloc[0] == pytest.approx(lowest.mean(), rel=1e-12)
    error = 1.96 * lowest.sem()
    assert rate["high"].iloc[0] == pytest.approx(lowest.mean() + error, rel=1e-9)
    word = own.query("field == 'rhetoric_family' and value == 'laplace'").iloc[0]
    assert word["mean"] == pytest.approx(there.query("rhetoric_family == 'laplace'")["harm"].mean(), rel=1e-12)


def test_intervals_of_bins_cover(study):
    """Of a known mean in normal noise, at least 88 % of 95 % intervals from 10 draws each."""
    luck = np.random.default_rng(0)
    ends = [drawn._mean(luck.normal(size=10)) for _ in range(400)]
    held = [one["low"] <= 0 <= one["high"] for one in ends]
    assert 0.88 < np.mean(held) <= 0.98
    assert np.isnan(drawn._mean(np.array([0.3]))["low"])


def test_spread(study):
    found = drawn.spread(study).query("scenario == 'majority' and scheme == 'approval' and gameability == 3").iloc[0]
    rows = study.rows.query("scenario == 'majority' and scheme == 'approval' and gameability == 3")
    harm = rows.groupby("point")["harm"].mean()
    assert found["mean"] == pytest.approx(harm.mean())
    assert (found["low"], found["high"]) == pytest.approx((harm.quantile(0.05), harm.quantile(0.95)))


def test_the_picture_shows_the_numbers(study):
    draws = drawn.harms(study, drawn.fixed(study))
    means = drawn.binned(study, draws)
    figure = figures.drawn(draws, means, study.spec.sample.ranges, names.of_spec(study.spec))
    lines = [trace for trace in figure.data if trace.text is not None]
    assert len(lines) == 2 * 3 * 2  # scenarios, fields, schemes
    shown = pd.concat([pd.Series(trace.y) for trace in lines])
    np.testing.assert_allclose(sorted(shown), sorted(means["mean"]))
    assert sum(len(trace.y) for trace in figure.data if trace.text is None) == 3 * len(draws)
    assert figure.layout.xaxis2.type == "log"
    words = next(trace for trace in lines if trace.xaxis == "x3")
    assert sorted(round(place) for place in words.x) == [0, 1]
    assert all("plant rate" in note.text for note in figure.layout.annotations[:1])


def test_the_report(study):
    page = report.page(study)
    assert "Harm along every drawn field" in page
    assert "drawn: 0 to 0.9" in page
    assert "drawn: normal, laplace" in page
    assert "20 draws (sobol) of plant rate, n search and rhetoric family" in page
    assert "γ = 2" in page


def test_a_sample_beside_nothing_that_is_swept(tmp_path):
    table = {key: value for key, value in TABLE.items() if key != "sweep"} | {"seeds": 1, "questions": 5}
    found = running.run(parse(table | {"sample": TABLE["sample"] | {"points": 1}}), tmp_path, workers=1)
    assert "Harm along every drawn field" in report.page(found)
