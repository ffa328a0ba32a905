"""Approval from comparisons: humans who consult the model compare two of its claims, each with its best argument.

Attentive humans' comparisons follow a Bradley-Terry model whose scores are their ratings, so in the limit of many
labels the claim with the best rating is given. Humans whose attention lapses give comparisons of two kinds mixed, and
the best score need not be the best expected rating.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from distillers.learners import labels
from distillers.learners.base import Asked, Kind
from distillers.learners.preferences import Preferences
from distillers.students.base import Student
from hch.policy import Policy
from hch.setting import Setting
from overseers.base import Hearing
from overseers.pace import Ticks
from scenarios.streams import Floats


class Comparisons(Preferences):
    """Any two claims are compared, each argued for with the best of ``n_search`` arguments."""

    kind: ClassVar[Kind] = "compare"

    def __init__(self, setting: Setting, student: Student, n_search: int) -> None:
        super().__init__(setting, student)
        self.n_search = n_search

    def ticks(self, asked: Asked) -> Ticks:
        return self.setting.human.ticks("compare", self.keys("time", asked.height, asked.numbers))

    def heard(self, setting: Setting, height: int) -> tuple[Hearing, Floats]:
        hearing = setting.hearing(height, searched=self.n_search)
        return hearing, setting.level(height).rhetoric.best_of(self.n_search)

    def merit(self, asked: Asked, snapshot: Policy) -> Floats:
        return labels.consulted(self.setting, asked, snapshot, self.keys("label", asked.height, asked.numbers))

    def merits(self, height: int, snapshot: Policy) -> Iterator[tuple[float | Floats, Floats]]:
        return labels.consultations(self.setting, height, snapshot)

    def chance(self, asked: Asked) -> Floats:
        claims = self.setting.trees.claims
        return np.full((claims, asked.numbers.size), 1.0 / claims)
