"""Training in an office: the plain loop where nobody waits, and what waiting, hurry and old snapshots change."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from distillers import clock
from distillers.approval import Approval
from distillers.debate import Debate
from distillers.imitation import Imitation
from distillers.learners.answers import Answers
from distillers.learners.ways import FromRewards
from distillers.lessons import Lessons
from distillers.reward_modelling import RewardModelling
from distillers.students.table import Table
from distillers.training import Training, train
from divergence.build import SpecError, make
from hch.office import Office
from hch.setting import Setting
from overseers.human import Human
from scenarios.ledger import Ledger

EVEN = Human(gameability=1.5, think_sigma=0.0)


def a_setting(human=EVEN, depth=1, questions=20):
    return Setting(Ledger(depth=depth).trees(3, questions), human, 3)


class Spy(Answers):
    """Remembers what it was told to learn."""

    def __init__(self, setting, student):
        super().__init__(setting, student)
        self.told = []

    def learn(self, asked, snapshot, kept=None):
        self.told.append((asked, snapshot, kept))
        super().learn(asked, snapshot, kept)


def spied(setting, training, office=None):
    learner = Spy(setting, training.student)
    lessons = Lessons(learner, training.human_minutes, training.batch)
    in_flight = training.batch if training.asynchronous else 0
    found = clock.history(learner, lessons, office or training.office, training.trainer_minutes, in_flight)
    return learner, found


def test_with_a_desk_for_everybody_and_no_trainer_time_it_is_the_plain_loop():
    setting, training = a_setting(Human(gameability=1.5), depth=2), Training(human_minutes=30_000.0, batch=200)
    plain = train(Imitation(), training, setting).history[-1]
    timed = spied(setting, training)[1][-1]
    took = [(one.elapsed_minutes, one.human_minutes, one.labels) for one in (plain, timed)]
    assert took[0] == took[1]
    for height in range(3):
        np.testing.assert_array_equal(plain.policy.at(height), timed.policy.at(height))


SCHEMES = [Imitation(), Approval(), Approval(learning=FromRewards()), RewardModelling(), Debate()]


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: type(scheme.learner(a_setting(), Table())).__name__)
def test_every_scheme_learns_the_same_at_a_desk_of_its_own(scheme):
    """A trainer who takes a trillionth of a minute sends training through the office."""
    setting, training = a_setting(Human(gameability=2.0), depth=2), Training(human_minutes=20_000.0, batch=150)
    plain = train(scheme, training, setting)
    timed = train(scheme, replace(training, trainer_minutes=1e-12), setting)
    assert plain.history[-1].labels == timed.history[-1].labels
    for height in range(3):
        np.testing.assert_array_equal(plain.policy.at(height), timed.policy.at(height))


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: type(scheme.learner(a_setting(), Table())).__name__)
@pytest.mark.parametrize("asynchronous", [False, True])
def test_every_scheme_can_be_taught_in_a_hurried_office(scheme, asynchronous):
    training = Training(
        human_minutes=3_000.0, batch=50, staff=4, hurry=0.1, trainer_minutes=5.0, asynchronous=asynchronous
    )
    end = train(scheme, training, a_setting(Human(gameability=1.0))).history[-1]
    assert 2_700.0 < end.human_minutes <= 3_000.0
    np.testing.assert_allclose(end.policy.root.sum(axis=0), 1.0)


PACED = Human(
    think_sigma=0.0, think_minutes=10.0, join_minutes=7.0, rate_minutes=3.0, compare_minutes=4.0, judge_minutes=6.0
)
MINUTES = {"Answers": 17.0, "Demonstrations": 17.0, "Comparisons": 4.0, "PolicyGradient": 3.0, "Verdicts": 6.0}


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: type(scheme.learner(a_setting(), Table())).__name__)
def test_every_kind_of_label_has_its_pace(scheme):
    setting = a_setting(PACED, depth=1)
    learner = scheme.learner(setting, Table())
    asked = learner.ask(learner.heights[-1], np.arange(7))
    expected = MINUTES[type(learner).__name__]
    assert (learner.ticks(asked) / 60e9).tolist() == pytest.approx([expected] * 7)
    end = train(scheme, Training(human_minutes=900.0, staff=2, batch=20), setting).history[-1]
    assert end.human_minutes / end.labels <= expected
    assert end.elapsed_minutes >= end.human_minutes / 2


def test_staff_alone_changes_when_but_not_what():
    """In step, without hurry: batches are the same whoever makes them."""
    setting = a_setting(Human(gameability=1.5), depth=2)
    training = Training(human_minutes=20_000.0, batch=100)
    plain = train(Imitation(), training, setting)
    few = train(Imitation(), replace(training, staff=3), setting)
    np.testing.assert_array_equal(plain.policy.root, few.policy.root)
    assert few.history[-1].elapsed_minutes > plain.history[-1].elapsed_minutes
    assert few.history[-1].elapsed_minutes >= few.history[-1].human_minutes / 3


@pytest.mark.parametrize(("staff", "trainer"), [(1, 0.0), (4, 30.0)])
def test_one_field_makes_it_asynchronous_and_saves_the_waiting(staff, trainer):
    """Answers of exactly 10 minutes: every number here can be counted on one's fingers."""
    setting = a_setting(depth=0)
    training = Training(human_minutes=4_000.0, batch=40, staff=staff, trainer_minutes=trainer)
    in_step = train(Imitation(), training, setting).history
    free = train(Imitation(), replace(training, asynchronous=True), setting).history
    assert in_step[-1].labels == free[-1].labels == 400
    assert in_step[-1].elapsed_minutes == pytest.approx(4_000 / staff + 10 * trainer, rel=1e-9)
    assert free[-1].elapsed_minutes == pytest.approx(4_000 / staff + trainer, rel=1e-9)
    busy = 4_000 / (4_000 + 10 * trainer * staff)
    assert np.mean([one.utilisation for one in in_step]) == pytest.approx(busy, rel=1e-6)
    assert [one.utilisation for one in free[:-1]] == pytest.approx([1.0] * 9, rel=1e-6)


@pytest.mark.parametrize("asynchronous", [False, True])
def test_labels_consult_the_newest_snapshot_when_they_are_begun(asynchronous):
    """Ages by hand: one person, 10 minutes a label, batches of 4, a trainer who takes 25 minutes."""
    setting = a_setting(depth=0)
    training = Training(human_minutes=160.0, batch=4, staff=1, trainer_minutes=25.0, asynchronous=asynchronous)
    learner, found = spied(setting, training)
    if not asynchronous:
        assert [one.age for one in found] == [15.0] * 4  # 0, 10, 20, 30 minutes after publication
        assert [one.elapsed_minutes for one in found] == [65.0, 130.0, 195.0, 260.0]
        return
    assert [one.elapsed_minutes for one in found] == [65.0, 105.0, 145.0, 185.0]
    # Begun at 0, 10 … 150 minutes; snapshots at 0, 65, 105, 145.
    begun, published = np.arange(0, 160, 10), np.array([0, 65, 105, 145])
    ages = begun - published[np.searchsorted(published, begun, side="right") - 1]
    assert [one.age for one in found] == ages.reshape(4, 4).mean(axis=1).tolist()
    assert sum(asked.numbers.size for asked, _, _ in learner.told) == 16
    consulted = [[id(snapshot)] * asked.numbers.size for asked, snapshot, _ in learner.told]
    assert len({one for several in consulted for one in several}) == 4


@pytest.mark.parametrize("asynchronous", [False, True])
def test_queue_and_utilisation_add_up(asynchronous):
    """Little's law over the whole run: integrals of who waits and who works are the sums of waits and work."""
    setting = a_setting(Human(), depth=1)
    training = Training(human_minutes=5_000.0, batch=60, staff=4, trainer_minutes=7.0, asynchronous=asynchronous)
    _, found = spied(setting, training)
    ends = np.array([0.0] + [one.elapsed_minutes for one in found])
    worked = (np.array([one.utilisation for one in found]) * np.diff(ends)).sum() * 4
    assert worked == pytest.approx(found[-1].human_minutes, rel=1e-9)
    assert all(0.0 <= one.utilisation <= 1.0 + 1e-12 for one in found)
    assert all(0.0 <= one.queue <= 60 for one in found)
    if asynchronous:
        assert found[2].queue == pytest.approx(56.0, rel=1e-6)  # 60 on their way, 4 of them at a desk


def test_hurry_acts_on_labels():
    """A batch asked for at once: the i-th begun finds a known backlog, and keeps what the formula says."""
    setting = a_setting(depth=0)
    office = Office(staff=2, hurry=0.5)
    learner, found = spied(setting, Training(human_minutes=100.0, batch=10), office)
    kept = learner.told[0][2]
    backlog = np.array([0, 0, *range(7, -1, -1)])  # the first two find desks before anybody waits
    given = np.trunc(10 * 60e9 / (1 + 0.5 * backlog / 2)) / 60e9
    np.testing.assert_allclose(kept, -np.expm1(-given / 6) / -np.expm1(-10 / 6), rtol=1e-9)
    assert found[0].human_minutes == pytest.approx(given.sum())


def test_an_answers_discernment_comes_from_its_joining_thought():
    setting = a_setting(depth=1, human=replace(EVEN, join_minutes=4.0))
    office = Office(staff=1, hurry=1.0)
    learner, _ = spied(setting, Training(human_minutes=300.0, batch=5), office)
    asked, _, kept = next(told for told in learner.told if told[0].height == 1)
    size = asked.numbers.size
    backlog = np.array([0, *range(size - 2, -1, -1)])
    np.testing.assert_allclose(kept, np.expm1(-4 / 6 / (1 + backlog)) / np.expm1(-4 / 6), rtol=1e-9)


def test_hurried_labels_teach_worse():
    setting = a_setting(Human(gameability=1.0), questions=200)
    training = Training(human_minutes=200_000.0, batch=400, staff=10)
    calm, hurried = (train(Imitation(), replace(training, hurry=hurry), setting) for hurry in (0.0, 0.1))
    truth, questions = setting.trees.root.truth[0], np.arange(200)
    assert hurried.policy.root[truth, questions].mean() < calm.policy.root[truth, questions].mean() - 0.05
    assert hurried.history[-1].labels > calm.history[-1].labels  # and cost less each
    assert hurried.history[-1].human_minutes <= 200_000.0


def test_a_slow_trainer_makes_old_snapshots_and_what_is_taught_by_them_worse():
    setting = a_setting(Human(gameability=1.5), depth=3, questions=30)
    training = Training(human_minutes=150_000.0, batch=100, staff=20, asynchronous=True)
    fast, slow = (train(Imitation(), replace(training, trainer_minutes=minutes), setting) for minutes in (0.0, 3000.0))
    assert np.mean([one.age for one in slow.history]) > 3 * np.mean([one.age for one in fast.history])
    away = [np.abs(run.policy.root - setting.hch.root).sum(axis=0).mean() for run in (fast, slow)]
    assert away[1] > away[0]


@pytest.mark.parametrize("asynchronous", [False, True])
def test_same_seed_same_results(asynchronous):
    training = Training(human_minutes=3_000.0, batch=30, staff=5, trainer_minutes=20.0, asynchronous=asynchronous)
    runs = [train(Imitation(), training, a_setting(Human())).history for _ in range(2)]
    for one, other in zip(*runs, strict=True):
        assert (one.elapsed_minutes, one.queue, one.age) == (other.elapsed_minutes, other.queue, other.age)
        np.testing.assert_array_equal(one.policy.root, other.policy.root)


def test_a_budget_is_kept():
    for asynchronous in (False, True):
        training = Training(human_minutes=1_234.0, batch=17, staff=3, asynchronous=asynchronous, hurry=0.2)
        end = train(Imitation(), training, a_setting(Human(), depth=2)).history[-1]
        assert 1_100 < end.human_minutes <= 1_234


def test_bad_input():
    with pytest.raises((ValidationError, ValueError), match="asynchronous training needs a number of people"):
        Training(asynchronous=True)
    with pytest.raises(ValidationError, match="trainer_minutes"):
        Training(trainer_minutes=-1.0)
    with pytest.raises(SpecError) as told:
        make(Training, {"asynchronous": True}, "spec: training")
    assert str(told.value) == "spec: training: staff: asynchronous training needs a number of people"


@pytest.mark.slow
@pytest.mark.parametrize("asynchronous", [False, True])
def test_twenty_thousand_labels_in_the_office(asynchronous):
    setting = Setting(Ledger(depth=3).trees(0, 100), Human(gameability=1.5))
    training = Training(human_minutes=110_000.0, staff=10, trainer_minutes=30.0, hurry=0.1, asynchronous=asynchronous)
    begun = time.process_time()
    found = train(Imitation(), training, setting)
    assert found.history[-1].labels > 20_000
    assert time.process_time() - begun < 20.0
