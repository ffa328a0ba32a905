"""Jobs: human work of any kind in one queue, described by generators that ask and are told (MODEL.md §6).

Whoever needs human work (a training scheme, a sequential consultation) is a generator. It yields a ``Job``, and is told
how it was ``Served``; or it yields ``Together`` of several generators, and is told what each returned once all are
done, or, at a deadline, what has come (``None`` for what has not). So who must know an answer before asking the next
question simply yields twice. Rating, comparing and judging wait in the same queue as answering.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from simpy import Environment, Event

from hch.desks import Room, Work, room, uncollected
from hch.office import Office
from overseers.pace import TICKS_PER_MINUTE, Kind

_ARGUMENTS = {"rate": 1, "compare": 2, "judge": 2}
"""Arguments that are read before work of a kind can begin: one for each claim that is presented."""
Life = Generator[Any, Any, Any]
"""Yields ``Job`` or ``Together``; is sent ``Served``, or a list of what the parts returned."""


@dataclass(frozen=True, slots=True)
class Job:
    """One stretch of work of ``ticks``; ``kind``: what it is, ``continuing``: whether it goes ahead of new work."""

    ticks: int
    kind: Kind
    continuing: bool = False


@dataclass(frozen=True, slots=True)
class Served:
    """How a job was done: when, by whom (-1: everybody has a desk), and how much discernment its time left."""

    job: Job
    asked: int
    started: int
    finish: int
    person: int
    kept: float


@dataclass(frozen=True)
class Together:
    """Several lives at once; ``deadline``: after how many ticks to go on with what has come."""

    lives: Sequence[Life]
    deadline: int | None = None


@dataclass(frozen=True)
class Outcome:
    """``returned``: what the life returned, ``finish``: when, in ticks. ``work``: its jobs, in order of their end."""

    returned: Any
    finish: int
    work: tuple[Served, ...]


@uncollected()
def serve(lives: Iterable[Life], office: Office, arrivals: Sequence[int] | None = None) -> list[Outcome]:
    """Let everybody live in one office; ``arrivals``: when each begins, in ticks. A deadlock is not possible here.

    Jobs end by themselves, and nobody keeps a desk between two of them.
    """
    env = Environment()
    place = _Place(env, office)
    roots = []
    for number, life in enumerate(lives):
        root = _Root()
        roots.append(root)
        start = _Start(place, life, root)
        env.schedule(start, delay=0 if arrivals is None else arrivals[number])
    env.run()
    return [Outcome(root.returned, root.finish, tuple(root.work)) for root in roots]


class _Place:
    """The room, and what is needed to say how a job was done."""

    def __init__(self, env: Environment, office: Office) -> None:
        self.env: Any = env
        self.room: Room = room(env, office, 2)
        self.speeds, self.skills = office.speeds, office.skills
        self.reading = round(office.argument_minutes * TICKS_PER_MINUTE)
        self.scale = office.verifying_minutes * TICKS_PER_MINUTE

    def ticks(self, job: Job) -> int:
        """What is rated, compared or judged has to be read first."""
        return job.ticks + self.reading * _ARGUMENTS.get(job.kind, 0)

    def kept(self, job: Job, given: int, person: int) -> float:
        """Reading comes first, verifying gets what is left of the time."""
        speed = 1.0 if self.speeds is None else float(self.speeds[person])
        skill = 1.0 if self.skills is None else float(self.skills[person])
        plan = int(self.ticks(job) / speed) if speed != 1.0 else self.ticks(job)
        if given == plan or not job.ticks:
            return skill
        reading = (self.ticks(job) - job.ticks) / speed
        left = max(0.0, given - reading)
        return skill * float(np.expm1(-left / self.scale) / np.expm1(-(plan - reading) / self.scale))


class _Root:
    """Who wants a life to be lived."""

    returned: Any = None
    finish: int = -1

    def __init__(self) -> None:
        self.work: list[Served] = []

    def done(self, number: int, returned: Any, now: int) -> None:
        self.returned, self.finish = returned, now


class _Start(Event):
    """A life begins."""

    def __init__(self, place: _Place, life: Life, root: _Root) -> None:
        self._ok, self._value = True, None
        self.callbacks = [lambda _: _Living(place, life, root, root, 0).go_on(None)]


class _Working(Work):
    """A job of somebody's life."""

    def __init__(self, living: _Living, job: Job) -> None:
        self._ok, self._value, self.callbacks = True, None, [self.over]
        self.living, self.job, self.asked = living, job, living.place.env.now
        living.place.room.seat(self, living.place.ticks(job), 0 if job.continuing else 1)

    def over(self, _: Event) -> None:
        place, now = self.living.place, self.living.place.env.now
        kept = place.kept(self.job, now - self.started, self.person)
        served = Served(self.job, self.asked, self.started, now, self.person, kept)
        place.room.leave(self)
        self.living.root.work.append(served)
        self.living.go_on(served)


class _Living:
    """A generator on its way. ``parent``: who is told what it returns, as its part ``number``."""

    def __init__(self, place: _Place, life: Life, root: _Root, parent: Any, number: int) -> None:
        self.place, self.life, self.root, self.parent, self.number = place, life, root, parent, number

    def go_on(self, told: Any) -> None:
        try:
            wanted = self.life.send(told)
        except StopIteration as end:
            self.parent.done(self.number, end.value, self.place.env.now)
            return
        if isinstance(wanted, Job):
            _Working(self, wanted)
        else:
            _Gathering(self, wanted)


class _Gathering:
    """Somebody waits for several lives."""

    def __init__(self, living: _Living, wanted: Together) -> None:
        self.living, self.found = living, [None] * len(wanted.lives)
        self.missing = len(wanted.lives)
        if wanted.deadline is not None:
            end = Event(living.place.env)
            end._ok, end._value, end.callbacks = True, None, [lambda _: self.go_on()]
            living.place.env.schedule(end, priority=2, delay=wanted.deadline)
        if not wanted.lives:
            self.go_on()
        for number, life in enumerate(wanted.lives):
            _Living(living.place, life, living.root, self, number).go_on(None)

    def done(self, number: int, returned: Any, now: int) -> None:
        if self.missing > 0:
            self.found[number] = returned
            self.missing -= 1
            if not self.missing:
                self.go_on()

    def go_on(self) -> None:
        if self.missing >= 0:
            self.missing = -1
            self.living.go_on(self.found)


def one(job: Job) -> Life:
    """The life of a single job; it returns how it was done."""
    return (yield job)
