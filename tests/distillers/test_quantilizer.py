"""The quantilizer: Taylor's bound, plain simulation, and limits."""

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import special, stats

from distillers.quantilizer import Quantilizer
from distillers.ratings import expected_ratings
from hch.setting import Setting
from overseers.human import Human
from scenarios.goodhart import Goodhart
from scenarios.ledger import Ledger

FAMILIES = {"normal": stats.norm, "laplace": stats.laplace, "student_t": stats.t(3.0)}


def setting(questions=40, family="normal", asymmetry=0.0, **human):
    return Setting(Ledger(depth=2, rhetoric_family=family, asymmetry=asymmetry).trees(3, questions), Human(**human))


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("asymmetry", [-1.0, 0.0, 0.5])
@pytest.mark.parametrize("share", [0.02, 0.3])
def test_it_agrees_with_plain_simulation(family, asymmetry, share):
    where, rounds = setting(2, family, asymmetry, gameability=2.0, attention=0.8), 150_000
    exact = Quantilizer(share=share).optimum(where).root
    rng = np.random.default_rng(1)
    human, root = where.human, where.trees.root
    for question in range(2):
        base = where.hch.root[:, question]
        claims = rng.choice(len(base), size=rounds, p=base / base.sum())
        force = FAMILIES[family].rvs(size=rounds, random_state=rng) * root.rhetoric.scale[claims, 0, question]
        merit = human.attention * human.discernment * where.hch_supports[-1][claims, 0, question]
        rated = merit + human.gameability * (root.appeal[claims, 0, question] + force) + 1e-9 * rng.random(rounds)
        top = claims[np.argsort(-rated)[: int(share * rounds)]]
        shares = np.bincount(top, minlength=len(base)) / len(top)
        error = np.sqrt(exact[:, question] * (1 - exact[:, question]) / len(top))
        assert np.all(np.abs(shares - exact[:, question]) <= 4 * error + 1e-9)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("gameability", [0.0, 1e-3, 1.5, 4.0])
@pytest.mark.parametrize("share", [1e-6, 0.01, 0.1, 0.7, 1.0])
def test_no_cost_exceeds_what_the_base_pays_over_q(family, gameability, share):
    """E_Q[c] ≤ E_base[c]/q for every non-negative cost: for claims that is π ≤ H/q, each claim being a cost."""
    where = setting(family=family, gameability=gameability)
    policy = Quantilizer(share=share).optimum(where).root
    np.testing.assert_allclose(policy.sum(axis=0), 1.0, atol=1e-12)
    assert np.all(policy <= where.hch.root / share * (1 + 1e-9) + 1e-15)
    rng = np.random.default_rng(0)
    for _ in range(20):
        cost = rng.pareto(1.0, size=policy.shape)
        assert np.all((policy * cost).sum(axis=0) <= (where.hch.root * cost).sum(axis=0) / share * (1 + 1e-9))


def test_the_bound_is_met_where_the_cost_sits_in_the_top():
    where = Setting(Goodhart().trees(0, 1), Human(leaf_discernment=1.0, gameability=0.0))
    quality, base = where.trees.root.grades.quality[:, 0], where.hch.root
    for share in (0.1, 0.25):
        policy = Quantilizer(share=share).optimum(where).root
        above = np.cumsum(base[::-1], axis=0)[::-1]
        cost = np.where(above <= share, quality**2, 0.0)
        assert (policy * cost).sum() == pytest.approx((base * cost).sum() / share, rel=1e-12)


def test_an_atom_at_the_threshold_is_split():
    """Ten equally likely answers that rate differently, q = 0.25: two whole ones and half of the third."""
    where = Setting(Goodhart(claims=10, reach=1e-6, quality_scale=1e6).trees(0, 1), Human(gameability=0.0))
    policy = Quantilizer(share=0.25).optimum(where).root[:, 0]
    np.testing.assert_allclose(policy, [0] * 7 + [0.2, 0.4, 0.4], atol=1e-6)
    top = Quantilizer(share=0.1).optimum(where).root
    assert special.rel_entr(top, where.hch.root).sum() == pytest.approx(np.log(10.0), abs=1e-5)
    assert Quantilizer(share=0.1).divergence(where)[0] == pytest.approx(np.log(10.0))


def test_tied_answers_lose_the_same_share():
    where = Setting(Ledger(depth=0, claims=4).trees(0, 5), Human(leaf_discernment=0.0, gameability=0.0))
    np.testing.assert_allclose(Quantilizer(share=0.1).optimum(where).root, 0.25, atol=1e-12)


def test_all_of_the_base_is_the_base_and_little_of_it_the_best():
    where = setting(gameability=2.0)
    np.testing.assert_allclose(Quantilizer(share=1.0).optimum(where).root, where.hch.root, atol=1e-12)
    np.testing.assert_allclose(Quantilizer(share=1 - 1e-9).optimum(where).root, where.hch.root, atol=1e-8)
    for height in range(where.trees.depth):
        np.testing.assert_array_equal(Quantilizer().optimum(where).at(height), where.hch.at(height))
    still = setting(gameability=0.0)
    best = expected_ratings(still).location.argmax(axis=0)
    least = still.hch.root[best, np.arange(40)].min()
    sure = Quantilizer(share=least / 2).optimum(still).root[best, np.arange(40)]
    np.testing.assert_allclose(sure, 1.0, atol=1e-12)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("share", [1e-9, 0.1, 0.5, 0.999])
def test_the_mass_above_the_threshold_is_q(family, share):
    from distillers.quantilizer import threshold

    draws = expected_ratings(setting(family=family, gameability=2.0, asymmetry=0.5))
    np.testing.assert_allclose(draws.above(threshold(draws, share)), share, rtol=1e-9)


def test_raters_who_cannot_be_gamed_are_not():
    where = setting(gameability=0.0)
    np.testing.assert_array_equal(Quantilizer().optimum(where).root, Quantilizer().optimum(where.deafened).root)


@pytest.mark.parametrize("share", [0.0, -0.1, 1.1])
def test_shares_out_of_range_are_refused_by_name(share):
    with pytest.raises(ValidationError, match="share"):
        Quantilizer(share=share)
