"""Everybody's answer where sub-questions are asked in turn, so that answers decide who is asked what (MODEL.md §3, §6).

People's seats make a regular tree and their times do not depend on answers; what each is asked does. So seats are gone
through depth-first, all roots of the batch at once, as their owners would live it: ask, be told, ask the next, join.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hch import minds
from overseers.base import Overseer
from scenarios.joins import Answers, Turns
from scenarios.streams import Floats
from scenarios.trees import Level, Trees


@dataclass(frozen=True, eq=False)
class Told:
    """By level, leaves first, (people, questions). ``put``: what each was asked, as a node of the level's questions.

    ``given``: the answer. ``heard``: what the asker went on with: the answer, or where it was late a guess.
    ``supported``: the claim that the sub-answers supported, at a leaf the truth.
    """

    put: list[Answers]
    given: list[Answers]
    heard: list[Answers]
    supported: list[Answers]


def told(
    trees: Trees,
    human: Overseer,
    kept: Sequence[Floats | None] | None = None,
    late: Sequence[NDArray[np.bool_] | None] | None = None,
    corrupted: Sequence[NDArray[np.bool_]] | None = None,
) -> Told:
    """Who was asked what and what they answered. ``kept``, ``late``, ``corrupted``: as in ``timing.Realised``."""
    join = trees.join
    assert isinstance(join, Turns)
    columns = [[np.full(here.places.shape, -1, dtype=np.intp) for here in trees.seats] for _ in range(4)]
    known = Told(*columns)

    def consult(height: int, seat: int, node: Answers) -> Answers:
        level = trees.levels[height].put(node, trees.seats[height].places[[seat]])
        supported = level.truth
        if height:
            answers: list[Answers] = []
            for turn in range(trees.branching):
                answers.append(consult(height - 1, seat * trees.branching + turn, join.asked(height, node, answers)))
            supported = join.concluded(height, node, answers)
        members = minds.voters(level, human)
        share = None if kept is None else kept[height]
        if share is not None:
            members = minds.hurried(members, share[[seat]])
        given = minds.answers(members, supported)
        if corrupted is not None:
            given = np.where(corrupted[height][seat], minds.wanted(level), given)
        missing = None if late is None else late[height]
        heard = given if missing is None else np.where(missing[seat], minds.guess(level, human), given)
        for column, value in zip(columns, (node, given, heard, supported), strict=True):
            column[height][seat] = value[0]
        return heard

    consult(trees.depth, 0, np.zeros((1, trees.questions), dtype=np.intp))
    return known


def levels_put(trees: Trees, known: Told) -> list[Level]:
    """The questions as they were put to people, by level: nodes are seats."""
    return [
        level.put(nodes, here.places) for level, nodes, here in zip(trees.levels, known.put, trees.seats, strict=True)
    ]
