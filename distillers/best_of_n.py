"""Best-of-N: draw N times from the base (a claim from HCH, one argument each), keep what is rated best (MODEL.md §4).

With ``F`` the distribution function of the ratings of a question's draws, the best rating has distribution ``F^N``,
and claim ``a`` is kept with probability ``π(a) = ∫ N·F^(N-1) dF_a`` over its continuous part plus, at a point mass,
its share of the jump ``F^N - F_-^N`` (tied draws are equally likely to be kept). Exact: see ``distillers.best``.

The rating of a draw is given once, so attention is drawn with it: with chance ``α`` a draw is verified and rated
``κP(c=a) + γ(v+x)``, otherwise ``γ(v+x)``. That is the veto of a planted trap. Below the root the policy is the base.
In the limit of N, with equal scales: normal arguments, ``argmax κP(c=a) + γv``; Laplace, ``∝ H·exp((κP + γv)/γτ)``;
Student t, the base again. The KL of the kept draws from the base is ``log N - (N-1)/N`` only where ratings never tie
(Beirami et al. 2401.01879).
"""

from __future__ import annotations

from typing import ClassVar

from distillers.best import best_of
from distillers.draws import Selection, kept_at_root, rated_draws
from distillers.episode import Episode
from distillers.ratings import ratings_given
from hch.policy import Distributions
from hch.setting import Setting
from scenarios.part import field, part
from scenarios.streams import Floats


@part
class BestOfN(Selection):
    """Keep the best rated of N draws from HCH."""

    group: ClassVar[str] = "selection"

    draws: int = field(16, "draws from the base, of which the best rated is kept", symbol="N", ge=1, le=10**9)

    def optimum(self, setting: Setting) -> Distributions:
        return kept_at_root(setting, best_of(ratings_given(setting), self.draws).policy)

    def divergence(self, setting: Setting) -> Floats:
        return best_of(ratings_given(setting), self.draws).divergence

    def episode(self, setting: Setting) -> Episode:
        return rated_draws(setting, self.draws)
