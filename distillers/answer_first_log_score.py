"""Answer first, by log score: the model is scored against what the human recalls having said (MODEL.md §4).

As in ``AnswerFirst`` the human answers, then is shown an answer of the model's; the score is the log of the probability
that the model gave to the answer the human thereafter believes to have given.

Reading. The recalled answers are labels, and the model learns to predict them; it is not rewarded for moving them. They
move all the same: shown ``a ~ π``, the human recalls ``b`` with probability ``Σ_a π(a)P'_a(b)``, where
``P'_a(b) = P(b)·e^{s(a)1[b=a]}/Z(a)``, ``Z(a) = 1 + P(a)(e^{s(a)} - 1)`` and ``s = χγ(v + x_n)``. Training rests where
the labels are distributed as the model says, and that has one solution,

    π(b) = P(b)·Z(b) / Σ_a P(a)·Z(a),

because ``Σ_a π(a)P'_a(b) = A·P(b) + π(b)(1 - 1/Z(b))`` with ``A = Σ_a π(a)/Z(a)``. At ``χ = 0``, ``Z = 1``: imitation.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from distillers.answer_first import shift
from distillers.base import LogScored
from distillers.episode import Episode, answered_then_rated
from hch.policy import Distributions, OnDemand
from hch.setting import Setting
from scenarios.part import field, part
from scenarios.streams import Floats


@part
class AnswerFirstLogScore(LogScored):
    """Predict the answer that the human gave first, as the human recalls it."""

    group: ClassVar[str] = "imitation"

    n_search: int = field(64, "arguments searched per claim", symbol="n", unit="draws", ge=1, le=10**9)
    suggestion: float = field(0.25, "share of persuasion that shifts recollection", symbol="χ", ge=0, le=100)

    def optimum(self, setting: Setting) -> Distributions:
        return Distributions(OnDemand(setting.trees.depth + 1, lambda height: self._at_rest(setting, height)))

    def target(self, setting: Setting) -> Floats:
        """What the human recalls when the trained model's answers are shown, (claims, questions)."""
        height = setting.trees.depth
        return recalled(setting.hch.at(height), self._shift(setting, height), self._at_rest(setting, height))[:, 0]

    def episode(self, setting: Setting) -> Episode:
        return answered_then_rated(setting)

    def _at_rest(self, setting: Setting, height: int) -> Floats:
        own = setting.hch.at(height)
        # log P(b)Z(b) from its two positive parts, max-shifted: s may be large.
        with np.errstate(divide="ignore"):
            log_own = np.log(own)
        weight = log_own + np.logaddexp(np.log1p(-np.minimum(own, 1.0 - 1e-16)), log_own + self._shift(setting, height))
        weight = np.exp(weight - weight.max(axis=0))
        return np.asarray(weight / weight.sum(axis=0))

    def _shift(self, setting: Setting, height: int) -> Floats:
        return shift(setting, height, self.n_search, self.suggestion)


def recalled(own: Floats, shift: Floats, shown: Floats) -> Floats:
    """Distribution of the recalled answer when answers are shown with distribution ``shown``, (claims, …)."""
    out = np.zeros_like(own)
    for claim in range(len(own)):
        moved = np.zeros_like(own)
        moved[claim] = shift[claim]
        with np.errstate(divide="ignore"):
            logits = np.log(own) + moved
        weight = np.exp(logits - logits.max(axis=0))
        out += shown[claim] * weight / weight.sum(axis=0)
    return out
