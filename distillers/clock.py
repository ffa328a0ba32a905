"""Training in simulated time: people label from a queue, the trainer takes time, snapshots are published (MODEL.md §6).

*In step* (synchronous), a batch of labels is asked for, everybody waits until the last is made and the trainer has
published, and the next batch is asked for. *Asynchronously*, as many labels are always on their way: one is asked for
whenever one comes in, by humans who consult the newest snapshot there is, and whenever a batch has come in and the
trainer is free it trains on all that came. With a desk for everybody and a trainer who takes no time, training in step
is the plain loop of ``training.py``. Hurry acts on labels: who is given less time verifies less.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from distillers.learners.base import Asked, Learner
from distillers.lessons import Lessons
from distillers.snapshot import Snapshot
from hch.jobs import Job, Life, Served, one, serve
from hch.office import Office, kept, planned
from hch.policy import Policy
from overseers.pace import TICKS_PER_MINUTE, Kind, Ticks
from scenarios.streams import Floats


def history(
    learner: Learner, lessons: Lessons, office: Office, trainer_minutes: float, in_flight: int = 0
) -> list[Snapshot]:
    """Train in an office. ``in_flight``: labels on their way at any time, asynchronously; 0: in step.

    The budget is kept by planned work: a hurried label frees what it does not take, people who are slower than usual
    may overdraw it by what is in flight.
    """
    course = _Course(learner, office, round(trainer_minutes * TICKS_PER_MINUTE))
    if in_flight:
        _asynchronously(course, lessons, in_flight)
    else:
        _in_step(course, lessons)
    return list(course.snapshots())


@dataclass(frozen=True)
class _Label:
    """One label as it was made: of which lesson, at which place in it; ``planned``: unhurried ticks."""

    lesson: int
    place: int
    planned: int
    served: Served
    shift: int

    @property
    def started(self) -> int:
        return self.served.started + self.shift

    @property
    def finish(self) -> int:
        return self.served.finish + self.shift


@dataclass(frozen=True)
class _Published:
    """A snapshot, when it was published, and the labels that it was the first to learn from."""

    tick: int
    policy: Policy
    learnt: tuple[_Label, ...]


class _Course:
    """What is known so far: lessons asked, labels come in, snapshots published."""

    def __init__(self, learner: Learner, office: Office, trainer: int) -> None:
        self.learner, self.office, self.trainer = learner, office, trainer
        self.lessons: list[tuple[Asked, Ticks]] = []
        self.published = [_Published(0, learner.policy(), ())]
        self.spent = 0

    def begin(self, lessons: Lessons, promised: int = 0) -> range | None:
        """Ask for the next lesson's labels: their places in it."""
        lesson = lessons.next(self.spent + promised)
        if lesson is None:
            return None
        self.lessons.append(lesson)
        return range(lesson[1].size)

    def job(self, lesson: int, place: int) -> Job:
        """A label as one stretch of work."""
        asked, ticks = self.lessons[lesson]
        return Job(int(ticks[place]), self._kind(asked))

    def _kind(self, asked: Asked) -> Kind:
        kind = self.learner.kind
        if kind == "answer":
            return "join" if asked.height else "think"
        return kind

    def train(self, made: Sequence[_Label], now: int) -> None:
        """The trainer takes up labels, and publishes when it is done."""
        groups: dict[tuple[int, int], list[_Label]] = {}
        for label in sorted(made, key=lambda label: (label.lesson, label.place)):
            groups.setdefault((label.lesson, self.consulted(label)), []).append(label)
        for (lesson, snapshot), group in groups.items():
            asked = self.lessons[lesson][0].only([label.place for label in group])
            self.learner.learn(asked, self.published[snapshot].policy, self._kept(asked, group))
        self.published.append(_Published(now + self.trainer, self.learner.policy(), tuple(made)))

    def consulted(self, label: _Label) -> int:
        """The newest snapshot when a label was begun."""
        return bisect_right(self.published, label.started, key=lambda one: one.tick) - 1

    def _kept(self, asked: Asked, group: list[_Label]) -> Floats | None:
        """Discernment that was left to each; an answer's is that of its joining thought, the last of its stretch."""
        if self.learner.kind != "answer" or not asked.height:
            shares = np.array([label.served.kept for label in group])
        else:
            person = np.array([label.served.person for label in group])
            whole = np.array([label.planned for label in group])
            given = np.array([label.finish - label.started for label in group])
            keys = self.learner.keys("time", asked.height, asked.numbers)
            join = planned(self.office, self.learner.setting.human.ticks("join", keys), person)
            share = given / np.maximum(1, planned(self.office, whole, person))
            shares = kept(self.office, join, np.minimum(join, (join * share).astype(np.int64)), person)
        return None if np.all(shares == 1.0) else shares

    def snapshots(self) -> Iterator[Snapshot]:
        """The history, with what the office was like from one snapshot to the next."""
        every = [label for one in self.published for label in one.learnt]
        if not every:
            return
        asked, started, finish = (
            np.array([getattr(label.served, name) + label.shift for label in every])
            for name in ("asked", "started", "finish")
        )
        ticks = np.array([one.tick for one in self.published])
        waited, worked = _between(asked, started, ticks), _between(started, finish, ticks)
        work = labels_made = 0
        for number, snapshot in enumerate(self.published[1:], start=1):
            long = max(1, int(ticks[number] - ticks[number - 1]))
            ages = [label.started - self.published[self.consulted(label)].tick for label in snapshot.learnt]
            work += sum(label.finish - label.started for label in snapshot.learnt)
            labels_made += len(snapshot.learnt)
            yield Snapshot(
                elapsed_minutes=snapshot.tick / TICKS_PER_MINUTE,
                human_minutes=work / TICKS_PER_MINUTE,
                labels=labels_made,
                policy=snapshot.policy,
                queue=float(waited[number - 1] / long),
                utilisation=float(worked[number - 1] / long / self.office.staff) if self.office.staff else np.nan,
                age=float(np.mean(ages)) / TICKS_PER_MINUTE,
            )


def _in_step(course: _Course, lessons: Lessons) -> None:
    """Batch after batch; whoever has made a label waits for the others, and for the trainer."""
    while (places := course.begin(lessons)) is not None:
        lesson, now = len(course.lessons) - 1, course.published[-1].tick
        jobs = [course.job(lesson, place) for place in places]
        made = [
            _Label(lesson, place, job.ticks, outcome.work[0], now)
            for place, job, outcome in zip(places, jobs, serve(map(one, jobs), course.office), strict=True)
        ]
        course.spent += sum(label.finish - label.started for label in made)
        course.train(made, max(label.finish for label in made))


def _asynchronously(course: _Course, lessons: Lessons, in_flight: int) -> None:
    """As many labels as there may be are on their way, each followed by another."""
    stream = _Stream(course, lessons, in_flight)
    ends = [outcome.finish for outcome in serve([stream.life() for _ in range(in_flight)], course.office)]
    if stream.made:
        course.train(stream.made, max(*ends, course.published[-1].tick))


class _Stream:
    """Labels that come in one by one, and a trainer who takes them up whenever there are enough and it is free."""

    def __init__(self, course: _Course, lessons: Lessons, batch: int) -> None:
        self.course, self.lessons, self.batch = course, lessons, batch
        self.made: list[_Label] = []
        self._next: Iterator[int] = iter(())
        self._promised = 0

    def life(self) -> Life:
        """Labels one after another, until the budget is used up."""
        while (place := self._take()) is not None:
            lesson = len(self.course.lessons) - 1
            job = self.course.job(lesson, place)
            served: Served = yield job
            self._hand_in(_Label(lesson, place, job.ticks, served, 0))

    def _take(self) -> int | None:
        place = next(self._next, None)
        if place is None and (places := self.course.begin(self.lessons, self._promised)) is not None:
            self._promised += int(self.course.lessons[-1][1].sum())
            self._next = iter(places)
            place = next(self._next)
        return place

    def _hand_in(self, label: _Label) -> None:
        self._promised -= label.planned
        self.course.spent += label.finish - label.started
        self.made.append(label)
        if len(self.made) >= self.batch and label.finish >= self.course.published[-1].tick:
            self.course.train(self.made, label.finish)
            self.made = []


def _between(begin: Ticks, end: Ticks, ticks: Ticks) -> Ticks:
    """How much of all the spans from ``begin`` to ``end`` lies between consecutive times, (times - 1,)."""
    until = [int((np.minimum(end, tick) - np.minimum(begin, tick)).sum()) for tick in ticks]
    return np.diff(until)
