"""Ledger: sums modulo K. Every leaf is an entry, every other question asks for the total of its sub-questions.

The join never forgives: one wrong sub-answer makes the joined claim wrong, so errors compound with depth.
"""

from __future__ import annotations

import numpy as np

from scenarios import streams
from scenarios.base import TreeScenario
from scenarios.joins import Answers, Join, SumJoin
from scenarios.part import part
from scenarios.streams import Keys


@part
class Ledger(TreeScenario):
    """Sums modulo K over a binary tree: a fragile join, in which every error counts."""

    def join(self) -> Join:
        return SumJoin(self.claims)

    def leaf_truths(self, keys: Keys, roots: Keys) -> Answers:
        return (streams.uniforms(keys, "leaf truth") * self.claims).astype(np.intp)
