"""How a scheme learns from labels: which questions are labelled, what a label is, and what it does to the student.

A *label* is one human judgement about one question, by a human who consults a snapshot of the model on the
sub-questions. Every draw behind it is keyed by (seed, purpose, level, number of the label), so results do not depend on
batches, workers or the order of computation. A learner lives for one training run and is the one thing here that
changes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from distillers.students.base import Student
from hch.policy import Policy
from hch.setting import Setting
from overseers.pace import Ticks
from scenarios import streams
from scenarios.joins import Answers
from scenarios.streams import Floats, Keys

Kind = Literal["answer", "rate", "compare", "judge"]
"""What a human does to make a label: each at its own pace."""


@dataclass(frozen=True)
class Asked:
    """Questions of one level about which humans are asked for labels; arrays are (n,).

    ``numbers`` key the draws. ``weights``: what a label counts (importance), 1 each if ``None``.
    """

    height: int
    nodes: Answers
    questions: Answers
    numbers: NDArray[np.int64]
    weights: Floats | None = None

    @property
    def where(self) -> tuple[slice, Answers, Answers]:
        """Index of (claims, nodes, questions)."""
        return slice(None), self.nodes, self.questions

    def only(self, which: slice | list[int]) -> Asked:
        """Some of them."""
        weights = None if self.weights is None else self.weights[which]
        return Asked(self.height, self.nodes[which], self.questions[which], self.numbers[which], weights)


MANY = 1e12
"""Labels that a question has in the limit of many: no prior is heard against them."""


class Learner(ABC):
    """One training run of one scheme with one student."""

    kind: ClassVar[Kind]

    def __init__(self, setting: Setting, student: Student) -> None:
        self.setting, self.student = setting, student
        self.weights: Floats | None = None
        """What labels count by root question, (questions,); 1 each if ``None``."""
        self._orders: dict[int, Answers] = {}

    @property
    def heights(self) -> Sequence[int]:
        """The levels whose questions are labelled, in the order in which a curriculum takes them."""
        return range(self.setting.trees.depth + 1)

    def ask(self, height: int, numbers: NDArray[np.int64]) -> Asked:
        """The questions of labels with these numbers: all questions of the level in turn, in an order drawn once."""
        nodes, questions = self.setting.level(height).keys.shape
        if height not in self._orders:
            keys = self.keys("order", height, np.arange(nodes * questions))
            self._orders[height] = keys.argsort()
        place = self._orders[height][numbers % (nodes * questions)]
        weights = None if self.weights is None else self.weights[place % questions]
        return Asked(height, place // questions, place % questions, numbers, weights)

    def known(self, height: int) -> int:
        """The level as which questions of a level are treated: those larger than any in training, as the largest."""
        return min(height, self.setting.trees.depth)

    def keys(self, purpose: str, height: int, numbers: NDArray[np.int64]) -> Keys:
        """Keys of draws about labels of one level, (n,)."""
        return streams.keys_of(self.setting.seed, f"training {purpose} {height}", numbers)

    @abstractmethod
    def ticks(self, asked: Asked) -> Ticks:
        """Human work in each label when nobody hurries, (n,) nanosecond ticks, keyed."""

    @abstractmethod
    def learn(self, asked: Asked, snapshot: Policy, kept: Floats | None = None) -> None:
        """Have the questions labelled by humans who consult the snapshot, and take the labels up.

        ``kept``: the share of its discernment that each human had time for, (n,); all of it if ``None``.
        """

    @abstractmethod
    def deployed(self, setting: Setting) -> Policy:
        """What the student answers now to the questions of a setting; an immutable snapshot."""

    @abstractmethod
    def agreement(self, height: int) -> float:
        """How well the student copes with a level, in [0, 1]: 1 less the mean total variation distance from what it is
        taught there. Exact, as if checks of it were free.
        """

    def policy(self) -> Policy:
        """What the student answers now to the questions it is trained on."""
        return self.deployed(self.setting)


class Limiting(Learner, ABC):
    """A learner that can be given the exact distribution of its labels."""

    @abstractmethod
    def learn_exactly(self, height: int, snapshot: Policy) -> None:
        """The limit of infinitely many labels for every question of a level."""


class Trainable(ABC):
    """A scheme that can be trained on a budget of human minutes, not only solved for its optimum."""

    @abstractmethod
    def learner(self, setting: Setting, student: Student) -> Learner:
        """A training run that has not begun."""

    @abstractmethod
    def limit(self, setting: Setting, student: Student) -> Limiting:
        """A training run that has not begun, for perfect optimisation of the student on exact labels."""
