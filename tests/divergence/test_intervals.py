"""Intervals against textbook standard errors; γ* against curves whose crossing is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from divergence import intervals
from divergence.cell import STORED, pack, unpack
from divergence.measures import COSTS, REFERENCES

QUESTIONS = 300


def details(harms, seeds=4, gamma=1.0):
    """Rows as a store would give them: one scheme per entry of ``harms``, a function of a generator."""
    for seed in range(seeds):
        luck = np.random.default_rng(seed)
        for scheme, make in harms.items():
            values = np.zeros((len(STORED), QUESTIONS))
            values[STORED.index("harm")] = make(luck)
            row = dict.fromkeys(COSTS) | {
                "scenario": "s", "overseer": "o", "scheme": scheme, "phase": "optimum", "gameability": gamma,
                "seed": seed, "questions": QUESTIONS,
            }  # fmt: skip
            yield row, pack(list(values)), pack(list(np.zeros((len(REFERENCES), QUESTIONS))))


def harm(summary, scheme):
    return summary[(summary["measure"] == "harm") & (summary["scheme"] == scheme)].iloc[0]


def test_intervals_have_the_width_of_the_standard_error():
    harms = list(details({"a": lambda luck: luck.random(QUESTIONS)}, seeds=8))
    line = harm(intervals.summary(intervals.draws(harms, ())), "a")
    every = np.concatenate([unpack(blob, len(STORED))[0] for _, blob, _ in harms])
    assert line["mean"] == pytest.approx(every.mean(), abs=1e-6)
    width = 2 * 1.96 * every.std() / np.sqrt(len(every))
    # A 95 % percentile interval from 400 resamples has a relative standard error of about 6 %.
    assert line["high"] - line["low"] == pytest.approx(width, rel=0.25)


class TestLuckThatASeedsQuestionsShare:
    """Harm is .3 on average; a seed's questions are all off by the same amount, as a reward's fit makes them."""

    @staticmethod
    def line(trial, off, spread):
        luck = np.random.default_rng(trial)
        rows = details({"a": lambda _: 0.3 + off * luck.normal() + 0.1 * luck.normal(size=QUESTIONS)}, seeds=8)
        return harm(intervals.summary(intervals.draws(rows, (), ("harm",), spread)), "a")

    def covered(self, off, spread, trials=60):
        lines = [self.line(trial, off, spread) for trial in range(trials)]
        return np.mean([line["low"] <= 0.3 <= line["high"] for line in lines])

    def test_intervals_count_it_where_a_scheme_says_so(self):
        # Eight seeds' spread is known to a fifth: the nominal 95 % are about 90 %, with a standard error of 4 %.
        assert self.covered(0.05, ("a",)) > 0.78
        assert self.covered(0.05, ()) < 0.5

    def test_where_there_is_none_intervals_are_hardly_wider(self):
        assert self.covered(0.0, ("a",)) > 0.83
        widths = [[self.line(trial, 0.0, spread)[["low", "high"]] for spread in (("a",), ())] for trial in range(20)]
        ratio = np.mean([(a["high"] - a["low"]) / (b["high"] - b["low"]) for a, b in widths])
        assert 1.0 <= ratio < 1.3

    def test_trained_rows_count_it_by_themselves(self):
        luck = np.random.default_rng(1)
        rows = list(details({"a": lambda _: 0.3 + 0.05 * luck.normal() + np.zeros(QUESTIONS)}, seeds=8))
        widths = []
        for phase in ("optimum", "trained"):
            line = harm(intervals.summary(intervals.draws([(r | {"phase": phase}, *b) for r, *b in rows], ())), "a")
            widths.append(line["high"] - line["low"])
        means = [unpack(blob, len(STORED))[0].mean() for _, blob, _ in rows]
        assert widths[0] < 1e-6
        assert widths[1] == pytest.approx(2 * 1.96 * np.std(means, ddof=1) / np.sqrt(8), rel=0.25)


def test_differences_are_paired():
    shared = {}

    def first(luck):
        shared["x"] = luck.random(QUESTIONS)
        return shared["x"]

    found = intervals.draws(details({"a": first, "b": lambda luck: shared["x"] - 0.01}), ())
    (line,) = intervals.differences(found).itertuples()
    assert line.difference == pytest.approx(0.01, abs=1e-6)
    assert line.high - line.low < 1e-6, "what both share must cancel"
    single = harm(intervals.summary(found), "a")
    assert single["high"] - single["low"] > 0.02


def test_weights_are_resamples_keyed_by_seed():
    weights = intervals.weights(3, QUESTIONS)
    np.testing.assert_allclose(weights.sum(axis=0), 1.0, rtol=1e-5)
    counts = np.round(weights * QUESTIONS).astype(int)
    np.testing.assert_allclose(weights, counts / QUESTIONS, rtol=1e-6)  # 32 bits
    # Counts of a resample are binomial(n, 1/n): variance 1 - 1/n.
    assert counts.var() == pytest.approx(1 - 1 / QUESTIONS, abs=4 * np.sqrt(3 / counts.size))
    assert (intervals.weights(4, QUESTIONS) != weights).any()


def test_crossing_interpolates():
    gamma = np.array([0.0, 1.0, 2.0, 3.0])
    curves = np.array([[0, 0.05, 0.25, 0.2], [0, 0, 0, 0], [0.3, 0.3, 0.3, 0.3], [0, 0.1, 0.05, 0.3], [0, 0.2, 0, 0.2]])
    found = intervals.crossing(gamma, curves.T, 0.1)
    np.testing.assert_allclose(found, [1.25, np.nan, 0.0, 1.0, 0.5])


@given(st.lists(st.floats(0, 1), min_size=2, max_size=8))
def test_crossing_is_the_first_point_of_the_interpolated_curve_above(values):
    gamma = np.arange(len(values), dtype=float)
    found = intervals.crossing(gamma, np.array(values)[:, None], 0.1)[0]
    fine = np.union1d(np.linspace(0, gamma[-1], 20_001), gamma)  # a curve may touch the tolerance at a knot alone
    above = np.interp(fine, gamma, values) >= 0.1
    if not above.any():
        assert np.isnan(found)
    else:
        assert found == pytest.approx(fine[above.argmax()], abs=1e-3)


def test_gamma_star_has_an_interval_or_is_beyond_the_sweep():
    rows = []
    for gamma in (0.0, 1.0, 2.0):
        rows += details(
            {
                "a": lambda luck, g=gamma: luck.random(QUESTIONS) * g * 0.15,
                "b": lambda luck: luck.random(QUESTIONS) * 0,
            },
            gamma=gamma,
        )
    found = intervals.crossings(intervals.draws(rows, ())).set_index("scheme")
    assert found.loc["a", "low"] < found.loc["a", "gamma_star"] < found.loc["a", "high"]
    assert found.loc["a", "gamma_star"] == pytest.approx(4 / 3, abs=0.1)
    assert np.isnan(found.loc["b", "gamma_star"])
    assert found.loc["b", "max"] == 2.0


def test_what_is_stored_comes_back():
    table = np.random.default_rng(0).random((3, 7)).astype(np.float32)
    assert (unpack(pack(list(table)), 3) == table).all()
    with pytest.raises(ValueError, match="damaged"):
        unpack(b"nonsense", 3)


def test_derived_measures_follow_from_what_is_stored(small_study):
    pooled = small_study.rows.groupby(["scenario", "scheme", "gameability", "self_persuasion"])
    summary = small_study.summary.set_index(["scenario", "scheme", "gameability", "self_persuasion", "measure"])["mean"]
    for measure in ("harm", "better", "divergence_tv", "accuracy_difference", "hch_accuracy", "asd", "human_minutes"):
        for key, mean in pooled[measure].mean().dropna().items():
            assert summary[(*key, measure)] == pytest.approx(mean, abs=1e-5)


def test_more_resamples_than_questions_change_nothing_about_the_means(small_study):
    assert (small_study.summary["low"].dropna() <= small_study.summary["high"].dropna() + 1e-12).all()
    lines = small_study.summary.dropna(subset=["low"])
    assert ((lines["low"] <= lines["mean"] + 1e-9) | (lines["high"] - lines["low"] < 1e-6)).mean() > 0.99
