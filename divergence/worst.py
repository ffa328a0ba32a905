"""The worst of nearly optimal policies: "*all* the possible models that perform optimally" (Hubinger; MODEL.md §4).

    worst_harm(ε) = max { harm(π) : J(π) ≥ J* - ε·(J* - J_uniform) }

over root policies, sub-answers being as at the optimum; harm is against HCH of the same humans. How much of ``J`` a
policy gives up has one of three forms, and each has its own maximum: linear in the policy (``knapsack``), the log
score's divergence ``KL(H‖π)``, and a KL penalty's ``β·KL(π‖π*)`` (both ``waterfilling``). Every value is the harm of
a policy that is returned with it.

What a scheme may not say (a whitelist) nobody says, so ``J_uniform`` is uniform over what it may; where it abstains,
its near optima abstain too, and do no harm.

At ``ε = 0`` it is the harm of the optimum itself. Where several claims are exactly as good as the best (no
gameability and no support to tell them apart, say), all of them are optimal, and the worst counts, whichever the
tie's draw gave.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from distillers.base import Filtered, Linear, LogScored, Objective, Rated, Regularised, Scheme
from divergence import knapsack, waterfilling
from hch.policy import Policy
from hch.setting import Setting
from scenarios.joins import Answers
from scenarios.streams import Floats
from scenarios.trees import Trees, one_hot

MEASURED = (Linear, LogScored, Regularised)
"""Families whose worst near-optimum is known."""

_TINY, _SAME = 1e-300, 1e-12


class NoWorst(ValueError):
    """There is no worst near-optimum of this scheme; the message says why."""


@dataclass(frozen=True)
class Worst:
    """The worst policy that gives up at most a share ``ε`` of what training gains.

    ``policy``: (claims, questions). ``harm``: what it does, (questions,). ``objective``: its mean ``J``; ``best``:
    ``J*``; ``budget``: ``ε·(J* - J_uniform)``, the most it may give up. ``imitates``: ``J`` is a log score against HCH.
    """

    epsilon: float
    policy: Floats
    harm: Floats
    objective: float
    best: float
    budget: float
    imitates: bool = False

    @property
    def mean(self) -> float:
        """``worst_harm(ε)``."""
        return float(self.harm.mean())


def worst(scheme: Scheme, setting: Setting, epsilon: float) -> Worst:
    """The worst ``ε``-near optimum of a scheme. Raises ``NoWorst`` with the reason if the scheme has none."""
    (found,) = worsts(scheme, setting, [epsilon])
    return found


def worsts(
    scheme: Scheme,
    setting: Setting,
    epsilons: Sequence[float],
    optimum: Policy | None = None,
    values: Floats | None = None,
) -> list[Worst]:
    """``worst`` at several ``ε`` at once, which costs little more than at one.

    ``optimum``: the scheme's, if known; ``values``: what its claims are worth, if it is linear and they are known.
    Raises ``NoWorst`` where there is none, ``NoOptimum`` if the objective has no maximum.
    """
    for epsilon in epsilons:
        if not 0.0 <= epsilon < np.inf:
            raise ValueError(f"epsilon: must be a number ≥ 0, not {epsilon!r}")
    reason = reason_against(scheme, setting.trees)
    if reason:
        raise NoWorst(reason)
    if isinstance(scheme, Linear):
        return _linear(scheme, setting, epsilons, optimum or scheme.optimum(setting), values)
    if isinstance(scheme, LogScored):
        return _log_scored(scheme, setting, epsilons)
    assert isinstance(scheme, Regularised)
    return _regularised(scheme, setting, epsilons, optimum)


def reason_against(scheme: Scheme, trees: Trees | None = None) -> str:
    """Why a scheme has no worst near-optimum (on some trees); empty if it has one."""
    if trees is not None and trees.root.grades is not None:
        return "claims are good by degrees: none is true, so none is harmful"
    if isinstance(scheme, MEASURED):
        return ""
    if isinstance(scheme, Objective):
        return "its objective is neither linear, nor a log score, nor a KL penalty: the worst policy is not known"
    return "it states no objective that a policy could nearly maximise"


def pinsker(budget: float) -> float:
    """Pinsker's bound, ``√(budget/2)``: mean harm of policies at a mean KL from HCH of at most ``budget`` nats.

    For imitation's log score, whose optimum is HCH, the budget of ``Worst`` is that KL.
    """
    return float(np.sqrt(budget / 2.0))


def _linear(
    scheme: Linear, setting: Setting, epsilons: Sequence[float], optimum: Policy, values: Floats | None
) -> list[Worst]:
    if values is None:
        values = scheme.ratings(setting, optimum) if isinstance(scheme, Rated) else _values(scheme, setting)
    allowed = np.ones(values.shape, dtype=bool)
    if isinstance(scheme, Filtered):
        allowed = scheme.allowed(setting, setting.trees.depth)[:, 0]
    best = float(np.where(allowed, values, -np.inf).max(axis=0).mean())
    uniform = float((np.where(allowed, values, 0.0).sum(axis=0) / allowed.sum(axis=0)).mean())
    budgets = [_budget(epsilon, best - uniform) for epsilon in epsilons]
    weight = (1.0 - _true(setting)) * (1.0 - optimum.abstained)
    together = [budget * values.shape[1] for budget in budgets]
    policies = knapsack.worst_policies(np.where(allowed, values, -np.inf), setting.hch.root, weight, together)
    scores = [float(np.where(policy > 0.0, policy * values, 0.0).sum(axis=0).mean()) for policy in policies]
    harms = [_harm(one, setting) * (1.0 - optimum.abstained) for one in policies]
    return [Worst(*found) for found in _columns(epsilons, policies, harms, scores, best, budgets)]


def _values(scheme: Linear, setting: Setting) -> Floats:
    """What claims are worth, worked out once for all overseers for whom it is the same."""
    if scheme.depends_on_answers:
        return scheme.values(setting)
    return setting.once_rated((scheme, "values"), lambda: scheme.values(setting))


def _log_scored(scheme: LogScored, setting: Setting, epsilons: Sequence[float]) -> list[Worst]:
    """All that imitate HCH share what is found, and with them all overseers who answer alike."""
    target = scheme.target(setting)
    if float(np.abs(target - setting.hch.root).max()) > _SAME:
        return _predicted(target, setting, epsilons)
    found = setting.once(("worst", *epsilons), lambda: _predicted(target, setting, epsilons))
    return [replace(one, imitates=True) for one in found]


def _predicted(target: Floats, setting: Setting, epsilons: Sequence[float]) -> list[Worst]:
    best = float(special.xlogy(target, target).sum(axis=0).mean())
    budgets = [_budget(epsilon, best + np.log(len(target))) for epsilon in epsilons]
    # A claim that is never the answer may be given for nothing but what the others lose.
    policies = _filled(np.maximum(target, _TINY), setting, waterfilling.log_score, budgets)
    scores = [float(special.xlogy(target, policy).sum(axis=0).mean()) for policy in policies]
    harms = [_harm(policy, setting) for policy in policies]
    return [Worst(*found) for found in _columns(epsilons, policies, harms, scores, best, budgets)]


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
    harms = [_harm(policy, setting) for policy in policies]
    return [Worst(*found) for found in _columns(epsilons, policies, harms, scores, best, budgets)]


def _columns(
    epsilons: Sequence[float],
    policies: list[Floats],
    harms: list[Floats],
    scores: list[float],
    best: float,
    budgets: list[float],
) -> Iterator[tuple[float, Floats, Floats, float, float, float]]:
    return zip(epsilons, policies, harms, scores, [best] * len(policies), budgets, strict=True)


def _filled(best: Floats, setting: Setting, spend: waterfilling.Spend, nats: Sequence[float]) -> list[Floats]:
    together = [mean * best.shape[1] for mean in nats]
    return waterfilling.worst_policies(best, setting.hch.root, _truth(setting), spend, together)


def _harm(policy: Floats, setting: Setting) -> Floats:
    return np.asarray((np.maximum(policy - setting.hch.root, 0.0) * (1.0 - _true(setting))).sum(axis=0))


def _budget(epsilon: float, gained: float) -> float:
    return epsilon * max(gained, 0.0) if epsilon else 0.0


def _truth(setting: Setting) -> Answers:
    return np.asarray(setting.trees.root.truth[0])


def _true(setting: Setting) -> Floats:
    return one_hot(_truth(setting), setting.trees.claims)
