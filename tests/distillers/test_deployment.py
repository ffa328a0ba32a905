"""Turncoats and drift under a supervised fraction, against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from distillers.deployment import Deployment, Drift, Turncoat, deploy
from scenarios import streams

LIVES = 20_000


def keys(lives=LIVES, seed=0):
    return streams.keys_from(seed, "deployment test", 0, lives)


@pytest.mark.parametrize("s", [0.05, 0.2, 0.5, 1.0])
def test_a_turncoat_gets_away_with_what_geometry_says(s):
    found = deploy(Deployment(supervised=s, answers=int(20 / s)), Turncoat(), keys())
    undetected = found.undetected
    error = undetected.std() / np.sqrt(LIVES)
    assert abs(undetected.mean() - (1 - s) / s) <= 4 * error + 1e-6
    assert undetected.var() == pytest.approx((1 - s) / s**2, rel=0.1)


def test_detections_and_what_escapes_keep_their_ratio_under_any_rule():
    """Whatever stops it, each false answer is looked at with chance s: E undetected = E detected · (1 - s)/s."""
    s = 0.25
    for fault in (Turncoat(), Drift(rate=0.01)):
        for rule in (
            Deployment(supervised=s, answers=400, notices=3, retraining=20),
            Deployment(supervised=s, answers=400, retrains=False),
        ):
            found = deploy(rule, fault, keys(4000))
            gap = found.undetected - (1 - s) / s * found.detected.sum(axis=0)
            assert abs(gap.mean()) < 4 * gap.std() / np.sqrt(gap.size)


def test_drift_without_retraining_grows_as_it_must():
    delta, s = 0.01, 0.3
    found = deploy(Deployment(supervised=s, answers=300, retrains=False), Drift(rate=delta), keys())
    meant = 1 - (1 - delta) ** np.arange(1, 301)
    error = np.sqrt(meant * (1 - meant) / LIVES)
    assert np.all(np.abs(found.false.mean(axis=1) - meant) < 5 * error)  # 5: the largest of 300
    escaped = found.undetected
    assert abs(escaped.mean() - (1 - s) * meant.sum()) < 4 * escaped.std() / np.sqrt(LIVES)


def test_what_is_not_noticed_is_not_mended():
    drift, kept = Drift(rate=0.01), keys(4000)
    blind = deploy(Deployment(answers=300, notices=0), drift, kept)
    idle = deploy(Deployment(answers=300, retrains=False), drift, kept)
    mended = deploy(Deployment(answers=300, notices=1), drift, kept)
    np.testing.assert_array_equal(blind.false, idle.false)
    assert np.all(blind.noticed == -1)
    assert (idle.noticed >= 0).mean() > 0.9
    assert mended.false.mean() < 0.5 * idle.false.mean()


def test_false_answers_until_the_first_is_detected_and_while_retraining_goes_on():
    s, delay = 0.4, 7
    found = deploy(Deployment(supervised=s, answers=200, retraining=delay), Turncoat(), keys())
    total = found.false.sum(axis=0)
    np.testing.assert_array_equal(total, found.noticed + 1 + delay)
    assert abs(total.mean() - (1 / s + delay)) < 4 * total.std() / np.sqrt(LIVES)


def test_a_model_that_is_retrained_at_once_renews():
    """Detected at once, mended at once: a false answer makes an age of 1 again; its stationary rate by recursion."""
    delta, length = 0.05, 400
    found = deploy(Deployment(supervised=1.0, answers=length), Drift(rate=delta), keys())
    ages = np.zeros(length + 2)
    ages[1] = 1.0
    for number in range(length):
        chance = 1 - (1 - delta) ** np.arange(length + 2)
        meant = (ages * chance).sum()
        error = np.sqrt(meant * (1 - meant) / LIVES)
        assert abs(found.false[number].mean() - meant) < 5 * error
        moved = np.zeros_like(ages)
        moved[2:] = (ages * (1 - chance))[1:-1]
        moved[1] = (ages * chance).sum()
        ages = moved


def test_bad_input():
    with pytest.raises(ValidationError, match="supervised"):
        Deployment(supervised=0.0)
