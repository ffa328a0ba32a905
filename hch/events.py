"""The event engine: HCH in time, one simulated human per question, on SimPy.

MODEL.md §3 and §6. Everybody lives through the same steps:

    asked → [queue for a desk] → think → ask all sub-questions together and leave the desk → wait for every sub-answer,
          or until the deadline → [queue again, ahead of new work] → join them in a second thought → answer

Where one sub-question depends on the answers so far they are asked in turn, each as soon as the one before is answered.

A leaf has one thought and asks nobody. The office may be told otherwise (``hch/office.py``): to keep the desk, to put
levels in another order, to hurry. Time is in whole ticks and every draw is keyed by its place. Times do not depend on
answers: events find the times, and ``hch/timing.py`` the answers, which equal the batch engine's, bit for bit, wherever
the office changes none; so do finish times when everybody has a desk.

A thought, with the wait for a desk before it, is one event, after which somebody is called back: 1.5 events a question
in a binary tree. SimPy processes, the readable way that the tests keep as an oracle, need several times as many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from simpy import Environment, Event

from hch.corruption import Attack, Infected, answering_for_the_attack, spread
from hch.desks import NOBODY, Room, Work, room, uncollected
from hch.minds import durations
from hch.office import Office
from hch.timing import Realised, Times, answers, realised
from hch.visits import Consultation, visits
from overseers.base import Overseer
from overseers.pace import Ticks
from scenarios.joins import Answers
from scenarios.trees import Level, Seats, Trees

OPEN = Office()
_AT_ONCE = 1 << 14
"""Questions lived through together where trees do not meet."""
_SHOWN = 5


class Deadlock(RuntimeError):
    """Nobody can go on: every desk is held by somebody who waits for an answer. ``stuck``: (question, level, node)."""

    def __init__(self, stuck: Sequence[tuple[int, int, int]], queued: int, staff: int | None) -> None:
        self.stuck = tuple(stuck)
        shown = ", ".join(f"question {place[0]} level {place[1]} node {place[2]}" for place in stuck[:_SHOWN])
        more = f" and {len(stuck) - _SHOWN} more" if len(stuck) > _SHOWN else ""
        super().__init__(
            f"deadlock: all {staff} desks are held by humans who wait for sub-answers ({shown}{more}), and {queued} "
            "questions wait for a desk; give desks up while waiting (holds_desk = false), raise staff, or set deadlines"
        )


@dataclass(frozen=True, eq=False)
class Run:
    """``answers``: everybody's, (nodes, questions) per level, leaves first. ``finish``: when each root is answered.

    ``work``: human time its whole tree took. Ticks, shape (questions,). ``times``: who did what and when, by level.
    ``made``: what time made of everybody's judgement. ``infected``: who was corrupted, if anybody attacks. Who keeps a
    desk may be stuck for ever below roots that do not wait: then answer and times are -1.
    """

    answers: list[Answers]
    finish: Ticks
    work: Ticks
    times: list[Times]
    made: Realised
    infected: Infected | None = None


def run(
    trees: Trees,
    human: Overseer,
    office: Office = OPEN,
    arrivals: Ticks | None = None,
    attack: Attack | None = None,
) -> Run:
    """Consult every tree of the batch. ``arrivals``: when each root is asked, in ticks, (questions,); else at time 0.

    ``attack``: what corrupts people, who then answer what it wants (``hch/corruption.py``).

    Raises ``Deadlock`` where people keep their desks and are too few.
    """
    times = lived(trees, human, office, arrivals)
    made, infected = realised(trees, human, office, times), None
    if attack is not None:
        infected = spread(trees, times, made, attack)
        made = replace(made, corrupted=answering_for_the_attack(times, infected, attack))
    work = sum((own.thought - own.started + own.finish - own.joining).sum(axis=0) for own in times)
    given = [
        np.where(own.finish < 0, -1, claims) for own, claims in zip(times, answers(trees, human, made), strict=True)
    ]
    return Run(given, times[-1].finish[0], np.asarray(work), times, made, infected)


def consult(
    trees: Trees, question: int, human: Overseer, office: Office = OPEN, attack: Attack | None = None
) -> Consultation:
    """Consult one tree of the batch, with the office to itself, and tell what everybody did and when."""
    if not 0 <= question < trees.questions:
        raise ValueError(f"question must be 0 … {trees.questions - 1}, not {question}")
    alone = trees.only(question)
    told = run(alone, human, office, attack=attack)
    lived = visits(alone, human, 0, told.times, told.answers, told.made, told.infected)
    return Consultation(question, office.staff, int(told.work[0]), tuple(lived))


def lived(trees: Trees, human: Overseer, office: Office, arrivals: Ticks | None = None) -> list[Times]:
    """When everybody thought, joined and answered, and who it was, by level, leaves first."""
    when = np.zeros(trees.questions, dtype=np.int64) if arrivals is None else arrivals
    if office.staff is not None:
        return _live(trees, human, office, slice(None), when.tolist())
    step = max(1, _AT_ONCE // trees.humans)
    blocks = [slice(first, first + step) for first in range(0, trees.questions, step)]
    lives = [_live(trees, human, office, block, when[block].tolist()) for block in blocks]
    return [own[0] if len(own) == 1 else _beside(own) for own in zip(*lives, strict=True)]


def _beside(blocks: Sequence[Times]) -> Times:
    names = ("started", "thought", "joining", "finish", "thinker", "joiner")
    return Times(*(np.concatenate([getattr(block, name) for block in blocks], axis=1) for name in names))


@dataclass(slots=True, eq=False)
class _People:
    """Everybody at one level: lists with one entry per question and node, in this order, times in ticks.

    What is given: how long each thinks and joins, who is asked below, in which queue they wait, how long for answers.
    What is written down: as in ``Times``.
    """

    below: _People | None
    branching: int
    height: int
    think: list[int]
    join: list[int]
    rank: int
    rank_again: int
    deadline: int | None
    holds: bool
    in_turn: bool
    started: list[int] = field(init=False)
    thought: list[int] = field(init=False)
    joining: list[int] = field(init=False)
    finish: list[int] = field(init=False)
    thinker: list[int] = field(init=False)
    joiner: list[int] = field(init=False)

    def __post_init__(self) -> None:
        size = len(self.think)
        self.started, self.finish, self.thinker = [-1] * size, [-1] * size, [NOBODY] * size
        if self.below is None:  # the only thought ends with the answer
            self.thought, self.joining, self.joiner = self.finish, self.finish, self.thinker
        else:
            self.thought, self.joining, self.joiner = [-1] * size, [-1] * size, [NOBODY] * size

    def times(self, questions: int) -> Times:
        columns = (self.started, self.thought, self.joining, self.finish, self.thinker, self.joiner)
        made: dict[int, Ticks] = {}
        for column in columns:  # some are one and the same
            if id(column) not in made:
                made[id(column)] = np.array(column, dtype=np.int64).reshape(questions, -1).T
        return Times(*(made[id(column)] for column in columns))


def _people(trees: Trees, human: Overseer, office: Office, which: slice) -> list[_People]:
    ranks = office.ranks(trees.depth + 1)
    levels: list[_People] = []
    for here, rank, again in zip(trees.seats, *ranks, strict=True):
        think, join = _ticks(here, human, which)
        below = levels[-1] if levels else None
        wait, holds, in_turn = office.deadline(here.height), office.holds_desk, trees.in_turn
        levels.append(_People(below, trees.branching, here.height, think, join, rank, again, wait, holds, in_turn))
    return levels


def _ticks(here: Seats | Level, human: Overseer, which: slice) -> tuple[list[int], list[int]]:
    """Thinking and joining times, question by question."""
    spent = durations(here, human, which)
    return spent.think.T.ravel().tolist(), spent.join.T.ravel().tolist() if here.height else []


@uncollected()
def _live(trees: Trees, human: Overseer, office: Office, which: slice, arrivals: list[int]) -> list[Times]:
    """Live through every tree of a block; without a staff trees do not meet, and each has an environment of its own."""
    levels = _people(trees, human, office, which)
    root = levels[-1]
    kind = _Human if root.below else _Leaf
    queues = 1 + max(max(people.rank, people.rank_again) for people in levels)
    env = Environment()
    place = room(env, office, queues)
    for question, arrival in enumerate(arrivals):
        if office.staff is None:
            env = Environment(arrival)
            place = room(env, office, queues)
        if arrival > env.now:
            _Arrival(place, kind, root, question, arrival)
        else:
            kind(place, root, question, _WORLD)
        if office.staff is None:
            env.run()
    if office.staff is not None:
        env.run()
    if -1 in root.finish:
        raise _deadlock(levels, len(arrivals), office)
    return [people.times(len(arrivals)) for people in levels]


def _deadlock(levels: list[_People], questions: int, office: Office) -> Deadlock:
    """Who keeps a desk and waits, and how many have none."""
    stuck, queued = [], levels[-1].started.count(-1)
    for people in reversed(levels):
        if people.below is None:
            continue
        nodes = len(people.think) // questions
        for place, thought in enumerate(people.thought):
            if thought >= 0 and people.finish[place] < 0:
                question, node = divmod(place, nodes)
                stuck.append((question, people.height, node))
                first = place * people.branching
                unasked = people.below.started[first : first + people.branching].count(-1)
                queued += min(unasked, 1) if people.in_turn else unasked
    return Deadlock(stuck, queued, office.staff)


class _Asker(Protocol):
    """Somebody who asks questions, all together, and goes on when the last is answered."""

    def told(self) -> None:
        """One of the questions is answered."""


class _World:
    """Who asks the roots' questions."""

    def told(self) -> None:
        pass


_WORLD = _World()


class _Leaf(Work):
    """Somebody asked at a leaf, who checks the claim itself: the only thought."""

    def __init__(self, room: Room, people: _People, place: int, asker: _Asker) -> None:
        self.room, self.people, self.place, self.asker = room, people, place, asker
        self._ok, self._value, self.callbacks = True, None, [self.over]
        room.seat(self, people.think[place], people.rank)

    def over(self, _: Event) -> None:
        people, place, room = self.people, self.place, self.room
        people.started[place] = self.started
        people.finish[place] = room.env.now
        people.thinker[place] = self.person
        room.leave(self)
        self.asker.told()


class _Human(Work):
    """A human above the leaves, in the order of its life: it works twice. ``missing``: answers it still waits for."""

    missing: int

    def __init__(self, room: Room, people: _People, place: int, asker: _Asker) -> None:
        self.room, self.people, self.place, self.asker = room, people, place, asker
        self._ok, self._value, self.callbacks = True, None, [self.sent_out]
        room.seat(self, people.think[place], people.rank)

    def sent_out(self, _: Event) -> None:
        people, place, room = self.people, self.place, self.room
        people.started[place] = self.started
        people.thought[place] = room.env.now
        people.thinker[place] = self.person
        if not people.holds:
            room.leave(self)
        below, branching = people.below, people.branching
        assert below is not None
        self.missing = branching
        kind = _Human if below.below else _Leaf
        first = place * branching
        for child in range(first, first + (1 if people.in_turn else branching)):
            kind(room, below, child, self)
        if people.deadline is not None:
            _Deadline(self, people.deadline)

    def told(self) -> None:
        self.missing -= 1
        if not self.missing:
            self.go_on()
        elif self.people.in_turn and self.missing > 0:
            self.ask_next()

    def ask_next(self) -> None:
        people = self.people
        below = people.below
        assert below is not None
        kind = _Human if below.below else _Leaf
        kind(self.room, below, (self.place + 1) * people.branching - self.missing, self)

    def out_of_time(self, _: Event) -> None:
        if self.missing > 0:
            self.missing = -1  # what still comes is not waited for
            self.go_on()

    def go_on(self) -> None:
        people = self.people
        self.callbacks = [self.joined]
        if people.holds:
            self.room.again(self, people.join[self.place])
        else:
            self.room.seat(self, people.join[self.place], people.rank_again)

    def joined(self, _: Event) -> None:
        people, place, room = self.people, self.place, self.room
        people.joining[place] = self.started
        people.finish[place] = room.env.now
        people.joiner[place] = self.person
        room.leave(self)
        self.asker.told()


class _Deadline(Event):
    """The end of a human's patience. All that else happens at its tick happens first, and lower levels go first."""

    def __init__(self, human: _Human, ticks: int) -> None:
        self._ok, self._value, self.callbacks = True, None, [human.out_of_time]
        human.room.env.schedule(self, priority=1 + human.people.height, delay=ticks)


class _Arrival(Event):
    """A root is asked later than at the beginning."""

    def __init__(self, room: Room, kind: type[_Leaf | _Human], people: _People, place: int, ticks: int) -> None:
        self.room, self.kind, self.people, self.place = room, kind, people, place
        self._ok, self._value, self.callbacks = True, None, [self.ask]
        room.env.schedule(self, delay=ticks - room.env.now)

    def ask(self, _: Event) -> None:
        self.kind(self.room, self.people, self.place, _WORLD)
