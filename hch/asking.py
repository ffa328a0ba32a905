"""A consultation as a generator that asks and is told: answers and times together, human by human (MODEL.md §6).

Every human yields its jobs and is told how they were done; it yields the lives of those it consults and is told their
answers, one after another where a question depends on the answer before. What it answers follows from what it was told
and from the time it had. Slower than the engines, which know times before answers, and equal to them bit for bit; it is
where to start for consultations of another kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hch import minds
from hch.jobs import Job, Life, Together
from hch.minds import durations
from hch.office import Office
from overseers.base import Overseer
from scenarios.joins import Answers, Join, Turns
from scenarios.trees import Level, Trees

OPEN = Office()


@dataclass(frozen=True)
class Reply:
    """What somebody answers: a claim, and when, in ticks."""

    claim: int
    finish: int


def consultations(trees: Trees, human: Overseer, office: Office = OPEN) -> Iterator[Life]:
    """One life for each root, for ``jobs.serve``; it returns the root's ``Reply``. ``office``: whose deadlines."""
    spent = [durations(here, human) for here in trees.seats]

    def consult(question: int, height: int, seat: int, node: int) -> Life:
        place = (seat, question)
        served = yield Job(int(spent[height].think[place]), "think")
        here, supported = _asked(trees, question, height, seat, node), None
        if height:
            told = yield from ask(question, height, seat, node, served.finish)
            served = yield Job(int(spent[height].join[place]), "join", continuing=True)
            supported = _concluded(trees, question, height, node, told)
        members = minds.hurried(minds.voters(here, human), np.full((1, 1), served.kept))
        given = minds.answers(members, here.truth if supported is None else _one(supported))
        return Reply(int(given[0, 0]), served.finish)

    def ask(question: int, height: int, seat: int, node: int, since: int) -> Life:
        """Ask everybody below and return their answers, or guesses in the place of those that are late.

        ``now``: when the last answer came; ``None`` once one is late, for then nothing more is asked.
        """
        wait, told = office.deadline(height), list[int]()
        now: int | None = since
        seats = [seat * trees.branching + child for child in range(trees.branching)]
        for some in [[one] for one in seats] if trees.in_turn else [seats]:
            nodes = [_next(trees, question, height, node, one, told) for one in some]
            lives = [consult(question, height - 1, one, below) for one, below in zip(some, nodes, strict=True)]
            replies: list[Reply | None] = [None] * len(some)
            if now is not None:
                replies = yield Together(lives, None if wait is None else since + wait - now)
            for one, below, reply in zip(some, nodes, replies, strict=True):
                asked = _asked(trees, question, height - 1, one, below)
                told.append(int(minds.guess(asked, human)[0, 0]) if reply is None else reply.claim)
                now = None if reply is None else reply.finish
        return told

    for question in range(trees.questions):
        yield consult(question, trees.depth, 0, 0)


def _asked(trees: Trees, question: int, height: int, seat: int, node: int) -> Level:
    """One question as it is put to one human, a level of its own."""
    one = slice(question, question + 1)
    place = trees.seats[height].places[[seat], one]
    return trees.levels[height].only(one).put(_one(node), place)


def _next(trees: Trees, question: int, height: int, node: int, seat: int, told: list[int]) -> int:
    """What is asked of the human at a seat, after the answers so far."""
    turns = trees.join.only(slice(question, question + 1))
    return int(turns.asked(height, _one(node), _each(told))[0, 0]) if isinstance(turns, Turns) else seat


def _concluded(trees: Trees, question: int, height: int, node: int, told: list[int]) -> int:
    """The claim that the answers support."""
    join = trees.join.only(slice(question, question + 1))
    if isinstance(join, Turns):
        return int(join.concluded(height, _one(node), _each(told))[0, 0])
    assert isinstance(join, Join)
    return join.one(told)


def _one(value: int) -> Answers:
    return np.full((1, 1), value, dtype=np.intp)


def _each(told: list[int]) -> list[Answers]:
    return [_one(claim) for claim in told]
