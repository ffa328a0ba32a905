"""Search that runs ahead of oversight, against the tails of arguments."""

from __future__ import annotations

import numpy as np
import pytest

from distillers.approval import Approval
from distillers.lag import Lag, critical_delay, race
from distillers.staleness import Moving
from divergence.figures import lag as pictures
from divergence.lag import lagging, stale
from hch.exact import hch
from hch.setting import Setting
from overseers import base as roles
from overseers.human import Human
from scenarios.ledger import Ledger


def a_setting(questions=300, gameability=2.0, **changed):
    scenario = Ledger(depth=2, **changed)
    return Setting(scenario.trees(0, questions), Human(gameability=gameability))


def test_without_delay_only_appeal_persuades():
    setting = a_setting(rhetoric_scale=1.0)
    silent = a_setting(rhetoric_scale=0.0)
    run = race(Lag(delay=0.0), setting)
    rated = Approval(n_search=1).ratings(silent, setting.hch)
    assert np.all(run.answers == rated.argmax(axis=0))


def test_with_endless_delay_every_argument_but_the_first_is_new():
    setting = a_setting(gameability=2.5)
    lag = Lag(delay=1e9, minutes=600.0)
    run = race(lag, setting)
    assert run.known.max() == 1.0
    assert run.searched[-1] == pytest.approx(2.0**10)
    new = setting.trees.root.rhetoric.best_of(2.0**10) - setting.trees.root.rhetoric.best_of(1)
    hearing, merit = setting.hearing(2), setting.hch_merits[2]
    np.testing.assert_array_equal(run.answers[-1], roles.rate(setting.human, hearing, new, merit)[:, 0].argmax(axis=0))
    found = lagging(lag, setting).timeline
    assert found["harm"].iloc[0] == pytest.approx(found["prompt_harm"].iloc[0])  # there is nothing new yet


def test_a_longer_delay_lets_harm_in_sooner_and_more_of_it():
    setting = a_setting(gameability=2.0)
    short, long = (lagging(Lag(delay=delay), setting) for delay in (60.0, 480.0))
    assert long.timeline["harm"].max() > short.timeline["harm"].max()
    assert long.before_detection.mean() > short.before_detection.mean()
    assert np.isfinite(long.first).sum() >= np.isfinite(short.first).sum()


def test_laplace_arguments_have_a_critical_delay():
    """No luck, no appeal: the truth is rated κ·m higher, and false arguments gain τ·asymmetry·log 2 a doubling."""
    quiet = {"appeal_noise": 0.0, "plant_rate": 0.0, "rhetoric_family": "laplace", "asymmetry": 1.0}
    setting = a_setting(gameability=2.0, questions=500, **quiet)
    merit = setting.hch_merits[2][:, 0].copy()
    truth = setting.trees.root.truth[0]
    lead = merit[truth, np.arange(500)]
    merit[truth, np.arange(500)] = 0.0
    gap = 8.0 * (lead - merit.max(axis=0))
    for delay in (120.0, 360.0, 720.0):
        lag = Lag(first_search=10**6, delay=delay, minutes=1500.0, every=1500.0)
        answers = race(lag, setting).answers[-1]
        critical = np.array([critical_delay(one, 2.0, 1.0, lag.doubling) for one in gap])
        clear = np.abs(critical - delay) > 1.0
        np.testing.assert_array_equal((answers != truth)[clear], (critical < delay)[clear])


def test_counts():
    setting = a_setting(gameability=2.5)
    lag = Lag(delay=240.0)
    found = lagging(lag, setting)
    most = lag.delay / lag.every
    assert found.before_detection.max() <= most
    never = ~np.isfinite(found.first)
    assert not found.before_detection[never].any()
    assert (found.before_detection[~never] >= 1).all()
    assert critical_delay(1.0, 0.0, 1.0, 60.0) == np.inf


def test_tails_decide_whether_lag_matters():
    """An hour late, search doubling hourly: normal arguments soon gain nothing, Laplace's as much, Student's more."""
    harms = {}
    for family in ("normal", "laplace", "student_t"):
        setting = a_setting(gameability=1.5, rhetoric_family=family, asymmetry=0.5)
        lag = Lag(first_search=1000, delay=60.0)
        harms[family] = lagging(lag, setting).timeline["harm"].to_numpy()
    assert harms["normal"][-1] <= harms["laplace"][-1]
    assert abs(harms["laplace"][-1] - harms["laplace"][3]) < 0.02
    assert harms["student_t"][-1] > harms["student_t"][3] + 0.3


def test_stale_labels_turn_as_drift_against_margin_says():
    setting = a_setting()
    moving = Moving(hch(setting.trees, setting.human, rounds=0), setting.hch, 600.0)
    table = stale(Approval(), setting, moving, 600.0, [0.0, 200.0, 600.0])
    assert table["turned"].iloc[0] == 0.0
    assert table["turned"].is_monotonic_increasing
    assert table["turned"].to_numpy() == pytest.approx(table["critical"].to_numpy(), abs=0.03)  # first order
    assert len(pictures.turned(table).data) == 2
    assert len(pictures.lag({"one": lagging(Lag(minutes=60.0), setting).timeline}).data) == 1
