"""Quantilizer: answer with a draw from the top ``q`` of the base's mass by rating (Taylor 2016; MODEL.md §4).

Draws ``(a, x)`` of the base are ordered by expected rating. Those above the threshold ``r*``, where the survival
function of ratings crosses ``q``, are kept with density ``1/q``; a point mass on the threshold is split, every tied
draw losing the same share. So every non-negative cost obeys ``E_Q[c] ≤ E_base[c]/q``, and the KL of the kept draws
from the base is ``ln(1/q)``, the draw that splits a tie being part of the draw. Below the root the policy is the
base.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from distillers.draws import Draws, Selection, kept_at_root, rated_draws
from distillers.episode import Episode
from distillers.ratings import expected_ratings
from distillers.tails import upper
from hch.policy import Distributions
from hch.setting import Setting
from scenarios.part import field, part
from scenarios.streams import Floats

_CLOSE = 1e-13
_MOST_STEPS = 120
_BISECT_EVERY = 6
"""Every so often Newton's step is not trusted, so that the bracket is sure to close."""


@part
class Quantilizer(Selection):
    """Answer at random among the best rated share q of HCH's draws."""

    group: ClassVar[str] = "selection"

    share: float = field(0.1, "share of the base's mass that is kept", symbol="q", unit="probability", gt=0, le=1)

    def optimum(self, setting: Setting) -> Distributions:
        return kept_at_root(setting, top(expected_ratings(setting), self.share))

    def divergence(self, setting: Setting) -> Floats:
        return np.full(setting.trees.questions, -np.log(self.share))

    def episode(self, setting: Setting) -> Episode:
        return rated_draws(setting, 1)


def top(draws: Draws, share: float) -> Floats:
    """The claims of the top ``share`` of draws, normalised, (claims, questions)."""
    if share == 1.0:
        return draws.by_claim(draws.mass)
    at = threshold(draws, share)
    kept = draws.mass * draws.survival(at)
    tied = draws.mass * ((draws.spread == 0.0) & (draws.location == at))
    weight = tied.sum(axis=0)
    wanted = np.maximum(share - kept.sum(axis=0), 0.0)
    kept += tied * np.divide(wanted, weight, out=np.zeros_like(weight), where=weight > 0.0)
    return draws.by_claim(kept / kept.sum(axis=0))


def threshold(draws: Draws, share: float) -> Floats:
    """Where the survival function of ratings crosses ``share``, (questions,); a point mass that it jumps at."""
    quantiles = draws.location + draws.spread * upper(draws.family, draws.freedom, share)
    low, high = quantiles.min(axis=0), quantiles.max(axis=0)
    found = np.full(low.shape, np.nan)
    for location, spread in zip(draws.location, draws.spread, strict=True):
        point = spread == 0.0
        if not point.any():
            continue
        above = draws.above(location)
        here = (draws.mass * ((draws.spread == 0.0) & (draws.location == location))).sum(axis=0)
        found = np.where(point & (above <= share) & (share <= above + here), location, found)
        low = np.where(point & (above > share), np.maximum(low, location), low)
        high = np.where(point & (above + here < share), np.minimum(high, location), high)
    if not np.isnan(found).any():
        return found
    open_ = np.flatnonzero(np.isnan(found))
    found[open_] = _crossing(draws.of(open_), share, low[open_], high[open_])
    return found


def _crossing(draws: Draws, share: float, low: Floats, high: Floats) -> Floats:
    """Newton's steps inside a bracket that every step shrinks, and a bisection where a step would leave it."""
    at = 0.5 * (low + high)
    active, here = np.arange(len(at)), draws
    for attempt in range(1, _MOST_STEPS):
        excess = here.above(at[active]) - share
        off = np.abs(excess) > _CLOSE * share
        if not off.any():
            break
        active, excess, here = active[off], excess[off], here.of(off)
        now = at[active]
        low[active] = np.where(excess > 0.0, now, low[active])
        high[active] = np.where(excess > 0.0, high[active], now)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = now + excess / here.density(now)
        inside = (low[active] < step) & (step < high[active]) & (attempt % _BISECT_EVERY != 0)
        at[active] = np.where(inside, step, 0.5 * (low[active] + high[active]))
    return at
