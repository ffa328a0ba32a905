"""KL-regularised approval: its objective, its limits, and where no optimum exists."""

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import integrate, special, stats

from distillers.base import Linear, NoOptimum
from distillers.kl_regularised import KLRegularised
from hch.setting import Setting
from overseers.human import Human
from overseers.sceptic import Sceptic
from scenarios.ledger import Ledger


def setting(questions=40, family="normal", asymmetry=0.0, **human):
    return Setting(Ledger(depth=2, rhetoric_family=family, asymmetry=asymmetry).trees(3, questions), Human(**human))


@pytest.mark.parametrize(("family", "penalty"), [("normal", 0.7), ("laplace", 2.5)])
def test_the_optimum_is_the_base_times_the_mean_of_the_exponential_rating(family, penalty):
    """Integrated by brute force over the argument, claim by claim."""
    where = setting(4, family, 0.5, gameability=1.5, attention=0.9)
    human, root = where.human, where.trees.root
    log_density = {"normal": lambda x: -x * x / 2, "laplace": lambda x: -abs(x)}[family]
    for question in range(4):
        weights = []
        for claim in range(root.claims):
            scale = root.rhetoric.scale[claim, 0, question]
            located = 0.9 * human.discernment * where.hch_supports[-1][claim, 0, question]
            located += human.gameability * root.appeal[claim, 0, question]

            def gain(z, scale=scale, located=located):
                return np.exp(log_density(z) + (located + human.gameability * scale * z) / penalty)

            total = sum(
                integrate.quad(gain, *ends, limit=400, epsabs=0, epsrel=1e-11)[0] for ends in ((-300, 0), (0, 300))
            )
            weights.append(where.hch.root[claim, question] * total)
        wanted = np.array(weights) / sum(weights)
        policy = KLRegularised(penalty=penalty).optimum(where).root
        np.testing.assert_allclose(policy[:, question], wanted, atol=1e-9)


@pytest.mark.parametrize(("family", "penalty"), [("normal", 0.7), ("laplace", 2.5)])
def test_the_divergence_is_of_claims_and_of_the_arguments_kept_for_each(family, penalty):
    """Each claim's arguments are drawn anew with weight ``exp(γx/β)``: their KL by quadrature."""
    where, scheme = setting(3, family, 0.5, gameability=1.5), KLRegularised(penalty=penalty)
    policy = scheme.optimum(where).root
    law = {"normal": stats.norm(), "laplace": stats.laplace()}[family]
    for question in range(3):
        total = special.rel_entr(policy, where.hch.root)[:, question].sum()
        for claim in range(len(policy)):
            theta = 1.5 * where.trees.root.rhetoric.scale[claim, 0, question] / penalty

            def tilted(z, power, theta=theta):
                return z**power * np.exp(theta * z + law.logpdf(z))

            mass, moment = (
                sum(integrate.quad(tilted, *ends, (power,), limit=400)[0] for ends in ((-60, 0), (0, 400)))
                for power in (0, 1)
            )
            total += policy[claim, question] * (theta * moment / mass - np.log(mass))
        assert scheme.divergence(where)[question] == pytest.approx(total, rel=1e-6)


@pytest.mark.parametrize(
    ("family", "penalty", "asymmetry"), [("normal", 0.5, 0.5), ("normal", 3.0, 0.0), ("laplace", 5.0, 0.5)]
)
def test_no_policy_does_better(family, penalty, asymmetry):
    where = setting(10, family, asymmetry, gameability=2.0)
    scheme = KLRegularised(penalty=penalty)
    policy = scheme.optimum(where).root
    best = scheme.objective(where, policy)
    rng = np.random.default_rng(0)
    for number in range(1000):
        other = rng.dirichlet([0.3] * len(policy), size=policy.shape[1]).T
        mixed = policy + (other - policy) * rng.random() ** (1 + number % 6)
        assert np.all(scheme.objective(where, mixed) <= best + 1e-9)
    assert not isinstance(scheme, Linear)


def test_the_objective_is_rating_less_penalty_times_divergence():
    """At the optimum, where E r of the tilted arguments is known: location + γ·(θ s) for the normal law."""
    where, penalty = setting(gameability=2.0), 1.5
    scheme = KLRegularised(penalty=penalty)
    policy = scheme.optimum(where).root
    rated = where.human.discernment * where.hch_supports[-1][:, 0] + 2.0 * where.trees.root.appeal[:, 0] + 4.0 / penalty
    wanted = (policy * rated).sum(axis=0) - penalty * scheme.divergence(where)
    np.testing.assert_allclose(scheme.objective(where, policy), wanted, atol=1e-9)


def test_a_large_penalty_leaves_the_base_and_a_small_one_the_best_rated():
    where = setting(gameability=2.0)
    np.testing.assert_allclose(KLRegularised(penalty=1e12).optimum(where).root, where.hch.root, atol=1e-9)
    for height in range(where.trees.depth):
        np.testing.assert_array_equal(KLRegularised().optimum(where).at(height), where.hch.at(height))
    best = (8.0 * where.hch_supports[-1] + 2.0 * where.trees.root.appeal)[:, 0].argmax(axis=0)
    sure = KLRegularised(penalty=1e-4).optimum(where).root
    np.testing.assert_allclose(sure[best, np.arange(40)], 1.0, atol=1e-9)


def test_heavy_tails_leave_no_optimum_and_the_message_names_the_field():
    with pytest.raises(NoOptimum, match=r"diverges: .*rhetoric_family laplace.*penalty .*1\.5, and is 1"):
        KLRegularised(penalty=1.0).optimum(setting(family="laplace", gameability=1.5))
    KLRegularised(penalty=1.6).optimum(setting(family="laplace", gameability=1.5))
    with pytest.raises(NoOptimum, match=r"2\.25, and is 1\.6"):
        KLRegularised(penalty=1.6).optimum(setting(family="laplace", gameability=1.5, asymmetry=0.5))
    for penalty in (1.0, 1e12):
        with pytest.raises(NoOptimum, match=r"diverges: .*rhetoric_family student_t"):
            KLRegularised(penalty=penalty).optimum(setting(family="student_t", gameability=0.01))
    for family in ("laplace", "student_t"):
        still = setting(family=family, gameability=0.0)
        wanted = special.softmax(np.log(still.hch.root) + 8.0 * still.hch_supports[-1][:, 0], axis=0)
        np.testing.assert_allclose(KLRegularised().optimum(still).root, wanted, atol=1e-9)


def test_raters_who_cannot_be_gamed_are_not():
    where = setting(gameability=0.0)
    np.testing.assert_array_equal(KLRegularised().optimum(where).root, KLRegularised().optimum(where.deafened).root)
    with pytest.raises(NoOptimum, match="sceptic"):
        KLRegularised().optimum(Setting(where.trees, Sceptic()))


@pytest.mark.parametrize("penalty", [0.0, -1.0, 1e13, float("nan")])
def test_penalties_out_of_range_are_refused_by_name(penalty):
    with pytest.raises(ValidationError, match="penalty"):
        KLRegularised(penalty=penalty)
