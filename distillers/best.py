"""The best of N rated draws, exactly: ``∫ N·F^(N-1) dF_a`` by quadrature in survival functions.

What all claims' integrals add up to is known without quadrature: over any stretch ``A < B`` of ratings it is ``F(B)^N
- F(A)^N``, and with another factor ``2F^N`` it is ``F(B)^2N - F(A)^2N``. These two check every sum. Where laws are
smooth, equally spaced nodes converge faster than any power of their number, and 48 of them serve most questions;
questions that they do not serve to 1e-11, and laws with kinks or point masses, go by panels (``distillers.panels``),
of which those where nothing can be kept are dropped and those that are off are halved.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from distillers.draws import Draws
from distillers.panels import NEGLIGIBLE, NODES, WEIGHTS, Panels, first_panels, reach, smallest_spread
from scenarios.joins import Answers
from scenarios.streams import Floats

_CLOSE = 1e-11
_NOISE = 1e-14
"""A rating is rounded to about this share of its location, and no more can be asked of a panel, in units of spread."""
_EQUAL_NODES = 48
_WIDEST_STEP = 0.5
_MOST_HALVINGS = 60
_AT_ONCE = 1 << 21
_ALMOST_ALL = 1.0 - 2.0**-53

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Best:
    """``policy``: chance that each claim is kept, (claims, questions). ``divergence``: KL, (questions,)."""

    policy: Floats
    divergence: Floats


def best_of(draws: Draws, n: int) -> Best:
    """What is kept of ``n`` draws, each question by itself."""
    questions = draws.mass.shape[1]
    kept, gain = np.zeros_like(draws.mass), np.zeros(questions)
    points = draws.spread == 0.0
    if points.any():
        _add_points(draws, points, n, kept, gain)
    left = np.flatnonzero(~points.all(axis=0))
    if draws.law.smooth and not points.any():
        left = _add_equally_spaced(draws, n, kept, gain)
    step = max(1, _AT_ONCE // (len(draws.mass) * len(NODES) * 4))
    for first in range(0, len(left), step):
        _add_by_panels(draws, left[first : first + step], n, kept, gain)
    policy = draws.by_claim(kept)
    return Best(policy / policy.sum(axis=0), gain)


def _power(above: Floats, n: float) -> Floats:
    """``F^n`` from the survival function, which keeps the digits of both."""
    return np.asarray(np.exp(n * np.log1p(-np.minimum(above, _ALMOST_ALL))))


def _add_points(draws: Draws, points: Mask, n: int, kept: Floats, gain: Floats) -> None:
    """At every distinct point mass: the jump ``F^n - F_-^n``, shared in proportion to the base's mass."""
    for row in np.flatnonzero(points.any(axis=1)):
        location = draws.location[row]
        above = draws.above(location)
        jump = (draws.mass * (points & (draws.location == location))).sum(axis=0)
        gained = np.where(points[row] & (jump > 0.0), _power(above, n) - _power(above + jump, n), 0.0)
        some = np.where(jump > 0.0, jump, 1.0)
        share = draws.mass[row] / some
        kept[row] += share * gained
        gain += share * special.xlogy(gained, np.where(gained > 0.0, gained / some, 1.0))


def _add_equally_spaced(draws: Draws, n: int, kept: Floats, gain: Floats) -> Answers:
    """Nodes at equal steps over all that can be kept, where a step is short enough. Returns the questions left over."""
    bottom, top = reach(draws, n)
    step = (top - bottom) / _EQUAL_NODES
    tried = np.flatnonzero(step <= _WIDEST_STEP * smallest_spread(draws))
    ratings = bottom[tried] + (np.arange(_EQUAL_NODES)[:, None] + 0.5) * step[tried]
    sums = _sums(draws.of(tried), ratings, np.broadcast_to(step[tried], ratings.shape), 0.0, n)
    good = (np.abs(sums.kept.sum(axis=0) - 1.0) <= _CLOSE) & (np.abs(sums.doubled - 1.0) <= _CLOSE)
    kept[:, tried[good]], gain[tried[good]] = sums.kept[:, good], sums.gain[good]
    return np.setdiff1d(np.arange(len(step)), tried[good])


def _add_by_panels(draws: Draws, questions: Answers, n: int, kept: Floats, gain: Floats) -> None:
    """Everything between the point masses of some questions."""
    asked = draws.of(questions)
    panels = first_panels(asked, n)
    for _ in range(_MOST_HALVINGS):
        panels, total, doubled, points = _live(asked, panels, n)
        if not panels.which.size:
            return
        ratings, lengths = panels.at(NODES)
        sums = _sums(asked.of(panels.which), ratings, lengths * WEIGHTS[:, None], points, n)
        close = _CLOSE + _NOISE * np.abs(panels.middle) / panels.unit
        good = (np.abs(sums.kept.sum(axis=0) - total) <= close) & (np.abs(sums.doubled - doubled) <= close)
        which = questions[panels.which[good]]
        for row, part in enumerate(sums.kept):
            kept[row] += np.bincount(which, part[good], minlength=len(gain))
        gain += np.bincount(which, sums.gain[good], minlength=len(gain))
        panels = panels.take(np.flatnonzero(~good)).halves()
    raise ArithmeticError("the best of N draws did not converge")


def _live(draws: Draws, panels: Panels, n: int) -> tuple[Panels, Floats, Floats, Floats]:
    """Panels where anything can be kept; what ``F^N`` and ``F^2N`` gain over each; the point masses above each.

    No point mass is ever inside a panel.
    """
    here = draws.of(panels.which)
    (inside,), _ = panels.at(np.zeros(1))
    points = (here.mass * ((here.spread == 0.0) & (here.location > inside))).sum(axis=0)
    (start, end), _ = panels.at(np.array([-1.0, 1.0]))
    low, high = _power(here.continuous_above(start) + points, n), _power(here.continuous_above(end) + points, n)
    total = high - low
    live = np.flatnonzero(total > NEGLIGIBLE)
    return panels.take(live), total[live], (total * (high + low))[live], points[live]


@dataclass(frozen=True)
class Sums:
    """Sums over nodes, with ``w = N·F^(N-1)``. ``kept``: ``∫ w dF_a``, (rows, q). Over all rows, (q,): ``gain``:
    ``∫ w log w dF``, the divergence; ``doubled``: ``∫ 2w·F^N dF``, known to be the gain of ``F^2N``.
    """

    kept: Floats
    gain: Floats
    doubled: Floats


def _sums(draws: Draws, ratings: Floats, lengths: Floats, points: Floats | float, n: int) -> Sums:
    """Over nodes of given ratings and lengths, (nodes, q)."""
    z = draws.standardised(ratings)
    above = draws.add_up(draws.law.survival(z, draws.freedom)) + points
    log_below = np.log1p(-np.minimum(above, _ALMOST_ALL))
    log_w = np.log(n) + (n - 1) * log_below
    weight = np.exp(log_w) * lengths
    density = draws.law.density(z, draws.freedom) * draws.rate[:, None]
    every = weight * density.sum(axis=0)
    return Sums(
        kept=np.einsum("rnq,nq->rq", density, weight),
        gain=(every * log_w).sum(axis=0),
        doubled=2.0 * (every * np.exp(n * log_below)).sum(axis=0),
    )
