"""Panels, sceptics, the assisted and the searching: limits, definitions written out, and Condorcet's panels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import special, stats

from distillers.approval import Approval
from distillers.debate import Debate
from hch import batch, exact, minds
from hch.setting import Setting
from overseers import base as roles
from overseers.assisted import Assisted
from overseers.base import Hearing
from overseers.corruptible import Corruptible
from overseers.human import Human
from overseers.panel import Panel
from overseers.sceptic import Sceptic, best_rival
from overseers.searching import Searching
from overseers.unpersuaded import Unpersuaded
from overseers.votes import elected, vote
from scenarios import streams
from scenarios.joins import plurality
from scenarios.ledger import Ledger
from scenarios.majority import Majority
from scenarios.part import PartError
from scenarios.rhetoric import mean_of_best
from scenarios.trees import one_hot

HUMANS = [Human(gameability=2.0), Human(gameability=2.0, attention=0.6, leaf_discernment=5.0)]
THE_HUMAN = {
    "panel": lambda human: Panel(member=human, members=1, shared_argument=1.0),
    "sceptic": lambda human: Sceptic(member=human, threshold=-1e9),
    "searching": lambda human: Searching(member=human, search=1),
    "assisted": lambda human: Assisted(member=human, assistance=0.0),
    "corruptible": lambda human: Corruptible(member=human, bandwidth=1.0, exposure=0.0),
}
LEDGER = Ledger(claims=4, depth=2).trees(1, 40)


def presented(human, trees=LEDGER, n=16, aided=True):
    setting = Setting(trees, human)
    height = trees.depth
    hearing = setting.hearing(height, aided, searched=n)
    return hearing, trees.root.rhetoric.best_of(n), setting.hch_supports[height]


@pytest.mark.parametrize("human", HUMANS, ids=["attentive", "inattentive"])
@pytest.mark.parametrize("limit", THE_HUMAN)
def test_at_its_limit_a_wrapper_is_the_human_in_every_role(limit, human):
    wrapped = THE_HUMAN[limit](human)
    hearing, speech, merit = presented(human)
    np.testing.assert_allclose(exact.hch(LEDGER, wrapped).root, exact.hch(LEDGER, human).root, atol=1e-12)
    for ours, plain in zip(batch.answers(LEDGER, wrapped), batch.answers(LEDGER, human), strict=True):
        np.testing.assert_array_equal(ours, plain)
    for role in (roles.rate, roles.accept, roles.judge):
        np.testing.assert_allclose(
            role(wrapped, hearing, speech, merit), role(human, hearing, speech, merit), atol=1e-12
        )
    a, b = np.zeros((1, 40), dtype=np.intp), np.full((1, 40), 2)
    np.testing.assert_allclose(
        roles.compare(wrapped, hearing, speech, merit, a, b),
        roles.compare(human, hearing, speech, merit, a, b),
        atol=1e-12,
    )


# Panels


def two_claims(lead, members=3):
    """A question in which every member, hearing the same, prefers claim 0 with log-odds ``lead``. (panel, hearing)."""
    appeal = np.stack([lead, np.zeros_like(lead)])[:, None]
    silence = np.zeros_like(appeal)
    hearing = Hearing(1, True, appeal, silence, streams.keys_from(0, "panel", 0, len(lead))[None])
    human = Human(gameability=1.0, discernment=0.0, self_persuasion=1.0)
    return Panel(member=human, members=members, shared_argument=1.0), hearing, silence


def majority_right(lead, members=3):
    """The chance that the panel gets each question right, by its own comparison."""
    panel, hearing, silence = two_claims(lead, members)
    zeros = np.zeros((1, len(lead)), dtype=np.intp)
    return roles.compare(panel, hearing, silence, silence, zeros, zeros + 1)[0]


@pytest.mark.parametrize("p", [0.5, 0.6, 0.75, 0.9, 0.99])
def test_condorcet_three_independent_judges(p):
    found = majority_right(np.array([special.logit(p)]))
    assert found[0] == pytest.approx(p + p * (1 - p) * (2 * p - 1), abs=1e-12)


@pytest.mark.parametrize("members", [1, 3, 5, 7])
def test_condorcet_any_odd_panel_in_comparing_and_answering(members):
    p = np.array([0.55, 0.8])
    binomial = stats.binom.sf(members // 2, members, p)
    np.testing.assert_allclose(majority_right(special.logit(p), members), binomial, atol=1e-12)
    panel, hearing, silence = two_claims(special.logit(p), members)
    support = np.stack([np.ones((1, 2)), np.zeros((1, 2))])
    np.testing.assert_allclose(roles.answer(panel, hearing, support)[0, 0], binomial, atol=1e-12)
    np.testing.assert_allclose(roles.accept(panel, hearing, silence, silence)[0, 0, 0], binomial, atol=1e-12)


@pytest.mark.parametrize("p", [0.6, 0.8])
@pytest.mark.parametrize("rho", [0.1, 0.4, 0.9])
def test_condorcet_shared_appeal_of_a_beta_law_shrinks_the_gain(p, rho):
    """Appeal that all share makes the members' chance of being right beta distributed over questions.

    Their votes are then beta-binomial with pair correlation ρ. Gauss–Jacobi nodes as questions make the mean exact.
    """
    total = 1 / rho - 1
    nodes, weights = special.roots_jacobi(12, total * (1 - p) - 1, total * p - 1)
    chance, weights = (nodes + 1) / 2, weights / weights.sum()
    found = float(weights @ majority_right(special.logit(chance)))
    assert found == pytest.approx(p + p * (1 - p) * (2 * p - 1) * (1 - rho) ** 2 / (1 + rho), abs=1e-12)


@pytest.mark.parametrize("p", [0.6, 0.8])
@pytest.mark.parametrize("rho", [0.1, 0.5, 0.9])
def test_condorcet_copying_shrinks_the_gain_in_proportion(p, rho):
    """With probability ρ appeal is overwhelming, and all say what it says, right with probability ``p``."""
    lead = np.array([special.logit(p), 80.0, -80.0])
    weights = np.array([1 - rho, rho * p, rho * (1 - p)])
    found = float(weights @ majority_right(lead))
    assert found == pytest.approx(p + p * (1 - p) * (2 * p - 1) * (1 - rho), abs=1e-12)


def test_condorcet_simulated_votes_are_independent():
    """Members' noise, keyed by place and member: three simulated humans outvote one as often as they should."""
    trees = Majority(claims=2, depth=0, plant_rate=0.0, appeal_noise=0.0).trees(0, 40_000)
    human = Human(leaf_discernment=float(special.logit(0.7)), gameability=0.0)
    votes = np.stack([member.answers(trees.root.truth)[0] for member in minds.voters(trees.root, Panel(member=human))])
    right = votes == trees.root.truth[0]
    error = 4 / np.sqrt(40_000)
    np.testing.assert_allclose(right.mean(axis=1), 0.7, atol=error * np.sqrt(0.21))
    assert np.abs(np.corrcoef(right) - np.eye(3)).max() < error
    panel = batch.answers(trees, Panel(member=human))[0][0] == trees.root.truth[0]
    assert panel.mean() == pytest.approx(0.784, abs=error * np.sqrt(0.784 * 0.216))


def versions(panel, trees, n):
    """``(x_n, each member's version of it)``, read off ratings of a member who weighs persuasion only."""
    hearing, speech, _ = presented(panel.member, trees, n)
    voices = panel.rating(hearing, speech).voices
    return speech, [voice.believed(None) / panel.member.gameability - hearing.appeal for voice in voices]


@pytest.mark.parametrize("family", ["normal", "laplace", "student_t"])
@pytest.mark.parametrize("n", [1, 64])
def test_members_versions_have_the_arguments_law_and_are_independent(family, n):
    """``√ρ·x_n + √(1-ρ)·ξ_i``: means, variances and covariances, against 4 standard errors from the samples."""
    rho, questions = 0.3, 6000
    scenario = Ledger(claims=2, depth=0, rhetoric_family=family, rhetoric_freedom=12.0, asymmetry=1.0)
    trees = scenario.trees(4, questions)
    said, (first, second, third) = versions(Panel(shared_argument=rho), trees, n)
    scale = trees.root.rhetoric.scale
    said, first, second, third = ((values / scale).reshape(-1) for values in (said, first, second, third))
    mean = mean_of_best(family, 12.0, n)

    def close(sample, expected):
        return abs(sample.mean() - expected) < 4 * sample.std() / np.sqrt(sample.size)

    centred = said - mean
    variance = float(np.var(said))
    assert close(said, mean)
    for member in (first, second, third):
        assert close(member, np.sqrt(rho) * mean)
        own = (member - np.sqrt(rho) * said) / np.sqrt(1 - rho)
        assert close(own, 0.0)
        assert close(own * centred, 0.0)
        assert stats.ks_2samp(own, centred).pvalue > 1e-4
    deviations = [member - np.sqrt(rho) * mean for member in (first, second, third)]
    assert close(deviations[0] * deviations[1], rho * variance)
    assert close(deviations[1] * deviations[2], rho * variance)


def test_mean_of_best_is_the_expected_maximum():
    for n, expected in ((16, 1.76599), (64, 2.34373)):
        assert mean_of_best("normal", 3.0, n) == pytest.approx(expected, abs=5e-6)
    for family, law in (("normal", stats.norm), ("laplace", stats.laplace), ("student_t", stats.t(3.0))):
        grid = np.sinh(np.linspace(-14, 14, 400_001))
        density = np.cosh(np.linspace(-14, 14, 400_001)) * 28 / 400_000
        upper = ((1 - law.cdf(grid) ** 64) * density)[grid > 0].sum() + (1 - 0.5**64) * density[200_000] / 2
        lower = (law.cdf(grid) ** 64 * density)[grid < 0].sum()
        assert mean_of_best(family, 3.0, 64) == pytest.approx(upper - lower, abs=1e-6)


def test_arguments_without_a_mean_are_refused_by_name():
    trees = Ledger(depth=0, rhetoric_family="student_t", rhetoric_freedom=1.0).trees(0, 5)
    with pytest.raises(PartError, match="rhetoric_freedom"):
        exact.hch(trees, Panel())


def test_a_panels_rating_is_its_members_mean():
    panel = Panel(members=5, shared_argument=0.4)
    hearing, speech, merit = presented(panel.member)
    each = [voice.expected(merit) for voice in panel.rating(hearing, speech).voices]
    assert len(each) == 5
    np.testing.assert_allclose(roles.rate(panel, hearing, speech, merit), np.mean(each, axis=0), atol=1e-12)
    np.testing.assert_allclose(
        roles.rate(Panel(shared_argument=1.0), hearing, speech, merit),
        roles.rate(panel.member, hearing, speech, merit),
        atol=1e-12,
    )


def test_a_rebuttal_is_heard_by_all_alike():
    panel = Panel(shared_argument=0.25)
    hearing, speech, merit = presented(panel.member)
    rebuttal = LEDGER.root.rebuttal
    plain = roles.rate(panel, hearing, speech, merit)
    attacked = roles.rate(panel, hearing, speech - rebuttal, merit)
    np.testing.assert_allclose(plain - attacked, panel.member.gameability * rebuttal, atol=1e-9)


def test_a_panel_must_be_told_how_far_the_arguer_searched():
    hearing, speech, merit = presented(Panel().member)
    with pytest.raises(PartError, match="searched=n"):
        roles.rate(Panel(), replace(hearing, searched=None), speech, merit)
    roles.rate(Panel(shared_argument=1.0), replace(hearing, searched=None), speech, merit)


def test_a_panel_answers_by_plurality_of_its_members():
    """The exact answer against an enumeration of all votes; a tie goes to the earliest member's claim."""
    panel = Panel(member=Human(gameability=1.0, discernment=2.0, attention=0.7))
    hearing = exact.hearing(LEDGER.root)
    voices = panel.own(hearing).voices
    chance = exact.support(LEDGER, 2, exact.hch(LEDGER, panel).at(1))
    expected = np.zeros_like(chance)
    for claim in range(4):
        ballots = [voice.answer(one_hot(np.full((1, 40), claim), 4)) for voice in voices]
        for votes in np.ndindex(4, 4, 4):
            counts = np.bincount(votes, minlength=4)
            winner = next(vote for vote in votes if counts[vote] == counts.max())
            share = np.prod([ballot[vote] for ballot, vote in zip(ballots, votes, strict=True)], axis=0)
            expected[winner] += chance[claim] * share
    np.testing.assert_allclose(roles.answer(panel, hearing, chance), expected, atol=1e-12)


@pytest.mark.parametrize(("claims", "members"), [(2, 2), (2, 6), (3, 4), (3, 5), (4, 3), (6, 2), (2, 7)])
def test_votes_are_counted_as_an_enumeration_of_ballots_counts_them(claims, members):
    rng = np.random.default_rng(claims + 10 * members)
    ballots = [rng.dirichlet(np.full(claims, 0.4), size=6).T for _ in range(members)]
    box = plurality(claims, members)
    np.testing.assert_allclose(vote(ballots), box.distribution(ballots), atol=1e-13)
    cast = [rng.integers(claims, size=(3, 50)) for _ in range(members)]
    np.testing.assert_array_equal(elected(cast), box.answers(cast))


def test_rare_outcomes_of_a_vote_keep_their_digits():
    ballot = np.array([[1 - 3e-9], [1e-9], [2e-9]])
    found = vote([ballot] * 3)[:, 0]
    # Two of three must err alike, or all three differ and the first errs.
    expected = [3 * q**2 * (1 - q) + q**3 + 2 * q * (1 - 3e-9) * (3e-9 - q) for q in (1e-9, 2e-9)]
    np.testing.assert_allclose(found[1:], expected, rtol=1e-6)


def test_panels_cope_with_many_claims():
    trees = Ledger(claims=64, depth=0).trees(0, 20)
    np.testing.assert_allclose(exact.hch(trees, Panel(members=5)).root.sum(axis=0), 1.0, atol=1e-9)


def test_an_engine_that_asks_one_human_per_question_refuses_a_panel():
    with pytest.raises(PartError, match="3 people"):
        minds.minds(LEDGER.root, Panel())
    assert minds.replies(LEDGER.root, Panel()).shape == (4, 1, 40)


def test_a_majority_of_sure_judges_stays_finite_and_keeps_its_sign():
    margin = roles.judge(*presented_to(Panel(member=Human(discernment=1000.0), shared_argument=1.0)))
    assert np.isfinite(margin).all()
    plain = roles.judge(*presented_to(Human(discernment=1000.0)))
    np.testing.assert_array_equal(np.sign(margin), np.sign(plain))
    assert (np.abs(margin) >= np.abs(plain) - 1e-9).all()  # three agree more firmly than one


def presented_to(human):
    return (human, *presented(human))


def test_a_panels_work_adds_up():
    places = LEDGER.root.places
    one, three = Panel(members=1).ticks("rate", places), Panel(members=3).ticks("rate", places)
    np.testing.assert_array_equal(one, Human().ticks("rate", places))
    assert (three > one).all()
    assert three.mean() == pytest.approx(3 * 5 * 60e9, rel=0.2)


def test_a_panel_of_panels_is_a_larger_panel():
    nested = Panel(member=Panel(members=3, shared_argument=1.0), members=3, shared_argument=0.5)
    hearing, speech, _ = presented(nested.member)
    voices = nested.rating(hearing, speech).voices
    assert len(voices) == 9
    heard = [voice.believed(None) for voice in voices]
    np.testing.assert_array_equal(heard[0], heard[2])  # the inner panel hears one version
    assert np.abs(heard[0] - heard[3]).min() > 0.0


def test_searching_and_sitting_on_a_panel_commute():
    one, other = Searching(member=Panel(), search=5), Panel(member=Searching(search=5))
    np.testing.assert_allclose(exact.hch(LEDGER, one).root, exact.hch(LEDGER, other).root, atol=1e-12)


def test_a_panel_with_arguments_of_its_own_is_harder_to_game():
    trees = Ledger().trees(0, 1500)
    gamed = []
    for human in (Panel(member=HUMANS[0], members=7, shared_argument=1.0), Panel(member=HUMANS[0], members=7)):
        setting = Setting(trees, Unpersuaded(member=human))  # HCH is not asked here
        setting = replace(setting, human=human)
        policies = [Approval().optimum(setting).root, Approval().optimum(setting.deafened).root]
        gamed.append(np.abs(policies[0] - policies[1]).sum(axis=0).mean() / 2)
    assert gamed[1] < gamed[0] - 0.05


# Sceptics


def test_a_sceptic_rates_as_the_rule_says():
    human = Human(gameability=2.0, discernment=3.0)
    hearing, speech, merit = presented(human)
    found = roles.rate(Sceptic(member=human, threshold=1.5), hearing, speech, merit)
    level, disbelieved = LEDGER.root, 0
    for question in range(40):
        own = 2.0 * 0.5 * (level.appeal + level.rhetoric.best_of(1))[:, 0, question]
        for claim in range(4):
            heard = 2.0 * (level.appeal + speech)[claim, 0, question]
            rating = 3.0 * merit[claim, 0, question] + heard
            rival = max(3.0 * merit[b, 0, question] + own[b] for b in range(4) if b != claim)
            if rating - rival < 1.5:
                disbelieved += 1
                rating = 3.0 * 0.7**2 * (claim == level.truth[0, question]) + own[claim]
            assert found[claim, 0, question] == pytest.approx(rating, abs=1e-12)
    assert 20 < disbelieved < 140


def test_at_leaves_a_sceptics_own_look_has_the_leafs_weight():
    trees = Ledger(claims=3, depth=0).trees(0, 30)
    human = Human(leaf_discernment=5.0, discernment=100.0)
    setting = Setting(trees, human)
    found = roles.rate(
        Sceptic(member=human, threshold=1e9), setting.hearing(0), trees.root.rhetoric.best_of(64), np.zeros((3, 1, 30))
    )
    own = 1.5 * 0.5 * (trees.root.appeal + trees.root.rhetoric.best_of(1))
    np.testing.assert_allclose(found, 5.0 * one_hot(trees.root.truth, 3) + own, atol=1e-12)


def test_attention_is_drawn_before_a_sceptic_decides():
    """A sceptic who looks with probability α: the mean of one who does and one who cannot."""
    hearing, speech, merit = presented(HUMANS[0])
    sceptics = [Sceptic(member=replace(HUMANS[0], attention=attention), threshold=3.0) for attention in (1.0, 0.0, 0.3)]
    always, never, sometimes = (roles.rate(sceptic, hearing, speech, merit) for sceptic in sceptics)
    np.testing.assert_allclose(sometimes, 0.3 * always + 0.7 * never, atol=1e-12)


def test_a_sceptic_answers_as_the_human_does():
    np.testing.assert_array_equal(exact.hch(LEDGER, Sceptic(threshold=5.0)).root, exact.hch(LEDGER, Human()).root)


def test_a_sceptic_compares_and_judges_by_its_own_ratings():
    sceptic = Sceptic(member=HUMANS[0], threshold=2.0)
    hearing, speech, merit = presented(HUMANS[0])
    rated = roles.rate(sceptic, hearing, speech, merit)
    a, b = np.zeros((1, 40), dtype=np.intp), np.full((1, 40), 3)
    np.testing.assert_allclose(
        roles.compare(sceptic, hearing, speech, merit, a, b), special.expit(rated[0] - rated[3]), atol=1e-12
    )
    np.testing.assert_allclose(roles.judge(sceptic, hearing, speech, merit), rated - best_rival(rated), atol=1e-12)


def test_a_sceptic_needs_to_be_told_what_it_can_see():
    hearing, speech, merit = presented(Human())
    with pytest.raises(PartError, match="threshold"):
        roles.rate(Sceptic(), replace(hearing, plain=None), speech, merit)


# The assisted and the searching


@pytest.mark.parametrize(
    ("alone", "help", "together"), [(0.5, 0.5, 0.75), (0.0, 0.3, 0.3), (1.0, 0.2, 1.0), (0.2, 1.0, 1.0)]
)
def test_assistance_makes_up_for_attention(alone, help, together):
    assisted = Assisted(member=replace(HUMANS[0], attention=alone), assistance=help)
    attentive = replace(HUMANS[0], attention=together)
    hearing, speech, merit = presented(HUMANS[0])
    for role in (roles.rate, roles.accept, roles.judge):
        np.testing.assert_allclose(
            role(assisted, hearing, speech, merit), role(attentive, hearing, speech, merit), atol=1e-9
        )
    np.testing.assert_allclose(exact.hch(LEDGER, assisted).root, exact.hch(LEDGER, attentive).root, atol=1e-12)


@pytest.mark.parametrize("search", [2, 16, 10**6])
def test_whoever_searches_answers_by_the_formula(search):
    human = Human(gameability=1.3, self_persuasion=0.2)
    hearing = exact.hearing(LEDGER.root)
    trust = 1 - (1 - 0.2) / search
    level = LEDGER.root
    chance = one_hot(np.full((1, 40), 2), 4)
    belief = 8.0 * chance + 1.3 * trust * (level.appeal + level.rhetoric.best_of(search))
    found = roles.answer(Searching(member=human, search=search), hearing, chance)
    np.testing.assert_allclose(found, special.softmax(belief, axis=0), atol=1e-12)


def test_a_tireless_searcher_is_the_approval_maximiser_inside_hch():
    """For large s beliefs are what a rater would hold of the same search; where persuasion rules, the answer is too."""
    human = Human(gameability=30.0)
    setting = Setting(Ledger(depth=3).trees(0, 400), human)
    hidden = exact.hch(setting.trees, Searching(member=human, search=4096)).root
    maximiser = Approval(n_search=4096).optimum(setting).root
    assert np.abs(hidden - maximiser).sum(axis=0).mean() / 2 < 0.1
    plain = exact.hch(setting.trees, human).root
    assert np.abs(plain - maximiser).sum(axis=0).mean() / 2 > 0.2


def test_whoever_searches_rates_what_others_say_as_before():
    hearing, speech, merit = presented(Human())
    np.testing.assert_array_equal(
        roles.rate(Searching(), hearing, speech, merit), roles.rate(Human(), hearing, speech, merit)
    )


@pytest.mark.parametrize(
    ("overseer", "field", "value"),
    [
        (Panel, "members", 0),
        (Panel, "shared_argument", 1.5),
        (Sceptic, "threshold", float("inf")),
        (Assisted, "assistance", -0.1),
        (Searching, "search", 0),
    ],
)
def test_fields_out_of_range_are_refused_by_name(overseer, field, value):
    with pytest.raises(ValueError, match=field):
        overseer(**{field: value})


def test_a_panel_can_judge_a_debate():
    setting = Setting(LEDGER, Panel(shared_argument=1.0))
    judged, alone = Debate().optimum(setting), Debate().optimum(Setting(LEDGER, Human()))
    np.testing.assert_array_equal(judged.root, alone.root)  # who hears the same is of one mind


# The corruptible


def test_reading_through_a_channel_takes_from_discernment():
    human = Human(gameability=2.0)
    reader = Corruptible(member=human, bandwidth=0.25, bandwidth_exponent=0.5, exposure=0.0)
    duller = replace(human, discernment=4.0, leaf_discernment=4.0)
    np.testing.assert_allclose(exact.hch(LEDGER, reader).root, exact.hch(LEDGER, duller).root, atol=1e-12)
    hearing, speech, merit = presented(human)
    np.testing.assert_allclose(roles.judge(reader, hearing, speech, merit), roles.judge(duller, hearing, speech, merit))


def test_who_is_corrupted_verifies_nothing():
    human = Human(gameability=2.0)
    reader = Corruptible(member=human, bandwidth=0.5, bandwidth_exponent=0.0, infectivity=0.8, exposure=0.5)
    hearing, speech, merit = presented(human)
    blind = replace(human, discernment=0.0, leaf_discernment=0.0)
    corrupted = 0.5 * 0.8 * 0.5
    for role, by in ((roles.answer, (merit,)), (roles.rate, (speech, merit))):
        mixed = (1 - corrupted) * role(human, hearing, *by) + corrupted * role(blind, hearing, *by)
        np.testing.assert_allclose(role(reader, hearing, *by), mixed, atol=1e-12)
