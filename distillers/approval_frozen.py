"""Approval by a rater who consults a frozen HCH instead of the model being trained (MODEL.md §4).

*Blind*: the model does not see which sub-answers the rater got, so it maximises ``ακ·P(c=a) + γ(v + x_n)``.
"""

from __future__ import annotations

from distillers.base import Rated
from distillers.episode import Episode, rated_everywhere
from hch.policy import Choices, Policy
from hch.setting import Setting
from overseers import base as roles
from scenarios.part import field, part
from scenarios.streams import Floats, choose


@part
class ApprovalFrozen(Rated):
    """Maximise the approval of a human who consults a frozen HCH."""

    n_search: int = field(64, "arguments searched per claim", symbol="n", unit="draws", ge=1, le=10**9)

    def optimum(self, setting: Setting) -> Choices:
        levels = setting.trees.levels
        return Choices(
            [choose(self._rated(setting, level.height), level.places) for level in levels], setting.trees.claims
        )

    def ratings(self, setting: Setting, policy: Policy) -> Floats:
        return self._rated(setting, setting.trees.depth)[:, 0]

    def episode(self, setting: Setting) -> Episode:
        return rated_everywhere(setting)

    def _rated(self, setting: Setting, height: int) -> Floats:
        speech = setting.level(height).rhetoric.best_of(self.n_search)
        return roles.rate(setting.rater, setting.hearing(height), speech, setting.hch_supports[height])
