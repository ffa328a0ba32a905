"""Approval-based amplification, far-sighted: the model plays sub-answers for the sake of later ratings (MODEL.md §4).

One play gives every question of the tree an answer, and is worth the sum of all its ratings, each discounted by ``w``
for every level below the root. The most that a play can be worth that answers ``a`` is, bottom-up,

    V(a) = γ(v + x_n)(a) + max(ακ + B(a), max_c B(c)),   B(c) = max over splits joining to c of Σ_i w·V(s_i)

and ``ακ_leaf·1[a=t] + γ(v + x_n)(a)`` at leaves. ``w = 0``: the sub-answers are played for the root alone, which can
support whatever it likes, so persuasion alone decides; ``w = 1``: for the whole tree (cf. MONA, Farquhar et al.
2501.13011).

Readings. The policy is the best play from the root: ``argmax_a V`` there, and below, top-down, the split that attains
the maximum; a level's own ``argmax V`` is what would be played if the question were a root. Ties, of which ``w = 0``
has many, are broken by keyed draws, except that an answer supports itself where that costs nothing. ``J`` of a root
answer is ``V``: what the best play is worth that gives it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from distillers.base import Linear
from distillers.episode import Episode, rated_everywhere
from hch.policy import Choices
from hch.setting import Setting
from overseers import base as roles
from scenarios.joins import Answers, Join
from scenarios.part import field, part
from scenarios.streams import Floats, Keys, choose
from scenarios.trees import one_hot, siblings


@part
class ApprovalFarSighted(Linear):
    """Maximise approval over the whole tree, playing sub-answers that support the answers above."""

    group: ClassVar[str] = "approval"
    depends_on_answers: ClassVar[bool] = False

    n_search: int = field(64, "arguments searched per claim", symbol="n", unit="draws", ge=1, le=10**9)
    discount: float = field(1.0, "weight of a rating one level further down", symbol="w", ge=0, le=1)

    def optimum(self, setting: Setting) -> Choices:
        trees, prospects = setting.trees, self._prospects(setting)
        chosen = [choose(prospects[-1].value, trees.root.places)]
        for height in range(trees.depth, 0, -1):
            above, below = prospects[height], self.discount * prospects[height - 1].value
            target = np.take_along_axis(above.support, chosen[0][None], axis=0)[0]
            chosen.insert(0, best_split(trees.join, below, target, trees.levels[height - 1].places, trees.branching))
        return Choices(chosen, trees.claims)

    def values(self, setting: Setting) -> Floats:
        return self._prospects(setting)[-1].value[:, 0]

    def episode(self, setting: Setting) -> Episode:
        return rated_everywhere(setting)

    def _prospects(self, setting: Setting) -> list[Prospect]:
        """``V`` and what attains it at every level, leaves first."""
        prospects: list[Prospect] = []
        for level in setting.trees.levels:
            if not prospects:
                checked = self._rated(setting, 0, level.merit(level.truth))
                prospects.append(Prospect(checked, np.zeros(checked.shape, dtype=np.intp)))
                continue
            worth = [self.discount * child for child in siblings(prospects[-1].value, setting.trees.branching)]
            gain = setting.trees.join.reduce(worth, np.add, np.maximum)
            prospects.append(self._prospect(setting, level.height, gain, level.places))
        return prospects

    def _prospect(self, setting: Setting, height: int, gain: Floats, places: Keys) -> Prospect:
        """``V(a) = max_c r(a | c) + B(c)``: for a human, the maximum of the docstring. ``gain`` is ``B``."""
        claims = len(gain)
        options = np.empty((claims, *gain.shape))  # [c, a]
        for claim in range(claims):
            merit = setting.level(height).merit(np.full(places.shape, claim))
            options[claim] = self._rated(setting, height, merit) + gain[claim]
        own = np.stack([options[claim, claim] for claim in range(claims)])
        best = options.max(axis=0)
        support = np.stack([choose(options[:, claim], places, "support") for claim in range(claims)])
        itself = np.arange(claims).reshape(-1, 1, 1)
        return Prospect(best, np.where(own == best, itself, support))

    def _rated(self, setting: Setting, height: int, merit: Floats) -> Floats:
        speech = setting.level(height).rhetoric.best_of(self.n_search)
        return roles.rate(setting.rater, setting.hearing(height, searched=self.n_search), speech, merit)


@dataclass(frozen=True)
class Prospect:
    """``value``: ``V``, (claims, nodes, questions). ``support``: the claim that the best play's sub-answers join to."""

    value: Floats
    support: Answers


def best_split(join: Join, worth: Floats, target: Answers, keys: Keys, branching: int) -> Answers:
    """The sub-answers worth most in sum among those that join to ``target``, (nodes·b, questions).

    ``worth``: of each sub-answer, (claims, nodes·b, questions). Children are fixed one after another: with the ones
    before fixed, each claim of the next is tried against the best of the rest. Ties are broken by ``keys``.
    """
    claims = len(worth)
    children = [np.asarray(child) for child in siblings(worth, branching)]
    child_keys = siblings(keys, branching)
    chosen = np.empty(keys.shape, dtype=np.intp)
    only = np.where(np.eye(claims, dtype=bool), 0.0, -np.inf)[..., None, None]  # [claim, tried]
    for which in range(branching):
        shape = (claims, claims, *target.shape)
        tried = [np.broadcast_to(child[:, None], shape) for child in children]
        tried[which] = children[which][:, None] + only
        attained = join.reduce(tried, np.add, np.maximum)  # [joined, tried]
        best = choose(
            np.take_along_axis(attained, target[None, None], axis=0)[0], np.ascontiguousarray(child_keys[which])
        )
        siblings(chosen, branching)[which][...] = best
        children[which] = np.where(one_hot(best, claims) == 1.0, children[which], -np.inf)
    return chosen
