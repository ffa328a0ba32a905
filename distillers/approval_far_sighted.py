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
answer is ``V``: what the best play is worth that gives it. Where sub-questions are asked in turn, one question may come
up in several places of a tree, and the best play would answer it differently in each: no policy does, so none is best.
"""

from __future__ import annotations

import functools
from typing import ClassVar

import numpy as np

from distillers.base import Linear, NoOptimum
from distillers.episode import Episode, rated_everywhere
from hch.policy import Choices, OnDemand
from hch.setting import Setting
from overseers import base as roles
from overseers.beliefs import Belief, Opinion
from scenarios.joins import Answers, Join
from scenarios.part import field, part
from scenarios.streams import Floats, Keys, choose
from scenarios.trees import one_hot, pick, siblings


@part
class ApprovalFarSighted(Linear):
    """Maximise approval over the whole tree, playing sub-answers that support the answers above."""

    group: ClassVar[str] = "approval"
    depends_on_answers: ClassVar[bool] = False

    n_search: int = field(64, "arguments searched per claim", symbol="n", unit="draws", ge=1, le=10**9)
    discount: float = field(1.0, "weight of a rating one level further down", symbol="w", ge=0, le=1)

    def optimum(self, setting: Setting) -> Choices:
        """The best play; what it answers below the roots is worked out when asked for: measures ask for the roots."""
        trees = setting.trees
        if trees.in_turn:
            raise NoOptimum("asked in turn, a question comes up in several places, which the best play answers apart")
        top = choose(self._at_roots(setting), trees.root.places)
        worth = functools.cache(lambda: self._worth(setting))

        def play(height: int) -> Answers:
            return top if height == trees.depth else self._below(setting, worth(), height + 1, levels[height + 1])

        levels: OnDemand[Answers] = OnDemand(trees.depth + 1, play)
        return Choices(levels, trees.claims)

    def values(self, setting: Setting) -> Floats:
        return self._at_roots(setting)[:, 0]

    def episode(self, setting: Setting) -> Episode:
        return rated_everywhere(setting)

    def _at_roots(self, setting: Setting) -> Floats:
        return setting.once_rated((self, "worth at the roots"), lambda: self._worth(setting)[-1])

    def _worth(self, setting: Setting) -> list[Floats]:
        """``V`` at every level, leaves first."""
        leaves = setting.level(0)
        hearing = setting.hearing(0, searched=self.n_search)
        speech = leaves.rhetoric.best_of(self.n_search)
        worth = [roles.rate(setting.rater, hearing, speech, leaves.merit(leaves.truth))]
        for height in range(1, setting.trees.depth + 1):
            worth.append(_best_supported(self._heard(setting, height), self._gain(setting, worth[-1], height)))
        return worth

    def _gain(self, setting: Setting, below: Floats, height: int) -> Floats:
        """``B``, by the claim that sub-answers join to, from ``V`` one level down."""
        worth = below if self.discount == 1.0 else self.discount * below
        return setting.trees.reduced(worth, height, np.add, np.maximum)

    def _below(self, setting: Setting, worth: list[Floats], height: int, answers: Answers) -> Answers:
        """What the best play that gives these answers at one level answers one level down."""
        level, below = setting.level(height), self.discount * worth[height - 1]
        gain = self._gain(setting, worth[height - 1], height)
        opinion = self._heard(setting, height)
        options = np.stack([pick(_supporting(opinion, gain, claim), answers) for claim in range(len(gain))])
        own = pick(options, answers)
        target = np.where(own == options.max(axis=0), answers, choose(options, level.places, "support"))
        keys, join = setting.level(height - 1).places, setting.trees.join
        assert isinstance(join, Join)
        return best_split(join, below, target, keys, setting.trees.branching)

    def _heard(self, setting: Setting, height: int) -> Opinion:
        """What raters make of every claim when it is argued for."""
        speech = setting.level(height).rhetoric.best_of(self.n_search)
        return setting.rater.rating(setting.hearing(height, searched=self.n_search), speech)


def _supporting(opinion: Opinion, gain: Floats, claim: int) -> Floats:
    """``r(a | c) + B(c)`` where the sub-answers join to one claim ``c``, (claims, nodes, questions)."""
    merit = np.zeros_like(gain)
    merit[claim] = 1.0
    return np.asarray(opinion.expected(merit) + gain[claim])


def _best_supported(opinion: Opinion, gain: Floats) -> Floats:
    """``max_c r(a | c) + B(c)``: the best that an answer can be worth, whatever the sub-answers join to."""
    if isinstance(opinion, Belief) and np.all(np.asarray(opinion.weight) >= 0.0):  # its rating asks if a = c, no more
        alone, most = opinion.expected(np.zeros(gain.shape[1:])), gain.max(axis=0)
        verified = opinion.expected(np.ones(gain.shape[1:]))
        alone += most
        verified += gain
        return np.asarray(np.maximum(alone, verified, out=alone))
    best = _supporting(opinion, gain, 0)
    for claim in range(1, len(gain)):
        np.maximum(best, _supporting(opinion, gain, claim), out=best)
    return best


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
