"""Market making: a model predicts what the human will believe when everything has been argued (Hubinger 2020).

Order-free (MODEL.md §4): at every question the human hears each claim's best argument and its rebuttal, and the price
of a claim is the human's belief then, ``softmax_a κm(a) + γ(v + x_n - y)(a)``, with sub-answers drawn from the market's
own prices. The market is scored by how well it predicts that belief: ``J`` is the mean log score, whose maximum is the
belief itself. A price is also the judge's chance of upholding a claim that is argued for, whence the margins.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from scipy import special

from distillers.base import Judged, LogScored
from distillers.episode import Episode, everywhere
from distillers.odds import log_odds
from distillers.protocol import contested
from hch import exact
from hch.policy import Distributions
from hch.setting import Setting
from overseers.beliefs import Mind, vote
from scenarios.part import field, part
from scenarios.streams import Floats


@part
class MarketMaking(LogScored, Judged):
    """Predict the human's belief after every argument and rebuttal has been heard."""

    group: ClassVar[str] = "advice"
    depends_on_answers: ClassVar[bool] = False

    n_search: int = field(64, "arguments searched per claim", symbol="n", unit="draws", ge=1, le=10**9)

    def optimum(self, setting: Setting) -> Distributions:
        prices: list[Floats] = []
        for height in range(setting.trees.depth + 1):
            prices.append(self._belief(setting, height, prices[-1] if prices else None))
        return Distributions(prices)

    def target(self, setting: Setting) -> Floats:
        height = setting.trees.depth
        below = self.optimum(setting).at(height - 1) if height else None
        return self._belief(setting, height, below)[:, 0]

    def margins(self, setting: Setting) -> Floats:
        prices = self.target(setting)
        return np.stack([log_odds(prices, claim) for claim in range(len(prices))])

    def episode(self, setting: Setting) -> Episode:
        """Every question's market is settled by one judgement; they wait for nobody."""
        return everywhere(setting, "judge")

    def _belief(self, setting: Setting, height: int, below: Floats | None) -> Floats:
        """Belief at every question of one level when all is said, the sub-answers being distributed as ``below``."""
        grades, speech = setting.level(height).grades, contested(setting, height, self.n_search)
        heard = setting.rater.rating(setting.hearing(height, searched=self.n_search), speech)
        if grades is None:
            return heard.answer(exact.support(setting.trees, height, below))
        return vote([_looking(voice, grades.quality) for voice in heard.voices])


def _looking(mind: Mind, quality: Floats) -> Floats:
    """One mind's belief where quality is a matter of degree and needs no sub-answers."""
    looked, blind = special.softmax(mind.believed(quality), axis=0), special.softmax(mind.believed(None), axis=0)
    return np.asarray(mind.attention * looked + (1.0 - mind.attention) * blind)
