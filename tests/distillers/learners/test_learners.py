"""Every way to learn: with exact labels it ends where the scheme's optimum is, and labels are what humans say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from distillers.approval import Approval
from distillers.debate import Debate
from distillers.imitation import Imitation
from distillers.learners.base import Trainable
from distillers.learners.ways import FromRewards
from distillers.reward_modelling import RewardModelling
from distillers.students.log_linear import LogLinear
from distillers.students.table import Table
from distillers.training import Training, in_the_limit, train
from hch.setting import Setting
from overseers.human import Human
from overseers.panel import Panel
from scenarios.ledger import Ledger
from scenarios.majority import Majority
from scenarios.part import find
from scenarios.trees import one_hot

SCHEMES = {
    "imitation": Imitation(),
    "approval": Approval(),
    "reward modelling": RewardModelling(demonstrations=0),
    "debate": Debate(),
    "debate judged half-way": Debate(judged_depth=1),
}


def made(scenario=None, human=None, questions=40, seed=5):
    scenario = Ledger(depth=2) if scenario is None else scenario
    return Setting(scenario.trees(seed, questions), human or Human(gameability=2.0), seed)


@pytest.mark.parametrize("human", [Human(gameability=2.0), Human(gameability=0.5, self_persuasion=1.0)])
@pytest.mark.parametrize("scenario", [Ledger(depth=2), Majority(depth=2)])
@pytest.mark.parametrize("name", SCHEMES)
def test_exact_labels_end_at_the_optimum(name, scenario, human):
    setting, scheme = made(scenario, human), SCHEMES[name]
    limit = in_the_limit(scheme, Training(student=Table()), setting).policy.root
    np.testing.assert_allclose(limit, scheme.optimum(setting).root, atol=1e-12)


@pytest.mark.parametrize("human", [Human(gameability=3.0, attention=0.8), Panel(members=3)])
def test_exact_answers_are_hch_whoever_answers(human):
    setting = made(human=human)
    limit = in_the_limit(Imitation(), Training(), setting).policy
    np.testing.assert_allclose(limit.root, setting.hch.root, atol=1e-12)


def test_comparisons_by_humans_who_lapse_are_no_ratings():
    """Two kinds of comparisons are mixed, and what wins most of them need not have the best expected rating."""
    lapsing, attentive = made(human=Human(gameability=3.0, attention=0.5)), made(human=Human(gameability=3.0))
    for setting, alike in ((lapsing, False), (attentive, True)):
        compared = in_the_limit(Approval(), Training(), setting).policy.at(0)
        assert np.array_equal(compared, Approval().optimum(setting).at(0)) is alike


def test_the_fitted_reward_is_the_humans_own_at_lambda_gamma():
    human = Human(gameability=2.0)
    reward = in_the_limit(RewardModelling(), Training(), made(human=human)).learner.reward
    np.testing.assert_allclose(reward.weights, [human.discernment, human.leaf_discernment, 1.0], rtol=1e-6)


@pytest.mark.parametrize("scheme", [Approval(), Debate(judged_depth=1)])
def test_comparisons_are_won_as_often_as_humans_prefer(scheme):
    """Counts of wins beside the exact chances, pair by pair, in standard errors."""
    setting, each = made(questions=10), 3000
    sampled, exact = scheme.learner(setting, Table()), scheme.limit(setting, Table())
    height = sampled.heights[-1]
    snapshot = Imitation().optimum(setting)
    asked = sampled.ask(height, np.arange(each * setting.level(height).keys.size))
    sampled.learn(asked, snapshot)
    exact.learn_exactly(height, snapshot)
    wins, chances = sampled._won(height), exact._won(height)
    total = wins + np.swapaxes(wins, 0, 1)
    chance = chances / np.where(chances > 0, chances + np.swapaxes(chances, 0, 1), 1.0)
    error = (wins - total * chance) / np.sqrt(np.maximum(total * chance * (1 - chance), 1.0))
    assert total.sum() == 2 * asked.numbers.size
    assert np.abs(error).max() < 6
    assert abs(error[np.triu_indices(len(wins), 1)].mean()) < 0.15


def test_answers_are_given_as_often_as_humans_give_them():
    setting, each = made(questions=10), 3000
    learner, snapshot = Imitation().learner(setting, Table()), Imitation().optimum(setting)
    learner.learn(learner.ask(1, np.arange(each * setting.level(1).keys.size)), snapshot)
    p = setting.hch.at(1)
    error = (learner.policy().at(1) - p) / np.sqrt(np.maximum(p * (1 - p), 1.0 / each) / each)
    assert np.abs(error).max() < 6


def test_hurried_teachers_teach_worse_answers():
    setting = made(questions=30)
    accuracy = []
    for share in (None, 0.3):
        learner = Imitation().learner(setting, Table())
        asked = learner.ask(0, np.arange(20 * setting.level(0).keys.size))
        learner.learn(asked, learner.policy(), None if share is None else np.full(asked.numbers.size, share))
        accuracy.append(float((learner.policy().at(0) * one_hot(setting.level(0).truth, 6)).sum(axis=0).mean()))
    assert accuracy[1] < accuracy[0] - 0.1


def test_what_is_never_sampled_is_never_reinforced():
    """A table that starts where the best-rated claim has no chance never gives it; exploration finds it."""
    setting = made(Ledger(depth=0, plant_rate=1.0, plant_strength=6.0), Human(gameability=3.0, self_persuasion=0.0), 60)
    planted = one_hot(setting.trees.root.planted[0], 6)
    optimum = (Approval().optimum(setting).root * planted).sum(axis=0).mean()
    chances = []
    for exploration in (0.0, 0.3):
        scheme = Approval(learning=FromRewards(learning_rate=0.05, exploration=exploration))
        run = train(scheme, Training(human_minutes=200_000.0), setting)
        chances.append(float((run.policy.root * planted).sum(axis=0).mean()))
    assert optimum > 0.9
    assert chances[0] < 0.1
    assert chances[1] > 0.9


def test_policy_gradient_is_the_gradient_of_what_is_earned():
    """Many labels of one question move scores by π(a)·(r(a) - mean r), the exact gradient."""
    setting = made(Ledger(depth=0), Human(gameability=1.0, leaf_discernment=2.0), 1)
    learner = Approval(learning=FromRewards(learning_rate=1e-9)).learner(setting, Table())
    count = 400_000
    before = learner.policy().root[:, 0]
    learner._start(0)
    start = learner._fitted[0].scores(learner._seen(setting, 0))[:, 0, 0]
    learner.learn(learner.ask(0, np.arange(count)), learner.policy())
    moved = (learner._fitted[0].scores(learner._seen(setting, 0))[:, 0, 0] - start) / 1e-9 / count
    rated = Approval().ratings(setting, learner.policy())[:, 0]
    np.testing.assert_allclose(moved, before * (rated - before @ rated), atol=0.02)


def test_every_scheme_that_can_be_trained_is_tried_here():
    from distillers.base import Scheme

    found = {cls for cls in find(Scheme, "distillers").values() if issubclass(cls, Trainable)}
    assert found == {type(scheme) for scheme in SCHEMES.values()}


@pytest.mark.parametrize(
    "scheme", [Imitation(), Approval(), Approval(learning=FromRewards()), Debate(), RewardModelling()]
)
@pytest.mark.parametrize("student", [Table(), LogLinear(capacity=1)])
def test_training_says_the_same_again(scheme, student):
    setting = made(questions=20)
    one, other = (
        train(scheme, Training(student=student, human_minutes=5_000.0), replace(setting)).policy.root for _ in range(2)
    )
    np.testing.assert_array_equal(one, other)
    np.testing.assert_allclose(one.sum(axis=0), 1.0)
