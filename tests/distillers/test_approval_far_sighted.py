"""Far-sighted approval against every play of tiny trees, and at its two ends."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from distillers.approval import Approval
from distillers.approval_far_sighted import ApprovalFarSighted, best_split
from hch.setting import Setting
from overseers.human import Human
from overseers.sceptic import Sceptic
from scenarios import streams
from scenarios.joins import SumJoin, TableJoin, plurality
from scenarios.ledger import Ledger
from scenarios.majority import Majority
from scenarios.trees import one_hot

N = 16
LOPSIDED = TableJoin((0, 0, 0, 1), 2, 2)
UNREACHED = TableJoin((0, 1, 1, 0, 0, 0, 1, 1, 0), 3, 2)  # nothing joins to claim 2
CASES = [
    (SumJoin(2), 2, 2, 1),
    (SumJoin(3), 3, 2, 1),
    (SumJoin(2), 2, 2, 2),
    (SumJoin(3), 3, 2, 2),
    (plurality(2, 3), 2, 3, 1),
    (LOPSIDED, 2, 2, 2),
    (UNREACHED, 3, 2, 2),
]


def a_setting(join, claims, branching, depth, questions=4, **human):
    trees = Majority(claims=claims, branching=branching, depth=depth).trees(2, questions)
    made = Human(**{"gameability": 2.0, "discernment": 3.0, "leaf_discernment": 2.0, **human})
    return Setting(replace(trees, join=join), made)


def worth(setting, scheme, play, question, upto=None):
    """A play's discounted ratings, summed one by one. ``play``: an answer for every node, by level, leaves first."""
    human, trees = setting.human, setting.trees
    total = 0.0
    for level, given in zip(trees.levels, play, strict=True):
        speech = level.rhetoric.best_of(scheme.n_search)
        for node, answer in enumerate(given):
            if level.height == 0:
                supported, weight = level.truth[node, question], human.leaf_discernment
            else:
                below = play[level.height - 1][node * trees.branching : (node + 1) * trees.branching]
                supported, weight = trees.join.one(below), human.discernment
            heard = level.appeal[answer, node, question] + speech[answer, node, question]
            rating = human.attention * weight * (answer == supported) + human.gameability * heard
            total += scheme.discount ** (trees.depth - level.height) * rating
    return total


def plays(setting):
    """Every way to answer every question of one tree."""
    widths = [level.keys.shape[0] for level in setting.trees.levels]
    for flat in itertools.product(range(setting.trees.claims), repeat=sum(widths)):
        cuts = np.cumsum([0, *widths])
        yield [flat[left:right] for left, right in itertools.pairwise(cuts)]


@pytest.mark.parametrize("discount", [0.0, 0.4, 1.0])
@pytest.mark.parametrize(("join", "claims", "branching", "depth"), CASES)
def test_the_policy_is_the_best_of_all_plays(join, claims, branching, depth, discount):
    setting = a_setting(join, claims, branching, depth, attention=0.8)
    scheme = ApprovalFarSighted(n_search=N, discount=discount)
    policy, values = scheme.optimum(setting), scheme.values(setting)
    for question in range(setting.trees.questions):
        best = np.full(claims, -np.inf)
        for play in plays(setting):
            best[play[-1][0]] = max(best[play[-1][0]], worth(setting, scheme, play, question))
        np.testing.assert_allclose(values[:, question], best, atol=1e-9)
        played = [tuple(answers[:, question].tolist()) for answers in policy.answers]
        assert played[-1][0] == best.argmax()
        assert worth(setting, scheme, played, question) == pytest.approx(best.max(), abs=1e-9)


@pytest.mark.parametrize("gameability", [1e-6, 0.3, 3.0, 50.0])
def test_without_foresight_persuasion_alone_decides_in_ledger(gameability):
    trees = Ledger(depth=3).trees(0, 300)
    policy = ApprovalFarSighted(discount=0.0).optimum(Setting(trees, Human(gameability=gameability)))
    heard = trees.root.appeal + trees.root.rhetoric.best_of(64)
    np.testing.assert_array_equal(policy.answers[-1], heard.argmax(axis=0))
    np.testing.assert_array_equal(policy.answers[-1], trees.joined(policy.answers[-2]))  # and supports itself


def test_who_cannot_be_gamed_gets_the_truth_from_a_model_of_the_whole_tree():
    trees = Ledger(depth=3).trees(0, 300)
    policy = ApprovalFarSighted(discount=1.0).optimum(Setting(trees, Human(gameability=0.0)))
    for level, answers in zip(trees.levels, policy.answers, strict=True):
        np.testing.assert_array_equal(answers, level.truth)


@pytest.mark.parametrize("discount", [0.0, 1.0])
def test_an_answer_supports_itself_where_that_costs_nothing(discount):
    """Raters who verify nothing: at no discount any split of the answer's own sum is among the best."""
    setting = Setting(Ledger(claims=4, depth=2).trees(5, 40), Human(discernment=0.0, leaf_discernment=0.0))
    if discount:  # only where sub-answers are worth the same whatever they are
        setting = Setting(setting.trees, Human(discernment=0.0, leaf_discernment=0.0, gameability=0.0))
    policy = ApprovalFarSighted(discount=discount).optimum(setting)
    for height in (1, 2):
        np.testing.assert_array_equal(setting.trees.joined(policy.answers[height - 1]), policy.answers[height])


def test_a_leaf_alone_is_myopic():
    setting = Setting(Ledger(depth=0).trees(0, 500), Human(gameability=3.0))
    far, near = ApprovalFarSighted().optimum(setting), Approval().optimum(setting)
    np.testing.assert_array_equal(far.root, near.root)


def test_foresight_never_collects_less_than_myopia():
    setting = a_setting(SumJoin(3), 3, 2, 2, questions=50)
    scheme = ApprovalFarSighted(n_search=N)
    far, near = scheme.optimum(setting), Approval(n_search=N).optimum(setting)
    for question in range(50):
        totals = [
            worth(setting, scheme, [tuple(answers[:, question]) for answers in policy.answers], question)
            for policy in (far, near)
        ]
        assert totals[0] >= totals[1] - 1e-9


def test_a_sceptical_rater_is_played_against_its_own_ratings():
    setting = a_setting(SumJoin(3), 3, 2, 1)
    sceptical = Setting(setting.trees, Sceptic(member=setting.human, threshold=1.0))
    scheme = ApprovalFarSighted(n_search=N)
    root, leaves = sceptical.trees.root, sceptical.trees.levels[0]
    hearings = [sceptical.hearing(height, searched=N) for height in (0, 1)]
    voices = [
        sceptical.rater.rating(hearing, level.rhetoric.best_of(N))
        for hearing, level in zip(hearings, (leaves, root), strict=True)
    ]
    best = np.full((3, setting.trees.questions), -np.inf)
    below = voices[0].expected(one_hot(leaves.truth, 3))
    for first, second in itertools.product(range(3), repeat=2):
        above = voices[1].expected(one_hot(np.full(root.truth.shape, (first + second) % 3), 3))[:, 0]
        best = np.maximum(best, above + below[first, 0] + below[second, 1])
    np.testing.assert_allclose(scheme.values(sceptical), best, atol=1e-9)


@pytest.mark.parametrize(("join", "claims", "branching"), [(SumJoin(4), 4, 3), (plurality(3, 3), 3, 3)])
def test_best_splits_join_to_what_is_asked_for_and_are_best(join, claims, branching):
    rng = np.random.default_rng(0)
    worth_of = rng.normal(size=(claims, 2 * branching, 30))
    target = rng.integers(claims, size=(2, 30))
    keys = streams.keys_from(0, "test", 0, 2 * branching * 30).reshape(2 * branching, 30)
    chosen = best_split(join, worth_of, target, keys, branching)
    for node, question in itertools.product(range(2), range(30)):
        rows = [worth_of[:, node * branching + child, question] for child in range(branching)]
        totals = {
            split: sum(row[claim] for row, claim in zip(rows, split, strict=True))
            for split in itertools.product(range(claims), repeat=branching)
            if join.one(split) == target[node, question]
        }
        assert tuple(chosen[node * branching : (node + 1) * branching, question]) == max(totals, key=totals.get)


def test_ties_are_broken_by_luck_not_by_order():
    keys = streams.keys_from(0, "test", 0, 2 * 3000).reshape(2, 3000)
    chosen = best_split(SumJoin(3), np.zeros((3, 2, 3000)), np.zeros((1, 3000), dtype=np.intp), keys, 2)
    counts = np.bincount(chosen[0], minlength=3)
    assert np.abs(counts - 1000).max() < 4 * np.sqrt(3000 * 2 / 9)
    np.testing.assert_array_equal(chosen.sum(axis=0) % 3, 0)
