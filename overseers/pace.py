"""How long human work takes: keyed durations in whole nanosecond ticks.

Times are integers, so sums are exact in any order, two engines agree bit for bit, and ties do not occur. A duration is
read from a quantile table at a keyed uniform: the top bits choose a cell of equal probability, the low bits interpolate
in it. The last cell's upper end is set so that the cell's mean, and with it the distribution's mean, is right.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from scenarios import streams
from scenarios.streams import Floats, Keys

Ticks = NDArray[np.int64]
Kind = Literal["think", "join", "rate", "compare", "judge"]
"""Kinds of human work: a first thought, joining sub-answers, and dealing with what is presented."""

TICKS_PER_MINUTE = 60 * 10**9
_CELLS = 1 << 12


def durations(places: Keys, purpose: str, minutes: float, family: str, sigma: float) -> Ticks:
    """One duration per place, of mean ``minutes``. Shape of ``places``; ``family`` is lognormal or exponential."""
    if minutes == 0.0:
        return np.zeros(places.shape, dtype=np.int64)
    low, slope = _table(family, sigma)
    position = streams.uniforms(places, f"{purpose} time")
    position *= _CELLS
    cell = position.astype(np.intp)
    position -= cell
    position *= slope[cell]
    position += low[cell]
    position *= minutes * TICKS_PER_MINUTE
    return position.astype(np.int64)


@lru_cache(maxsize=32)
def _table(family: str, sigma: float) -> tuple[Floats, Floats]:
    """Lower ends and widths of the cells, for a mean of 1."""
    edges = np.arange(_CELLS + 1) / _CELLS
    if family == "exponential":
        ends = -np.log1p(-edges[:-1])
        tail_mean = ends[-1] + 1.0
    elif sigma == 0.0:  # always the mean; 0·∞ has no value
        return np.ones(_CELLS), np.zeros(_CELLS)
    else:
        ends = np.exp(sigma * special.ndtri(edges[:-1]) - sigma**2 / 2)
        # Mean of a log-normal beyond its p-quantile z: Φ(σ - z)/(1 - p).
        tail_mean = special.ndtr(sigma - special.ndtri(edges[-2])) * _CELLS
    upper = np.append(ends[1:], 2.0 * tail_mean - ends[-1])
    return ends, upper - ends
