"""Training on a budget of human minutes, level by level, as if everybody had a desk (MODEL.md §5).

Labels come in batches; each batch is made by humans who consult the model as it was when the batch began. Leaves are
trained first, then what stands on them. Without a curriculum every question gets an equal share of the budget; with
one, larger questions are asked as soon as the student copes with smaller ones, and not before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from distillers import clock, mixture
from distillers.learners.base import Learner, Trainable
from distillers.lessons import Lessons
from distillers.shift import Shift
from distillers.snapshot import Snapshot
from distillers.students.base import Student
from distillers.students.table import Table
from hch.office import Office
from hch.policy import Policy
from hch.setting import Setting
from overseers.pace import TICKS_PER_MINUTE
from scenarios.part import Part, PartError, field, part
from scenarios.streams import Floats


@part
class Training(Part):
    """How a scheme is trained: which student, and what may be spent."""

    student: Student = field(Table(), "what is trained")
    human_minutes: float = field(200_000.0, "budget of human work", unit="minutes", gt=0, le=1e12)
    shift: Shift = field(Shift(), "how the questions of training differ from those of deployment")
    training_share: float = field(
        1.0, "share of training's questions in what is learned; the rest is deployment's", symbol="w", ge=0, le=1
    )
    batch: int = field(500, "labels made with one snapshot", unit="labels", ge=1, le=10**7)
    curriculum: float = field(
        0.0, "agreement with its teacher at which larger questions are asked (0: an equal share for all)", ge=0, le=1
    )
    staff: int = field(0, "people who make labels (0: a desk for everybody)", unit="people", ge=0, le=10**7)
    hurry: float = field(0.0, "how much a backlog of one label a person hurries", ge=0, le=1000)
    trainer_minutes: float = field(0.0, "time from a batch's last label to the next snapshot", unit="minutes", ge=0)
    asynchronous: bool = field(False, "people go on labelling, with the newest snapshot, while the trainer trains")
    exact_labels: bool = field(False, "the limit of many labels: the student is fitted to their exact distribution")

    def __post_init__(self) -> None:
        if self.asynchronous and not self.staff:
            raise PartError("staff: asynchronous training needs a number of people")

    @property
    def office(self) -> Office:
        """Where labels are made."""
        return Office(staff=self.staff or None, hurry=self.hurry)

    @property
    def in_time(self) -> bool:
        """Whether anybody waits for anybody."""
        return self.staff > 0 or self.trainer_minutes > 0.0


@dataclass(frozen=True)
class Trained:
    """A finished training run. ``learner``: can be asked what the student would answer elsewhere. ``status``: ok, or
    why training ended early.
    """

    learner: Learner
    history: tuple[Snapshot, ...]
    status: str = "ok"

    @property
    def policy(self) -> Policy:
        return self.history[-1].policy


def train_for(scheme: Trainable, training: Training, taught: Setting, deployed: Setting) -> Trained:
    """Train in one setting for another; some of the labels may be of the other's questions."""
    if taught is deployed or training.training_share == 1.0:
        return train(scheme, training, taught)
    both = mixture.mixed(taught, deployed)
    return train(scheme, training, both, mixture.weights(taught, deployed, training.training_share))


def train(scheme: Trainable, training: Training, setting: Setting, weights: Floats | None = None) -> Trained:
    """Train a scheme's student in a setting. Raises ``PartError`` if the budget does not pay for one label.

    ``weights``: what labels count by root question, (questions,); 1 each if ``None``.
    """
    if training.exact_labels:
        return in_the_limit(scheme, training, setting, weights)
    learner = scheme.learner(setting, training.student)
    learner.weights = weights
    lessons = Lessons(learner, training.human_minutes, training.batch, training.curriculum)
    if training.in_time:
        in_flight = training.batch if training.asynchronous else 0
        history = tuple(clock.history(learner, lessons, training.office, training.trainer_minutes, in_flight))
    else:
        history = tuple(_on_a_budget(learner, lessons))
    if not history:
        raise PartError(f"training.human_minutes: {training.human_minutes:g} do not pay for one label")
    return Trained(learner, history, _status(training, lessons, history[-1].labels))


def _status(training: Training, lessons: Lessons, labels: int) -> str:
    if labels < training.batch:
        return f"training.batch: {training.batch} labels are more than the {labels} that the budget pays for"
    return lessons.status


def in_the_limit(scheme: Trainable, training: Training, setting: Setting, weights: Floats | None = None) -> Trained:
    """The best that a scheme's student can become: fitted, level by level, to the exact distribution of labels."""
    learner = scheme.limit(setting, training.student)
    learner.weights = weights
    for height in learner.heights:
        learner.learn_exactly(height, learner.policy())
    return Trained(learner, (Snapshot(np.inf, np.inf, 0, learner.policy()),))


def _on_a_budget(learner: Learner, lessons: Lessons) -> Iterator[Snapshot]:
    """The model after each level. What stands below a level is fixed by then, so its labels share one snapshot."""
    spent, elapsed, labels = 0, 0, 0
    height, snapshot = -1, learner.policy()
    while (lesson := lessons.next(spent)) is not None:
        asked, ticks = lesson
        if asked.height != height and labels:
            snapshot = learner.policy()
            yield Snapshot(elapsed / TICKS_PER_MINUTE, spent / TICKS_PER_MINUTE, labels, snapshot)
        learner.learn(asked, snapshot)
        height = asked.height
        spent, elapsed, labels = spent + int(ticks.sum()), elapsed + int(ticks.max()), labels + ticks.size
    if labels:
        yield Snapshot(elapsed / TICKS_PER_MINUTE, spent / TICKS_PER_MINUTE, labels, learner.policy())
