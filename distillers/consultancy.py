"""Consultancy: one adviser argues for one claim, and the judge's belief is the answer (MODEL.md §4).

The adviser is assigned the true claim, or the false one that the judge would accept most readily, and presents it with
the best of ``n`` arguments; the judge accepts by the belief rule (``v + x_n`` for what is presented, ``λ(v + x_1)`` for
its rivals), verifying ``P(c = a)`` from a frozen HCH's sub-answers, or unaided. Published consultancies assign by coin;
``assigned_true`` is that coin: 1 is the honest adviser, 0 the dishonest one. An adviser who is free to choose is
``ConsultancyFree``. No objective: advisers seek acceptance of what they present, but the answer is the judge's.

**Persuasive advisers.** Among people and language models, better persuaders raise debate's accuracy and lower
consultancy's (Khan et al. 2402.06782: naive 60, consultancy 78, debate 88 %; Michael et al. 2311.08702: 74, 84 %).
Here ``n_search`` 1 → 4,096 has that sign in *majority* for 1.5 ≤ γ ≤ 2.5: the best of many normal arguments is much the
same for both sides of a debate, while a consultant's goes unanswered. It fails where arguments have Student tails or
come better to false claims (asymmetry 0.5: both fall), at γ = 3 (debate does not move), for an adviser who is free, and
for a judge who is right less often than the coin is honest (both rise). Numbers: ``docs/persuasive-advisers.md``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from distillers.base import Judged
from distillers.episode import Episode, judged_path
from distillers.odds import log_odds
from hch.policy import Distributions, OnDemand
from hch.setting import Setting
from overseers import base as roles
from scenarios.joins import Answers
from scenarios.part import field, part
from scenarios.streams import Floats, choose
from scenarios.trees import Level, one_hot


@part
class Advised(Judged, ABC):
    """A judge believes, or not, one adviser. Kinds of advice differ in one thing: which claim is argued for."""

    group: ClassVar[str] = "advice"

    n_search: int = field(64, "arguments searched per claim", symbol="n", unit="draws", ge=1, le=10**9)
    aided: bool = field(True, "whether the judge consults a frozen HCH's sub-answers")

    @abstractmethod
    def believed(self, belief: Floats, level: Level) -> Floats:
        """The judge's belief in every claim of one level, given ``beliefs``, (claims, nodes, questions)."""

    def optimum(self, setting: Setting) -> Distributions:
        def at(height: int) -> Floats:
            return self.believed(beliefs(setting, height, self.n_search, self.aided), setting.level(height))

        return Distributions(OnDemand(setting.trees.depth + 1, at))

    def margins(self, setting: Setting) -> Floats:
        return acceptability(setting, self.n_search, self.aided)

    def episode(self, setting: Setting) -> Episode:
        """The root question is judged once; the sub-answers come from a model of HCH."""
        return judged_path(setting, 0)


@part
class Consultancy(Advised):
    """A judge believes, or not, one adviser who was assigned the claim to argue for."""

    assigned_true: float = field(
        0.5, "share of episodes in which the adviser is assigned the true claim", unit="probability", ge=0, le=1
    )

    def believed(self, belief: Floats, level: Level) -> Floats:
        true = one_hot(level.truth, level.claims) == 1.0
        false = choose(np.where(true, -np.inf, accepted(belief)), level.places)
        honest, dishonest = presenting(belief, level.truth), presenting(belief, false)
        return self.assigned_true * honest + (1.0 - self.assigned_true) * dishonest


def beliefs(setting: Setting, height: int, n: int, aided: bool) -> Floats:
    """``[a, b]``: the judge's belief in ``b`` when ``a`` is presented, (claims, claims, nodes, questions)."""
    level = setting.level(height)
    merit = setting.hch_merits[height] if aided else level.merit(level.truth)
    hearing = setting.hearing(height, aided=aided or height == 0, searched=n)
    return roles.accept(setting.rater, hearing, level.rhetoric.best_of(n), merit)


def accepted(belief: Floats) -> Floats:
    """The judge's belief in each claim when that claim is presented, (claims, nodes, questions)."""
    return np.stack([belief[claim, claim] for claim in range(len(belief))])


def presenting(belief: Floats, presented: Answers) -> Floats:
    """The judge's belief in every claim when ``presented`` is argued for, (claims, nodes, questions)."""
    return np.asarray(np.take_along_axis(belief, presented[None, None], axis=0)[0])


def acceptability(setting: Setting, n: int, aided: bool) -> Floats:
    """Log-odds that each claim at the root is believed when it is presented, (claims, questions)."""
    belief = beliefs(setting, setting.trees.depth, n, aided)[:, :, 0]
    return np.stack([log_odds(belief[claim], claim) for claim in range(len(belief))])
