"""The event engine: HCH in time, one simulated human per question, on SimPy.

MODEL.md §3 and §6. Everybody lives through the same steps:

    asked → [queue for a desk] → think → ask all sub-questions together and leave the desk → wait for every sub-answer
          → [queue again, ahead of new work] → join them in a second thought → answer

A leaf has one thought and asks nobody. Time is in whole ticks and every draw is keyed by its place, so answers do not
depend on staffing and equal the batch engine's, bit for bit; so do finish times when everybody has a desk.

A thought, with the wait for a desk before it, is one event, after which somebody is called back: 1.5 events a question
in a binary tree. SimPy processes, the readable way that the tests keep as an oracle, need 2.5 and miss the speed bound.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from simpy import Environment, Event

from hch.exact import ALL
from hch.office import Consultation, Desks, People, people, visits
from overseers.base import Overseer
from overseers.pace import Ticks
from scenarios.joins import Answers
from scenarios.trees import Trees


@dataclass(frozen=True, eq=False)
class Run:
    """``answers``: everybody's, (nodes, questions) per level, leaves first. ``finish``: when each root is answered.

    ``work``: human time its whole tree took. Ticks, shape (questions,).
    """

    answers: list[Answers]
    finish: Ticks
    work: Ticks


def run(trees: Trees, human: Overseer, staff: int | None = None) -> Run:
    """Consult every tree of the batch, all roots being asked at time 0.

    ``staff = None``: a desk for everybody. ``staff = c``: c people share the work of all trees, first come first served
    except that joining goes ahead of new work. Raises ``ValueError`` if c < 1.
    """
    lived = [_record(levels) for levels in _consulted(trees, human, staff, ALL)]
    answers, finish, work = zip(*lived, strict=True)
    return Run(
        answers=[np.array(level, dtype=np.intp).T for level in zip(*answers, strict=True)],
        finish=np.array(finish, dtype=np.int64),
        work=np.array(work, dtype=np.int64),
    )


def consult(trees: Trees, question: int, human: Overseer, staff: int | None = None) -> Consultation:
    """Consult one tree of the batch, with an office to itself, and tell what everybody did and when."""
    if not 0 <= question < trees.questions:
        raise ValueError(f"question must be 0 … {trees.questions - 1}, not {question}")
    (levels,) = _consulted(trees, human, staff, slice(question, question + 1))
    return Consultation(question, staff, _record(levels)[2], tuple(visits(trees, question, levels)))


def _record(levels: list[People]) -> tuple[list[list[int]], int, int]:
    """What a run keeps of a tree: answers by level, when the root had its answer, and work in total."""
    return [level.answers for level in levels], levels[-1].finish[0], sum(level.work for level in levels)


def _consulted(trees: Trees, human: Overseer, staff: int | None, which: slice) -> Iterator[list[People]]:
    """The humans of every tree, by level, once its root is answered."""
    if staff is not None and staff < 1:
        raise ValueError(f"staff must be at least 1, or None for a desk for everybody; not {staff}")
    if staff is None:  # trees do not meet: an environment for each keeps its schedule short
        for levels in people(trees, human, which):
            yield from _live(trees, [levels], None)
    else:
        yield from _live(trees, list(people(trees, human, which)), staff)


def _live(trees: Trees, forest: list[list[People]], staff: int | None) -> list[list[People]]:
    """Live through one environment until every root of the forest is answered. A deadlock raises ``RuntimeError``."""
    env = Environment()
    if staff is None:
        office = _Office(env, env.timeout, env.timeout, trees.join.one, trees.branching)
    else:
        desks = Desks(env, staff)
        office = _Office(env, desks.think, desks.think_again, trees.join.one, trees.branching)
    clients = [_Client(office) for _ in forest]
    for client, levels in zip(clients, forest, strict=True):
        client.ask(levels[-1], 0, 1)
    for client in clients:
        env.run(until=client.satisfied)
    return forest


@dataclass(slots=True)
class _Office:
    """What humans share. ``think(ticks, value)``: an event that happens once somebody has thought for so long."""

    env: Any  # an Environment, whose clock is typed int | float; ours only ever adds whole ticks
    think: Callable[..., Event]
    think_again: Callable[..., Event]
    join: Callable[[Sequence[int]], int]
    branching: int


class _Asker(ABC):
    """Somebody who asks questions, all together, and goes on when the last is answered."""

    __slots__ = ("asked", "office", "waiting")
    office: _Office
    asked: People
    waiting: int

    def ask(self, people: People, first: int, count: int) -> None:
        """Ask those at nodes ``first`` … ``first + count - 1`` of a level."""
        office, self.asked, self.waiting = self.office, people, count
        for node in range(first, first + count):
            if people.below:
                _Human(office, people, people.below, node, self)
            else:
                office.think(people.think[node], node).callbacks.append(self.verified)

    def verified(self, thought: Event) -> None:
        """The only thought of somebody asked at a leaf is over: they have checked the claim itself."""
        leaves = self.asked
        node: int = thought.value  # type: ignore[assignment]
        leaves.work += leaves.think[node]
        leaves.finish[node] = self.office.env.now
        leaves.answers[node] = leaves.answer(node, leaves.truth[node])
        self.hear()

    def hear(self) -> None:
        """One of the questions is answered."""
        self.waiting -= 1
        if not self.waiting:
            self.go_on()

    @abstractmethod
    def go_on(self) -> None:
        """All are."""


class _Client(_Asker):
    """Who asks the root's question."""

    __slots__ = ("satisfied",)

    def __init__(self, office: _Office) -> None:
        self.office, self.satisfied = office, office.env.event()

    def go_on(self) -> None:
        self.satisfied.succeed()


class _Human(_Asker):
    """A human above the leaves, in the order of its life."""

    __slots__ = ("asker", "below", "node", "people")

    def __init__(self, office: _Office, people: People, below: People, node: int, asker: _Asker) -> None:
        self.office, self.people, self.below, self.node, self.asker = office, people, below, node, asker
        office.think(people.think[node]).callbacks.append(self.thought)

    def thought(self, _: Event) -> None:
        office = self.office
        self.people.thought[self.node] = office.env.now
        self.ask(self.below, self.node * office.branching, office.branching)

    def go_on(self) -> None:
        self.office.think_again(self.people.join[self.node]).callbacks.append(self.joined)

    def joined(self, _: Event) -> None:
        office, people, node = self.office, self.people, self.node
        first = node * office.branching
        people.work += people.think[node] + people.join[node]
        people.finish[node] = office.env.now
        given = self.below.answers[first : first + office.branching]
        people.answers[node] = people.answer(node, office.join(given))
        self.asker.hear()
