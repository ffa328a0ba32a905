"""The batch engine: as often right as HCH is exactly, and done when the law of makespans says (VALIDATION 8, 10)."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, stats

from hch import batch, events, exact
from overseers.human import Human
from overseers.pace import TICKS_PER_MINUTE
from scenarios import streams
from scenarios.ledger import Ledger
from scenarios.majority import Majority


def elsewhere(trees, repeat):
    """The same questions asked in other places: other humans, whose noise and times are their own."""
    levels = []
    for level in trees.levels:
        flat = streams.keys_from(repeat, f"elsewhere {level.height}", 0, level.places.size)
        levels.append(replace(level, places=flat.reshape(level.places.shape)))
    return replace(trees, levels=tuple(levels))


@pytest.mark.parametrize(
    ("scenario", "human"),
    [
        (Ledger(depth=2), Human(gameability=2.5)),
        (Ledger(depth=3, claims=4), Human(gameability=2.0, attention=0.7)),
        (Majority(depth=2, claims=3), Human(gameability=2.5, discernment=3.0)),
    ],
)
def test_answers_are_as_frequent_as_hch_is_exactly(scenario, human):
    # Every question is asked of many different offices, so that its own distribution shows.
    repeats, questions = 300, 40
    trees = scenario.trees(6, questions)
    chance = exact.hch(trees, human).root
    given = np.stack([batch.answers(elsewhere(trees, repeat), human)[-1][0] for repeat in range(repeats)])
    count = (given[None] == np.arange(trees.claims)[:, None, None]).sum(axis=1)

    # Question by question: how often the truth is given, as a sum of squared standard scores, whose mean is the number
    # of questions and whose variance is that of squared standardised binomials.
    truth = trees.root.truth
    p = np.take_along_axis(chance, truth, axis=0)[0]
    spread = repeats * p * (1 - p)
    score = ((np.take_along_axis(count, truth, axis=0)[0] - repeats * p) ** 2 / spread).sum()
    assert abs(score - questions) <= 4 * math.sqrt((2 + (1 - 6 * p * (1 - p)) / spread).sum())

    # Over all questions: every error by its distance from the truth, and the planted claim.
    claim = np.arange(trees.claims)[:, None]
    kinds = [claim == (truth + distance) % trees.claims for distance in range(trees.claims)]
    for kind in [*kinds, claim == trees.root.planted]:
        expected = np.where(kind, chance, 0.0).sum(axis=0)
        standard_error = math.sqrt(repeats * (expected * (1 - expected)).sum())
        assert abs(count[kind].sum() - repeats * expected.sum()) <= 4 * standard_error


@pytest.mark.parametrize(("branching", "error", "depth"), [(3, 0.1, 5), (3, 0.2, 5), (5, 0.05, 3)])
def test_the_noisy_majority_tree_simulated(branching, error, depth):
    # VALIDATION 8: e' = ε + (1 - 2ε)·P(Bin(b, e) > b/2), e_0 = ε.
    expected = error
    for _ in range(depth):
        expected = error + (1 - 2 * error) * stats.binom.sf(branching // 2, branching, expected)
    weight = math.log((1 - error) / error)
    human = Human(gameability=0.0, discernment=weight, leaf_discernment=weight)
    trees = Majority(unanimity=1.0, depth=depth, branching=branching, plant_rate=0.0).trees(17, 4000)
    wrong = batch.answers(trees, human)[-1] != trees.root.truth
    assert abs(wrong.mean() - expected) <= 4 * math.sqrt(expected * (1 - expected) / wrong.size)


def mean_makespan(branching, depth):
    """``E T_d`` of ``T_d = S + max of b copies of T_{d-1}``, ``S`` being Exp(1), by integrating its distribution.

    The distribution functions obey ``F_d' = F_{d-1}^b - F_d`` and the mean is the integral of ``1 - F_d``.
    """

    def slope(_, state):
        below = np.concatenate([[1.0], state[:-2] ** branching])
        return np.append(below - state[:-1], 1.0 - state[-2])

    solved = integrate.solve_ivp(slope, (0.0, 80.0), np.zeros(depth + 2), method="DOP853", rtol=1e-10, atol=1e-12)
    return solved.y[-1, -1]


@pytest.mark.parametrize(("depth", "printed"), [(0, 1.0), (1, 2.5), (2, 4.3056), (3, 6.3075)])
def test_integration_gives_the_published_makespans(depth, printed):
    assert mean_makespan(2, depth) == pytest.approx(printed, abs=5e-5)


@pytest.mark.parametrize("branching", [2, 3])
@pytest.mark.parametrize("depth", [0, 1, 2, 3])
def test_the_makespan_of_exponential_humans(branching, depth):
    # VALIDATION 10: Exp(1) minutes a human, a desk for everybody, no time to compose.
    human = Human(think_minutes=1.0, think_family="exponential", join_minutes=0.0)
    scenario, expected = Ledger(claims=2, branching=branching, depth=depth), mean_makespan(branching, depth)
    minutes = batch.times(scenario.trees(8, 20_000), human).finish / TICKS_PER_MINUTE
    assert abs(minutes.mean() - expected) <= 4 * minutes.std() / math.sqrt(minutes.size)
    minutes = events.run(scenario.trees(80, 1000), human).finish / TICKS_PER_MINUTE
    assert abs(minutes.mean() - expected) <= 4 * minutes.std() / math.sqrt(minutes.size)


def test_work_is_everybodys_thinking_time():
    human = Human(think_minutes=4.0, join_minutes=7.0)
    trees = Ledger(depth=3).trees(3, 20_000)
    minutes = batch.times(trees, human).work / TICKS_PER_MINUTE
    assert abs(minutes.mean() - (15 * 4.0 + 7 * 7.0)) <= 4 * minutes.std() / math.sqrt(minutes.size)
