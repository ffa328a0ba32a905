"""Consultancy with a free adviser: it presents whatever claim the judge would accept most readily (MODEL.md §4).

As ``distillers.consultancy``, but nobody assigns the claim (Kenton et al. 2407.04622 call this open consultancy). The
adviser may well be honest: where the judge verifies much, the true claim is the most acceptable.
"""

from __future__ import annotations

from typing import ClassVar

from distillers.base import Judged
from distillers.consultancy import acceptability, accepted, beliefs, presenting
from distillers.episode import Episode, judged_path
from hch.policy import Distributions, OnDemand
from hch.setting import Setting
from scenarios.part import field, part
from scenarios.streams import Floats, choose
from scenarios.trees import Level


@part
class ConsultancyFree(Judged):
    """A judge believes, or not, one adviser who chose the claim to argue for."""

    group: ClassVar[str] = "advice"

    n_search: int = field(64, "arguments searched per claim", symbol="n", unit="draws", ge=1, le=10**9)
    aided: bool = field(True, "whether the judge consults a frozen HCH's sub-answers")

    def optimum(self, setting: Setting) -> Distributions:
        levels = setting.trees.levels
        return Distributions(OnDemand(len(levels), lambda height: self._answer(setting, levels[height])))

    def margins(self, setting: Setting) -> Floats:
        return acceptability(setting, self.n_search, self.aided)

    def episode(self, setting: Setting) -> Episode:
        """The root question is judged once; the sub-answers come from a model of HCH."""
        return judged_path(setting, 0)

    def _answer(self, setting: Setting, level: Level) -> Floats:
        belief = beliefs(setting, level.height, self.n_search, self.aided)
        return presenting(belief, choose(accepted(belief), level.places))
