"""Voting: the plurality of several independent votes, exactly and in simulation.

A tie goes to the tied claim for which the earliest member votes. Who votes with whom is a partition of the members, so
claim ``a`` is elected with probability ``Σ over partitions of P(the winning block says a, every other block says a
claim of its own)``. That other blocks differ among themselves is Möbius inversion over coarser partitions; its terms
are products of ``e_S(a) = Σ_{b≠a} Π_{i∈S} p_i(b)``. The cost grows with the number of partitions of the members (terms:
6 for three, 66 for five, 1,051 for seven), not with the number of possible ballots.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import factorial, prod

import numpy as np
from scipy import special

from scenarios.joins import Answers, plurality
from scenarios.streams import Floats

Members = tuple[int, ...]


def elected(votes: Sequence[Answers]) -> Answers:
    """The claim with most votes, elementwise over arrays of one shape."""
    support = np.stack([np.sum([vote == other for other in votes], axis=0) for vote in votes])
    return np.asarray(np.take_along_axis(np.stack(votes), support.argmax(axis=0)[None], axis=0)[0])


def vote(ballots: Sequence[Floats]) -> Floats:
    """Distribution of the claim with most votes when members vote independently; each ballot is (claims, …)."""
    if len(ballots) == 1:
        return ballots[0]
    together: dict[Members, Floats] = {}
    apart: dict[Members, Floats] = {}
    out = np.zeros_like(ballots[0])
    for winners, terms in _ways(len(ballots)):
        rest = np.zeros_like(out)
        for sign, blocks in terms:
            rest += sign * prod((_others(ballots, block, together, apart) for block in blocks), start=np.ones(()))
        out += _agreed(ballots, winners, together) * np.maximum(rest, 0.0)
    return out


def majority_log_odds(odds: Sequence[Floats]) -> Floats:
    """Log-odds that most members say yes, from each one's log-odds; independent given these. Exact in both tails."""
    if len(odds) == 1:
        return odds[0]
    ballots = [np.stack([special.log_expit(own), special.log_expit(-own)]) for own in odds]
    yes, no = _two_ways(len(odds)).reduce(ballots, np.add, np.logaddexp)
    return np.asarray(yes - no)


_two_ways = lru_cache(maxsize=16)(lambda members: plurality(2, members))


def _agreed(ballots: Sequence[Floats], block: Members, known: dict[Members, Floats]) -> Floats:
    """``Π_{i∈block} p_i(a)``: all of a block say ``a``."""
    if block not in known:
        first, *others = block
        known[block] = ballots[first] * _agreed(ballots, tuple(others), known) if others else ballots[first]
    return known[block]


def _others(
    ballots: Sequence[Floats], block: Members, together: dict[Members, Floats], apart: dict[Members, Floats]
) -> Floats:
    """``e_S(a)``: all of a block say one claim, which is not ``a``."""
    if block not in apart:
        agreed = _agreed(ballots, block, together)
        apart[block] = np.maximum(agreed.sum(axis=0) - agreed, 0.0)
    return apart[block]


@lru_cache(maxsize=16)
def _ways(members: int) -> list[tuple[Members, list[tuple[int, tuple[Members, ...]]]]]:
    """For every set of members that can win, the signed terms of what the rest may do."""
    terms: defaultdict[Members, defaultdict[tuple[Members, ...], int]] = defaultdict(lambda: defaultdict(int))
    for partition in _partitions(tuple(range(members))):
        winners = max(partition, key=lambda block: (len(block), -block[0]))
        others = [block for block in partition if block != winners]
        for cells in _partitions(tuple(range(len(others)))):
            merged = tuple(sorted(tuple(sorted(sum((others[i] for i in cell), ()))) for cell in cells))
            terms[winners][merged] += prod((-1) ** (len(cell) - 1) * factorial(len(cell) - 1) for cell in cells)
    return [(winners, [(sign, blocks) for blocks, sign in signs.items() if sign]) for winners, signs in terms.items()]


def _partitions(items: Members) -> Iterator[list[Members]]:
    """Every way to divide items into blocks; in each block they stay in order."""
    if not items:
        yield []
        return
    first, rest = items[0], items[1:]
    for partition in _partitions(rest):
        yield [(first,), *partition]
        for which, block in enumerate(partition):
            yield [(first, *block), *partition[:which], *partition[which + 1 :]]
