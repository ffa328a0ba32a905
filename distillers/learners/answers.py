"""Imitation: labels are answers of humans who consult the snapshot, and the student learns to give the same.

The likelihood is that of the answers given; so in the limit of many labels a student that can hold anything holds
``Amp(H, snapshot)`` exactly, and after ``d`` levels HCH.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from distillers.learners import labels
from distillers.learners.base import MANY, Asked, Kind, Limiting
from distillers.students.base import Fitted, Seen, Student, distribution
from hch import exact
from hch.policy import Distributions, Policy
from hch.setting import Setting
from overseers.pace import Ticks
from scenarios.streams import Floats


class Answers(Limiting):
    """Learns to answer as humans do who consult it."""

    kind: ClassVar[Kind] = "answer"

    def __init__(self, setting: Setting, student: Student) -> None:
        super().__init__(setting, student)
        self._counts = [np.zeros_like(level.appeal) for level in setting.trees.levels]
        self._fitted: dict[int, Fitted] = {}
        self._stale: set[int] = set()

    def ticks(self, asked: Asked) -> Ticks:
        keys = self.keys("time", asked.height, asked.numbers)
        return labels.answering_ticks(self.setting, asked.height, keys)

    def learn(self, asked: Asked, snapshot: Policy, kept: Floats | None = None) -> None:
        support = labels.supports(self.setting, asked, snapshot)
        chance = labels.belief(self.setting, asked, kept).answer(support)
        given = labels.draw(chance, self.keys("label", asked.height, asked.numbers), "answer")
        counts = self._counts[asked.height]
        counts += labels.count(counts.shape, asked, given)
        self._stale.add(asked.height)

    def learn_exactly(self, height: int, snapshot: Policy) -> None:
        self._counts[height] = MANY * self._taught(height, snapshot)
        self._stale.add(height)

    def deployed(self, setting: Setting) -> Distributions:
        return Distributions([self._answers(setting, level.height) for level in setting.trees.levels])

    def agreement(self, height: int) -> float:
        taught = self._taught(height, self.policy())
        return 1.0 - float(np.abs(self._answers(self.setting, height) - taught).sum(axis=0).mean()) / 2

    def _taught(self, height: int, snapshot: Policy) -> Floats:
        """Distribution of a label at every question of a level."""
        below = snapshot.at(height - 1) if height else None
        return exact.amplify(self.setting.trees, self.setting.human, height, below)

    def _answers(self, setting: Setting, height: int) -> Floats:
        if height in self._stale:
            here = seen(self.setting, height)
            self._fitted[height] = self.student.answers(here, self._counts[height], self._fitted.get(height))
            self._stale.discard(height)
        here = seen(setting, height)
        return distribution(self._fitted.get(self.known(height), self.student.blank(here)).scores(here))


def seen(setting: Setting, height: int) -> Seen:
    """A level as an imitator sees it: nobody argues but one's own thought."""
    level = setting.level(height)
    return Seen(level, level.rhetoric.best_of(1))
