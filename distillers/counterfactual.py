"""Counterfactual oversight: only answers that nobody was shown are scored (MODEL.md §4; Armstrong's oracles).

With probability ``ε`` the model's answer is withheld, the human answers by itself (consulting the trained model), and
the model is scored by its log score against that. What is shown is never scored, so however much showing an answer
would shift the human, the optimum is imitation's: HCH, found by the same rounds. It is labels that become dear: for
each that counts, ``1/ε`` questions are asked.
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from distillers.base import LogScored
from distillers.episode import Episode, consultation
from distillers.imitation import trained
from hch import exact
from hch.policy import Distributions
from hch.setting import Setting
from scenarios.part import field, part
from scenarios.streams import Floats


@part
class Counterfactual(LogScored):
    """Imitate the human on the questions for which the model's answer is withheld."""

    group: ClassVar[str] = "imitation"

    withheld: float = field(
        0.1, "chance that an answer is withheld and scored", symbol="ε", unit="probability", gt=0, le=1
    )

    def optimum(self, setting: Setting) -> Distributions:
        return trained(setting)

    def target(self, setting: Setting) -> Floats:
        """What the human answers when the trained model's own answer is withheld, (claims, questions)."""
        height = setting.trees.depth
        below = self.optimum(setting).at(height - 1) if height else None
        return exact.amplify(setting.trees, setting.human, height, below)[:, 0]

    def episode(self, setting: Setting) -> Episode:
        """Per label that counts: ``1/ε`` consultations, all at the same time."""
        one = consultation(setting)
        return replace(one, labels=one.labels / self.withheld, human_minutes=one.human_minutes / self.withheld)
