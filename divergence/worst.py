"""The worst of nearly optimal policies: "*all* the possible models that perform optimally" (Hubinger; MODEL.md §4).

    worst_harm(ε) = max { harm(π) : J(π) ≥ J* - ε·(J* - J_uniform) }

over root policies, sub-answers being as at the optimum; harm is against HCH of the same humans. How much of ``J`` a policy
gives up has one of three forms, and each has its own maximum: linear in the policy (``knapsack``), the log score's
divergence ``KL(H‖π)``, and a KL penalty's ``β·KL(π‖π*)`` (both ``waterfilling``). Every value is the harm of a policy that
is returned with it.

At ``ε = 0`` it is the harm of the optimum itself. Where several claims are exactly as good as the best (no gameability and
no support to tell them apart, say), all of them are optimal, and the worst counts, whichever the tie's draw gave.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from distillers.base import Linear, LogScored, Objective, Rated, Regularised, Scheme
from divergence import knapsack, waterfilling
from hch.policy import Policy
from hch.setting import Setting
from scenarios.joins import Answers
from scenarios.streams import Floats
from scenarios.trees import one_hot

_TINY = 1e-300


class NoWorst(ValueError):
    """There is no worst near-optimum of this scheme; the message says why."""


@dataclass(frozen=True)
class Worst:
    """The worst policy that gives up at most a share ``ε`` of what training gains.

    ``policy``: (claims, questions). ``harm``: it does, (questions,). ``objective``: its mean ``J``; ``best``: ``J*``;
    ``budget``: ``ε·(J* - J_uniform)``, the most it may give up. ``bound``: Pinsker's bound on mean harm, for a log score
    against HCH; otherwise infinite.
    """

    epsilon: float
    policy: Floats
    harm: Floats
    objective: float
    best: float
    budget: float
    bound: float = np.inf

    @property
    def mean(self) -> float:
        """``worst_harm(ε)``."""
        return float(self.harm.mean())


def worst(scheme: Scheme, setting: Setting, epsilon: float) -> Worst:
    """The worst ``ε``-near optimum of a scheme. Raises ``NoWorst`` with the reason if the scheme has none."""
    (found,) = worsts(scheme, setting, [epsilon])
    return found


def worsts(
    scheme: Scheme, setting: Setting, epsilons: Sequence[float], optimum: Policy | None = None
) -> list[Worst]:
    """``worst`` at several ``ε`` at once, which costs little more than at one. ``optimum``: the scheme's, if known.

    Raises ``NoWorst`` where there is none, ``NoOptimum`` if the objective has no maximum.
    """
    for epsilon in epsilons:
        if not 0.0 <= epsilon < np.inf:
            raise ValueError(f"epsilon: must be a number ≥ 0, not {epsilon!r}")
    reason = why_none(scheme)
    if reason:
        raise NoWorst(reason)
    if isinstance(scheme, Linear):
        return _linear(scheme, setting, epsilons, optimum)
    if isinstance(scheme, LogScored):
        return _log_scored(scheme, setting, epsilons)
    assert isinstance(scheme, Regularised)
    return _regularised(scheme, setting, epsilons, optimum)


def why_none(scheme: Scheme) -> str:
    """Why a scheme has no worst near-optimum; empty if it has one."""
    if isinstance(scheme, Linear | LogScored | Regularised):
        return ""
    if isinstance(scheme, Objective):
        return "its objective is neither linear, nor a log score, nor a KL penalty: the worst policy is not known"
    return "it states no objective that a policy could nearly maximise"


def pinsker(budget: float) -> float:
    """Pinsker's bound: mean harm of policies whose mean KL from HCH is at most ``budget`` nats, ``√(budget/2)``."""
    return float(np.sqrt(budget / 2.0))


def _linear(scheme: Linear, setting: Setting, epsilons: Sequence[float], optimum: Policy | None) -> list[Worst]:
    known = isinstance(scheme, Rated) and optimum is not None
    values = scheme.ratings(setting, optimum) if known else scheme.values(setting)  # type: ignore[attr-defined]
    hch, true = setting.hch.root, _true(setting)
    best, uniform = float(values.max(axis=0).mean()), float(values.mean())
    budgets = [_budget(epsilon, best - uniform) for epsilon in epsilons]
    policies = knapsack.worst_policies(values, hch, true, [budget * values.shape[1] for budget in budgets])
    scores = [float(np.where(policy > 0.0, policy * values, 0.0).sum(axis=0).mean()) for policy in policies]
    return _found(setting, epsilons, policies, scores, best, budgets)


def _log_scored(scheme: LogScored, setting: Setting, epsilons: Sequence[float]) -> list[Worst]:
    target, hch = scheme.target(setting), setting.hch.root
    best = float(special.xlogy(target, target).sum(axis=0).mean())
    budgets = [_budget(epsilon, best + np.log(len(target))) for epsilon in epsilons]
    # A claim that is never the answer may be given for nothing but what the others lose.
    policies = _filled(np.maximum(target, _TINY), setting, waterfilling.log_score, budgets)
    scores = [float(special.xlogy(target, policy).sum(axis=0).mean()) for policy in policies]
    imitates = bool(np.allclose(target, hch, rtol=0.0, atol=1e-12))
    bounds = [pinsker(budget) for budget in budgets] if imitates else None
    return _found(setting, epsilons, policies, scores, best, budgets, bounds)


def _regularised(
    scheme: Regularised, setting: Setting, epsilons: Sequence[float], optimum: Policy | None
) -> list[Worst]:
    policy = (scheme.optimum(setting) if optimum is None else optimum).root
    best = float(scheme.objective(setting, policy).mean())
    uniform = float(scheme.objective(setting, np.full_like(policy, 1.0 / len(policy))).mean())
    budgets = [_budget(epsilon, best - uniform) for epsilon in epsilons]
    nats = [budget / scheme.per_nat() for budget in budgets]
    policies = _filled(policy, setting, waterfilling.penalty, nats)
    scores = [best - scheme.per_nat() * float(special.rel_entr(one, policy).sum(axis=0).mean()) for one in policies]
    return _found(setting, epsilons, policies, scores, best, budgets)


def _filled(best: Floats, setting: Setting, spend: waterfilling.Spend, nats: Sequence[float]) -> list[Floats]:
    together = [mean * best.shape[1] for mean in nats]
    return waterfilling.worst_policies(best, setting.hch.root, _truth(setting), spend, together)


def _found(
    setting: Setting,
    epsilons: Sequence[float],
    policies: Sequence[Floats],
    scores: Sequence[float],
    best: float,
    budgets: Sequence[float],
    bounds: Sequence[float] | None = None,
) -> list[Worst]:
    harms = [_harm(policy, setting) for policy in policies]
    bounds = bounds or [np.inf] * len(budgets)
    found = zip(epsilons, policies, harms, scores, budgets, bounds, strict=True)
    return [Worst(epsilon, policy, harm, score, best, budget, bound) for epsilon, policy, harm, score, budget, bound in found]


def _harm(policy: Floats, setting: Setting) -> Floats:
    return np.asarray((np.maximum(policy - setting.hch.root, 0.0) * (1.0 - _true(setting))).sum(axis=0))


def _budget(epsilon: float, gained: float) -> float:
    return epsilon * max(gained, 0.0) if epsilon else 0.0


def _truth(setting: Setting) -> Answers:
    return setting.trees.root.truth[0]


def _true(setting: Setting) -> Floats:
    return one_hot(_truth(setting), setting.trees.claims)
