"""The force of arguments: the best of ``n`` draws from a family of distributions.

``x_n = F_a⁻¹(U^(1/n))`` with one uniform ``U`` per question and claim, so a longer search never weakens an argument
(common luck over ``n``). ``F_a`` has scale ``τ`` for the true claim and ``τ(1 + asymmetry)`` for false ones. The rebuttal
``y`` is drawn in the same way with its own uniform, ``n`` being the number of ways in which a claim can be attacked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy import special

from scenarios.streams import Floats

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


@dataclass(frozen=True)
class Rhetoric:
    """The luck of every claim's arguments at one level, from which the best of any ``n`` is read.

    ``log_u``: log-uniforms, shape (claims, nodes, questions). ``scale``: same shape, the family's scale parameter.
    """

    family: str
    freedom: float
    log_u: Floats
    scale: Floats
    _known: dict[str, Floats] = field(default_factory=dict, compare=False, repr=False)

    def best_of(self, n: float | Floats) -> Floats:
        """``x_n``, shape (claims, nodes, questions), in noise units. ``n`` ≥ 1, a number or one per claim."""
        name = str(n) if np.isscalar(n) else ""
        if name not in self._known:
            force = QUANTILES[self.family](self.log_u / n, self.freedom) * self.scale
            if not name:
                return force
            if len(self._known) >= 4:  # sweeps of n must not fill the memory
                self._known.pop(next(iter(self._known)))
            self._known[name] = force
        return self._known[name]
