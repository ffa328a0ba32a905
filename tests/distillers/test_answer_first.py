"""Answer-first by match and by log score, counterfactual oversight: limits, and the definitions written out."""

from __future__ import annotations

import math

import numpy as np
import pytest

from distillers.answer_first import AnswerFirst
from distillers.answer_first_log_score import AnswerFirstLogScore, recalled
from distillers.counterfactual import Counterfactual
from distillers.episode import consultation
from distillers.imitation import Imitation
from hch.setting import Setting
from overseers.human import Human
from overseers.pace import TICKS_PER_MINUTE
from scenarios.ledger import Ledger
from scenarios.majority import Majority
from scenarios.streams import choose

SCENARIOS = [Ledger(claims=4, depth=2), Majority(claims=3, depth=2)]


def a_setting(scenario, gameability=2.5, questions=80):
    return Setting(scenario.trees(1, questions), Human(gameability=gameability))


def shifts(setting, height, chi, n=64):
    """``χγ(v + x_n)`` from the arrays of the level."""
    level = setting.level(height)
    return chi * setting.human.gameability * (level.appeal + level.rhetoric.best_of(n))


def recollection(own, shift, shown):
    """``P'`` after being shown one claim, in plain numbers."""
    weights = [p * math.exp(shift * (b == shown)) for b, p in enumerate(own)]
    return [weight / sum(weights) for weight in weights]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_without_suggestion_a_match_is_likeliest_at_the_mode_of_hch(scenario):
    setting = a_setting(scenario)
    policy = AnswerFirst(suggestion=0.0).optimum(setting)
    for level, answers in zip(setting.trees.levels, policy.answers, strict=True):
        np.testing.assert_array_equal(answers, setting.hch.at(level.height).argmax(axis=0))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_match_is_as_likely_as_the_definition_says(scenario):
    setting, scheme = a_setting(scenario), AnswerFirst(suggestion=0.5)
    own, shift = setting.hch.root, shifts(setting, setting.trees.depth, 0.5)[:, 0]
    found = scheme.values(setting)
    for question in range(setting.trees.questions):
        for claim in range(setting.trees.claims):
            expected = recollection(own[:, question].tolist(), shift[claim, question], claim)[claim]
            assert found[claim, question] == pytest.approx(expected, abs=1e-12)
    np.testing.assert_array_equal(scheme.optimum(setting).root.argmax(axis=0), found.argmax(axis=0))


def test_suggestion_can_talk_the_human_out_of_its_own_answer():
    setting = a_setting(Ledger(depth=2), gameability=3.0, questions=500)
    mode = setting.hch.root.argmax(axis=0)
    moved = [(AnswerFirst(suggestion=chi).optimum(setting).answers[-1][0] != mode).mean() for chi in (0.0, 0.25, 4.0)]
    assert moved[0] == 0.0
    assert 0.0 < moved[1] < moved[2]
    heard = (setting.trees.root.appeal + setting.trees.root.rhetoric.best_of(64))[:, 0]
    always = AnswerFirst(suggestion=100.0).optimum(setting).answers[-1][0]
    assert (always == heard.argmax(axis=0)).mean() > 0.95


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_log_score_without_suggestion_is_imitation(scenario):
    setting = a_setting(scenario)
    ours, imitated = AnswerFirstLogScore(suggestion=0.0).optimum(setting), Imitation().optimum(setting)
    for height in range(setting.trees.depth + 1):
        np.testing.assert_allclose(ours.at(height), imitated.at(height), atol=1e-12)


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("chi", [0.1, 1.0])
def test_log_score_rests_where_recollections_are_as_predicted(scenario, chi):
    setting, scheme = a_setting(scenario, questions=40), AnswerFirstLogScore(suggestion=chi)
    policy = scheme.optimum(setting).root
    shift = shifts(setting, setting.trees.depth, chi)[:, 0]
    for question in range(setting.trees.questions):
        own = setting.hch.root[:, question].tolist()
        labels = np.zeros(len(own))
        for shown, chance in enumerate(policy[:, question]):
            labels += chance * np.array(recollection(own, shift[shown, question], shown))
        np.testing.assert_allclose(labels, policy[:, question], atol=1e-12)
    np.testing.assert_allclose(scheme.target(setting), policy, atol=1e-12)


def test_training_on_recollections_from_anywhere_ends_there():
    """The point of rest is the only one: predicting the labels again and again reaches it from every start."""
    setting, scheme = a_setting(Ledger(claims=3, depth=1), gameability=1.0, questions=20), AnswerFirstLogScore()
    own, shift = setting.hch.root, shifts(setting, 1, scheme.suggestion)[:, 0]
    for seed in range(3):
        policy = np.random.default_rng(seed).dirichlet(np.ones(3), size=20).T
        for _ in range(1200):
            policy = recalled(own, shift, policy)
        np.testing.assert_allclose(policy, scheme.optimum(setting).root, atol=1e-6)


def test_a_forceful_suggestion_stays_finite():
    setting = a_setting(Ledger(depth=1), gameability=1000.0)
    policy = AnswerFirstLogScore(suggestion=100.0).optimum(setting)
    assert np.isfinite(policy.root).all()


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("withheld", [0.1, 1.0])
def test_counterfactual_is_imitation_at_every_level(scenario, withheld):
    setting = a_setting(scenario)
    ours, hch = Counterfactual(withheld=withheld).optimum(setting), setting.hch
    for height in range(setting.trees.depth + 1):
        np.testing.assert_allclose(ours.at(height), hch.at(height), atol=1e-12)


def test_counterfactual_labels_cost_what_is_shown_in_vain():
    setting = a_setting(Ledger(depth=2))
    ours, one = Counterfactual(withheld=0.1).episode(setting), consultation(setting)
    assert ours.labels == pytest.approx(10 * one.labels)
    assert ours.human_minutes == pytest.approx(10 * one.human_minutes)
    assert ours.elapsed_minutes == pytest.approx(one.elapsed_minutes)


def test_the_root_is_rated_once_it_is_answered():
    """Ratings of the questions below wait for nobody; the last to be done is the root's."""
    setting = a_setting(Ledger(depth=2))
    last = setting.human.ticks("rate", setting.trees.root.places).mean() / TICKS_PER_MINUTE
    ours, one = AnswerFirst().episode(setting), consultation(setting)
    assert ours.elapsed_minutes == pytest.approx(one.elapsed_minutes + last)
    rated = sum(setting.human.ticks("rate", level.places).sum(axis=0) for level in setting.trees.levels)
    assert ours.human_minutes == pytest.approx(one.human_minutes + rated.mean() / TICKS_PER_MINUTE)


def test_ties_between_equally_likely_answers_are_broken_by_luck():
    trees = Ledger(claims=3, depth=0, appeal_noise=0.0, plant_rate=0.0).trees(0, 600)
    setting = Setting(trees, Human(leaf_discernment=0.0, gameability=0.0))
    chosen = AnswerFirst().optimum(setting).answers[0]
    np.testing.assert_array_equal(chosen, choose(np.zeros((3, 1, 600)), trees.root.places))
