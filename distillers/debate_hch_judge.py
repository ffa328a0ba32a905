"""Debate with HCH in the judge's chair: at level ``d - ℓ`` the judge's merit is ``P(c = a)`` from HCH's sub-answers.

The judge of ordinary debate is alone above the leaves; this one consults a frozen HCH there (MODEL.md §4). At ``ℓ = d``
it checks leaves, which need no sub-answers, and is the human judge; so the default is the other end, ``ℓ = 0``, where
without rebuttals debate is frozen approval (with full attention: inattentive judgements average probabilities, ratings
beliefs). The sub-answers come from a model of HCH and cost no human time, as in frozen approval.
"""

from __future__ import annotations

from typing import ClassVar

from distillers.debate import Debating
from distillers.protocol import contested
from hch.setting import Setting
from overseers import base as roles
from scenarios.part import field, part
from scenarios.streams import Floats


@part
class DebateHCH(Debating):
    """Debate before a judge who consults a frozen HCH."""

    depends_on_answers: ClassVar[bool] = True

    judged_depth: int = field(
        0, "levels down at which the judge decides; more than the tree has means its leaves", symbol="ℓ", ge=0
    )
    n_search: int = field(64, "arguments searched per claim", symbol="n", unit="draws", ge=1, le=10**9)

    def verdicts(self, setting: Setting, height: int) -> Floats:
        hearing = setting.hearing(height, searched=self.n_search)
        speech = contested(setting, height, self.n_search)
        return roles.judge(setting.rater, hearing, speech, setting.hch_merits[height])
