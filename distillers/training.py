"""Training on a budget of human minutes, level by level, as if everybody had a desk (MODEL.md §5).

Labels come in batches; each batch is made by humans who consult the model as it was when the batch began. Leaves are
trained first, then what stands on them. Without a curriculum every question gets an equal share of the budget; with
one, larger questions are asked as soon as the student copes with smaller ones, and not before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from distillers.learners.base import Learner, Trainable
from distillers.students.base import Student
from distillers.students.table import Table
from hch.policy import Policy
from hch.setting import Setting
from overseers.pace import TICKS_PER_MINUTE
from scenarios.part import Part, PartError, field, part


@part
class Training(Part):
    """How a scheme is trained: which student, and what may be spent."""

    student: Student = field(Table(), "what is trained")
    human_minutes: float = field(200_000.0, "budget of human work", unit="minutes", gt=0, le=1e12)
    batch: int = field(500, "labels made with one snapshot", unit="labels", ge=1, le=10**7)
    curriculum: float = field(
        0.0, "agreement with its teacher at which larger questions are asked (0: an equal share for all)", ge=0, le=1
    )
    exact_labels: bool = field(False, "the limit of many labels: the student is fitted to their exact distribution")


@dataclass(frozen=True)
class Snapshot:
    """The model at one moment. ``elapsed_minutes``, ``human_minutes``, ``labels``: what training took until then."""

    elapsed_minutes: float
    human_minutes: float
    labels: int
    policy: Policy


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


def train(scheme: Trainable, training: Training, setting: Setting) -> Trained:
    """Train a scheme's student in a setting. Raises ``PartError`` if the budget does not pay for one label."""
    learner = scheme.learner(setting, training.student)
    run = _in_the_limit(learner) if training.exact_labels else _on_a_budget(learner, training)
    history = tuple(run)
    return Trained(learner, history)


def _in_the_limit(learner: Learner) -> Iterator[Snapshot]:
    for height in learner.heights:
        learner.learn_exactly(height, learner.policy())
    yield Snapshot(np.inf, np.inf, 0, learner.policy())


def _on_a_budget(learner: Learner, training: Training) -> Iterator[Snapshot]:
    sizes = np.array([learner.setting.level(height).keys.size for height in learner.heights])
    ends = training.human_minutes * TICKS_PER_MINUTE * sizes.cumsum() / sizes.sum()
    spent, elapsed, labels = 0, 0, 0
    for height, end in zip(learner.heights, ends, strict=True):
        number = 0
        while True:
            asked = learner.ask(height, np.arange(number, number + training.batch))
            ticks = learner.ticks(asked)
            if not ticks.any():
                raise PartError("training.human_minutes: labels take no time, so that no budget bounds them")
            paid = int(np.searchsorted(spent + ticks.cumsum(), end, side="right"))
            if not paid:
                break
            learner.learn(asked.first(paid), learner.policy())
            spent, elapsed = spent + int(ticks[:paid].sum()), elapsed + int(ticks[:paid].max())
            number, labels = number + paid, labels + paid
            yield Snapshot(elapsed / TICKS_PER_MINUTE, spent / TICKS_PER_MINUTE, labels, learner.policy())
            if paid < training.batch:
                break
    if not labels:
        raise PartError(f"training.human_minutes: {training.human_minutes:g} do not pay for one label")
