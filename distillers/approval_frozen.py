"""Approval by a rater who consults a frozen HCH instead of the model being trained (MODEL.md §4).

*Blind*: the model does not see which sub-answers the rater got, so it maximises ``ακ·P(c=a) + ωγ(v + x_n)``. The
informed model is ``ApprovalFrozenInformed``.

``ω`` is the share of what is presented, appeal and argument, that reaches the rater; of what it thinks by itself a
doubting rater keeps all. At ``ω = 0`` no argument reaches anybody, and nothing can be gamed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from distillers.base import Rated
from distillers.episode import Episode, rated_everywhere
from hch.policy import Choices, OnDemand, Policy
from hch.setting import Setting
from overseers import base as roles
from scenarios.joins import Answers
from scenarios.part import field, part
from scenarios.streams import Floats, choose


@part
class ApprovalFrozen(Rated):
    """Maximise the approval of a human who consults a frozen HCH."""

    group: ClassVar[str] = "approval"

    n_search: int = field(64, "arguments searched per claim", symbol="n", unit="draws", ge=1, le=10**9)
    argument_share: float = field(1.0, "share of the argument that reaches the rater", symbol="ω", ge=0, le=1)

    def optimum(self, setting: Setting) -> Choices:
        return Choices(
            OnDemand(setting.trees.depth + 1, lambda height: self._chosen(setting, height)), setting.trees.claims
        )

    def _chosen(self, setting: Setting, height: int) -> Answers:
        return choose(self._rated(setting, height), setting.level(height).places)

    def ratings(self, setting: Setting, policy: Policy) -> Floats:
        return self._rated(setting, setting.trees.depth)[:, 0]

    def episode(self, setting: Setting) -> Episode:
        return rated_everywhere(setting)

    def _rated(self, setting: Setting, height: int) -> Floats:
        return rated(setting, height, self.n_search, self.argument_share, setting.hch_merits[height])


def rated(setting: Setting, height: int, n: int, share: float, merit: Floats) -> Floats:
    """Expected rating of every claim at one level when the share ``ω`` of ``v + x_n`` reaches the rater."""
    level = setting.level(height)
    hearing = setting.hearing(height, searched=n)
    speech = level.rhetoric.best_of(n)
    if share != 1.0:  # what is heard is v + speech: the missing part of v comes off the speech
        hearing = replace(hearing, share=share)
        speech = share * speech - (1.0 - share) * level.appeal
    return roles.rate(setting.rater, hearing, speech, merit)
