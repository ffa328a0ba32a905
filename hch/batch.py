"""The batch engine: simulated HCH, one human per question, level by level in NumPy and without events.

With unlimited staff nobody waits for a desk, so a question is done when its slowest sub-question is, or at its human's
deadline, plus its own two thoughts: answers and finish times follow by plain array arithmetic. The event engine gives
the same, bit for bit.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from hch import timing
from hch.minds import durations
from hch.office import Office
from hch.timing import Mask, Realised
from overseers.base import Overseer
from overseers.pace import Ticks
from scenarios.joins import Answers
from scenarios.trees import Level, Seats, Trees, siblings

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
    for here in trees.seats:
        own = np.empty(here.places.shape, dtype=np.int64)
        for which in _blocks(here, trees.claims):
            spent = durations(here, human, which)
            np.add(spent.think, spent.join, out=own[:, which])
        if here.height == 0:
            finish = work = own
            continue
        deadline = office.deadline(here.height)
        told = _told(trees, finish)
        below = sum(_done(trees, work, told, deadline))
        finish, work = _waited(told, deadline) + own, below + own
    return Times(finish[0], work[0])


def _told(trees: Trees, finish: Ticks) -> Sequence[Ticks]:
    """When each sub-answer comes after the first question went out, given how long it takes from when it is asked."""
    each = siblings(finish, trees.branching)
    return list(itertools.accumulate(each)) if trees.in_turn else each


def _waited(told: Sequence[Ticks], deadline: int | None) -> Ticks:
    """How long askers wait for the last sub-answer."""
    waited, *others = told
    for child in others:
        waited = np.maximum(waited, child)
    return waited if deadline is None else np.minimum(waited, deadline)


def _done(trees: Trees, work: Ticks, told: Sequence[Ticks], deadline: int | None) -> Sequence[Ticks]:
    """The work of each sub-question; one that would come in turn when its asker has gone on is never asked."""
    each = siblings(work, trees.branching)
    if deadline is None or not trees.in_turn:
        return each
    return [each[0], *(np.where(before <= deadline, own, 0) for before, own in zip(told, each[1:], strict=False))]


def _late(trees: Trees, human: Overseer, office: Office) -> list[Mask | None] | None:
    """Which answers come too late for their askers, by level; ``None`` where nobody has a deadline."""
    _refuse(office)
    deadlines = [office.deadline(here.height + 1) if here is not trees.seats[-1] else None for here in trees.seats]
    if all(deadline is None for deadline in deadlines):
        return None
    late: list[Mask | None] = []
    finish: Ticks = np.zeros(0, dtype=np.int64)
    for here, deadline in zip(trees.seats, deadlines, strict=True):
        spent = durations(here, human)
        own = spent.think + spent.join
        if here.height:
            own += _waited(_told(trees, finish), office.deadline(here.height))
        finish = own
        late.append(None if deadline is None else _come(trees, finish) > deadline)
    return late


def _come(trees: Trees, finish: Ticks) -> Ticks:
    """When everybody's answer comes after its asker's first question went out."""
    return np.stack(_told(trees, finish), axis=1).reshape(finish.shape) if trees.in_turn else finish


def _refuse(office: Office) -> None:
    if office.staff is not None:
        raise ValueError("staff: the batch engine knows no waiting for desks; use hch.events")


def _blocks(here: Seats | Level, claims: int) -> Iterator[slice]:
    people, questions = here.places.shape
    step = max(1, _AT_ONCE // (people * claims))
    for start in range(0, questions, step):
        yield slice(start, start + step)
