"""Answer first: the human answers alone, is shown the model's answer, and rates how close it is (MODEL.md §4).

The human's own answer is ``own ~ Amp(H, HCH)``, which at every question is HCH's distribution ``P``. Being shown ``a``
shifts what the human recalls, ``P'(own=b) ∝ P(own=b)·exp(s(a)·1[b=a])`` with ``s = χγ(v + x_n)``: an argument may
persuade the human that it had said so itself. The model maximises the chance of a match,

    P'(own=a) = σ(logit P(a) + s(a)),

so at ``χ = 0`` it is the mode of HCH. ``J`` is that chance.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from scipy import special

from distillers.base import Linear
from distillers.episode import Episode, answered_then_rated
from hch.policy import Choices, OnDemand
from hch.setting import Setting
from scenarios.joins import Answers
from scenarios.part import field, part
from scenarios.streams import Floats, choose


@part
class AnswerFirst(Linear):
    """Match the answer that the human gave first, as the human recalls it."""

    group: ClassVar[str] = "imitation"

    n_search: int = field(64, "arguments searched per claim", symbol="n", unit="draws", ge=1, le=10**9)
    suggestion: float = field(0.25, "share of persuasion that shifts recollection", symbol="χ", ge=0, le=100)

    def optimum(self, setting: Setting) -> Choices:
        return Choices(
            OnDemand(setting.trees.depth + 1, lambda height: self._chosen(setting, height)), setting.trees.claims
        )

    def _chosen(self, setting: Setting, height: int) -> Answers:
        return choose(self._recalled(setting, height), setting.level(height).places)

    def values(self, setting: Setting) -> Floats:
        return np.asarray(special.expit(self._recalled(setting, setting.trees.depth)[:, 0]))

    def episode(self, setting: Setting) -> Episode:
        return answered_then_rated(setting)

    def _recalled(self, setting: Setting, height: int) -> Floats:
        """``logit P'(own=a)`` when ``a`` is shown: log-odds rank claims where probabilities round to one."""
        own = setting.hch.at(height)
        others = np.stack([np.delete(own, claim, axis=0).sum(axis=0) for claim in range(len(own))])
        with np.errstate(divide="ignore"):
            alone: Floats = np.log(own) - np.log(others)
        return alone + shift(setting, height, self.n_search, self.suggestion)


def shift(setting: Setting, height: int, n: int, suggestion: float) -> Floats:
    """``s(a) = χγ(v + x_n)``: what hearing a claim argued for adds to the log-odds of having said it."""
    speech = setting.level(height).rhetoric.best_of(n)
    heard = setting.rater.rating(setting.hearing(height, searched=n), speech)
    return suggestion * heard.persuasion
