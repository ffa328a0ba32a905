"""Old snapshots mislead labels only beyond a latency: drift against margin."""

from __future__ import annotations

import numpy as np

from distillers.approval import Approval
from distillers.staleness import Moving, critical_latency, ratings, safe_latency, turned
from hch.exact import hch
from hch.setting import Setting
from overseers.human import Human
from scenarios.ledger import Ledger

MINUTES = 600.0


def moved(depth=2, questions=400, gameability=2.0):
    """A model that learns: from humans alone to HCH, over ten hours."""
    setting = Setting(Ledger(depth=depth).trees(1, questions), Human(gameability=gameability))
    return setting, Moving(hch(setting.trees, setting.human, rounds=0), setting.hch, MINUTES)


def test_the_policy_moves_from_one_to_the_other_and_stays():
    _, moving = moved(questions=20)
    for height in range(3):
        np.testing.assert_array_equal(moving.at(-5.0, 3).at(height), moving.early.at(height))
        np.testing.assert_array_equal(moving.at(2 * MINUTES, 3).at(height), moving.late.at(height))
    half = moving.at(MINUTES / 2, 3).at(1)
    np.testing.assert_allclose(half, (moving.early.at(1) + moving.late.at(1)) / 2)


def test_no_label_turns_within_the_safe_latency():
    setting, moving = moved()
    safe = safe_latency(Approval(), setting, moving, MINUTES, Human().discernment)
    for latency in (10.0, 100.0, 300.0, 600.0):
        wrong = turned(Approval(), setting, moving, MINUTES, latency)
        assert not wrong[latency < safe].any()
    assert wrong.any()  # and some do turn, beyond


def test_labels_turn_at_the_critical_latency():
    """One sub-question apiece: what is supported moves linearly, so the first order is all there is."""
    setting = Setting(Ledger(depth=1, branching=1).trees(2, 3000), Human(gameability=2.5))
    moving = Moving(hch(setting.trees, Human(gameability=2.5, self_persuasion=1.0)), setting.hch, MINUTES)
    critical = critical_latency(Approval(), setting, moving, MINUTES)
    some = critical < MINUTES
    assert some.sum() > 10
    for latency in (50.0, 150.0, 300.0, 500.0):
        wrong = turned(Approval(), setting, moving, MINUTES, latency) > 0
        clear = np.abs(critical - latency) > 1e-3
        np.testing.assert_array_equal(wrong[clear], (critical < latency)[clear])


def test_a_fresh_label_is_the_rating_of_the_policy_of_that_minute():
    setting, moving = moved(questions=30)
    policy = moving.at(200.0, 3)
    np.testing.assert_array_equal(ratings(Approval(), setting, moving, 200.0), Approval().ratings(setting, policy))
    assert not turned(Approval(), setting, moving, 200.0, 0.0).any()
