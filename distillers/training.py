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
from distillers.shift import Shift
from distillers.students.base import Student
from distillers.students.table import Table
from hch.policy import Policy
from hch.setting import Setting
from overseers.pace import TICKS_PER_MINUTE, Ticks
from scenarios.part import Part, PartError, field, part


@part
class Training(Part):
    """How a scheme is trained: which student, and what may be spent."""

    student: Student = field(Table(), "what is trained")
    human_minutes: float = field(200_000.0, "budget of human work", unit="minutes", gt=0, le=1e12)
    shift: Shift = field(Shift(), "how the questions of training differ from those of deployment")
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
    if training.exact_labels:
        return in_the_limit(scheme, training, setting)
    learner = scheme.learner(setting, training.student)
    return Trained(learner, tuple(_on_a_budget(learner, training)))


def in_the_limit(scheme: Trainable, training: Training, setting: Setting) -> Trained:
    """The best that a scheme's student can become: fitted, level by level, to the exact distribution of labels."""
    learner = scheme.limit(setting, training.student)
    for height in learner.heights:
        learner.learn_exactly(height, learner.policy())
    return Trained(learner, (Snapshot(np.inf, np.inf, 0, learner.policy()),))


def _on_a_budget(learner: Learner, training: Training) -> Iterator[Snapshot]:
    """The model after each level. What stands below a level is fixed by then, so its labels share one snapshot."""
    purse = Purse(training.human_minutes)
    sizes = np.array([learner.setting.level(height).keys.size for height in learner.heights])
    for height, share in zip(learner.heights, sizes.cumsum() / sizes.sum(), strict=True):
        snapshot, number = learner.policy(), 0
        while True:
            asked = learner.ask(height, np.arange(number, number + training.batch))
            paid = purse.pay(learner.ticks(asked), share)
            learner.learn(asked.first(paid), snapshot)
            number += paid
            if paid < training.batch:
                break
        yield Snapshot(*purse.spent, learner.policy())
    if not purse.labels:
        raise PartError(f"training.human_minutes: {training.human_minutes:g} do not pay for one label")


class Purse:
    """What training may take, and what it has taken: everybody has a desk, so a batch is as long as its longest label.

    ``labels``: how many were paid for.
    """

    def __init__(self, minutes: float) -> None:
        self.labels = 0
        self._budget, self._work, self._elapsed = minutes * TICKS_PER_MINUTE, 0, 0

    @property
    def spent(self) -> tuple[float, float, int]:
        """Elapsed minutes, human minutes, labels."""
        return self._elapsed / TICKS_PER_MINUTE, self._work / TICKS_PER_MINUTE, self.labels

    def pay(self, ticks: Ticks, share: float) -> int:
        """Pay for the first labels of a batch, up to a share of the budget; returns how many it pays for."""
        if not ticks.any():
            raise PartError("training.human_minutes: labels take no time, so that no budget bounds them")
        work = ticks.cumsum()
        paid = int(np.searchsorted(self._work + work, share * self._budget, side="right"))
        if paid:
            self._work += int(work[paid - 1])
            self._elapsed += int(ticks[:paid].max())
            self.labels += paid
        return paid
