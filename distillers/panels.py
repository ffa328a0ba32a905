"""The line of ratings cut into panels, on each of which Gauss and Legendre's rule is exact to many digits.

The cuts are at the locations of the claims' laws. Between two cuts ``A < B``, ``s`` being the smallest spread, ``r =
mid + s·sinh(τ)·√(1 + G²/(4cosh²τ))`` with ``G = (B - A)/s`` puts nodes close together at both ends, so that long gaps
and heavy tails cost only their logarithm (``G = 0`` is the map for the two tails).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from distillers.draws import Draws
from distillers.tails import upper
from scenarios.joins import Answers
from scenarios.streams import Floats

NODES, WEIGHTS = np.polynomial.legendre.leggauss(16)
NEGLIGIBLE = 1e-14
_MOST_CUTS = 4
_CLOSING_IN = 4


@dataclass(frozen=True)
class Panels:
    """Stretches of the line: of question ``which``, ``τ`` from ``start`` to ``end`` in the map above."""

    which: Answers
    middle: Floats
    unit: Floats
    gap: Floats
    start: Floats
    end: Floats

    @property
    def arrays(self) -> tuple[Any, ...]:
        return self.which, self.middle, self.unit, self.gap, self.start, self.end

    def flat(self) -> Panels:
        """All panels in one row."""
        return Panels(*(values.reshape(-1) for values in self.arrays))

    def take(self, kept: Answers) -> Panels:
        return Panels(*(values[kept] for values in self.arrays))

    def halves(self) -> Panels:
        centre = 0.5 * (self.start + self.end)
        left, right = replace(self, end=centre), replace(self, start=centre)
        return Panels(*(np.concatenate(pair) for pair in zip(left.arrays, right.arrays, strict=True)))

    def at(self, places: Floats) -> tuple[Floats, Floats]:
        """Ratings ``r`` and ``dr``, the length a node stands for, at places in (-1, 1); (places, panels)."""
        half = 0.5 * (self.end - self.start)
        tau = self.start + half * (places[:, None] + 1.0)
        sinh, cosh = np.sinh(tau), np.cosh(tau)
        widened = np.sqrt(1.0 + (0.5 * self.gap / cosh) ** 2)
        slope = cosh * widened - sinh**2 * (0.5 * self.gap) ** 2 / (widened * cosh**3)
        return self.middle + self.unit * sinh * widened, self.unit * slope * half


def reach(draws: Draws, n: int) -> tuple[Floats, Floats]:
    """Between which ratings the best of ``n`` draws lies, all but ``NEGLIGIBLE`` chance, (questions,) each.

    First from the rows one by one, then closed in on by a few bisections of all of them together.
    """
    rare, common = NEGLIGIBLE / n, -np.expm1(np.log(NEGLIGIBLE) / n)
    tail, start = upper(draws.family, draws.freedom, rare), upper(draws.family, draws.freedom, min(0.5, 1.0 - common))
    top, bottom = (
        (draws.location + draws.spread * tail).max(axis=0),
        (draws.location - draws.spread * start).min(axis=0),
    )
    low, high = bottom, top
    for _ in range(_CLOSING_IN):
        below, above = 0.5 * (bottom + high), 0.5 * (low + top)
        bottom, high = _closer(draws.above(below) >= common, below, bottom, high)
        low, top = _closer(draws.above(above) > rare, above, low, top)
    return bottom, top


def _closer(right: NDArray[np.bool_], middle: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """The half of each bracket in which the crossing is."""
    return np.where(right, middle, low), np.where(right, high, middle)


def smallest_spread(draws: Draws) -> Floats:
    """The unit in which nodes are spaced: the smallest spread that is not 0, or 1, (questions,)."""
    smallest = np.where(draws.spread > 0.0, draws.spread, np.inf).min(axis=0)
    return np.where(np.isfinite(smallest), smallest, 1.0)


def first_panels(draws: Draws, n: int) -> Panels:
    """Of every question: between cuts, and from the outermost cuts to where nothing is left.

    Where every law is smooth a few of the cuts do; kinks and point masses all need one.
    """
    unit = smallest_spread(draws)
    bottom, top = reach(draws, n)
    cuts = np.sort(draws.location, axis=0)
    if draws.law.smooth and (draws.spread > 0.0).all():
        cuts = cuts[np.linspace(0, len(cuts) - 1, min(len(cuts), _MOST_CUTS)).astype(np.intp)]
    gap = np.diff(cuts, axis=0) / unit
    between = 0.5 * np.arcsinh(gap)
    below = np.arcsinh(np.minimum(bottom - cuts[0], 0.0) / unit)
    beyond = np.arcsinh(np.maximum(top - cuts[-1], 0.0) / unit)
    nothing, shape = np.zeros_like(unit)[None], (len(cuts) + 1, len(unit))
    panels = Panels(
        which=np.broadcast_to(np.arange(len(unit)), shape),
        middle=np.concatenate([cuts[:1], 0.5 * (cuts[1:] + cuts[:-1]), cuts[-1:]]),
        unit=np.broadcast_to(unit, shape),
        gap=np.concatenate([nothing, gap, nothing]),
        start=np.concatenate([below[None], -between, nothing]),
        end=np.concatenate([nothing, between, beyond[None]]),
    ).flat()
    return panels.take(np.flatnonzero(panels.end > panels.start))
