"""Frozen approval blind and informed, filters, and abstaining: definitions written out, and limits."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import optimize

from distillers.approval import Approval
from distillers.approval_abstaining import ApprovalAbstaining
from distillers.approval_filtered import ApprovalFiltered, error_floor
from distillers.approval_frozen import ApprovalFrozen
from distillers.approval_frozen_informed import ApprovalFrozenInformed
from distillers.approval_whitelist import ApprovalWhitelist
from distillers.base import NoOptimum
from hch import exact
from hch.setting import Setting
from overseers.human import Human
from overseers.panel import Panel
from scenarios.ledger import Ledger
from scenarios.majority import Majority
from scenarios.part import PartError, notes
from scenarios.trees import one_hot, pick

RATERS = [Human(gameability=2.5), Human(gameability=1.0, attention=0.6)]


def a_setting(human=RATERS[0], depth=2, questions=60, claims=4):
    return Setting(Ledger(claims=claims, depth=depth).trees(3, questions), human)


def accuracy(setting, policy):
    return float(pick(policy.root[:, None], setting.trees.root.truth).mean())


@pytest.mark.parametrize("share", [1.0, 0.4, 0.0])
def test_blind_and_informed_are_what_the_equations_say(share):
    setting = a_setting()
    human, depth = setting.human, setting.trees.depth
    heard = share * human.gameability * (setting.trees.root.appeal + setting.trees.root.rhetoric.best_of(64))[:, 0]
    chance = setting.hch_supports[depth][:, 0]
    blind = ApprovalFrozen(argument_share=share)
    np.testing.assert_allclose(
        blind.ratings(setting, setting.hch), human.discernment * chance + heard, rtol=0, atol=1e-9
    )
    informed = np.zeros_like(chance)
    for claim, question in itertools.product(range(4), range(setting.trees.questions)):
        believed = heard[:, question] + human.discernment * (np.arange(4) == claim)
        informed[believed.argmax(), question] += chance[claim, question]
    found = ApprovalFrozenInformed(argument_share=share).optimum(setting).root
    np.testing.assert_allclose(found, informed, atol=1e-12)


@pytest.mark.parametrize("questions", [20, 5000])  # the latter is worked on in pieces
def test_a_panel_whom_no_argument_reaches_hears_none_of_its_versions_either(questions):
    setting = a_setting(Panel(member=Human(gameability=2.5), shared_argument=0.3), questions=questions, claims=6)
    found = ApprovalFrozen(argument_share=0.0)._rated(setting, 1)
    np.testing.assert_allclose(found, 8.0 * setting.hch_supports[1], rtol=0, atol=1e-9)


@pytest.mark.parametrize("scheme", [ApprovalFrozen, ApprovalFrozenInformed])
@pytest.mark.parametrize("rater", [RATERS[0], RATERS[1], Panel(), Human(gameability=500.0)])
def test_a_rater_whom_no_argument_reaches_is_never_gamed(scheme, rater):
    setting = a_setting(rater)
    heard = scheme(argument_share=0.0)
    np.testing.assert_allclose(heard.optimum(setting).root, heard.optimum(setting.deafened).root, atol=1e-12)


def test_a_rater_whom_arguments_reach_is_gamed():
    setting = a_setting(Human(gameability=500.0))
    for scheme in (ApprovalFrozen(), ApprovalFrozenInformed()):
        moved = np.abs(scheme.optimum(setting).root - scheme.optimum(setting.deafened).root).sum(axis=0).mean() / 2
        assert moved > 0.3


def test_a_whole_argument_is_the_default():
    setting = a_setting()
    assert ApprovalFrozen() == ApprovalFrozen(argument_share=1.0)
    shared = [ApprovalFrozen(argument_share=share).ratings(setting, setting.hch) for share in (1.0, 1.0 - 1e-12)]
    np.testing.assert_allclose(*shared, atol=1e-9)


def test_an_informed_models_objective_is_the_most_that_any_coupling_collects():
    """``J`` of a policy, against the transport problem of who is told what: a linear programme per question."""
    setting, scheme = a_setting(Human(gameability=1.5, attention=0.7), questions=15), ApprovalFrozenInformed()
    rng = np.random.default_rng(0)
    root = rng.dirichlet(np.ones(4), size=15).T
    found = scheme.objective(setting, root)
    human, chance = setting.human, setting.hch_supports[setting.trees.depth][:, 0]
    heard = human.gameability * (setting.trees.root.appeal + setting.trees.root.rhetoric.best_of(64))[:, 0]
    for question in range(15):
        rating = heard[:, question][None, :] + human.attention * human.discernment * np.eye(4)  # [told, answered]
        rows = [np.kron(np.eye(4)[i], np.ones(4)) for i in range(4)] + [
            np.kron(np.ones(4), np.eye(4)[i]) for i in range(4)
        ]
        best = optimize.linprog(
            -rating.reshape(-1), A_eq=np.array(rows)[:-1], b_eq=np.append(chance[:, question], root[:, question])[:-1]
        )
        assert found[question] == pytest.approx(-best.fun, abs=1e-8)


def test_a_whitelist_of_everything_is_approval():
    setting = a_setting()
    np.testing.assert_array_equal(
        ApprovalWhitelist(whitelist=(3, 2, 1, 0, 17)).optimum(setting).root, Approval().optimum(setting).root
    )


def test_a_whitelist_holds_at_every_question_and_keeps_the_best_of_what_is_listed():
    setting, scheme = a_setting(), ApprovalWhitelist(whitelist=(1, 3))
    policy = scheme.optimum(setting)
    for answers in policy.answers:
        assert set(np.unique(answers)) <= {1, 3}
    ratings = scheme.ratings(setting, policy)
    np.testing.assert_array_equal(policy.answers[-1][0], np.where(ratings[1] > ratings[3], 1, 3))
    assert ApprovalWhitelist(whitelist=(2,)).optimum(setting).root[2].min() == 1.0


@pytest.mark.parametrize("listed", [(), (-1,), (-3, -7)])
def test_a_whitelist_of_nothing_is_refused_by_name(listed):
    with pytest.raises((PartError, ValidationError), match="whitelist"):
        ApprovalWhitelist(whitelist=listed)


def test_a_whitelist_that_names_no_claim_of_the_scenario_is_refused_by_name():
    with pytest.raises(PartError, match=r"whitelist: \[4, 9\] names none of the claims 0 … 3"):
        ApprovalWhitelist(whitelist=(4, 9)).optimum(a_setting())


def test_the_list_of_fields_says_what_a_whitelist_is():
    (note,) = [note for note in notes(ApprovalWhitelist) if note.name == "whitelist"]
    assert note.permitted == "list of whole numbers"


def test_a_filter_keeps_to_what_imitation_gives_some_probability():
    setting = a_setting(Human(gameability=4.0), questions=400)
    scheme = ApprovalFiltered(least_probability=0.2)
    policy = scheme.optimum(setting)
    for level, answers in zip(setting.trees.levels, policy.answers, strict=True):
        assert pick(setting.hch.at(level.height), answers).min() >= 0.2
    unfiltered = Approval().optimum(setting)
    assert (pick(setting.hch.at(2), unfiltered.answers[2]) < 0.2).mean() > 0.05  # the filter had something to do
    assert accuracy(setting, policy) > accuracy(setting, unfiltered)


def test_a_filter_that_bars_nothing_is_approval():
    setting = a_setting(Human(gameability=4.0))
    np.testing.assert_array_equal(
        ApprovalFiltered(least_probability=0.0).optimum(setting).root, Approval().optimum(setting).root
    )


def test_a_filter_above_the_error_floor_lets_only_the_truth_through():
    setting = a_setting(Human(gameability=0.5), questions=400)
    floor = error_floor(setting)
    assert floor.shape == (400,)
    truth = setting.trees.root.truth[0]
    for question in range(50):
        others = [setting.hch.root[claim, question] for claim in range(4) if claim != truth[question]]
        assert floor[question] == max(others)
    above = ApprovalFiltered(least_probability=float(floor.max()) + 1e-9)
    assert accuracy(setting, above.optimum(setting)) == 1.0


def test_a_filter_that_leaves_no_answer_says_so_by_name():
    setting = a_setting(Human(gameability=3.0), questions=200)
    with pytest.raises(NoOptimum, match=r"least_probability: 0\.9 leaves no answer to"):
        ApprovalFiltered(least_probability=0.9).optimum(setting)
    ApprovalFiltered(least_probability=0.25).optimum(setting)  # 1/K always leaves one


def test_abstaining_by_hand_on_small_trees():
    """Bottom-up in plain loops: silent sub-answers are guessed unaided, and their distribution is consulted."""
    human = Human(gameability=1.2, attention=0.7)
    setting = Setting(Majority(claims=3, branching=2, depth=2).trees(4, 50), human)
    scheme = ApprovalAbstaining(least_rating=8.0, n_search=4)
    policy, trees = scheme.optimum(setting), setting.trees
    below = None
    silent_somewhere = 0.0
    for level in trees.levels:
        heard = human.gameability * (level.appeal + level.rhetoric.best_of(4))
        if below is None:
            merit = one_hot(level.truth, 3)
        else:
            merit = np.zeros_like(heard)
            for first, second in itertools.product(range(3), repeat=2):
                merit[trees.join.one((first, second))] += below[first, 0::2] * below[second, 1::2]
        rated = human.attention * 8.0 * merit + heard
        silent = rated.max(axis=0) < 8.0
        answered = one_hot(rated.argmax(axis=0), 3)
        below = np.where(silent, exact.unaided(trees, human, level.height), answered)
        if level.height < 2:
            np.testing.assert_allclose(policy.at(level.height), below, atol=1e-12)
            silent_somewhere += silent.mean()
    np.testing.assert_array_equal(policy.abstained, silent[0])
    np.testing.assert_array_equal(policy.root, answered[:, 0])
    assert 0.0 < policy.abstained.mean() < 1.0
    assert silent_somewhere > 0.0


def test_what_is_rated_just_enough_is_answered():
    """Who cannot be gamed rates what it verifies ``κ``: at ``B = κ`` nothing is held back."""
    setting = a_setting(Human(gameability=0.0))
    assert ApprovalAbstaining(least_rating=setting.human.discernment).optimum(setting).abstained.max() == 0.0


def test_who_may_always_answer_never_abstains():
    setting = a_setting()
    policy = ApprovalAbstaining(least_rating=-1e6).optimum(setting)
    assert policy.abstained.max() == 0.0
    np.testing.assert_array_equal(policy.root, Approval().optimum(setting).root)


def test_who_asks_too_much_hears_nothing_and_guesses_all_the_way_down():
    setting = a_setting()
    policy = ApprovalAbstaining(least_rating=1e6).optimum(setting)
    assert policy.abstained.min() == 1.0
    np.testing.assert_array_equal(policy.at(1), exact.unaided(setting.trees, setting.human, 1))


@pytest.mark.parametrize(
    ("scheme", "field", "value"),
    [
        (ApprovalFrozen, "argument_share", 1.1),
        (ApprovalFrozenInformed, "argument_share", -0.1),
        (ApprovalFiltered, "least_probability", 1.5),
        (ApprovalAbstaining, "least_rating", float("nan")),
        (ApprovalWhitelist, "whitelist", (0.5,)),
        (ApprovalWhitelist, "n_search", 0),
    ],
)
def test_fields_out_of_range_are_refused_by_name(scheme, field, value):
    with pytest.raises(ValidationError, match=field):
        scheme(**{field: value})
