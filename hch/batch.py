"""The batch engine: simulated HCH, one human per question, level by level in NumPy and without events.

With unlimited staff nobody waits for a desk, so a question is done when its slowest sub-question is, plus its own two
thoughts: answers and finish times follow by plain array arithmetic. The event engine gives the same, bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hch import minds
from hch.minds import durations
from overseers.base import Overseer
from overseers.pace import Ticks
from scenarios.joins import Answers
from scenarios.trees import Level, Trees, siblings

_AT_ONCE = 3 << 16
"""Draws of a level made together (a claim, a node, a question): many enough for NumPy, few enough for the cache."""


@dataclass(frozen=True)
class Times:
    """``finish``: when each root is answered. ``work``: human time its whole tree took. Ticks, shape (questions,)."""

    finish: Ticks
    work: Ticks


def answers(trees: Trees, human: Overseer) -> list[Answers]:
    """Everybody's answer, one (nodes, questions) array per level, leaves first."""
    supported = trees.levels[0].truth
    given: list[Answers] = []
    for level in trees.levels:
        if given:
            supported = trees.joined(given[-1])
        answered = np.empty_like(supported)
        for which in _blocks(level):
            answered[:, which] = minds.answers(minds.voters(level, human, which=which), supported[:, which])
        given.append(answered)
    return given


def times(trees: Trees, human: Overseer) -> Times:
    """When every root is answered if nobody has to wait for a desk, and the work in it."""
    finish: Ticks = np.zeros(0, dtype=np.int64)
    work = finish
    for level in trees.levels:
        own = np.empty(level.places.shape, dtype=np.int64)
        for which in _blocks(level):
            spent = durations(level, human, which)
            np.add(spent.think, spent.join, out=own[:, which])
        if level.height == 0:
            finish = work = own
            continue
        waited, *others = siblings(finish, trees.branching)
        below = sum(siblings(work, trees.branching))
        for child in others:
            waited = np.maximum(waited, child)
        finish, work = waited + own, below + own
    return Times(finish[0], work[0])


def _blocks(level: Level) -> Iterator[slice]:
    nodes, questions = level.keys.shape
    step = max(1, _AT_ONCE // (nodes * level.claims))
    for start in range(0, questions, step):
        yield slice(start, start + step)
