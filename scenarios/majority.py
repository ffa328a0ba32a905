"""Majority: what do most of the b sub-questions say? A forgiving join, in which single errors are outvoted.

The noisy majority tree of Evans and Schulman is this scenario with ``unanimity = 1`` (all leaves agree): an error rate
``e`` becomes ``ε + (1 - 2ε)·P(Bin(b, e) > b/2)`` one level up. With K > 2 claims the join is the plurality, a tie going
to the tied claim that the earliest sub-question gave.
"""

from __future__ import annotations

import numpy as np

from scenarios import streams
from scenarios.base import TreeScenario
from scenarios.joins import Answers, Join, plurality
from scenarios.part import PartError, field, part
from scenarios.streams import Keys

_LARGEST_TABLE = 4096


@part
class Majority(TreeScenario):
    """The majority among b sub-answers: a robust join, in which single errors are outvoted."""

    claims: int = field(2, "claims per question, one of them true", symbol="K", ge=2, le=64)
    branching: int = field(3, "sub-questions per question", symbol="b", ge=1, le=64)
    depth: int = field(3, "levels of sub-questions below the root", symbol="d", ge=0, le=24)
    unanimity: float = field(0.0, "share of trees whose leaves all have one truth", unit="probability", ge=0, le=1)

    def __post_init__(self) -> None:
        if self.claims**self.branching > _LARGEST_TABLE:
            raise PartError(f"claims ** branching must be ≤ {_LARGEST_TABLE}, not {self.claims}**{self.branching}")

    def join(self) -> Join:
        return plurality(self.claims, self.branching)

    def leaf_truths(self, keys: Keys, roots: Keys) -> Answers:
        own = streams.uniforms(keys, "leaf truth")
        shared = streams.uniforms(roots, "shared truth")
        agreed = streams.uniforms(roots, "unanimous") < self.unanimity
        return (np.where(agreed, shared, own) * self.claims).astype(np.intp)
