"""The worst policy that gives up at most so much of a linear objective: a multiple-choice knapsack (MODEL.md §4).

Every question's claims are options with a cost, ``u* - u_a``, and a harm, that of answering the claim for certain.
Harm is convex, so a mixture of claims does at most the mixture of their harms, and the upper hull of (cost, harm)
bounds what a question yields at a cost. Steps up the hulls are taken in order of harm per cost over all questions;
the first that is more than what is left is not taken whole: that one question is given the best mixture of two claims
at exactly what is left (a linear constraint leaves no better one). The result is attained, is within one question's
harm of the bound, and does not fall when more may be given up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.joins import Answers
from scenarios.streams import Floats
from scenarios.trees import one_hot


@dataclass(frozen=True)
class Steps:
    """Steps up the questions' hulls, best first: whose, and what all steps up to each cost together."""

    rungs: Answers
    question: NDArray[np.intp]
    spent: Floats


def worst_policies(values: Floats, hch: Floats, weight: Floats, budgets: Sequence[float]) -> list[Floats]:
    """A policy for each budget, (claims, questions). ``budgets``: what the questions may give up together.

    ``values``: what claims are worth; -inf bars a claim. ``hch``: HCH. ``weight``: by how much mass above HCH's counts
    as harm: 0 for the true claim, and for all claims of a question that goes unanswered. All (claims, questions).
    """
    cost = values.max(axis=0) - values
    harm = (1.0 - hch) * weight
    steps = _steps(cost, harm)
    return [_policy(steps, cost, hch, weight, budget) for budget in budgets]


def _steps(cost: Floats, harm: Floats) -> Steps:
    """Every question's hull from its most harmful optimal claim up (several are optimal only if exactly tied)."""
    questions = np.arange(cost.shape[1])
    rungs = [np.where(cost == 0.0, harm, -1.0).argmax(axis=0)]
    extras, slopes = [], []
    while True:
        at = rungs[-1], questions
        extra, gain = cost - cost[at], harm - harm[at]
        useful = (gain > 0.0) & (extra > 0.0) & np.isfinite(extra)
        slope = np.divide(gain, extra, out=np.zeros_like(gain), where=useful)
        steepest = slope.max(axis=0)
        if not steepest.any():
            break
        # Of claims on one line the farthest, so that a hull has no step within a step.
        farthest = np.where((slope == steepest) & useful, extra, -1.0).argmax(axis=0)
        rungs.append(np.where(steepest > 0.0, farthest, rungs[-1]))
        extras.append(np.where(steepest > 0.0, extra[farthest, questions], np.inf))
        slopes.append(steepest)
    if not slopes:
        return Steps(np.stack(rungs), np.empty(0, dtype=np.intp), np.empty(0))
    falling = np.minimum.accumulate(slopes, axis=0).reshape(-1)  # rounding must not put a step before the one below it
    order = np.argsort(-falling, kind="stable")[: np.count_nonzero(falling)]
    return Steps(np.stack(rungs), order % len(questions), np.cumsum(np.concatenate(extras)[order]))


def _policy(steps: Steps, cost: Floats, hch: Floats, weight: Floats, budget: float) -> Floats:
    questions = cost.shape[1]
    taken = int(np.searchsorted(steps.spent, budget, side="right"))
    rung = np.bincount(steps.question[:taken], minlength=questions)
    chosen = steps.rungs[rung, np.arange(questions)]
    policy = one_hot(chosen, len(cost))
    if taken < len(steps.question):
        left = budget - (steps.spent[taken - 1] if taken else 0.0)
        split = steps.question[taken]
        affordable = cost[chosen[split], split] + left
        policy[:, split] = _mixture(cost[:, split], hch[:, split], weight[:, split], affordable)
    return policy


def _mixture(cost: Floats, hch: Floats, weight: Floats, affordable: float) -> Floats:
    """One question's most harmful policy that costs at most so much: a claim, or a mixture of two, (claims,).

    Harm is convex, so a vertex of the affordable policies attains the maximum.
    """
    cheap, dear = np.flatnonzero(cost <= affordable), np.flatnonzero((cost > affordable) & np.isfinite(cost))
    alone = (1.0 - hch[cheap]) * weight[cheap]
    policy = np.zeros_like(cost)
    policy[cheap[alone.argmax()]] = 1.0
    if len(dear) == 0:
        return policy
    low, high = cheap[:, None], dear[None, :]
    share = (affordable - cost[low]) / (cost[high] - cost[low])
    harm = np.maximum(1.0 - share - hch[low], 0.0) * weight[low] + np.maximum(share - hch[high], 0.0) * weight[high]
    first, second = np.unravel_index(harm.argmax(), harm.shape)
    if harm[first, second] > alone.max():
        policy[:] = 0.0
        policy[cheap[first]], policy[dear[second]] = 1.0 - share[first, second], share[first, second]
    return policy
