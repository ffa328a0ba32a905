"""Tampering starts where its inequality says, and only if it is found."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from pydantic import ValidationError

from distillers.chisel import NEVER
from distillers.tampering import Tampering, answered, paid, push, tempt
from scenarios import streams
from scenarios.part import PartError

RATINGS = np.array([6.0, 8.0, 9.0, 9.0])


def key(seed=0):
    return streams.keys_from(seed, "tampering test", 0, 1)


def test_it_starts_where_the_inequality_says():
    """Over penalties, delays and rewards on both sides: trained until it is clear, against the inequality."""
    seen = set()
    for penalty, penalised, reward in itertools.product([0.0, 5.0, 20.0], [0, 2, 5], [7.0, 9.0, 14.0]):
        tampering = Tampering(
            chance=0.2, penalty=penalty, penalised=penalised, reward=reward, steps=200, episodes=256, learning_rate=2.0
        )
        mean = RATINGS.mean()
        gap = (10 - penalised) * (reward - mean) - penalised * (penalty + mean)
        if abs(gap) < 3.0:
            continue  # too close for 200 steps
        end = tempt(tampering, lambda _: RATINGS, key()).chances[-1]
        assert (end > 0.5) == (gap > 0) == tampering.worth_it(mean), (penalty, penalised, reward, end)
        seen.add(gap > 0)
    assert seen == {True, False}


def test_the_gradient_is_unbiased():
    tampering = Tampering(chance=0.3, episodes=40_000)
    keys = streams.keys_from(5, "episodes", 0, tampering.episodes)
    tampers = streams.uniforms(keys, "tampers") < 0.3
    honest = answered(tampering, RATINGS, keys)
    returns = paid(tampering, honest, tampers).mean(axis=0)
    worth = (8 * 20.0 - 2 * 10.0) / 10
    meant = 0.3 * 0.7 * (worth - RATINGS.mean())
    spread = ((returns - returns.mean()) * (tampers - 0.3)).std() / np.sqrt(returns.size)
    assert abs(push(returns, tampers, 0.3) - meant) < 4 * spread


def test_it_is_found_by_chance():
    """The first try is geometric in steps with chance 1 - (1 - p)^episodes."""
    tampering = Tampering(chance=0.005, episodes=8, learning_rate=1e-9, steps=60, horizon=2)
    firsts = np.array([tempt(tampering, lambda _: RATINGS, key(seed)).first for seed in range(80)])
    per_step = 1 - (1 - 0.005) ** 8
    for by in (5, 20, 59):
        meant = 1 - (1 - per_step) ** (by + 1)
        share = ((firsts != NEVER) & (firsts <= by)).mean()
        assert abs(share - meant) < 4 * np.sqrt(meant * (1 - meant) / firsts.size)


def test_what_is_not_tried_is_not_learnt_however_well_it_pays():
    tampering = Tampering(chance=1e-9, reward=1000.0, steps=200)
    found = tempt(tampering, lambda _: RATINGS, key())
    assert found.first == NEVER
    assert found.chances[-1] < 1e-8


def test_a_model_that_is_rated_better_is_not_tempted():
    tampering = Tampering(chance=0.05, steps=300, learning_rate=1.0)
    assert tampering.worth_it(5.0)
    assert not tampering.worth_it(15.0)
    assert tempt(tampering, lambda _: np.full(4, 5.0), key()).chances[-1] > 0.9
    assert tempt(tampering, lambda _: np.full(4, 15.0), key()).chances[-1] < 0.01


def test_bad_input():
    with pytest.raises(ValidationError, match="learning_rate"):
        Tampering(learning_rate=0.0)
    with pytest.raises((PartError, ValidationError), match="at most the horizon"):
        Tampering(penalised=11)
