"""Desks: where work waits, is done and ends, as one SimPy event each.

A textbook office requests a resource, waits, and releases it: three events and more. Here a piece of work is put into
a queue as it is, is scheduled when somebody takes it up, and makes room when it happens.
"""

from __future__ import annotations

import gc
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from simpy import Environment, Event

from hch.office import Office

NOBODY = -1


@contextmanager
def uncollected() -> Iterator[None]:
    """Without Python's search for garbage in cycles: work that is done leaves none, and what waits is searched in vain.

    Searching again and again through a million questions that wait takes as long as all else.
    """
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searching:
            gc.enable()


class Work(Event):
    """A stretch of one human's work, which happens when it is over. ``started``, ``person``: when and by whom.

    One object may work several times, one after another: callbacks are set anew each time.
    """

    started: int
    person: int = NOBODY

    def __init__(self, env: Environment) -> None:
        self.env, self._ok, self._value = env, True, None


class Room(ABC):
    """Where people work."""

    env: Any  # an Environment, whose clock is typed int | float; ours only ever adds whole ticks

    @abstractmethod
    def seat(self, work: Work, ticks: int, rank: int) -> None:
        """Begin as soon as somebody is free; those who wait go by ``rank``, then by who came first."""

    @abstractmethod
    def again(self, work: Work, ticks: int) -> None:
        """Go on at once at a desk that has been kept."""

    @abstractmethod
    def leave(self, work: Work) -> None:
        """Make room."""


class Unlimited(Room):
    """A desk for everybody."""

    def __init__(self, env: Environment) -> None:
        self.env = env

    def seat(self, work: Work, ticks: int, rank: int) -> None:
        work.started = self.env.now
        self.env.schedule(work, delay=ticks)

    def again(self, work: Work, ticks: int) -> None:
        self.seat(work, ticks, 0)

    def leave(self, work: Work) -> None:
        pass


class Pool(Room):
    """``staff`` people, of whom the one idle longest begins next."""

    def __init__(self, env: Environment, office: Office, staff: int, ranks: int) -> None:
        self.env = env
        self._idle = deque(range(staff))
        self._queues: list[deque[tuple[Work, int]]] = [deque() for _ in range(ranks)]
        self._waiting = 0
        self._speeds = None if office.speeds is None else office.speeds.tolist()
        self._haste, self._staff = office.hurry, staff
        self._plain = self._speeds is None and not self._haste

    def seat(self, work: Work, ticks: int, rank: int) -> None:
        if self._idle:
            self._begin(work, ticks, self._idle.popleft())
        else:
            self._queues[rank].append((work, ticks))
            self._waiting += 1

    def again(self, work: Work, ticks: int) -> None:
        self._begin(work, ticks, work.person)

    def leave(self, work: Work) -> None:
        for queue in self._queues:
            if queue:
                self._waiting -= 1
                self._begin(*queue.popleft(), work.person)
                return
        self._idle.append(work.person)

    def _begin(self, work: Work, ticks: int, person: int) -> None:
        work.person, work.started = person, self.env.now
        self.env.schedule(work, delay=ticks if self._plain else self._given(ticks, person))

    def _given(self, ticks: int, person: int) -> int:
        """The time it takes this person, with who else waits in mind."""
        if self._speeds is not None:
            ticks = int(ticks / self._speeds[person])
        if self._haste and self._waiting:
            ticks = int(ticks / (1.0 + self._haste * self._waiting / self._staff))
        return ticks


def room(env: Environment, office: Office, ranks: int) -> Room:
    """The room of an office, empty."""
    return Unlimited(env) if office.staff is None else Pool(env, office, office.staff, ranks)
