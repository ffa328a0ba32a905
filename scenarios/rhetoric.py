"""The force of arguments: the best of ``n`` draws from a family of distributions.

``x_n = F_a⁻¹(U^(1/n))`` with one uniform ``U`` per question and claim, so a longer search never weakens an argument
(common luck over ``n``). ``F_a`` has scale ``τ`` for the true claim and ``τ(1 + asymmetry)`` for false ones. The
rebuttal ``y`` is drawn in the same way with its own uniform, ``n`` being the number of ways to attack a claim.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Protocol

import numpy as np
from scipy import special

from scenarios import streams
from scenarios.part import PartError
from scenarios.streams import Floats, Keys

Quantile = Callable[[Floats, float], Floats]


def _normal(log_p: Floats, freedom: float) -> Floats:
    return np.asarray(special.ndtri_exp(log_p))


def _laplace(log_p: Floats, freedom: float) -> Floats:
    upper = -np.log(-2.0 * np.expm1(log_p))
    return np.where(log_p < np.log(0.5), np.log(2.0) + log_p, upper)


def _student_t(log_p: Floats, freedom: float) -> Floats:
    # The upper half by symmetry: near p = 1 only the survival function keeps its digits.
    tail = np.minimum(np.exp(log_p), -np.expm1(log_p))
    lower = special.stdtrit(freedom, tail)
    return np.where(log_p < np.log(0.5), lower, -lower)


QUANTILES: dict[str, Quantile] = {"normal": _normal, "laplace": _laplace, "student_t": _student_t}
"""Standard quantile functions of log-probability (exact in the upper tail), by family name."""


class Arguments(Protocol):
    """Where the arguments for every claim come from, as an overseer may see it: forces, never the truth."""

    def best_of(self, n: float) -> Floats:
        """``x_n``, the force of the best of ``n`` arguments, (claims, nodes, questions)."""

    def mean(self, n: float) -> Floats:
        """Mean of ``x_n`` over luck, same shape. Raises ``PartError`` where the law has none."""

    def another(self, keys: Keys) -> Arguments:
        """The same law with luck of its own, keyed by ``keys``, (nodes, questions)."""

    def at(self, where: Any) -> Arguments:
        """The same for some questions."""


@dataclass(frozen=True)
class Rhetoric:
    """The luck of every claim's arguments at one level, from which the best of any ``n`` is read.

    ``log_u``: log-uniforms, shape (claims, nodes, questions). ``scale``: same shape, the family's scale parameter.
    """

    family: str
    freedom: float
    log_u: Floats
    scale: Floats
    _known: dict[float, Floats] = field(default_factory=dict, compare=False, repr=False)

    def best_of(self, n: float | Floats) -> Floats:
        """``x_n``, shape (claims, nodes, questions), in noise units. ``n`` ≥ 1, a number or one per claim."""
        if not isinstance(n, (int, float)):
            return self._best_of(n)
        if n not in self._known:
            if len(self._known) >= 4:  # sweeps of n must not fill the memory
                self._known.pop(next(iter(self._known)))
            self._known[n] = self._best_of(n)
        return self._known[n]

    def _best_of(self, n: float | Floats) -> Floats:
        return QUANTILES[self.family](self.log_u / n, self.freedom) * self.scale

    def mean(self, n: float) -> Floats:
        """Mean of ``x_n`` over luck, (claims, nodes, questions)."""
        return mean_of_best(self.family, self.freedom, n) * self.scale

    def another(self, keys: Keys) -> Rhetoric:
        """The same law with luck of its own, keyed by ``keys``, (nodes, questions)."""
        luck = np.log(streams.claim_uniforms(keys, "another argument", len(self.scale)))
        return Rhetoric(self.family, self.freedom, luck, self.scale)

    def at(self, where: Any) -> Rhetoric:
        """The same for some questions: ``where`` indexes (claims, nodes, questions)."""
        known = {n: force[where] for n, force in self._known.items()}
        return Rhetoric(self.family, self.freedom, self.log_u[where], self.scale[where], known)


@dataclass(frozen=True)
class Some:
    """The arguments for some questions, taken out of ``whole`` when they are asked for: most overseers never do."""

    whole: Arguments
    where: Any

    @cached_property
    def _here(self) -> Arguments:
        return self.whole.at(self.where)

    def best_of(self, n: float) -> Floats:
        return self._here.best_of(n)

    def mean(self, n: float) -> Floats:
        return self._here.mean(n)

    def another(self, keys: Keys) -> Arguments:
        return self._here.another(keys)

    def at(self, where: Any) -> Arguments:
        return self._here.at(where)


@lru_cache(maxsize=256)
def mean_of_best(family: str, freedom: float, n: float) -> float:
    """``E x_n`` at scale 1, by quadrature in ``t = log(-log U)``. Raises ``PartError`` if there is none."""
    if family == "student_t" and freedom <= 1.0:
        raise PartError(f"rhetoric_freedom: arguments with ν = {freedom:g} have no mean; it takes ν > 1")
    if n == 1.0:
        return 0.0
    # Below, the integrand is x_n·e^t and x_n grows as e^(-t/ν) at most (slower than any power in other families).
    low = -45.0 / (1.0 - 1.0 / freedom) if family == "student_t" else -50.0
    low = max(low, math.log(n) - 690.0)  # what is smaller than that has no logarithm in double precision
    edges = np.linspace(low, 6.5, 2 + int(-low / 10.0))
    nodes, weights = np.polynomial.legendre.leggauss(100)
    total = 0.0
    for left, right in itertools.pairwise(edges.tolist()):
        t = left + (right - left) * (nodes + 1.0) / 2.0
        force = QUANTILES[family](-np.exp(t) / n, freedom)
        total += float((weights * force * np.exp(t - np.exp(t))).sum()) * (right - left) / 2.0
    if not math.isfinite(total):
        raise PartError(f"rhetoric_freedom: no mean of arguments with ν = {freedom:g} can be had; it takes ν ≥ 1.2")
    return total
