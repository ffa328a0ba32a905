"""A fitted reward in the part of a rater: ``r̂(a) = θ_m·m(a) + θ_p·persuasion``, with its own ``θ_m`` at leaves.

It is what reward modelling learns from demonstrations. It has the shape of a human's belief, but its weights come out
of a fit, so any of them may be negative.
"""

from __future__ import annotations

import numpy as np

from overseers.base import Belief, Hearing, Overseer
from scenarios.part import field, part
from scenarios.streams import Floats


@part
class LearnedReward(Overseer):
    """A reward with given weights on support and persuasion (what reward modelling fits)."""

    support_weight: float = field(8.0, "weight of support by sub-answers", symbol="θ_m", unit="noise units")
    leaf_weight: float = field(8.0, "weight of support at a leaf", symbol="θ_leaf", unit="noise units")
    persuasion_weight: float = field(0.75, "weight of persuasion", symbol="θ_p")

    @property
    def weights(self) -> Floats:
        """Of support above leaves, of support at leaves, of persuasion."""
        return np.array([self.support_weight, self.leaf_weight, self.persuasion_weight])

    def own(self, hearing: Hearing) -> Belief:
        return self.rating(hearing, hearing.thought)

    def rating(self, hearing: Hearing, speech: Floats) -> Belief:
        weight = self.support_weight if hearing.height else self.leaf_weight
        return Belief(self.persuasion_weight * (hearing.appeal + speech), weight)
