"""Best-of-N: against plain simulation, against brute-force integration, and in its limits."""

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import special, stats

from distillers.approval_frozen import ApprovalFrozen
from distillers.base import NoOptimum
from distillers.best_of_n import BestOfN
from distillers.ratings import expected_ratings
from hch.setting import Setting
from overseers.human import Human
from overseers.panel import Panel
from overseers.sceptic import Sceptic
from scenarios.goodhart import Goodhart
from scenarios.ledger import Ledger
from scenarios.majority import Majority

FAMILIES = {"normal": stats.norm, "laplace": stats.laplace, "student_t": stats.t(3.0)}


def setting(questions=40, family="normal", asymmetry=0.0, overseer=None, **human):
    trees = Ledger(depth=2, rhetoric_family=family, asymmetry=asymmetry).trees(3, questions)
    return Setting(trees, overseer or Human(**human))


def rating(where, attention=1.0):
    """Locations and slopes written down by hand, for the plain human."""
    human, root = where.human, where.trees.root
    located = attention * human.discernment * where.hch_supports[-1][:, 0] + human.gameability * root.appeal[:, 0]
    return located, human.gameability * root.rhetoric.scale[:, 0]


def simulated(where, n, law, rounds=200_000, question=0, seed=0):
    """Draw, rate, keep the best: nothing but random numbers."""
    rng = np.random.default_rng(seed)
    human, base = where.human, where.hch.root[:, question]
    claims = rng.choice(len(base), size=(rounds, n), p=base / base.sum())
    looked = rng.random((rounds, n)) < human.attention
    force = law.rvs(size=(rounds, n), random_state=rng) * where.trees.root.rhetoric.scale[claims, 0, question]
    merit = human.discernment * where.hch_supports[-1][claims, 0, question]
    rated = looked * merit + human.gameability * (where.trees.root.appeal[claims, 0, question] + force)
    rated += 1e-9 * rng.random((rounds, n))  # ties between point masses are broken at random
    kept = claims[np.arange(rounds), rated.argmax(axis=1)]
    return np.bincount(kept, minlength=len(base)) / rounds


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("asymmetry", [-1.0, 0.0, 0.5])
@pytest.mark.parametrize("attention", [1.0, 0.6])
def test_it_agrees_with_plain_simulation(family, asymmetry, attention):
    where = setting(3, family, asymmetry, gameability=2.0, attention=attention)
    exact = BestOfN(draws=5).optimum(where).root
    for question in range(3):
        shares = simulated(where, 5, FAMILIES[family], rounds=40_000, question=question)
        error = np.sqrt(exact[:, question] * (1 - exact[:, question]) / 40_000)
        assert np.all(np.abs(shares - exact[:, question]) <= 4 * error + 1e-9)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("asymmetry", [0.0, 0.5, 5.0])
@pytest.mark.parametrize(("n", "gameability"), [(1, 1.5), (16, 0.2), (16, 1.5), (16, 4.0), (64, 2.5), (65536, 2.0)])
def test_it_agrees_with_integration_by_brute_force(family, asymmetry, n, gameability):
    where = setting(2, family, asymmetry, gameability=gameability)
    located, spread = (values[:, 0] for values in rating(where))
    base, law = where.hch.root[:, 0], FAMILIES[family]

    steps = np.concatenate(
        [-np.geomspace(-law.ppf(1e-14), 1e-2, 60), [0.0], np.geomspace(1e-2, -law.ppf(1e-13 / n), 90)]
    )
    edges = np.unique((located[:, None] + spread[:, None] * steps).ravel())
    nodes, weights = np.polynomial.legendre.leggauss(8)
    half = np.diff(edges)[:, None] / 2
    r = (edges[:-1, None] + half * (nodes + 1)).ravel()
    z = (r - located[:, None]) / spread[:, None]
    power = n * np.exp((n - 1) * np.log1p(-np.minimum(base @ law.sf(z), 1 - 1e-16)))
    wanted = (base / spread * (law.pdf(z) * power * (half * weights).ravel()).sum(axis=1).T).T
    np.testing.assert_allclose(BestOfN(draws=n).optimum(where).root[:, 0], wanted, atol=1e-9)


def test_scales_far_apart_and_slopes_close_to_none_keep_their_digits():
    """With a rating that hardly moves, the best is decided by point masses but for what ties in the limit."""
    for gameability in (1e-6, 1e-3):
        for n in (1, 16, 1000):
            where = setting(gameability=gameability)
            still = setting(gameability=0.0)
            nearly, exactly = BestOfN(draws=n).optimum(where).root, BestOfN(draws=n).optimum(still).root
            truth = where.trees.root.truth[0], np.arange(40)
            np.testing.assert_allclose(nearly.sum(axis=0), 1.0, atol=1e-12)
            np.testing.assert_allclose(nearly[truth], exactly[truth], atol=20 * gameability + 1e-9)


@pytest.mark.parametrize("overseer", [Human(gameability=0.0), Human(), Human(attention=0.5), Panel(), Panel(members=5)])
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("asymmetry", [-1.0, 0.0, 0.5])
def test_one_draw_is_the_base(overseer, family, asymmetry):
    if isinstance(overseer, Panel) and family != "normal":
        overseer = Panel(members=overseer.members, shared_argument=1.0)
    trees = Ledger(claims=3, depth=1, rhetoric_family=family, asymmetry=asymmetry).trees(3, 20)
    where = Setting(trees, overseer)
    np.testing.assert_allclose(BestOfN(draws=1).optimum(where).root, where.hch.root, atol=1e-9)
    np.testing.assert_allclose(BestOfN(draws=1).divergence(where), 0.0, atol=1e-7)


def test_below_the_root_it_is_hch():
    where = setting()
    policy = BestOfN().optimum(where)
    for height in range(where.trees.depth):
        np.testing.assert_array_equal(policy.at(height), where.hch.at(height))


def test_in_the_limit_normal_arguments_leave_the_best_rated_claim_of_average_argument():
    where = setting(gameability=3.0)
    located, _ = rating(where)
    lead = np.sort(located, axis=0)
    clear = np.flatnonzero((lead[-1] - lead[-2] > 4.0) & (where.hch.root.min(axis=0) > 0.0))
    assert clear.size >= 5
    mass = {
        n: BestOfN(draws=n).optimum(where).root[located.argmax(axis=0), np.arange(40)] for n in (10**3, 10**6, 10**9)
    }
    assert (mass[10**9][clear] > 0.95).all()
    assert (mass[10**3][clear] <= mass[10**6][clear]).all()
    assert (mass[10**6][clear] <= mass[10**9][clear]).all()


def test_in_the_limit_laplace_arguments_tilt_the_base_exponentially():
    where = setting(family="laplace", gameability=2.0)
    located, spread = rating(where)
    limit = special.softmax(np.log(where.hch.root) + located / spread, axis=0)
    np.testing.assert_allclose(BestOfN(draws=10**9).optimum(where).root, limit, atol=1e-6)


def test_in_the_limit_student_arguments_give_the_base_back():
    where = setting(family="student_t", gameability=2.0)
    far = {n: np.abs(BestOfN(draws=n).optimum(where).root - where.hch.root).max() for n in (16, 10**5, 10**9)}
    assert far[16] > far[10**5] > far[10**9]
    assert far[10**9] < 0.02


def test_with_no_appeal_and_no_argument_frozen_approval_is_the_limit():
    where = setting(gameability=0.0)
    chosen = ApprovalFrozen().optimum(where).root
    np.testing.assert_allclose(BestOfN(draws=10**9).optimum(where).root, chosen, atol=1e-9)


def test_raters_who_cannot_be_gamed_are_not():
    where = setting(gameability=0.0)
    np.testing.assert_array_equal(BestOfN().optimum(where).root, BestOfN().optimum(where.deafened).root)
    where = setting(gameability=3.0)
    assert np.abs(BestOfN().optimum(where).root - BestOfN().optimum(where.deafened).root).max() > 0.1


def test_tied_draws_are_equally_likely_to_be_kept():
    trees = Majority(claims=4, branching=2, depth=0).trees(0, 6)
    where = Setting(trees, Human(leaf_discernment=0.0, gameability=0.0))
    np.testing.assert_allclose(BestOfN(draws=64).optimum(where).root, 0.25, atol=1e-12)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("n", [2, 16, 300])
def test_the_divergence_of_continuous_ratings_is_the_closed_form(family, n):
    where = setting(family=family, gameability=1.5)
    np.testing.assert_allclose(BestOfN(draws=n).divergence(where), np.log(n) - (n - 1) / n, atol=1e-6)


@pytest.mark.parametrize(("claims", "n", "wanted"), [(2, 64, 0.6931), (10, 64, 2.2935)])
def test_the_divergence_of_finitely_many_answers(claims, n, wanted):
    """Beirami et al.: uniform over K answers that all rate differently, where log n - (n-1)/n is only a bound."""
    even = Goodhart(claims=claims, reach=1e-6, quality_scale=1e6)
    where = Setting(even.trees(0, 1), Human(gameability=0.0))
    np.testing.assert_allclose(where.hch.root, 1.0 / claims, rtol=1e-6)
    policy = BestOfN(draws=n).optimum(where).root
    steps = np.arange(claims + 1)[:, None] / claims
    np.testing.assert_allclose(policy, np.diff(steps**n, axis=0), atol=1e-9)
    assert BestOfN(draws=n).divergence(where)[0] == pytest.approx(wanted, abs=5e-5)
    assert BestOfN(draws=n).divergence(where)[0] == pytest.approx(special.rel_entr(policy, where.hch.root).sum())
    assert wanted < np.log(n) - (n - 1) / n


def test_a_panel_s_members_hear_their_own_version_of_every_draw():
    """Mean of √ρ·x + √(1-ρ)·ξ_i over three members: its spread, and not that of one argument."""
    heard = expected_ratings(setting(overseer=Panel(member=Human(gameability=2.0), members=3, shared_argument=0.5)))
    np.testing.assert_allclose(heard.spread, 2.0 * np.sqrt(0.5 + 0.5 / 3), rtol=1e-9)
    alone = expected_ratings(setting(overseer=Panel(member=Human(gameability=2.0), members=3, shared_argument=1.0)))
    np.testing.assert_allclose(alone.spread, 2.0, rtol=1e-9)


def test_a_rater_whose_rating_is_no_straight_line_leaves_it_undefined():
    with pytest.raises(NoOptimum, match="undefined: the rating of 'sceptic'"):
        BestOfN().optimum(setting(overseer=Sceptic()))
    with pytest.raises(NoOptimum, match="shared_argument"):
        BestOfN().optimum(setting(family="laplace", overseer=Panel()))


@pytest.mark.parametrize("draws", [0, 1.5, -3, 10**10])
def test_draws_out_of_range_are_refused_by_name(draws):
    with pytest.raises(ValidationError, match="draws"):
        BestOfN(draws=draws)


def test_an_episode_rates_every_draw():
    where = setting()
    one, many = BestOfN(draws=1).episode(where), BestOfN(draws=16).episode(where)
    assert (one.labels, many.labels) == (1, 16)
    assert many.human_minutes == pytest.approx(16 * one.human_minutes)
