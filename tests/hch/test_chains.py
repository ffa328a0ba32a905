"""Permutation powering: truth by multiplying out, exact HCH by hand, simulated as often as exactly (VALIDATION 15)."""

from __future__ import annotations

import itertools
import math
import time

import numpy as np
import pytest

from hch.chains import powering_hch, powering_lives, root
from hch.jobs import serve
from hch.office import Office
from overseers.human import Human
from scenarios.ledger import Ledger
from scenarios.permutations import powers
from scenarios.trees import pick

PERFECT = Human(gameability=0.0, discernment=1000.0, leaf_discernment=1000.0)


def exponents(asked):
    return sum(odd << (asked.bits - height) for height, odd in enumerate(asked.odd) if height)


def test_a_perfect_answerer_is_right_and_the_truth_is_the_power():
    asked = powers(1, 4)
    expected = asked.start.copy()
    for question, power in enumerate(exponents(asked)):
        for _ in range(power):
            expected[question] = asked.step[expected[question], question]
    truth = np.take_along_axis(asked.levels[-1].truth, asked.start[None], axis=0)[0]
    assert truth.tolist() == expected.tolist()
    assert len({tuple(sorted(column)) for column in asked.step.T}) == 1
    assert np.allclose(pick(root(asked, powering_hch(asked, PERFECT)), truth), 1.0)
    assert [life.returned for life in serve(powering_lives(asked, PERFECT), Office(staff=7))] == truth.tolist()


def test_two_levels_are_as_by_enumeration():
    asked, human = powers(2, 4, claims=3, bits=1), Human(gameability=2.0)
    policy = powering_hch(asked, human)
    for question, start in itertools.product(range(4), range(3)):
        chance = np.zeros(3)
        for first, second in itertools.product(range(3), repeat=2):
            p = policy.at(0)[first, start, question] * policy.at(0)[second, first, question]
            chance[asked.step[second, question] if asked.odd[1][question] else second] += p
        level = asked.levels[1]
        bias = human.gameability * human.self_persuasion * (level.appeal + level.rhetoric.best_of(1))
        belief = np.exp(bias[:, start, question] + human.discernment * np.eye(3))
        assert policy.at(1)[:, start, question] == pytest.approx(
            (chance[:, None] * belief / belief.sum(1)[:, None]).sum(0)
        )


def test_simulated_consultations_answer_as_often_as_exactly():
    asked, human = powers(3, 12, claims=5, bits=2, ground=Ledger(plant_rate=0.5)), Human(gameability=2.5)
    exact, repeats = root(asked, powering_hch(asked, human)), 30
    given = [[life.returned for life in serve(powering_lives(asked, human, n), Office())] for n in range(repeats)]
    count = (np.array(given)[None] == np.arange(5)[:, None, None]).sum(axis=1)
    truth = np.take_along_axis(asked.levels[-1].truth, asked.start[None], axis=0)[0]
    p = pick(exact, truth)
    assert abs(pick(count, truth).sum() - repeats * p.sum()) <= 4 * math.sqrt(repeats * (p * (1 - p)).sum())


def test_the_exact_answer_takes_less_than_a_second():
    asked = powers(4, 10)
    start = time.process_time()
    powering_hch(asked, Human())
    assert time.process_time() - start < 1.0
