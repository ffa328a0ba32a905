"""One consultation as people read it: human by human, what each did, when, and what was made of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from hch.chains import levels_put
from hch.corruption import NOBODY, Infected
from hch.timing import Realised, Times, asked_in_turn, heard
from overseers.base import Overseer
from scenarios.joins import Answers
from scenarios.trees import NOT_PLANTED, Level, Trees


@dataclass(frozen=True)
class Visit:
    """One human's part in a consultation: times in ticks since the root was asked.

    ``asked``: the question arrived. ``started``: a desk was free and the first thought began. ``thought``: it was over
    and the sub-questions went out. ``joining``: a desk was free again and the joining thought began. ``finish``: the
    answer was given. At a leaf, which joins nothing, the last three are one. ``supported``: the claim that the human
    verified, the join of the sub-answers or at a leaf the truth. ``planted``: the planted falsehood, or None.
    ``consulted``: the nodes of the sub-questions, one level below.

    ``subject``: which of its level's questions it was asked; ``node`` itself unless questions are asked in turn.
    ``late``: the answer came when its asker had gone on without it, and ``guess`` is what the asker put in its place.
    ``kept``: the share of its discernment that the human had time for (1: not hurried), times its skill.
    ``infected``: when it was corrupted, and ``source``: by whom (``corruption.NOBODY`` and so on, or the sub-question).
    ``dictated``: it answered what the attack wanted.
    ``thinker``, ``joiner``: who had each thought, -1 where everybody has a desk.
    """

    height: int
    node: int
    asked: int
    started: int
    thought: int
    joining: int
    finish: int
    answer: int
    supported: int
    truth: int
    planted: int | None
    consulted: tuple[int, ...]
    late: bool = False
    guess: int | None = None
    kept: float = 1.0
    thinker: int = -1
    joiner: int = -1
    subject: int = -1
    infected: int | None = None
    source: int = NOBODY
    dictated: bool = False


@dataclass(frozen=True)
class Consultation:
    """One tree, human by human: the root first, each followed by those it consulted (depth-first preorder).

    ``work``: human time in total, in ticks. ``staff``: how many people shared it, or None for a desk for everybody.
    """

    question: int
    staff: int | None
    work: int
    visits: tuple[Visit, ...]


def visits(
    trees: Trees,
    human: Overseer,
    question: int,
    times: Sequence[Times],
    answers: Sequence[Answers],
    made: Realised,
    infected: Infected | None = None,
) -> Iterator[Visit]:
    """The visits of one tree of the batch in depth-first preorder, times being since its root was asked."""
    told, supported, put, levels = _verified(trees, human, answers, made)
    began = int(times[-1].started[0, question])
    waiting = [(trees.depth, 0, began)]
    while waiting:
        height, node, asked = waiting.pop()
        here, own, level = (node, question), times[height], levels[height]
        below = _reached(times, here, height, trees.branching)
        planted, late, share = int(level.planted[here]), _at(made.late[height], here), _at(made.kept[height], here)
        yield Visit(
            height=height,
            node=node,
            asked=asked,
            started=int(own.started[here]),
            thought=int(own.thought[here]),
            joining=int(own.joining[here]),
            finish=int(own.finish[here]),
            answer=int(answers[height][here]),
            supported=int(supported[height][here]),
            truth=int(level.truth[here]),
            planted=None if planted == NOT_PLANTED else planted,
            consulted=tuple(below),
            late=bool(late),
            guess=int(told[height][here]) if late else None,
            kept=1.0 if share is None else float(share),
            thinker=int(own.thinker[here]),
            joiner=int(own.joiner[here]),
            subject=int(put[height][here]) if put else node,
            infected=_moment(infected, height, here),
            source=NOBODY if infected is None else int(infected.by[height][here]),
            dictated=made.corrupted is not None and bool(made.corrupted[height][here]),
        )
        waiting += reversed([(height - 1, child, when) for child, when in _asked(trees, times, here, height, below)])


def _moment(infected: Infected | None, height: int, here: tuple[int, int]) -> int | None:
    when = -1 if infected is None else int(infected.when[height][here])
    return None if when < 0 else when


def _reached(times: Sequence[Times], here: tuple[int, int], height: int, branching: int) -> list[int]:
    """The nodes of those whom somebody consulted, but for whom nobody ever got round to."""
    node, question = here
    below = range(node * branching, (node + 1) * branching) if height else range(0)
    return [child for child in below if times[height - 1].started[child, question] >= 0]


def _asked(
    trees: Trees, times: Sequence[Times], here: tuple[int, int], height: int, below: Sequence[int]
) -> list[tuple[int, int]]:
    """The sub-questions with when each was asked: all at once, or each when the one before was answered."""
    first = int(times[height].thought[here])
    if not trees.in_turn or not below:
        return [(child, first) for child in below]
    before = [int(times[height - 1].finish[child, here[1]]) for child in below[:-1]]
    return list(zip(below, [first, *before], strict=True))


def _verified(
    trees: Trees, human: Overseer, answers: Sequence[Answers], made: Realised
) -> tuple[Sequence[Answers], Sequence[Answers], Sequence[Answers], Sequence[Level]]:
    """By level: what askers went on with, what everybody verified, which question each was asked, and the questions."""
    if trees.in_turn:
        known = asked_in_turn(trees, human, made)
        return known.heard, known.supported, known.put, levels_put(trees, known)
    told = [heard(trees, human, height, own, made) for height, own in enumerate(answers[:-1])]
    return told, [trees.levels[0].truth, *(trees.joined(own) for own in told)], (), trees.levels


def _at(values: np.ndarray | None, here: tuple[int, int]) -> bool | float | None:
    return None if values is None else values[here]
