"""The log-linear student: its fit is a maximum, its hints fade past its capacity, and it generalises."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from distillers.imitation import Imitation
from distillers.learners.answers import seen
from distillers.learners.examples import Active, Importance, InTurn
from distillers.students.base import distribution
from distillers.students.hashed_table import HashedTable, bins_of
from distillers.students.log_linear import LogLinear
from distillers.students.table import Table
from distillers.training import Training, in_the_limit, train
from hch.setting import Setting
from overseers.human import Human
from scenarios.ledger import Ledger
from scenarios.majority import Majority


def made(scenario=None, questions=60, gameability=1.5, seed=2):
    return Setting((scenario or Ledger(depth=2)).trees(seed, questions), Human(gameability=gameability), seed)


def test_answers_are_fitted_to_the_likeliest_weights():
    """Against scipy's optimiser, which is told nothing of gradients."""
    setting, student = made(), LogLinear(capacity=0, prior_scale=1e6)
    here = seen(setting, 1)
    target = setting.hch.at(1)

    def loss(theta):
        scores = np.tensordot(theta, student.features(here), axes=1)
        return -float((target * np.log(distribution(scores))).sum())

    theta = student.answers(here, target).theta
    found = optimize.minimize(loss, np.zeros(3), method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-10})
    np.testing.assert_allclose(theta, found.x, atol=1e-4)


def test_preferences_are_fitted_to_the_likeliest_weights():
    setting, student = made(questions=5), LogLinear(capacity=0)
    here = seen(setting, 0)
    wins = np.random.default_rng(0).integers(0, 3, size=(6, *here.speech.shape)).astype(float)
    wins[np.arange(6), np.arange(6)] = 0.0
    changed = np.ones(here.speech.shape[1:], dtype=bool)

    def loss(theta):
        scores = np.tensordot(theta, student.features(here), axes=1)
        margin = scores[:, None] - scores[None]
        return float((wins * np.log1p(np.exp(-margin))).sum()) + theta @ theta / (2 * student.prior_scale**2)

    found = optimize.minimize(loss, np.zeros(3), method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-10})
    np.testing.assert_allclose(student.preferences(here, wins, None, changed).theta, found.x, atol=1e-4)


@pytest.mark.parametrize(("beyond", "right"), [(0, 1.0), (1, 1 / 6 + 5 / 12), (2, 1 / 6 + 5 / 24)])
def test_hints_fade_past_capacity(beyond, right):
    setting = made(Ledger(depth=3), questions=2000)
    hints = LogLinear(capacity=1, fade=0.5).hints(seen(setting, 1 + beyond))
    truth = setting.level(1 + beyond).truth
    share = np.take_along_axis(hints, truth[None], axis=0).mean()
    assert abs(share - right) <= 4 * np.sqrt(right * (1 - right) / truth.size)
    np.testing.assert_array_equal(hints.sum(axis=0), 1.0)


def test_it_answers_questions_it_was_never_shown():
    """Trained on one batch of questions, deployed on another: the table knows nothing of these."""
    taught, met = made(seed=2, gameability=1.0), made(seed=9, gameability=1.0)
    truth = met.trees.root.truth[0]
    right = {}
    for student in (LogLinear(), Table()):
        run = train(Imitation(), Training(student=student, human_minutes=50_000.0), taught)
        answers = run.learner.deployed(met).root
        right[type(student)] = np.take_along_axis(answers, truth[None], axis=0).mean()
    assert right[LogLinear] > 0.85
    assert right[Table] == pytest.approx(1 / 6)


@pytest.mark.parametrize("examples", [Importance(tilt=0.7), Active()])
def test_picking_examples_does_not_move_the_optimum(examples):
    """A student that cannot hold the answers comes to the same weights however its examples are picked."""
    student = LogLinear(capacity=0)
    setting = made(Ledger(depth=1), questions=150, gameability=2.5)
    exact = in_the_limit(Imitation(), Training(student=student), setting).learner
    wanted = exact.policy().at(1)

    def learned(way, weigh=True):
        learner = Imitation(examples=way).learner(setting, student)
        for height in (0, 1):
            snapshot = exact.policy()
            for number in range(0, 40_000, 4_000):
                asked = learner.ask(height, np.arange(number, number + 4_000))
                if not weigh:
                    asked = type(asked)(asked.height, asked.nodes, asked.questions, asked.numbers)
                learner.learn(asked, snapshot)
        return float(np.abs(learner.policy().at(1) - wanted).sum(axis=0).mean() / 2)

    assert learned(InTurn()) < 0.01
    assert learned(examples) < 0.02
    if isinstance(examples, Importance):
        assert learned(examples, weigh=False) > 2 * learned(examples)  # the weights are what keeps it there


def test_active_examples_are_those_it_is_unsure_of():
    setting = made(Ledger(depth=0), questions=200, gameability=2.5)
    learner = Imitation(examples=Active(uniform=0.1)).learner(setting, Table(prior=0.1))
    for number in range(0, 4000, 500):
        learner.learn(learner.ask(0, np.arange(number, number + 500)), learner.policy())
    labels = learner._counts[0].sum(axis=0)  # weighed: every question counts the same in the mean
    asked = learner.ask(0, np.arange(9000, 19000))
    often = np.bincount(asked.questions, minlength=200)
    unsure = -(setting.hch.root * np.log(np.maximum(setting.hch.root, 1e-12))).sum(axis=0)
    assert np.corrcoef(often, unsure)[0, 1] > 0.7
    assert labels.mean() == pytest.approx(4000 / 200, rel=0.3)


class TestCurriculum:
    @pytest.mark.parametrize("capacity", [0, 1, 2])
    def test_it_stops_where_capacity_says(self, capacity):
        setting = made(Ledger(depth=3), questions=80)
        asked = Training(student=LogLinear(capacity=capacity), human_minutes=60_000.0, batch=200, curriculum=0.9)
        run = train(Imitation(), asked, setting)
        assert run.status.startswith(f"stopped at level {capacity + 1} of 3")
        for height in range(capacity + 2, 4):  # larger questions were never asked
            np.testing.assert_allclose(run.policy.at(height), 1 / 6)

    def test_it_goes_from_level_to_level_where_the_student_copes(self):
        setting = made(Ledger(depth=3), questions=80)
        run = train(Imitation(), Training(student=LogLinear(), curriculum=0.9, batch=200), setting)
        assert run.status == "ok"
        assert all(run.learner.agreement(height) >= 0.9 for height in run.learner.heights)
        assert run.history[-1].human_minutes < 100_000  # the rest of the budget is left

    def test_dumbing_down_recovers_what_the_student_can_hold(self):
        setting = made(Majority(), questions=300)
        asked = Training(student=LogLinear(capacity=1), human_minutes=100_000.0, batch=500, curriculum=0.9)
        stopped, dumbed = (train(Imitation(dumbs_down=down), asked, setting) for down in (False, True))
        truth = setting.trees.root.truth
        right = [
            float(np.take_along_axis(policy, truth, axis=0).mean())
            for policy in (
                stopped.policy.root,
                dumbed.policy.root,
                in_the_limit(Imitation(), asked, setting).policy.root,
            )
        ]
        assert stopped.status.startswith("stopped at level 2")
        assert dumbed.status == "ok"
        assert right[0] == pytest.approx(0.5)
        assert right[1] > 0.53
        assert right[1] == pytest.approx(right[2], abs=0.03)


def test_a_hashed_table_holds_the_mean_of_what_falls_into_a_bin():
    setting = made(Ledger(depth=0), questions=50)
    here = seen(setting, 0)
    fitted = HashedTable(bins=8).answers(here, setting.hch.at(0))
    bins = bins_of(here, 8)[0]
    for number in set(bins.tolist()):
        mean = setting.hch.root[:, bins == number].mean(axis=1)
        held = distribution(fitted.scores(here))[:, 0, bins == number]
        np.testing.assert_allclose(held, np.repeat(mean[:, None], held.shape[1], axis=1), atol=1e-12)


def test_more_bins_hold_more():
    setting = made(Ledger(depth=1), questions=100)
    away = [
        np.abs(
            in_the_limit(Imitation(), Training(student=HashedTable(bins=m)), setting).policy.root - setting.hch.root
        ).sum()
        for m in (1, 64, 100_000)
    ]
    assert away[0] > away[1] > 20 * away[2]
