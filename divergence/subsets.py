"""Sets of false claims that a policy may favour together, for the worst policy under a divergence (MODEL.md §4).

With up to ten claims these are all ``2^(K-1)`` sets, and nothing is left out. With more they would be too many, and a
choice is made per question: false claims are packed into eight blocks whose masses fall by halves (largest claims
first, each into the block with most room), all sets of blocks are tried, and beside them the claims in order of
``H/π*``, as many as one likes: what a policy raises by one factor does harm only where HCH has less. A policy found so
is attained like any other; what it can miss is the harm of a set that no union of blocks comes near.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scenarios.joins import Answers
from scenarios.streams import Floats
from scenarios.trees import pick

ALL_UP_TO = 10
"""Claims per question up to which every set is tried."""

_BLOCKS = 8


@dataclass(frozen=True)
class Subsets:
    """Sets of false claims, numbered; set 0 is empty. Tables are (sets, questions).

    ``inside``, ``outside``: the optimum's mass in and out of each set (both summed, so that neither is lost to rounding
    beside the other). ``hch``: HCH's mass in it. ``false``: the false claims, in the order in which ``block`` and
    ``rank`` speak of them, (claims - 1, questions). ``unions``: the first sets, as unions of blocks; the others are all
    claims up to a rank. ``ascending``: where the optimum is HCH, the sets but the empty one by their mass,
    and these masses.
    """

    inside: Floats
    outside: Floats
    hch: Floats
    false: Answers
    block: Answers
    rank: Answers
    unions: NDArray[np.bool_]
    ascending: tuple[Answers, Floats] | None

    def members(self, number: Answers) -> NDArray[np.bool_]:
        """Which claims are in the set numbered so, question by question: (questions,) → (claims, questions)."""
        claims, questions = len(self.false) + 1, np.arange(len(number))
        blocks = self.unions[np.minimum(number, len(self.unions) - 1)[None, :], self.block]
        within = np.where(number < len(self.unions), blocks, self.rank <= number - len(self.unions))
        members = np.zeros((claims, len(number)), dtype=bool)
        members[self.false, questions] = within
        return members


def subsets(best: Floats, hch: Floats, truth: Answers) -> Subsets:
    """Sets to try. ``best``: the optimal policy, ``hch``: HCH, (claims, questions); ``truth``: (questions,)."""
    claims = len(best)
    false = (truth + 1 + np.arange(claims - 1)[:, None]) % claims
    questions = np.arange(best.shape[1])
    own, reference, rest = best[false, questions], hch[false, questions], pick(best, truth)
    if claims <= ALL_UP_TO:
        block, count = np.broadcast_to(np.arange(claims - 1)[:, None], false.shape), claims - 1
    else:
        block, count = _packed(np.maximum(own, reference)), _BLOCKS
    unions = _unions(count)
    masses = [unions @ _gathered(part, block, count) for part in (own, reference)]
    tables = [masses[0], rest + (1.0 - unions) @ _gathered(own, block, count), masses[1]]
    with np.errstate(divide="ignore", invalid="ignore"):
        order = np.argsort(np.nan_to_num(reference / own, nan=1.0, posinf=np.inf), axis=0, kind="stable")
    rank = np.argsort(order, axis=0)
    if claims > ALL_UP_TO:
        first, other = (np.take_along_axis(part, order, axis=0) for part in (own, reference))
        after = np.cumsum(first[::-1], axis=0)[::-1]
        outside = rest + np.concatenate([after[1:], np.zeros((1, len(truth)))])
        prefixes = [np.cumsum(first, axis=0), outside, np.cumsum(other, axis=0)]
        tables = [np.concatenate(pair) for pair in zip(tables, prefixes, strict=True)]
    alike = float(np.abs(best - hch).max()) < 1e-12
    inside, outside, mass = tables
    ascending = None
    if alike:
        ranked = np.asarray(1 + np.argsort(inside[1:], axis=0))
        ascending = ranked, inside[ranked, questions]
    return Subsets(inside, outside, mass, false, block, rank, unions.astype(bool), ascending)


@lru_cache(maxsize=16)
def _unions(count: int) -> Floats:
    """All sets of ``count`` things as rows of 0 and 1, the empty one first."""
    return np.array(list(itertools.product((0.0, 1.0), repeat=count)))


def _gathered(mass: Floats, block: Answers, count: int) -> Floats:
    """Mass by block, (blocks, questions)."""
    if count == len(mass):
        return mass
    total = np.zeros((count, mass.shape[1]))
    np.add.at(total, (block, np.arange(mass.shape[1])), mass)
    return total


def _packed(mass: Floats) -> Answers:
    """A block for every claim: the largest first, each into the block with most room; rooms fall by halves."""
    questions = np.arange(mass.shape[1])
    room = mass.sum(axis=0) * 0.5 ** np.arange(1, _BLOCKS + 1)[:, None]
    block = np.empty(mass.shape, dtype=np.intp)
    for claim in np.argsort(-mass, axis=0, kind="stable"):
        into = room.argmax(axis=0)
        block[claim, questions] = into
        room[into, questions] -= mass[claim, questions]
    return block
