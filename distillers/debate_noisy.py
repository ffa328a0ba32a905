"""Noisy debate: the outcome is drawn with the judge's probabilities, ``π ∝ σ(S)`` (MODEL.md §4).

``S`` is the root's max–min margin, so here the protocol's finer rules matter, while ordinary debate's answer depends on
the judged nodes' winners alone. Every question at or above the judged level has its own max–min margin; below it, the
margin of judging that question itself.

There is a judge, and so margins, but no objective: ``π ∝ σ(S)`` is what a judge who errs makes of a debate, not what
maximises ``J = Σπσ(S)`` (that is the point mass of ordinary debate).
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from scipy import special

from distillers.base import Judged
from distillers.debate import FULL_DEPTH, Debate
from distillers.episode import Episode
from distillers.protocol import judged_height, max_min
from hch.policy import Distributions
from hch.setting import Setting
from scenarios.part import field, part
from scenarios.streams import Floats


@part
class DebateNoisy(Judged):
    """Debate whose outcome is as uncertain as its judge."""

    group: ClassVar[str] = "debate"
    depends_on_answers: ClassVar[bool] = False

    n_search: int = field(64, "arguments searched per claim", symbol="n", unit="draws", ge=1, le=10**9)
    judged_depth: int = field(
        FULL_DEPTH, "levels down at which the judge decides; more than the tree has means its leaves", symbol="ℓ", ge=0
    )

    def optimum(self, setting: Setting) -> Distributions:
        judged, debate = judged_height(setting, self.judged_depth), self._debate()
        verdicts = [debate.verdicts(setting, height) for height in range(judged + 1)]
        above = max_min(setting.trees, verdicts[-1], judged)[1:]
        return Distributions([_uncertain(margin) for margin in [*verdicts, *above]])

    def margins(self, setting: Setting) -> Floats:
        return self._debate().margins(setting)

    def episode(self, setting: Setting) -> Episode:
        return self._debate().episode(setting)

    def _debate(self) -> Debate:
        return Debate(n_search=self.n_search, judged_depth=self.judged_depth)


def _uncertain(margin: Floats) -> Floats:
    """``σ(S)`` as a distribution over claims."""
    return np.asarray(special.softmax(special.log_expit(margin), axis=0))
