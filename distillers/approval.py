"""Approval-based amplification, myopic: the model maximises the rating of the human who consults the model (OAIA).

Bottom-up at every question, ``c = join(M(q_i))`` and ``M(q) = argmax_a r(a)`` with ``r(a) = ακ·1[a=c] + γ(v + x_n)``:
a tree of humans interspersed with models that maximise their approval. ``J`` is the mean rating.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from distillers.base import Rated
from distillers.episode import Episode, rated_everywhere
from distillers.learners.base import Learner, Trainable
from distillers.learners.comparisons import Comparisons
from distillers.learners.ways import FromComparisons, Learning
from distillers.students.base import Student
from hch.policy import Choices, Policy
from hch.setting import Setting
from overseers import base as roles
from overseers.base import Overseer
from scenarios.joins import Answers
from scenarios.part import field, part
from scenarios.streams import Floats, choose


@part
class Approval(Rated, Trainable):
    """Maximise the approval of a human who consults the model itself."""

    group: ClassVar[str] = "approval"
    depends_on_answers: ClassVar[bool] = False

    learning: Learning = field(FromComparisons(), "how it learns what is approved of")
    n_search: int = field(64, "arguments searched per claim", symbol="n", unit="draws", ge=1, le=10**9)

    def optimum(self, setting: Setting) -> Choices:
        return maximise(setting, setting.rater, self.n_search)

    def ratings(self, setting: Setting, policy: Policy) -> Floats:
        return root_ratings(setting, setting.rater, self.n_search, policy)

    def episode(self, setting: Setting) -> Episode:
        return rated_everywhere(setting)

    def learner(self, setting: Setting, student: Student) -> Learner:
        return self.learning.learner(setting, student, self.n_search)

    def limit(self, setting: Setting, student: Student) -> Comparisons:
        return Comparisons(setting, student, self.n_search)


def maximise(
    setting: Setting, rater: Overseer, n: int, allowed: Callable[[int], NDArray[np.bool_]] | None = None
) -> Choices:
    """The claim the rater likes best at every question, the sub-answers being chosen in the same way.

    ``allowed``: by level, which claims may be answered, (claims, nodes, questions); all if ``None``.
    """
    trees = setting.trees
    chosen: list[Answers] = []
    for level in trees.levels:
        supported = trees.joined(chosen[-1], level.height) if chosen else level.truth
        heard = setting.hearing(level.height, searched=n), level.rhetoric.best_of(n)
        if level.grades is None and allowed is None:
            chosen.append(roles.favourite(rater, *heard, supported, level.places))
            continue
        rated = roles.rate(rater, *heard, level.merit(supported))
        if allowed is not None:
            rated = np.where(allowed(level.height), rated, -np.inf)
        chosen.append(choose(rated, level.places))
    return Choices(chosen, trees.claims)


def root_ratings(setting: Setting, rater: Overseer, n: int, policy: Policy) -> Floats:
    """Expected rating of each claim at the root, the rater consulting the policy on the sub-questions."""
    height = setting.trees.depth
    merit = setting.merit_by(policy, height)
    speech = setting.trees.root.rhetoric.best_of(n)
    return roles.rate(rater, setting.hearing(height, searched=n), speech, merit)[:, 0]
