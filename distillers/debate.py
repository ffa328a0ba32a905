"""Debate: two models argue, and a judge decides ``ℓ`` levels down (Irving, Christiano, Amodei 1805.00899; MODEL.md §4).

Only nodes at level ``d - ℓ`` are judged, with margin ``S(a) = L̄(a) - max_{a'≠a} L̄(a')``, every claim being argued for
(``x_n``) and attacked (``y``). Above, ``S(a) = max over splits joining to a of min_i S(s_i)``; the answer is the root's
``argmax S``. For every total join that is the join of the judged nodes' winners: a claim has ``S > 0`` iff every
judged node's winner is among one of its splits, and each node has one winner. That fast path gives the policy; the
max–min recursion gives the margins.
"""

from __future__ import annotations

import numpy as np

from distillers.base import Judged
from distillers.episode import Episode, judged_path
from hch.policy import Choices
from hch.setting import Setting
from overseers import base as roles
from scenarios.part import field, part
from scenarios.streams import Floats, choose
from scenarios.trees import one_hot, siblings

FULL_DEPTH = 1000


@part
class Debate(Judged):
    """Two models argue down the tree; a human judges where they arrive."""

    n_search: int = field(64, "arguments searched per claim", symbol="n", unit="draws", ge=1, le=10**9)
    judged_depth: int = field(
        FULL_DEPTH, "levels down at which the judge decides; more than the tree has means its leaves", symbol="ℓ", ge=0
    )

    def optimum(self, setting: Setting) -> Choices:
        """Winners at and above the judged level; below it, what a debate about each question itself would give."""
        trees = setting.trees
        judged = self._judged_height(setting)
        chosen = []
        for level in trees.levels:
            if level.height <= judged:
                chosen.append(choose(self._judged(setting, level.height), level.places))
            else:
                chosen.append(trees.joined(chosen[-1]))
        return Choices(chosen, trees.claims)

    def margins(self, setting: Setting) -> Floats:
        height = self._judged_height(setting)
        margin = self._judged(setting, height)
        for _ in range(height, setting.trees.depth):
            below = siblings(margin, setting.trees.branching)
            margin = setting.trees.join.reduce(below, np.minimum, np.maximum)
        return margin[:, 0]

    def episode(self, setting: Setting) -> Episode:
        return judged_path(setting, setting.trees.depth - self._judged_height(setting))

    def _judged_height(self, setting: Setting) -> int:
        return max(0, setting.trees.depth - self.judged_depth)

    def _judged(self, setting: Setting, height: int) -> Floats:
        """The judge's margins at one level: unaided above the leaves, for nobody has answered the sub-questions."""
        level = setting.level(height)
        speech = level.rhetoric.best_of(self.n_search) - level.rebuttal
        alone = setting.hearing(height, aided=height == 0)
        return roles.judge(setting.rater, alone, speech, one_hot(level.truth, level.claims))
