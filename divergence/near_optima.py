"""What each scheme's worst near-optimal policy answers to one question, as text (see ``worst``).

What may be given up is shared by a batch of questions, for an objective is a mean: this question may be spared, or hit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from distillers.base import NoOptimum
from divergence.build import SpecError
from divergence.cell import Named
from divergence.worst import NoWorst, Worst, worsts
from hch.setting import Setting
from overseers.base import Overseer
from scenarios.base import Scenario
from scenarios.streams import Floats

BATCH = 500
"""Root questions that share what may be given up: a seed's, from a multiple of this on; fewer if trees are large."""

_LARGEST = 10**6
"""Claims of all questions in a batch, at most: trees that are very large share with fewer."""

_SHOWN = 0.0005


@dataclass(frozen=True)
class NearOptimum:
    """One scheme: its optimum's answers to the question, (claims,), and its worst policy; or why there is none."""

    label: str
    answers: Floats | None
    worst: Worst | None
    reason: str = ""


@dataclass(frozen=True)
class NearOptima:
    """The worst near-optimal policies at one question. ``print`` them. ``place``: of the question in its batch."""

    epsilon: float
    first: int
    last: int
    place: int
    truth: int
    planted: int
    found: tuple[NearOptimum, ...]

    def __str__(self) -> str:
        width = max(len(one.label) for one in self.found)
        head = (
            f"optimum → the worst policy that gives up at most ε = {self.epsilon:g} of what training gains over\n"
            f"answers at random; questions {self.first} to {self.last} share it, this one is shown:"
        )
        return "\n".join([head, *(f"{one.label:<{width}}  {self._told(one)}" for one in self.found)])

    def _told(self, one: NearOptimum) -> str:
        if one.worst is None or one.answers is None:
            return f"none: {one.reason}"
        before, after = self._answers(one.answers), self._answers(one.worst.policy[:, self.place])
        given = one.worst.best - one.worst.objective
        return (
            f"{before} → {after}; harm {one.worst.harm[self.place]:.3f} here, {one.worst.mean:.3f} on average, "
            f"for {given:.3g} of J* = {one.worst.best:.4g}"
        )

    def _answers(self, policy: Floats) -> str:
        """``2 ✓ 0.94, 4 ✗ ⚑ 0.05``: claims in order of mass."""
        order = [int(claim) for claim in np.argsort(-policy, kind="stable") if policy[claim] >= _SHOWN]
        return ", ".join(f"{claim} {self._mark(claim)} {policy[claim]:.3f}" for claim in order)

    def _mark(self, claim: int) -> str:
        return "✓" if claim == self.truth else "✗ ⚑" if claim == self.planted else "✗"


def near_optima(
    scenario: Scenario, overseer: Overseer, schemes: Sequence[Named], epsilon: float, seed: int = 0, question: int = 0
) -> NearOptima:
    """The worst policies within ``epsilon`` of each scheme's optimum, at one root question of a seed."""
    if not 0.0 <= epsilon < np.inf:
        raise SpecError(f"worst: ε must be a number ≥ 0, not {epsilon:g}")
    nodes, claims = scenario.size()
    together = max(1, min(BATCH, _LARGEST // (nodes * claims)))
    first = question - question % together
    trees = scenario.trees(seed, together, start=first)
    setting, place = Setting(trees, overseer, seed), question - first
    found = tuple(_near_optimum(named, setting, epsilon, place) for named in schemes)
    root = trees.root
    last = first + together - 1
    return NearOptima(epsilon, first, last, place, int(root.truth[0, place]), int(root.planted[0, place]), found)


def _near_optimum(named: Named, setting: Setting, epsilon: float, place: int) -> NearOptimum:
    try:
        optimum = named.part.optimum(setting)
        (found,) = worsts(named.part, setting, [epsilon], optimum)
    except (NoWorst, NoOptimum) as reason:
        return NearOptimum(named.label, None, None, str(reason))
    return NearOptimum(named.label, optimum.root[:, place], found)
