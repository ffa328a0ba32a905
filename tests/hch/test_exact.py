"""HCH exactly: plain enumeration, rounds of amplification, and the noisy majority tree (VALIDATION 8 and 14)."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from distillers.imitation import rounds
from hch import exact
from hch.setting import Setting
from overseers.human import Human
from scenarios.ledger import Ledger
from scenarios.majority import Majority

TINY = {"claims": 3, "branching": 2, "depth": 2, "plant_rate": 0.5}


def softmax(beliefs):
    weights = [math.exp(belief - max(beliefs)) for belief in beliefs]
    return [weight / sum(weights) for weight in weights]


class Enumeration:
    """MODEL.md §2 and §3 as written, in plain Python: ``Σ_s P(a|q,s)·Π_i HCH_{k-1}(s_i|q_i)`` over every ``s``.

    ``join``: the joined claim of two sub-answers, told again here.
    """

    def __init__(self, trees, human, join, question):
        self.trees, self.human, self.join, self.question = trees, human, join, question

    def answer(self, height, node, supported, weight):
        """P(a) of one human: verified with probability α, and otherwise moved by persuasion alone."""
        level, human = self.trees.levels[height], self.human
        place = (node, self.question)
        planted, thought = int(level.planted[place]), level.rhetoric.best_of(1)
        persuasion = [
            level.face[(a, *place)] + level.lure * (a == planted) + thought[(a, *place)] for a in range(level.claims)
        ]
        own = [human.self_persuasion * human.gameability * force for force in persuasion]
        looked = softmax([weight * (a == supported) + own[a] for a in range(level.claims)])
        blind = softmax(own)
        return [human.attention * p + (1 - human.attention) * q for p, q in zip(looked, blind, strict=True)]

    def hch(self, height, node, k):
        """HCH_k of one question."""
        human, truth = self.human, int(self.trees.levels[height].truth[node, self.question])
        if height == 0:
            return self.answer(0, node, truth, human.leaf_discernment)
        if k == 0:
            return self.answer(height, node, truth, human.discernment * human.unaided_decay**height)
        first, second = (self.hch(height - 1, 2 * node + child, k - 1) for child in (0, 1))
        claims = range(self.trees.claims)
        total = [0.0 for _ in claims]
        for s in itertools.product(claims, repeat=2):
            given = self.answer(height, node, self.join(*s), human.discernment)
            for a in claims:
                total[a] += given[a] * first[s[0]] * second[s[1]]
        return total


@pytest.mark.parametrize("k", [0, 1, 2])
@pytest.mark.parametrize(
    ("scenario", "join"),
    [(Ledger(**TINY), lambda a, b: (a + b) % 3), (Majority(**TINY), lambda a, b: a)],  # of two, a tie goes to the first
)
@pytest.mark.parametrize("attention", [1.0, 0.7])
def test_every_level_is_the_sum_over_all_sub_answers(scenario, join, k, attention):
    human = Human(discernment=2.0, leaf_discernment=1.5, gameability=1.3, attention=attention)
    trees = scenario.trees(4, 5)
    policy = exact.hch(trees, human, rounds=k)
    for question in range(5):
        plainly = Enumeration(trees, human, join, question)
        for height, nodes in ((0, 4), (1, 2), (2, 1)):
            for node in range(nodes):
                expected = plainly.hch(height, node, k)
                assert policy.at(height)[:, node, question] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    "scenario", [Ledger(depth=4), Ledger(claims=3, branching=3, depth=2), Majority(depth=3), Ledger(depth=0)]
)
@pytest.mark.parametrize("attention", [1.0, 0.6])
def test_round_k_of_imitation_is_hch_k_at_every_level(scenario, attention):
    # VALIDATION 14.
    trees, human = scenario.trees(9, 40), Human(gameability=2.5, attention=attention)
    models = list(rounds(Setting(trees, human)))
    assert len(models) == scenario.depth + 1
    for k, model in enumerate(models):
        reference = exact.hch(trees, human, rounds=k)
        for height in range(scenario.depth + 1):
            assert np.abs(model.at(height) - reference.at(height)).max() <= 1e-12


def test_rounds_beyond_the_depth_change_nothing():
    trees, human = Ledger(depth=2).trees(1, 10), Human()
    for height in range(3):
        assert np.array_equal(exact.hch(trees, human).at(height), exact.hch(trees, human, rounds=7).at(height))
    assert not np.allclose(exact.hch(trees, human).root, exact.hch(trees, human, rounds=1).root)


def noisy_majority(k, error, levels):
    """VALIDATION 8: e' = ε + (1 - 2ε)·P(Bin(k, e) > k/2), e_0 = ε, by level."""
    errors = [error]
    for _ in range(levels):
        e = errors[-1]
        outvoted = sum(math.comb(k, wrong) * e**wrong * (1 - e) ** (k - wrong) for wrong in range(k // 2 + 1, k + 1))
        errors.append(error + (1 - 2 * error) * outvoted)
    return errors


def erring(error):
    """A human who cannot be gamed and errs with a given chance: between two claims, ``1/(1 + e^κ)``."""
    weight = math.log((1 - error) / error)
    return Human(gameability=0.0, discernment=weight, leaf_discernment=weight)


@pytest.mark.parametrize(("k", "error", "depth"), [(3, 0.1, 5), (3, 0.2, 5), (3, 0.16, 6), (5, 0.05, 4), (5, 0.3, 3)])
def test_the_noisy_majority_tree(k, error, depth):
    # All leaves agree, so every question of the tree has one truth, and errors are independent between sub-questions.
    trees = Majority(unanimity=1.0, depth=depth, branching=k, plant_rate=0.0).trees(2, 3)
    policy = exact.hch(trees, erring(error))
    for height, expected in enumerate(noisy_majority(k, error, depth)):
        truth = trees.levels[height].truth
        wrong = 1.0 - np.take_along_axis(policy.at(height), truth[None], axis=0)
        assert np.abs(wrong - expected).max() <= 1e-9


@pytest.mark.parametrize(("error", "printed"), [(0.1, 0.14376), (0.2, 0.37228)])
def test_the_noisy_majority_tree_has_the_published_errors(error, printed):
    trees = Majority(unanimity=1.0, depth=5, branching=3, plant_rate=0.0).trees(0, 1)
    right = exact.hch(trees, erring(error)).root[trees.root.truth[0, 0], 0]
    assert 1.0 - right == pytest.approx(printed, abs=5e-6)


def test_below_a_sixth_depth_is_harmless_and_above_it_is_not():
    limit = (1 - math.sqrt((1 - 6 * 0.1) / (1 - 2 * 0.1))) / 2  # the lower fixed point of k = 3; ½ is always another
    assert limit == pytest.approx(0.14645, abs=5e-6)
    for error, end in ((0.1, limit), (0.2, 0.5)):
        trees = Majority(unanimity=1.0, depth=8, branching=3, plant_rate=0.0).trees(0, 1)
        policy, truth = exact.hch(trees, erring(error)), int(trees.root.truth[0, 0])
        gaps = [end - (1.0 - policy.at(height)[truth, 0, 0]) for height in range(9)]
        assert all(farther > nearer > 0 for farther, nearer in itertools.pairwise(gaps))
