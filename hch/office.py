"""The office: who sits where in a tree and what each brings, the desks they share, and what is written down.

The event engine goes from human to human, where NumPy scalars would cost five times as much as plain numbers. So the
replies and thinking times that ``hch/minds.py`` draws in blocks are handed over here as lists.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from simpy import Environment, Event

from hch.exact import ALL
from hch.minds import durations, replies
from overseers.base import Overseer
from scenarios.trees import NOT_PLANTED, Level, Trees

_AT_ONCE = 1 << 14
"""Questions drawn together; they become lists tree by tree, just before they are needed."""


@dataclass(slots=True, eq=False)
class People:
    """Everybody at one level of one tree: lists with one entry per node, times in ticks.

    What they bring. ``replies``: the claim that node ``j`` answers when claim ``c`` is supported, at ``j·claims + c``.
    ``think``, ``join``: how long. ``truth``: the true claim, which is what somebody at a leaf verifies.

    What is written down. ``thought``: when the first thought was over (above the leaves, which have no other).
    ``finish``: when the answer was given. ``answers``: the claims. ``work``: ticks spent thinking, by all of them.
    """

    claims: int
    below: People | None
    think: list[int]
    join: list[int]
    replies: list[int]
    truth: list[int]
    thought: list[int] = field(init=False)
    finish: list[int] = field(init=False)
    answers: list[int] = field(init=False)
    work: int = 0

    def __post_init__(self) -> None:
        self.thought, self.finish, self.answers = [-1] * len(self.think), [-1] * len(self.think), [-1] * len(self.think)

    def answer(self, node: int, supported: int) -> int:
        """What the human at a node answers when ``supported`` is what it verifies."""
        return self.replies[node * self.claims + supported]


def people(trees: Trees, human: Overseer, which: slice = ALL) -> Iterator[list[People]]:
    """The humans of each tree in turn, by level, leaves first."""
    start, stop, _ = which.indices(trees.questions)
    step = max(1, _AT_ONCE // trees.nodes)
    for first in range(start, stop, step):
        block = slice(first, min(first + step, stop))
        for by_level in zip(*(_rows(level, human, block) for level in trees.levels), strict=True):
            levels: list[People] = []
            for row in by_level:
                below = levels[-1] if levels else None
                levels.append(People(trees.claims, below, *[column.tolist() for column in row]))
            yield levels


def _rows(level: Level, human: Overseer, block: slice) -> Iterator[tuple[np.ndarray, ...]]:
    """What the humans of one level bring, question by question: node after node, each with its claims together."""
    spent = durations(level, human, block)
    columns = spent.think, spent.join, replies(level, human, which=block), level.truth[:, block]
    return zip(*(np.ascontiguousarray(column.T).reshape(column.shape[-1], -1) for column in columns), strict=True)


class Desks:
    """A pool of ``staff`` people. Whoever is done makes room at once for the first of those who wait.

    Waiting, thinking and leaving are one event, with a queue for joining thoughts behind it and another for first ones.
    """

    def __init__(self, env: Environment, staff: int) -> None:
        self._env, self._free = env, staff
        self._joining: deque[_Thought] = deque()
        self._new: deque[_Thought] = deque()

    def think(self, ticks: int, value: int | None = None) -> Event:
        """A first thought: behind everybody who waits."""
        return self._seat(_Thought(self._env, ticks, value), self._new)

    def think_again(self, ticks: int, value: int | None = None) -> Event:
        """A joining thought: ahead of all first thoughts, behind joining thoughts that came before it."""
        return self._seat(_Thought(self._env, ticks, value), self._joining)

    def _seat(self, thought: _Thought, queue: deque[_Thought]) -> _Thought:
        thought.callbacks.append(self._leave)
        if self._free:
            self._free -= 1
            thought.begin()
        else:
            queue.append(thought)
        return thought

    def _leave(self, _: Event) -> None:
        queue = self._joining or self._new
        if queue:
            queue.popleft().begin()
        else:
            self._free += 1


class _Thought(Event):
    """A timeout that starts when a desk is free, not when it is made."""

    def __init__(self, env: Environment, ticks: int, outcome: int | None) -> None:
        super().__init__(env)
        self._ticks, self._outcome = ticks, outcome

    def begin(self) -> None:
        self._ok, self._value = True, self._outcome
        self.env.schedule(self, delay=self._ticks)


@dataclass(frozen=True)
class Visit:
    """One human's part in a consultation: times in ticks since the root was asked.

    ``asked``: the question arrived. ``started``: a desk was free and the first thought began. ``thought``: it was over
    and the sub-questions went out. ``joining``: a desk was free again and the joining thought began. ``finish``: the
    answer was given. At a leaf, which joins nothing, the last three are one. ``supported``: the claim that the human
    verified, the join of the sub-answers or at a leaf the truth. ``planted``: the planted falsehood, or None.
    ``consulted``: the nodes of the sub-questions, one level below.
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


@dataclass(frozen=True)
class Consultation:
    """One tree, human by human: the root first, each followed by those it consulted (depth-first preorder).

    ``work``: human time in total, in ticks. ``staff``: how many people shared it, or None for a desk for everybody.
    """

    question: int
    staff: int | None
    work: int
    visits: tuple[Visit, ...]


def visits(trees: Trees, question: int, levels: list[People]) -> Iterator[Visit]:
    """The visits of one tree in depth-first preorder, from how long each thinks and what was written down."""
    waiting = [(trees.depth, 0, 0)]
    while waiting:
        height, node, asked = waiting.pop()
        planted = int(trees.levels[height].planted[node, question])
        visit = _visit(trees, levels[height], height, node, asked, None if planted == NOT_PLANTED else planted)
        yield visit
        waiting += ((height - 1, child, visit.thought) for child in reversed(visit.consulted))


def _visit(trees: Trees, people: People, height: int, node: int, asked: int, planted: int | None) -> Visit:
    consulted = tuple(range(node * trees.branching, (node + 1) * trees.branching)) if people.below else ()
    thought = people.thought[node] if people.below else people.finish[node]
    return Visit(
        height=height,
        node=node,
        asked=asked,
        started=thought - people.think[node],
        thought=thought,
        joining=people.finish[node] - people.join[node],
        finish=people.finish[node],
        answer=people.answers[node],
        supported=trees.join.one([people.below.answers[child] for child in consulted])
        if people.below
        else people.truth[node],
        truth=people.truth[node],
        planted=planted,
        consulted=consulted,
    )
