"""The price at which spending meets a budget: a search in logarithms, several budgets at once."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from scenarios.streams import Floats

CHEAPEST = math.log(1e-12)
"""Log of the lowest price tried: what is not spent at it is left."""

_NEAR, _STEPS = 1e-5, 200


def brackets(
    cost_of: Callable[[Floats], Floats], budgets: Floats, start: Floats, unspent: float
) -> tuple[Floats, Floats]:
    """Logs of two prices per row, close together, that spend more, and no more, than the budget.

    ``cost_of``: what each row spends at its price's log. A row is done when all but the share ``unspent`` of its budget
    is spent, or, where spending jumps, when the two are near.
    """
    rows = [_Bracket(budget, x, unspent) for budget, x in zip(budgets.tolist(), start.tolist(), strict=True)]
    for _ in range(_STEPS):
        for row, cost in zip(rows, cost_of(np.array([row.x for row in rows])).tolist(), strict=True):
            row.learn(cost)
        if all(row.done for row in rows):
            break
    else:
        raise ArithmeticError(f"no price found that spends the budget in {_STEPS} steps")
    high = np.array([row.high for row in rows])
    return np.array([row.low if math.isfinite(row.low) else row.high for row in rows]), high


class _Bracket:
    """One row's search. Spending falls about as the price's inverse square; a secant finds the rest, in logs.

    Whatever a secant proposes outside the bracket, or too near its ends, or without having halved the bracket in three
    steps, is replaced by the middle, for spending may jump.
    """

    def __init__(self, budget: float, start: float, unspent: float) -> None:
        self.x = max(start, CHEAPEST)
        self.low, self.high, self.done = -math.inf, math.inf, False
        self._budget, self._unspent = budget, unspent
        self._before: tuple[float, float] | None = None
        self._widths, self._least = [math.inf] * 3, 1e-5

    def learn(self, cost: float) -> None:
        """Take in what the row spends at ``x``, and move ``x``."""
        if self.done:
            return
        excess = math.log(max(cost / self._budget, 1e-30))
        if excess > 0.0:
            self.low = self.x
        else:
            self.high = self.x
            self.done = excess > -self._unspent or self.x <= CHEAPEST
        self.done = self.done or self.high - self.low < _NEAR
        here = self.x, excess
        self.x = self.high if self.done else max(self._next(excess), CHEAPEST)
        self._before = here

    def _next(self, excess: float) -> float:
        slope = -2.0
        if self._before is not None and self._before[0] != self.x:
            slope = (excess - self._before[1]) / (self.x - self._before[0])
            slope = min(max(slope, -50.0), -0.02)
        step = (excess + 0.5 * self._unspent) / -slope
        width = self.high - self.low
        if math.isinf(width):
            self._least = min(8.0 * self._least, 3.0)  # where spending hardly changes, a secant would creep
            return self.x + math.copysign(min(max(abs(1.1 * step), self._least), 3.0), step)
        stuck, self._widths = width > 0.5 * self._widths[0], [*self._widths[1:], width]
        inside = self.low < self.x + step < self.high
        return self.x + step if inside and not stuck else 0.5 * (self.low + self.high)
