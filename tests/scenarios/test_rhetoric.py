"""The best of n arguments has the distribution it should, from the same luck for every n."""

import itertools

import numpy as np
import pytest
from scipy import stats

from scenarios import streams
from scenarios.rhetoric import QUANTILES, Rhetoric

LAWS = {"normal": stats.norm(), "laplace": stats.laplace(), "student_t": stats.t(3)}
COUNT = 20_000


def drawn(family):
    log_u = np.log(streams.claim_uniforms(streams.keys_from(0, "question", 0, COUNT), "rhetoric", 2))
    return Rhetoric(family, 3.0, log_u, np.array([[1.0], [2.0]]) * np.ones((2, COUNT)))


@pytest.mark.parametrize("family", QUANTILES)
@pytest.mark.parametrize("n", [1, 2, 64, 10**6])
def test_best_of_n_has_cdf_f_to_the_n(family, n):
    force = drawn(family).best_of(n)
    for row, scale in zip(force, (1.0, 2.0), strict=True):
        powered = np.exp(n * LAWS[family].logcdf(row / scale))
        assert stats.kstest(powered, "uniform").pvalue > 1e-4


@pytest.mark.parametrize("family", QUANTILES)
def test_more_search_never_weakens_an_argument(family):
    rhetoric = drawn(family)
    forces = [rhetoric.best_of(n) for n in (1, 2, 8, 64, 4096, 10**9)]
    for fewer, more in itertools.pairwise(forces):
        assert (more > fewer).all()
        assert np.isfinite(more).all()


@pytest.mark.parametrize("family", QUANTILES)
@pytest.mark.parametrize("p", [1e-12, 1e-3, 0.3, 0.5, 0.9, 1 - 1e-12])
def test_quantiles_invert_the_cdf(family, p):
    found = QUANTILES[family](np.log(np.array([p])), 3.0)[0]
    assert found == pytest.approx(LAWS[family].ppf(p), rel=2e-4 if p > 0.99 else 1e-8, abs=1e-9)


@pytest.mark.parametrize("family", QUANTILES)
@pytest.mark.parametrize("tail", [1e-9, 1e-13, 1e-17])
def test_the_upper_tail_keeps_its_digits(family, tail):
    """The best of 10⁹ arguments is at quantiles that differ from 1 by less than a double can tell."""
    found = QUANTILES[family](np.array([np.log1p(-tail)]), 3.0)[0]
    assert found == pytest.approx(LAWS[family].isf(tail), rel=1e-6)


def test_sweeps_of_n_do_not_fill_the_memory():
    rhetoric = drawn("normal")
    for n in range(1, 20):
        rhetoric.best_of(n)
    assert len(rhetoric._known) <= 4
    assert (rhetoric.best_of(3) == drawn("normal").best_of(3)).all()
