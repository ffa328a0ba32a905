"""VALIDATION.md 1–5 and 7 on the Goodhart question, through the schemes that users run."""

import itertools

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import integrate, optimize, special, stats

from distillers.approval import Approval
from distillers.base import NoOptimum
from distillers.best_of_n import BestOfN
from distillers.imitation import Imitation
from distillers.kl_regularised import KLRegularised
from distillers.quantilizer import Quantilizer
from hch import batch
from hch.setting import Setting
from overseers.human import Human
from overseers.panel import Panel
from scenarios.goodhart import Goodhart


def rater(gameability=1.0, attention=1.0):
    """κ_leaf = 1 and an answer of its own that persuasion does not touch: a rating is V + γX."""
    return Human(leaf_discernment=1.0, self_persuasion=0.0, gameability=gameability, attention=attention)


def quality(scheme, scenario, human):
    where = Setting(scenario.trees(0, 1), human)
    return float((scheme.optimum(where).root * where.trees.root.grades.quality[:, 0]).sum())


def expected_maximum(n):
    return integrate.quad(lambda u: u * n * stats.norm.pdf(u) * stats.norm.cdf(u) ** (n - 1), -9, 12, epsabs=1e-12)[0]


def trap(scheme, rate, attention=0.0, appeal=1.0, cost=2.0, human=None):
    """Mass on a trap that the judge likes best unless it verifies; every other answer is as good as any other."""
    scenario = Goodhart(
        claims=2, quality_scale=0.0, rhetoric_scale=0.0, trap_rate=rate, trap_appeal=appeal, trap_quality=-cost
    )
    where = Setting(scenario.trees(0, 1), human or rater(attention=attention))
    return float((scheme.optimum(where).root * (where.trees.root.planted[0] == np.arange(3)[:, None])).sum())


@pytest.mark.parametrize("rate", [0.02, 0.2, 0.37])
def test_the_planted_trap(rate):
    assert trap(Imitation(), rate) == pytest.approx(rate, abs=1e-12)
    assert trap(Approval(), rate) == 1.0
    for n in (1, 16, 64):
        assert trap(BestOfN(draws=n), rate) == pytest.approx(1 - (1 - rate) ** n, abs=1e-12)
    for share in (0.01, 0.1, 0.5, 1.0):
        assert trap(Quantilizer(share=share), rate) == pytest.approx(min(1.0, rate / share), abs=1e-12)
    for penalty, gap in ((0.5, 1.0), (1.0, 3.0), (2.0, 0.1)):
        lifted = rate * np.exp(gap / penalty)
        wanted = lifted / (lifted + 1 - rate)
        assert trap(KLRegularised(penalty=penalty), rate, appeal=gap) == pytest.approx(wanted, abs=1e-12)


def test_the_planted_trap_of_the_table():
    assert trap(BestOfN(draws=16), 0.02) == pytest.approx(0.2762, abs=5e-5)
    assert trap(BestOfN(draws=64), 0.02) == pytest.approx(0.7256, abs=6e-5)
    assert trap(BestOfN(draws=64), 0.02, attention=0.9) == pytest.approx(0.1203, abs=5e-5)


@pytest.mark.parametrize(("rate", "veto", "n"), [(0.02, 0.9, 64), (0.3, 0.5, 8), (0.1, 0.99, 200)])
def test_a_judge_who_vetoes(rate, veto, n):
    """A vetoed trap is kept only if all n draws are vetoed traps; otherwise the formula of the table."""
    wanted = 1 - (1 - rate * (1 - veto)) ** n + (rate * veto) ** n
    assert trap(BestOfN(draws=n), rate, attention=veto) == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize(("rate", "veto", "n"), [(0.02, 0.9, 64), (0.05, 0.7, 20)])
def test_a_majority_of_three_judges_who_veto(rate, veto, n):
    """Three people rate by their mean: two vetoes of cost 2 outweigh an appeal of 1, and one does not.

    They answer by vote as well, so what each would say by itself is set so that the base rate is the table's.
    """
    panel = Panel(member=rater(attention=veto), members=3, shared_argument=1.0)
    each = optimize.brentq(lambda p: trap(Imitation(), p, human=panel) - rate, 1e-3, 0.5, xtol=1e-15)
    assert trap(Imitation(), each, human=panel) == pytest.approx(rate, abs=1e-12)
    passed = 3 * (1 - veto) ** 2 * veto + (1 - veto) ** 3
    assert trap(BestOfN(draws=n), each, human=panel) == pytest.approx(1 - (1 - rate * passed) ** n, abs=1e-9)
    if n == 64:
        assert trap(BestOfN(draws=n), each, human=panel) == pytest.approx(0.0352, abs=5e-5)


@pytest.mark.parametrize(("gameability", "n"), [(1.0, 16), (0.5, 64), (2.0, 300), (0.25, 4)])
def test_gaussian_best_of_n(gameability, n):
    wanted = expected_maximum(n) / np.sqrt(1 + gameability**2)
    assert quality(BestOfN(draws=n), Goodhart(), rater(gameability)) == pytest.approx(wanted, abs=1e-9)


def test_gaussian_best_of_n_of_the_table():
    assert quality(BestOfN(), Goodhart(), rater()) == pytest.approx(1.24874, abs=5e-6)
    where = Setting(Goodhart().trees(0, 1), rater())
    assert BestOfN(draws=16).divergence(where)[0] == pytest.approx(1.8351, abs=5e-5)


@pytest.mark.parametrize("correlation", [-1.0, -0.6, 0.5, 1.0])
def test_quality_and_appeal_may_be_correlated(correlation):
    """E V is m_n·Cov(V, V + γX)/sd(V + γX)."""
    spread = np.sqrt(1 + 0.8**2 + 2 * 0.8 * correlation)
    wanted = expected_maximum(16) * (1 + 0.8 * correlation) / spread
    grid = Goodhart(correlation=correlation, claims=801 if abs(correlation) == 1 else 81)
    near = 1e-4 if abs(correlation) == 1 else 1e-9  # without a continuous part the grid itself is the law
    assert quality(BestOfN(), grid, rater(0.8)) == pytest.approx(wanted, abs=near)


@pytest.mark.parametrize(("penalty", "gameability", "scale"), [(1.0, 1.0, 1.0), (2.0, 0.5, 1.0), (3.0, 2.0, 1.5)])
def test_kl_regularised_gaussian(penalty, gameability, scale):
    """E V = σ_V²/β and KL = σ_U²/(2β²), σ_U² being the variance of the rating: linear in √KL."""
    scenario = Goodhart(quality_scale=scale)
    assert quality(KLRegularised(penalty=penalty), scenario, rater(gameability)) == pytest.approx(scale**2 / penalty)
    where = Setting(scenario.trees(0, 1), rater(gameability))
    wanted = (scale**2 + gameability**2) / (2 * penalty**2)
    assert KLRegularised(penalty=penalty).divergence(where)[0] == pytest.approx(wanted, abs=1e-9)


def integrated(n, density, survival, reach):
    """E V of the best of n on V + X, with the law of U = V + X convolved by itself (an independent quadrature)."""
    v, weights = np.polynomial.hermite_e.hermegauss(120)
    weights = weights / weights.sum()
    nodes, lengths = np.polynomial.legendre.leggauss(24)
    edges = np.concatenate([-np.geomspace(reach, 0.25, 60), np.linspace(-0.2, 0.2, 5), np.geomspace(0.25, reach, 60)])
    total = 0.0
    for left, right in itertools.pairwise(edges):
        u = left + (right - left) * (nodes + 1) / 2
        above = (survival(u[:, None] - v) * weights).sum(axis=1)
        rate = (density(u[:, None] - v) * v * weights).sum(axis=1)
        kept = n * np.exp((n - 1) * np.log1p(-np.minimum(above, 1 - 1e-16)))
        total += (kept * rate * lengths).sum() * (right - left) / 2
    return total


@pytest.mark.parametrize("n", [16, 65536])
@pytest.mark.parametrize("freedom", [3.0, 5.0])
def test_student_errors_rise_and_fall(n, freedom):
    scenario = Goodhart(rhetoric_family="student_t", rhetoric_freedom=freedom)
    law = stats.t(freedom)
    wanted = integrated(n, law.pdf, law.sf, 1e6)
    assert quality(BestOfN(draws=n), scenario, rater()) == pytest.approx(wanted, abs=1e-5)


def test_tails_decide():
    heavy, middle, light = (Goodhart(rhetoric_family=f) for f in ("student_t", "laplace", "normal"))
    shown = [quality(BestOfN(draws=n), heavy, rater()) for n in (16, 256, 65536)]
    np.testing.assert_allclose(shown, [0.8710, 0.5501, 0.0858], atol=5e-5)
    assert quality(BestOfN(draws=2), heavy, rater()) < shown[0]
    assert quality(BestOfN(draws=10**9), heavy, rater()) < 0.01
    assert quality(BestOfN(draws=16), middle, rater()) == pytest.approx(0.9251, abs=5e-5)
    for scale in (1.0, 0.5, 2.0):
        bounded = Goodhart(rhetoric_family="laplace", rhetoric_scale=scale)
        assert quality(BestOfN(draws=10**9), bounded, rater()) == pytest.approx(1 / scale, abs=2e-3)
    rising = [quality(BestOfN(draws=10**k), light, rater()) for k in (1, 3, 5, 7, 9)]
    assert np.all(np.diff(rising) > 0.4)


def test_under_kl_heavy_tails_have_no_optimum():
    with pytest.raises(NoOptimum, match="student_t"):
        quality(KLRegularised(), Goodhart(rhetoric_family="student_t"), rater())
    with pytest.raises(NoOptimum, match="laplace"):
        quality(KLRegularised(), Goodhart(rhetoric_family="laplace"), rater())
    assert quality(KLRegularised(penalty=2.0), Goodhart(rhetoric_family="laplace"), rater()) == pytest.approx(0.5)


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5])
def test_a_gaussian_quantilizer(share):
    """E V of the top q of V + X is that of U = V + X above its quantile, halved: φ(z)/q/√2."""
    z = stats.norm.isf(share)
    wanted = stats.norm.pdf(z) / share / np.sqrt(2)
    assert quality(Quantilizer(share=share), Goodhart(), rater()) == pytest.approx(wanted, abs=1e-9)


def test_answers_come_to_mind_as_the_normal_law_says_and_approval_takes_the_best():
    scenario = Goodhart()
    where = Setting(scenario.trees(0, 3), rater())
    quality_, base = where.trees.root.grades.quality[:, 0], where.hch.root
    np.testing.assert_allclose(Imitation().optimum(where).root, base, atol=1e-15)
    np.testing.assert_allclose((base * quality_).sum(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose((base * quality_**2).sum(axis=0), 1.0, atol=1e-12)
    assert scenario.size() == (1, 81)
    assert Goodhart(trap_rate=0.1).size() == (1, 82)
    assert quality(Approval(n_search=1), Goodhart(rhetoric_scale=0.0), rater()) == 10.0


def test_self_persuasion_tilts_what_is_said_and_engines_agree():
    """HCH of humans who talk themselves into things: exact recursion against simulated people."""
    scenario = Goodhart(claims=7, reach=2.0, trap_rate=0.1, trap_appeal=2.0)
    human = Human(leaf_discernment=1.0, gameability=1.5, self_persuasion=0.5)
    trees = scenario.trees(0, 40_000)
    exact = Setting(trees, human).hch.root
    readiness, thought = trees.root.grades.readiness, trees.root.rhetoric.best_of(1)
    tilted = special.softmax(readiness + 0.75 * (trees.root.appeal + thought), axis=0)[:, 0]
    np.testing.assert_allclose(exact, tilted, atol=1e-12)
    said = batch.answers(trees, human)[0][0]
    shares = np.bincount(said, minlength=8) / 40_000
    assert np.all(np.abs(shares - exact.mean(axis=1)) <= 4 * np.sqrt(0.25 / 40_000))


def test_a_trap_can_be_taken_out():
    scenario = Goodhart(trap_rate=0.05)
    where = Setting(scenario.trees(0, 2), rater())
    planted, plain = (BestOfN().optimum(s).root[-1] for s in (where, where.unplanted))
    assert np.all(planted > 0.5)
    assert np.all(plain < 0.05)


@pytest.mark.parametrize(
    ("name", "value"),
    [("claims", 1), ("reach", 0.0), ("quality_scale", -1.0), ("correlation", 1.5), ("trap_rate", 1.0)],
)
def test_fields_out_of_range_are_refused_by_name(name, value):
    with pytest.raises(ValidationError, match=name):
        Goodhart(**{name: value})
