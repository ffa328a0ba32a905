"""Imitative amplification: train ``M_k`` to imitate ``Amp(H, M_{k-1})``, round after round (Christiano; OAIA).

``J`` is the mean log score, so each round's optimum is the distribution imitated. Round ``k`` equals ``HCH_k`` at every
level; that is found here by iterating from the unaided human, not by asking HCH.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from distillers.base import LogScored
from distillers.episode import Episode, consultation
from distillers.learners.answers import Answers
from distillers.learners.base import Trainable
from distillers.learners.examples import Examples, InTurn
from distillers.students.base import Student
from hch import exact
from hch.policy import Distributions, OnDemand
from hch.setting import Setting
from scenarios.part import field, part
from scenarios.streams import Floats


@part
class Imitation(LogScored, Trainable):
    """Imitate the human who consults the model; the optimum is HCH."""

    group: ClassVar[str] = "imitation"

    examples: Examples = field(InTurn(), "which questions it is shown in training")
    dumbs_down: bool = field(False, "the teacher answers what the student could learn to answer")

    def optimum(self, setting: Setting) -> Distributions:
        return trained(setting)

    def target(self, setting: Setting) -> Floats:
        """The human who consults the trained model: a fixed point, for round ``d + 1`` equals round ``d``."""
        height = setting.trees.depth
        below = self.optimum(setting).at(height - 1) if height else None
        return exact.amplify(setting.trees, setting.human, height, below)[:, 0]

    def episode(self, setting: Setting) -> Episode:
        return consultation(setting)

    def learner(self, setting: Setting, student: Student) -> Answers:
        return Answers(setting, student, self.examples, self.dumbs_down)

    def limit(self, setting: Setting, student: Student) -> Answers:
        return Answers(setting, student, self.examples, self.dumbs_down)


def trained(setting: Setting) -> Distributions:
    """The last round's model."""
    return setting.once("imitation", lambda: list(rounds(setting))[-1])


def rounds(setting: Setting) -> Iterator[Distributions]:
    """The models ``M_0 … M_d``: the unaided human, then each the imitation of the human who consults the one before.

    A model's answers at a level are worked out when asked for: measures ask for the last one's at the root.
    """
    trees, human = setting.trees, setting.human
    model = Distributions(OnDemand(trees.depth + 1, lambda height: exact.unaided(trees, human, height)))
    yield model
    for number in range(1, trees.depth + 1):
        model = _imitating(setting, model, number)
        yield model


def _imitating(setting: Setting, before: Distributions, number: int) -> Distributions:
    """The model of round ``number``. Below that level sub-answers are what they were a round before, so answers are."""
    trees, human = setting.trees, setting.human

    def level(height: int) -> Floats:
        if height < number:
            return before.at(height)
        return exact.consulting(trees, human, height, before.at(height - 1))[1]

    return Distributions(OnDemand(trees.depth + 1, level))
