"""The ways in which a model may learn what is approved of, as parts: what ``Approval.learning`` is set to."""

from __future__ import annotations

from abc import ABC, abstractmethod

from distillers.learners.base import Learner
from distillers.learners.comparisons import Comparisons
from distillers.learners.policy_gradient import PolicyGradient
from distillers.students.base import Student
from hch.setting import Setting
from scenarios.part import Part, field, part


@part
class Learning(Part, ABC):
    """A way to learn what is approved of. At the optimum it makes no difference."""

    @abstractmethod
    def learner(self, setting: Setting, student: Student, n_search: int) -> Learner:
        """A training run that has not begun; every claim has the best of ``n_search`` arguments."""


@part
class FromComparisons(Learning):
    """Fit scores to comparisons of two claims (Bradley-Terry), then give the claim with the best score."""

    def learner(self, setting: Setting, student: Student, n_search: int) -> Comparisons:
        return Comparisons(setting, student, n_search)


@part
class FromRewards(Learning):
    """Policy gradient on sampled behaviour, from an imitator: what is rated well is done more often."""

    learning_rate: float = field(0.3, "how far a rating moves the score of a claim that was given", gt=0, le=1000)
    exploration: float = field(0.0, "chance of giving a claim at random", unit="probability", ge=0, le=1)

    def learner(self, setting: Setting, student: Student, n_search: int) -> PolicyGradient:
        return PolicyGradient(setting, student, n_search, self.learning_rate, self.exploration)
