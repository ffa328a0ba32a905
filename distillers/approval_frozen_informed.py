"""Approval by a rater who consults a frozen HCH, of a model that is shown what HCH told the rater (MODEL.md §4).

The model answers ``argmax_a ακ·1[a=c] + ωγ(v + x_n)`` whatever claim ``c`` the sub-answers support, so its policy is
``Σ_c P(c)·argmax_a …``, a distribution: it inherits the chance in HCH's sub-answers, and leaves ``c`` only where
persuasion alone outweighs ``κ``.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from distillers.approval_frozen import rated
from distillers.base import Objective
from distillers.episode import Episode, rated_everywhere
from hch.policy import Distributions, OnDemand
from hch.setting import Setting
from scenarios.part import field, part
from scenarios.streams import Floats, choose
from scenarios.trees import one_hot


@part
class ApprovalFrozenInformed(Objective):
    """Maximise the approval of a human who consults a frozen HCH, knowing what it was told."""

    group: ClassVar[str] = "approval"

    n_search: int = field(64, "arguments searched per claim", symbol="n", unit="draws", ge=1, le=10**9)
    argument_share: float = field(1.0, "share of the argument that reaches the rater", symbol="ω", ge=0, le=1)

    def optimum(self, setting: Setting) -> Distributions:
        return Distributions(OnDemand(setting.trees.depth + 1, lambda height: self._answered(setting, height)))

    def objective(self, setting: Setting, root: Floats) -> Floats:
        """Mean rating, if the policy says each claim as often as it can where that claim is supported.

        A claim is worth ``γ(v + x_n)``, and ``ακ`` more with the part ``min(π(a), P(c=a))`` of its mass. (A sceptic's
        rating does not split like that; for it this is not the rating it gives.)
        """
        height = setting.trees.depth
        chance = setting.hch_supports[height]
        if setting.level(height).grades is not None:  # no sub-answer decides what the rater verifies
            worth = rated(setting, height, self.n_search, self.argument_share, setting.hch_merits[height])
            return np.asarray((root * worth[:, 0]).sum(axis=0))
        bare = rated(setting, height, self.n_search, self.argument_share, np.zeros_like(chance))[:, 0]
        supported = rated(setting, height, self.n_search, self.argument_share, np.ones_like(chance))[:, 0]
        met = np.minimum(root, chance[:, 0])
        return np.asarray((root * bare + met * (supported - bare)).sum(axis=0))

    def episode(self, setting: Setting) -> Episode:
        return rated_everywhere(setting)

    def _answered(self, setting: Setting, height: int) -> Floats:
        chance, level = setting.hch_supports[height], setting.level(height)
        answered = np.zeros_like(chance)
        for claim, probability in enumerate(chance):
            merit = level.merit(np.full(level.truth.shape, claim))
            best = choose(rated(setting, height, self.n_search, self.argument_share, merit), level.places)
            answered += probability * one_hot(best, len(chance))
        return answered
