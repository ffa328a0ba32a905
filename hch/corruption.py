"""Corruption that spreads through messages, and its quarantine (MODEL.md §7; OAIA's comments on LBO and HBO).

Somebody reads a message that carries an attack and is corrupted with probability ``p·bandwidth``; a corrupted human
puts the attack into every message it sends, down with its sub-questions and up with its answer, until it is quarantined
a fixed delay after its infection. Some are corrupted from outside when they first read (``exposure``, at every level).

Questions are sent when a human's first thought is over and read when the next one starts to think; answers are sent
when they are given and read when the asker starts to join them, unless they were late. So an infection has a reader, a
sender and a time, all found by going down the tree and then up. Every chance is a keyed draw: raising bandwidth or
delay adds infections and takes none away.

Where questions are asked in turn, an answer on which the next question depends is read when it comes, and may corrupt
whoever asks that question.

Who is corrupted, and not in quarantine when it answers, answers what the attack wants: the false claim that is most
persuasive there, by appeal and one argument (so the planted one, if there is one). A quarantined human answers for
itself.

Downwards this is a branching process: with ``s`` the chance that a human is still infectious when its questions go out,
``R_0 = b·p·bandwidth·s``, critical at 1. Upwards alone, without quarantine, ``c' = 1 - (1-t)(1-pc)^b``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hch.office import FOREVER
from hch.timing import Mask, Realised, Times
from overseers.pace import TICKS_PER_MINUTE, Ticks
from scenarios import streams
from scenarios.part import Part, field, part
from scenarios.streams import Keys
from scenarios.trees import Trees

NOBODY, OUTSIDE, ASKER = -3, -2, -1
"""Who corrupted somebody, where it is not a sub-question's human (0 … b-1): nobody, the world, or the one who asked."""


@part
class Attack(Part):
    """An attack that corrupts its readers."""

    infectivity: float = field(0.6, "chance that an attack in a message corrupts its reader", symbol="p", ge=0, le=1)
    bandwidth: float = field(1.0, "share of what could be said that is passed on", ge=0, le=1)
    exposure: float = field(0.01, "chance of being corrupted from outside", symbol="t", unit="probability", ge=0, le=1)
    root_exposure: float = field(0.0, "the same for the root's human, on top", unit="probability", ge=0, le=1)
    quarantine_minutes: float = field(
        FOREVER, "how long after its infection a human is quarantined", unit="minutes", ge=0
    )
    questions_carry: bool = field(True, "whether questions carry the attack down, as answers carry it up")

    @property
    def passing(self) -> float:
        """Chance that a message of a corrupted human corrupts its reader."""
        return self.infectivity * self.bandwidth


@dataclass(frozen=True, eq=False)
class Infected:
    """By level, leaves first, (nodes, questions). ``when``: ticks, -1 for never. ``by``: see ``NOBODY``."""

    when: list[Ticks]
    by: list[Ticks]

    @property
    def fraction(self) -> float:
        """Share of all humans who are corrupted."""
        return sum(int((own >= 0).sum()) for own in self.when) / sum(own.size for own in self.when)

    @property
    def root(self) -> Mask:
        """Whether each root's human was corrupted when it answered, (questions,)."""
        return np.asarray(self.when[-1][0] >= 0)


def spread(trees: Trees, times: Sequence[Times], made: Realised, attack: Attack) -> Infected:
    """Who was corrupted by whom and when, in the consultations that an office lived through."""
    if trees.in_turn:
        return _in_turn(trees, times, made, attack)
    infected = _down(trees, times, attack)
    _up(trees, times, made, attack, infected)
    return infected


def answering_for_the_attack(times: Sequence[Times], infected: Infected, attack: Attack) -> list[Mask]:
    """Who is corrupted and not in quarantine when it answers, by level, (people, questions)."""
    return [_infectious(when, own.finish, attack) for own, when in zip(times, infected.when, strict=True)]


def reproduction(attack: Attack, branching: int, infectious: float) -> float:
    """``R_0``: humans whom a corrupted one corrupts below it; ``infectious``: chance of being so when it asks."""
    return branching * attack.passing * infectious


def critical_delay(attack: Attack, branching: int, mean_minutes: float) -> float:
    """Quarantine delay at which ``R_0 = 1``, where first thoughts are exponential; infinite if no delay is too long."""
    reach = branching * attack.passing
    return float(-mean_minutes * np.log1p(-1.0 / reach)) if reach > 1.0 else np.inf


def _down(trees: Trees, times: Sequence[Times], attack: Attack) -> Infected:
    """From outside and with the questions, from the root to the leaves."""
    when: list[Ticks] = []
    by: list[Ticks] = []
    for level in reversed(trees.levels):
        own = times[level.height]
        outside = _from_outside(level.places, attack, level is trees.root)
        source = np.where(outside, OUTSIDE, NOBODY)
        if when and attack.questions_carry:
            asker = np.repeat(_infectious(when[0], times[level.height + 1].thought, attack), trees.branching, axis=0)
            caught = streams.uniforms(level.places, "attack from above") < attack.passing
            source = np.where(asker & caught & ~outside, ASKER, source)
        when.insert(0, np.where(source == NOBODY, -1, own.started))
        by.insert(0, source)
    return Infected(when, by)


def _up(trees: Trees, times: Sequence[Times], made: Realised, attack: Attack, infected: Infected) -> None:
    """With the answers, from the leaves to the root; who is corrupted already stays as it is."""
    for level in trees.levels[:-1]:
        sender = _infectious(infected.when[level.height], times[level.height].finish, attack)
        late = made.late[level.height]
        read = sender if late is None else sender & ~late
        caught = read & (streams.uniforms(level.places, "attack from below") < attack.passing)
        above = level.height + 1
        grouped = caught.reshape(-1, trees.branching, trees.questions)
        newly = grouped.any(axis=1) & (infected.when[above] < 0)
        infected.by[above] = np.where(newly, grouped.argmax(axis=1), infected.by[above])
        infected.when[above] = np.where(newly, times[above].joining, infected.when[above])


def _in_turn(trees: Trees, times: Sequence[Times], made: Realised, attack: Attack) -> Infected:
    """Seat by seat in the order of their lives, all roots at once: what is read decides who passes it on next."""
    infected = Infected(
        [np.full(own.finish.shape, -1, dtype=np.int64) for own in times],
        [np.full(own.finish.shape, NOBODY) for own in times],
    )

    def corrupt(height: int, seat: int, who: Mask, source: int, when: Ticks) -> None:
        new = who & (infected.when[height][seat] < 0) & (when >= 0)
        infected.when[height][seat] = np.where(new, when, infected.when[height][seat])
        infected.by[height][seat] = np.where(new, source, infected.by[height][seat])

    def live(height: int, seat: int, attacked: Mask) -> None:
        own, place = times[height], trees.seats[height].places[seat]
        corrupt(height, seat, _from_outside(place, attack, height == trees.depth), OUTSIDE, own.started[seat])
        caught = streams.uniforms(place, "attack from above") < attack.passing
        corrupt(height, seat, attacked & caught & attack.questions_carry, ASKER, own.started[seat])
        sent = own.thought[seat]
        for turn in range(trees.branching if height else 0):
            child, below = seat * trees.branching + turn, times[height - 1]
            live(height - 1, child, _infectious(infected.when[height][seat], sent, attack))
            sent = below.finish[child]
            late = made.late[height - 1]
            sender = _infectious(infected.when[height - 1][child], sent, attack)
            read = sender if late is None else sender & ~late[child]
            caught = streams.uniforms(trees.seats[height - 1].places[child], "attack from below") < attack.passing
            last = turn == trees.branching - 1
            corrupt(height, seat, read & caught, turn, own.joining[seat] if last else sent)

    live(trees.depth, 0, np.zeros(trees.questions, dtype=np.bool_))
    return infected


def _from_outside(places: Keys, attack: Attack, root: bool) -> Mask:
    """Who is corrupted from outside, same shape."""
    outside = streams.uniforms(places, "exposure") < attack.exposure
    if root:
        outside |= streams.uniforms(places, "root exposure") < attack.root_exposure
    return np.asarray(outside)


def _infectious(when: Ticks, sent: Ticks, attack: Attack) -> Mask:
    """Who is corrupted and not yet in quarantine when a message is sent."""
    if attack.quarantine_minutes >= FOREVER:
        return np.asarray(when >= 0)
    return np.asarray((when >= 0) & (sent < when + round(attack.quarantine_minutes * TICKS_PER_MINUTE)))
