"""Debate: two models argue, and a judge decides ``ℓ`` levels down (Irving, Christiano, Amodei 1805.00899; MODEL.md §4).

Only nodes at level ``d - ℓ`` are judged, with margin ``S(a) = L̄(a) - max_{a'≠a} L̄(a')``, every claim being argued
for (``x_n``) and attacked (``y``). Above, ``S(a) = max over splits joining to a of min_i S(s_i)``, -∞ if there is none;
the answer is the root's ``argmax S``, and ``J = Σπσ(S)``. No split's minimum exceeds that of the judged nodes' winners,
so for every total join the join of the winners has the largest ``S``, and alone has it where every winner leads
strictly. That fast path gives the policy; the max–min recursion gives the margins, and is its test.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from distillers.base import Convincing
from distillers.episode import Episode, judged_path
from distillers.learners.base import Trainable
from distillers.learners.verdicts import Verdicts
from distillers.protocol import contested, joined_above, judged_height, max_min
from distillers.students.base import Student
from hch.policy import Choices, OnDemand
from hch.setting import Setting
from overseers import base as roles
from overseers.base import Hearing
from scenarios.joins import Answers
from scenarios.part import field, part
from scenarios.streams import Floats, choose

FULL_DEPTH = 1000


@part
class Debating(Convincing, ABC):
    """A debate. Kinds of debate differ in one thing: what the judge hears and verifies, ``verdicts``."""

    group: ClassVar[str] = "debate"
    depends_on_answers: ClassVar[bool] = False

    judged_depth: int = field(
        FULL_DEPTH, "levels down at which the judge decides; more than the tree has means its leaves", symbol="ℓ", ge=0
    )

    @abstractmethod
    def verdicts(self, setting: Setting, height: int) -> Floats:
        """The judge's margins ``S`` at every question of one level, if judged there, (claims, nodes, questions)."""

    def optimum(self, setting: Setting) -> Choices:
        """Winners at and above the judged level; below it, what judging each question itself would give."""
        trees, judged = setting.trees, judged_height(setting, self.judged_depth)
        decided = self.winners(setting, judged)
        upper = [decided, *joined_above(trees, decided, judged)]
        levels = OnDemand(trees.depth + 1, lambda at: upper[at - judged] if at >= judged else self.winners(setting, at))
        return Choices(levels, trees.claims)

    def winners(self, setting: Setting, height: int) -> Answers:
        """What the judge decides at one level, if judged there, (nodes, questions)."""
        return choose(self.verdicts(setting, height), setting.level(height).places)

    def margins(self, setting: Setting) -> Floats:
        judged = judged_height(setting, self.judged_depth)
        return max_min(setting.trees, self.verdicts(setting, judged), judged)[-1][:, 0]

    def episode(self, setting: Setting) -> Episode:
        return judged_path(setting, setting.trees.depth - judged_height(setting, self.judged_depth))


@part
class Debate(Debating, Trainable):
    """Two models argue down the tree; a human judges where they arrive."""

    n_search: int = field(64, "arguments searched per claim", symbol="n", unit="draws", ge=1, le=10**9)
    exploration: float = field(
        0.2, "chance in self-play of defending a claim drawn at random", unit="probability", ge=0, le=1
    )

    def verdicts(self, setting: Setting, height: int) -> Floats:
        level = setting.level(height)
        return roles.judge(setting.rater, *self.argued(setting, height), level.merit(level.truth))

    def winners(self, setting: Setting, height: int) -> Answers:
        level = setting.level(height)
        if level.grades is not None:
            return super().winners(setting, height)
        return roles.winner(setting.rater, *self.argued(setting, height), level.truth, level.places)

    def argued(self, setting: Setting, height: int) -> tuple[Hearing, Floats]:
        """What reaches the judge, who is unaided above the leaves (nobody has answered the sub-questions): hearing, and
        the force of each claim's argument less that of the best attack on it.
        """
        hearing = setting.hearing(height, aided=height == 0, searched=self.n_search)
        return hearing, contested(setting, height, self.n_search)

    def learner(self, setting: Setting, student: Student) -> Verdicts:
        return Verdicts(setting, student, self)

    def limit(self, setting: Setting, student: Student) -> Verdicts:
        return Verdicts(setting, student, self)
