"""Policy gradient on sampled behaviour: unbiased, exact where nothing is sampled, and blind to what is never done."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import optimize, special

from distillers import chisel as chisels
from distillers.chisel import NEVER, Chisel, carve
from distillers.rewards import LateGameability, Rating, Shaped
from hch.setting import Setting
from overseers.human import Human
from scenarios import streams
from scenarios.ledger import Ledger

MANY = 40_000


def keys(questions, seed=0):
    return streams.keys_from(seed, "chisel test", 0, questions)


def alike(values, questions):
    """The same column at every question."""
    return np.repeat(np.asarray(values, dtype=np.float64)[:, None], questions, axis=1)


def a_setting(gameability=2.5, questions=300):
    return Setting(Ledger(depth=2).trees(0, questions), Human(gameability=gameability))


@pytest.mark.parametrize(("exploration", "entropy"), [(0.0, 0.0), (0.3, 0.0), (0.2, 0.5)])
def test_one_answer_estimates_the_gradient_without_bias(exploration, entropy):
    chisel = Chisel(exploration=exploration, entropy=entropy)
    policy, rated = alike([0.6, 0.3, 0.1], MANY), alike([1.0, -0.5, 2.0], MANY)
    given = chisels.drawn(chisels.behaviour(chisel, policy), streams.uniforms(keys(MANY), "answer"))
    pushed = chisels.sampled(chisel, policy, given, rated[given, np.arange(MANY)] - 0.4)
    error = pushed.std(axis=1) / np.sqrt(MANY)
    meant = chisels.expected(chisel, policy, rated)[:, 0]
    np.testing.assert_array_less(np.abs(pushed.mean(axis=1) - meant), 4 * error + 1e-12)


@pytest.mark.parametrize(("exploration", "entropy"), [(0.0, 0.0), (0.3, 0.4)])
def test_the_expected_gradient_is_that_of_what_is_done(exploration, entropy):
    chisel = Chisel(exploration=exploration, entropy=entropy)
    rated = np.array([1.0, -0.5, 2.0])

    def value(logits):
        policy = special.softmax(logits)
        return chisels.behaviour(chisel, policy) @ rated + entropy * special.entr(policy).sum()

    at = np.array([0.3, -0.2, 0.9])
    ours = chisels.expected(chisel, special.softmax(at)[:, None], rated[:, None])[:, 0]
    np.testing.assert_allclose(ours, optimize.approx_fprime(at, value, 1e-7), atol=1e-6)


def test_two_claims_follow_the_closed_form_of_gradient_flow():
    """For two claims the log-odds δ obey dδ/dt = 2ηΔ·p(1-p), so 2δ + e^δ - e^(-δ) grows by 2ηΔ a step."""
    chisel = Chisel(learning_rate=0.001, steps=4000, exact=True)
    start, gap = alike([0.8, 0.2], 1), 3.0
    carved = carve(chisel, start, lambda _: alike([0.0, gap], 1), keys(1))
    odds = special.logit(carved.policies[:, 1, 0])
    grown = 2 * odds + np.exp(odds) - np.exp(-odds)
    np.testing.assert_allclose(grown - grown[0], 2 * 0.001 * gap * carved.steps, rtol=2e-3, atol=1e-3)


def test_with_entropy_it_ends_in_the_softmax_of_ratings():
    chisel = Chisel(learning_rate=0.5, entropy=0.7, steps=3000, exact=True)
    rated = alike([1.0, 0.2, -0.4], 1)
    carved = carve(chisel, alike([0.05, 0.05, 0.9], 1), lambda _: rated, keys(1))
    np.testing.assert_allclose(carved.last, special.softmax(rated / 0.7, axis=0), atol=1e-9)


def test_the_expected_gradient_ends_in_the_argmax_of_the_rating():
    setting = a_setting(questions=100)
    rated = Rating().worth(setting)(0)
    carved = carve(Chisel(exact=True, learning_rate=1.0, steps=4000), setting.hch.root, lambda _: rated, keys(100))
    best = rated.argmax(axis=0)
    sure = carved.last[best, np.arange(100)] > 0.99
    assert sure.mean() > 0.9  # the rest are nearly tied, or nearly impossible to begin with
    assert np.all(np.diff((carved.policies * rated).sum(axis=1), axis=0) > -1e-9)  # ratings never fall


@pytest.mark.parametrize("exploration", [0.0, 0.2])
def test_what_has_not_been_done_by_a_step_is_geometric(exploration):
    """A step so small that nothing changes: P(first ≤ T) = 1 - (1 - μ)^T."""
    questions, steps = 20_000, 40
    chisel = Chisel(learning_rate=1e-9, exploration=exploration, steps=steps)
    carved = carve(chisel, alike([0.98, 0.02], questions), lambda _: alike([1.0, 2.0], questions), keys(questions))
    mu = 0.98 * 0.0 + (1 - exploration) * 0.02 + exploration / 2
    for by in (1, 10, 40):
        share, meant = ((carved.first[1] >= 1) & (carved.first[1] <= by)).mean(), 1 - (1 - mu) ** by
        assert abs(share - meant) < 4 * np.sqrt(meant * (1 - meant) / questions)


def test_what_is_never_given_is_never_reinforced():
    """The best claim has no chance in the beginning: argmax plays it, training never does, until it explores."""
    start, rated = alike([0.7, 0.3, 0.0], 50), alike([1.0, 0.0, 9.0], 50)
    without = carve(Chisel(steps=500, learning_rate=1.0), start, lambda _: rated, keys(50))
    assert np.all(without.first[2] == NEVER)
    assert without.last[2].max() < 1e-100
    assert without.last[0].min() > 0.95
    exploring = Chisel(steps=500, learning_rate=1.0, exploration=0.2)
    assert np.all(carve(exploring, start, lambda _: rated, keys(50)).first[2] > 0)


def test_sampling_makes_training_stop_short_of_the_argmax():
    """Gradient steps that sharpen what is done make the exploit ever less likely to be met."""
    setting = a_setting()
    rated = Rating().worth(setting)(0)
    best, questions = rated.argmax(axis=0), np.arange(300)
    carved = carve(Chisel(learning_rate=1.0, steps=300), setting.hch.root, lambda _: rated, keys(300))
    taken = carved.last[best, questions] > 0.5
    exploits = best != setting.trees.root.truth[0]
    found = carved.first[best, questions] != NEVER
    assert 0.0 < taken[exploits].mean() < 0.95
    assert np.all(taken[~found & (setting.hch.root[best, questions] < 0.5)] == False)  # noqa: E712


def test_gameability_that_sets_in_late_finds_a_hardened_model():
    setting = a_setting()
    chisel = Chisel(learning_rate=0.5, steps=1000)
    ends = {}
    for onset in (0, 500):
        worth = LateGameability(onset=onset).worth(setting)
        carved = carve(chisel, setting.hch.root, worth, keys(300))
        best = worth(999).argmax(axis=0)
        ends[onset] = carved.last[best, np.arange(300)][best != setting.trees.root.truth[0]].mean()
    assert ends[500] < ends[0]
    unheard = LateGameability(onset=500).worth(setting)(499)
    np.testing.assert_array_equal(unheard, Rating().worth(setting.deafened)(0))


def test_a_reward_that_says_nothing_of_truth_can_still_carve_it():
    """A fine for the most appealing claim: its argmax is any other claim, but training only sharpens what is done."""
    setting = a_setting(gameability=1.5, questions=1000)
    trees = setting.trees
    worth = Shaped().worth(setting)
    carved = carve(Chisel(exact=True, learning_rate=0.5, steps=500), setting.hch.root, worth, keys(1000))
    truth, questions = trees.root.truth[0], np.arange(1000)
    fair = trees.root.appeal[:, 0].argmax(axis=0) != truth  # the fine does not fall on the truth
    start, end = (policy[truth, questions][fair].mean() for policy in (setting.hch.root, carved.last))
    optimum = worth(0) == worth(0).max(axis=0)
    among = (optimum / optimum.sum(axis=0))[truth, questions][fair].mean()
    assert end > start > among
    assert among == pytest.approx(1 / 5)


def test_same_seed_same_results_and_questions_do_not_meet():
    setting = a_setting(questions=40)
    rated = Rating().worth(setting)(0)
    whole = carve(Chisel(steps=50), setting.hch.root, lambda _: rated, keys(40))
    part = carve(Chisel(steps=50), setting.hch.root[:, 10:20], lambda _: rated[:, 10:20], keys(40)[10:20])
    np.testing.assert_array_equal(whole.policies[..., 10:20], part.policies)
    np.testing.assert_array_equal(whole.first[:, 10:20], part.first)


@pytest.mark.parametrize(
    ("name", "value"), [("learning_rate", 0.0), ("learning_rate", -1.0), ("exploration", 1.5), ("steps", 0)]
)
def test_bad_input_is_refused_with_its_range(name, value):
    with pytest.raises(ValidationError, match=name):
        Chisel(**{name: value})
