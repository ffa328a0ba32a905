"""Imitation: labels are answers of humans who consult the snapshot, and the student learns to give the same.

The likelihood is that of the answers given; so in the limit of many labels a student that can hold anything holds
``Amp(H, snapshot)`` exactly, and after ``d`` levels HCH.

A teacher who *dumbs down* gives the answers that this student could learn to give: its answers are drawn from the
likeliest of the distributions that the student can hold, with the humans' own as the target. A student that can hold
these is taught the same as ever.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from distillers.learners import labels
from distillers.learners.base import MANY, Asked, Kind, Limiting
from distillers.learners.examples import Examples, InTurn
from distillers.students.base import Fitted, Seen, Student, distribution
from hch import exact
from hch.policy import Distributions, Policy
from hch.setting import Setting
from overseers.pace import Ticks
from scenarios import streams
from scenarios.streams import Floats


class Answers(Limiting):
    """Learns to answer as humans do who consult it."""

    kind: ClassVar[Kind] = "answer"

    def __init__(
        self, setting: Setting, student: Student, examples: Examples | None = None, dumbs_down: bool = False
    ) -> None:
        super().__init__(setting, student)
        self._examples, self._dumbs_down = examples or InTurn(), dumbs_down
        self._counts = [np.zeros_like(level.appeal) for level in setting.trees.levels]
        self._fitted: dict[int, Fitted] = {}
        self._stale: set[int] = set()

    def ask(self, height: int, numbers: NDArray[np.int64]) -> Asked:
        chances = self._examples.chances(labels.persuasion(self.setting, height), self._answers(self.setting, height))
        if chances is None:
            return super().ask(height, numbers)
        flat = chances.reshape(-1)
        luck = streams.uniforms(self.keys("pick", height, numbers), "question")
        place = np.minimum(np.searchsorted(flat.cumsum(), luck * flat.sum()), flat.size - 1)
        nodes, questions = np.divmod(place, chances.shape[1])
        counted = 1.0 if self.weights is None else self.weights[questions]
        return Asked(height, nodes, questions, numbers, counted / (flat.size * flat[place]))

    def ticks(self, asked: Asked) -> Ticks:
        keys = self.keys("time", asked.height, asked.numbers)
        return labels.answering_ticks(self.setting, asked.height, keys)

    def learn(self, asked: Asked, snapshot: Policy, kept: Floats | None = None) -> None:
        if self._dumbs_down:  # whose answers are simple enough takes its time
            chance = self._taught(asked.height, snapshot)[asked.where]
        else:
            chance = labels.belief(self.setting, asked, kept).answer(labels.supports(self.setting, asked, snapshot))
        given = labels.draw(chance, self.keys("label", asked.height, asked.numbers), "answer")
        counts = self._counts[asked.height]
        counts += labels.count(counts.shape, asked, given)
        self._stale.add(asked.height)

    def learn_exactly(self, height: int, snapshot: Policy) -> None:
        counted = MANY if self.weights is None else MANY * self.weights
        self._counts[height] = counted * self._taught(height, snapshot)
        self._stale.add(height)

    def deployed(self, setting: Setting) -> Distributions:
        return Distributions([self._answers(setting, level.height) for level in setting.trees.levels])

    def agreement(self, height: int) -> float:
        taught = self._taught(height, self.policy())
        return 1.0 - float(np.abs(self._answers(self.setting, height) - taught).sum(axis=0).mean()) / 2

    def _taught(self, height: int, snapshot: Policy) -> Floats:
        """Distribution of a label at every question of a level."""
        below = snapshot.at(height - 1) if height else None
        wanted = exact.amplify(self.setting.trees, self.setting.human, height, below)
        if not self._dumbs_down:
            return wanted
        here = seen(self.setting, height)
        counted = MANY if self.weights is None else MANY * self.weights
        return distribution(self.student.answers(here, counted * wanted).scores(here))

    def _answers(self, setting: Setting, height: int) -> Floats:
        known = self.known(height)
        if known in self._stale:
            here = seen(self.setting, known)
            self._fitted[known] = self.student.answers(here, self._counts[known], self._fitted.get(known))
            self._stale.discard(known)
        here = seen(setting, height)
        return distribution(self._fitted.get(known, self.student.blank(here)).scores(here))


def seen(setting: Setting, height: int) -> Seen:
    """A level as an imitator sees it: nobody argues but one's own thought."""
    level = setting.level(height)
    return Seen(level, level.rhetoric.best_of(1))
