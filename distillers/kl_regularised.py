"""KL-regularised approval: maximise the expected rating less ``β`` times the KL from the base (MODEL.md §4).

The base draws a claim from HCH and one argument for it; the model reweights these draws ``(a, x)``. The optimum is
``π(a, x) ∝ base(a, x)·exp(r(a, x)/β)``, so ``π(a) ∝ H(a)·exp([ακP(c=a) + γv]/β)·E exp(γx_1/β)``. With ``θ = γ s_a/β``
the last factor is ``exp(θ²/2)`` for normal and ``1/(1 - θ²)`` for Laplace arguments while ``θ < 1``. For Laplace
arguments beyond that, and for Student's at any ``γ > 0``, no optimum exists: more approval can be had for any price
in KL (Kwa, Thomas, Garriga-Alonso 2407.14503).

``J = E r - β·KL`` over draws. A root policy over claims alone is given the arguments that serve it best, so ``J(ρ) =
Σρ(a)·(location_a + β log E exp(γx_1/β)) - β·KL(ρ‖H)``. Below the root the policy is the base.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from scipy import special

from distillers.base import NoOptimum, Regularised
from distillers.draws import Draws, Selection, kept_at_root, rated_draws
from distillers.episode import Episode
from distillers.ratings import expected_ratings
from hch.policy import Distributions
from hch.setting import Setting
from scenarios.part import field, part
from scenarios.streams import Floats


@part
class KLRegularised(Regularised, Selection):
    """Maximise approval less a penalty for leaving HCH."""

    group: ClassVar[str] = "selection"

    penalty: float = field(1.0, "rating given up per nat of KL from the base", symbol="β", ge=1e-6, le=1e12)

    def optimum(self, setting: Setting) -> Distributions:
        return kept_at_root(setting, self._policy(setting, expected_ratings(setting)))

    def objective(self, setting: Setting, root: Floats) -> Floats:
        worth = self._worth(expected_ratings(setting))
        return np.asarray((root * worth).sum(axis=0) - self.penalty * _kl(root, setting.hch.root))

    def per_nat(self) -> float:
        return self.penalty

    def divergence(self, setting: Setting) -> Floats:
        """Of claims, and of the arguments kept for each: ``θK'(θ) - K(θ)``, ``K = log E exp(θx_1)``."""
        draws = expected_ratings(setting)
        policy = self._policy(setting, draws)
        theta = draws.spread / self.penalty
        of_arguments = 0.5 * theta**2
        if draws.family == "laplace":
            of_arguments = 2.0 * theta**2 / (1.0 - theta**2) + np.log1p(-(theta**2))
        return np.asarray(_kl(policy, setting.hch.root) + (policy * of_arguments).sum(axis=0))

    def episode(self, setting: Setting) -> Episode:
        return rated_draws(setting, 1)

    def _policy(self, setting: Setting, draws: Draws) -> Floats:
        with np.errstate(divide="ignore"):
            base = np.log(setting.hch.root)
        return np.asarray(special.softmax(base + self._worth(draws) / self.penalty, axis=0))

    def _worth(self, draws: Draws) -> Floats:
        """What a claim is worth with the arguments kept for it: ``location_a + β log E exp(γx_1/β)``."""
        theta = draws.spread / self.penalty
        steepest = float(theta.max())
        if draws.family == "normal" or steepest == 0.0:
            return np.asarray(draws.location + self.penalty * 0.5 * theta**2)
        if draws.family == "student_t":
            raise NoOptimum("diverges: with rhetoric_family student_t no penalty on KL bounds the rating")
        if steepest >= 1.0:
            bound = steepest * self.penalty
            raise NoOptimum(
                f"diverges: with rhetoric_family laplace penalty (β) must exceed γ times the scale of arguments, "
                f"{bound:.4g}, and is {self.penalty:.4g}"
            )
        return np.asarray(draws.location - self.penalty * np.log1p(-(theta**2)))


def _kl(policy: Floats, base: Floats) -> Floats:
    """KL of one distribution over claims from another, (claims, questions) → (questions,)."""
    return np.asarray(special.rel_entr(policy, base).sum(axis=0))
