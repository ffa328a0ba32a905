"""Debate before a noisy judge, by quotes only, from a fixed library: each against the debate it restricts or blurs."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from distillers.debate import Debate
from distillers.debate_library import DebateLibrary
from distillers.debate_noisy import DebateNoisy
from distillers.debate_quotes import DebateQuotes, quotes
from hch.setting import Setting
from overseers.human import Human
from scenarios.ledger import Ledger
from scenarios.majority import Majority

FAMILIES = ["normal", "laplace", "student_t"]


def accuracy(scheme: Debate | DebateNoisy | DebateLibrary | DebateQuotes, made: Setting) -> float:
    truth = made.trees.root.truth[0]
    return float(scheme.optimum(made).root[truth, np.arange(truth.size)].mean())


@pytest.mark.parametrize("judged_depth", [0, 1, 2])
def test_noisy_debate_draws_claims_by_their_max_min_margins(judged_depth: int) -> None:
    """At every level, against a max–min over all splits of its own."""
    made = Setting(Majority(claims=3, branching=2, depth=2).trees(5, 40), Human(gameability=2.0))
    policy = DebateNoisy(judged_depth=judged_depth).optimum(made)
    margin = np.zeros(0)
    for height in range(3):
        if height <= max(0, 2 - judged_depth):
            margin = Debate().verdicts(made, height)
        else:
            left, right = margin[:, 0::2], margin[:, 1::2]
            margin = np.full(left.shape, -np.inf)
            for a, b in itertools.product(range(3), repeat=2):
                joined = made.trees.join.one((a, b))
                margin[joined] = np.maximum(margin[joined], np.minimum(left[a], right[b]))
        won = 1 / (1 + np.exp(-margin))
        np.testing.assert_allclose(policy.at(height), won / won.sum(axis=0), rtol=0, atol=1e-12)


def test_a_noisy_judge_who_is_never_in_doubt_is_a_judge() -> None:
    sure = Human(gameability=0.0, leaf_discernment=800.0)
    made = Setting(Ledger().trees(0, 300), sure)
    np.testing.assert_allclose(DebateNoisy().optimum(made).root, Debate().optimum(made).root, rtol=0, atol=1e-12)


def test_the_noise_of_a_whole_tree_counts_not_only_the_winner() -> None:
    """Two debates with one winner but different margins differ when the judge is noisy, and only then."""
    made = Setting(Ledger().trees(0, 500), Human(gameability=1.0))
    doubted = replace(made, human=Human(gameability=1.0, leaf_discernment=6.0))
    same = (Debate().optimum(made).root == Debate().optimum(doubted).root).all(axis=0)
    assert same.mean() > 0.9
    moved = np.abs(DebateNoisy().optimum(made).root - DebateNoisy().optimum(doubted).root).sum(axis=0)
    assert moved[same].min() > 1e-4


def test_a_noisy_outcome_is_not_what_an_arguer_would_choose() -> None:
    """Why noisy debate states no objective: the point mass of debate has a larger ``Σπσ(S)``."""
    made = Setting(Ledger().trees(0, 200), Human())
    noisy, best = DebateNoisy().optimum(made).root, Debate().optimum(made).root
    assert Debate().objective(made, best).mean() > Debate().objective(made, noisy).mean() + 0.1


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("asymmetry", [-0.5, 0.0, 1.5])
@pytest.mark.parametrize("judged_depth", [0, 1, 4])
def test_quotes_are_unsearched_debate_without_asymmetry(family: str, asymmetry: float, judged_depth: int) -> None:
    uneven, even = Ledger(rhetoric_family=family, asymmetry=asymmetry), Ledger(rhetoric_family=family)
    human = Human(gameability=1.5)
    quoted, plain = Setting(uneven.trees(0, 60), human), Setting(even.trees(0, 60), human)
    ours, theirs = DebateQuotes(judged_depth=judged_depth), Debate(judged_depth=judged_depth, n_search=1)
    np.testing.assert_allclose(ours.margins(quoted), theirs.margins(plain), rtol=0, atol=1e-9)
    for one, other in zip(ours.optimum(quoted).answers, theirs.optimum(plain).answers, strict=True):
        np.testing.assert_array_equal(one, other)


def test_quotes_restore_what_asymmetry_took_from_speech_and_leave_the_trees_alone() -> None:
    level = Ledger(asymmetry=-1.0, rhetoric_scale=2.0).trees(0, 50).levels[0]
    kept = level.rhetoric.best_of(1).copy()
    even = Ledger(rhetoric_scale=2.0).trees(0, 50).levels[0]
    # At asymmetry -1 false claims' attacks have no scale to restore; their arguments do.
    np.testing.assert_allclose(quotes(level).arguments.best_of(1), even.rhetoric.best_of(1), rtol=0, atol=1e-12)
    np.testing.assert_array_equal(level.rhetoric.best_of(1), kept)


def test_quotes_protect_from_what_makes_falsehoods_arguable() -> None:
    made = Setting(Majority(asymmetry=1.0, attackable_true=0, attackable_false=0).trees(0, 1000), Human())
    assert accuracy(DebateQuotes(), made) > accuracy(Debate(), made) + 0.1


@pytest.mark.parametrize("size", [1, 8, 64, 4096])
def test_a_library_is_a_search_of_its_size(size: int) -> None:
    made = Setting(Ledger().trees(0, 300), Human(gameability=2.0))
    for judged_depth in (0, 2, 4):
        ours, theirs = (
            DebateLibrary(library=size, judged_depth=judged_depth),
            Debate(n_search=size, judged_depth=judged_depth),
        )
        np.testing.assert_array_equal(ours.margins(made), theirs.margins(made))
        np.testing.assert_array_equal(ours.optimum(made).root, theirs.optimum(made).root)
        assert ours.episode(made) == theirs.episode(made)
