"""The batch engine: simulated HCH, one human per question, level by level in NumPy and without events.

With unlimited staff nobody waits for a desk, so a question is done when its slowest sub-question is, or at its human's
deadline, plus its own two thoughts: answers and finish times follow by plain array arithmetic. The event engine gives
the same, bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hch import timing
from hch.minds import durations
from hch.office import Office
from hch.timing import Mask, Realised
from overseers.base import Overseer
from overseers.pace import Ticks
from scenarios.joins import Answers
from scenarios.trees import Level, Trees, siblings

OPEN = Office()
_AT_ONCE = 3 << 16
"""Times of a level drawn together (a node, a question): many enough for NumPy, few enough for the cache."""


@dataclass(frozen=True)
class Times:
    """``finish``: when each root is answered. ``work``: human time its whole tree took. Ticks, shape (questions,)."""

    finish: Ticks
    work: Ticks


def answers(trees: Trees, human: Overseer, office: Office = OPEN) -> list[Answers]:
    """Everybody's answer, one (nodes, questions) array per level, leaves first. Without contention: no staff.

    Raises ``ValueError`` for an office with a staff, which takes events.
    """
    late = _late(trees, human, office)
    made = None if late is None else Realised([None] * len(trees.levels), late)
    return timing.answers(trees, human, made)


def times(trees: Trees, human: Overseer, office: Office = OPEN) -> Times:
    """When every root is answered if nobody has to wait for a desk, and the work in it, late answers' included."""
    _refuse(office)
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
        waited = _waited(finish, trees.branching, office.deadline(level.height))
        below = sum(siblings(work, trees.branching))
        finish, work = waited + own, below + own
    return Times(finish[0], work[0])


def _waited(finish: Ticks, branching: int, deadline: int | None) -> Ticks:
    """How long askers wait for the last sub-answer, given how long each takes from when it is asked."""
    waited, *others = siblings(finish, branching)
    for child in others:
        waited = np.maximum(waited, child)
    return waited if deadline is None else np.minimum(waited, deadline)


def _late(trees: Trees, human: Overseer, office: Office) -> list[Mask | None] | None:
    """Which answers come too late for their askers, by level; ``None`` where nobody has a deadline."""
    _refuse(office)
    deadlines = [office.deadline(level.height + 1) if level is not trees.root else None for level in trees.levels]
    if all(deadline is None for deadline in deadlines):
        return None
    late: list[Mask | None] = []
    finish: Ticks = np.zeros(0, dtype=np.int64)
    for level, deadline in zip(trees.levels, deadlines, strict=True):
        spent = durations(level, human)
        own = spent.think + spent.join
        if level.height:
            own += _waited(finish, trees.branching, office.deadline(level.height))
        finish = own
        late.append(None if deadline is None else finish > deadline)
    return late


def _refuse(office: Office) -> None:
    if office.staff is not None:
        raise ValueError("staff: the batch engine knows no waiting for desks; use hch.events")


def _blocks(level: Level) -> Iterator[slice]:
    nodes, questions = level.keys.shape
    step = max(1, _AT_ONCE // (nodes * level.claims))
    for start in range(0, questions, step):
        yield slice(start, start + step)
