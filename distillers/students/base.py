"""Students: how a model represents what it has learned, and with it what it can and cannot learn (MODEL.md §5).

A student is a frozen part; what it has become after some labels is a ``Fitted``, which is never changed either. Both of
the things that schemes train are scores of claims: log-probabilities of answers (imitation), or how much a claim is
liked (approval, debate). A student sees each question of a level as ``Seen``: its identity, its claims and how they are
argued for.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.part import Part
from scenarios.streams import Floats
from scenarios.trees import Level


@dataclass(frozen=True)
class Seen:
    """Questions of one level as a student sees them. ``speech``: force of the arguments, (claims, nodes, questions)."""

    level: Level
    speech: Floats


Mask = NDArray[np.bool_]


class Fitted(ABC):
    """What a student has learned about one level."""

    @abstractmethod
    def scores(self, seen: Seen) -> Floats:
        """Score of every claim, (claims, nodes, questions); -∞ for one that was never seen to be given."""

    @abstractmethod
    def stepped(self, seen: Seen, slope: Floats) -> Fitted:
        """After a step up a slope: ``slope`` is d(what is maximised)/d(score), (claims, nodes, questions)."""


class Student(Part, ABC):
    """How a model represents answers or scores."""

    @abstractmethod
    def blank(self, seen: Seen) -> Fitted:
        """What it knows before it is taught: all claims score 0."""

    @abstractmethod
    def answers(self, seen: Seen, counts: Floats, before: Fitted | None = None) -> Fitted:
        """Log-probabilities by maximum likelihood. ``counts``: how often each claim was given, like ``speech``.

        ``before``: what was known, to start from. Raises ``ArithmeticError`` if the fit does not converge.
        """

    @abstractmethod
    def preferences(self, seen: Seen, wins: Floats, before: Fitted | None, changed: Mask) -> Fitted:
        """Scores of the Bradley–Terry model, ``P(a ≻ b) = σ(s_a - s_b)``, by maximum likelihood.

        ``wins[a, b]``: how often ``a`` was preferred to ``b``, (claims, claims, nodes, questions). ``changed``: where
        that is not what it was ``before``, (nodes, questions). Raises ``ArithmeticError`` if the fit does not converge.
        """


def distribution(scores: Floats) -> Floats:
    """Softmax over claims, (claims, …)."""
    raised = np.exp(scores - scores.max(axis=0))
    return np.asarray(raised / raised.sum(axis=0))
