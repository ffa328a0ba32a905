"""Which questions an imitator is shown, as parts: in turn, by importance, or those it is unsure about (active).

A label of a question picked with chance ``q`` out of ``N`` counts ``1/(Nq)``, so the likelihood that is maximised is
that of all questions alike whatever is picked: picking changes how fast the optimum is reached, not where it is.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
from scipy import special

from scenarios.part import Part, field, part
from scenarios.streams import Floats


@part
class Examples(Part, ABC):
    """A way to pick the questions that are labelled."""

    @abstractmethod
    def chances(self, persuasion: Floats, policy: Floats) -> Floats | None:
        """Chance of each question of a level to be picked, (nodes, questions); ``None``: all are asked in turn.

        ``persuasion``: what humans hear for each claim, ``policy``: what the student answers, both (claims, nodes,
        questions).
        """


@part
class InTurn(Examples):
    """All questions of a level, one after another."""

    def chances(self, persuasion: Floats, policy: Floats) -> None:
        return None


@part
class Importance(Examples):
    """Questions more often whose claims differ much in persuasiveness, their labels counting less each."""

    tilt: float = field(1.0, "how much more often, per noise unit", unit="1/noise unit", ge=-100, le=100)

    def chances(self, persuasion: Floats, policy: Floats) -> Floats:
        stakes = self.tilt * (persuasion.max(axis=0) - persuasion.min(axis=0))
        weight = np.exp(stakes - stakes.max())
        return np.asarray(weight / weight.sum())


@part
class Active(Examples):
    """Questions more often of whose answer the student is unsure (by entropy), their labels counting less each."""

    uniform: float = field(0.2, "share of questions that are picked at random", unit="probability", gt=0, le=1)

    def chances(self, persuasion: Floats, policy: Floats) -> Floats:
        unsure = -special.xlogy(policy, policy).sum(axis=0)
        total = unsure.sum()
        even = np.full(unsure.shape, 1.0 / unsure.size)
        return np.asarray(self.uniform * even + (1.0 - self.uniform) * unsure / total) if total > 0.0 else even
