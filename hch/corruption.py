"""Corruption that spreads through messages, and its quarantine (MODEL.md §7; OAIA's comments on LBO and HBO).

Somebody reads a message that carries an attack and is corrupted with probability ``p·bandwidth``; a corrupted human
puts the attack into every message it sends, down with its sub-questions and up with its answer, until it is quarantined
a fixed delay after its infection. Some are corrupted from outside when they first read (``exposure``, at every level).

Questions are sent when a human's first thought is over and read when the next one starts to think; answers are sent
when they are given and read when the asker starts to join them, unless they were late. So an infection has a reader, a
sender and a time, all found by going down the tree and then up. Every chance is a keyed draw: raising bandwidth or
delay adds infections and takes none away.

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
from scenarios.joins import Answers
from scenarios.part import Part, field, part
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
    """Who was corrupted by whom and when, in the consultations that an office lived through.

    Raises ``ValueError`` where questions are asked in turn: there an answer may corrupt who asks the next one.
    """
    if trees.in_turn:
        raise ValueError("corruption is worked out where sub-questions are asked together, not in turn")
    infected = _down(trees, times, attack)
    _up(trees, times, made, attack, infected)
    return infected


def dictated(trees: Trees, times: Sequence[Times], infected: Infected, attack: Attack) -> list[Answers]:
    """What corrupted humans answer, by level, (nodes, questions); -1 for whoever answers for itself."""
    given = []
    for level, own, when in zip(trees.levels, times, infected.when, strict=True):
        heard = level.appeal + level.rhetoric.best_of(1)
        np.put_along_axis(heard, level.truth[None], -np.inf, axis=0)
        given.append(np.where(_infectious(when, own.finish, attack), heard.argmax(axis=0), -1))
    return given


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
        outside = streams.uniforms(level.places, "exposure") < attack.exposure
        if level is trees.root:
            outside |= streams.uniforms(level.places, "root exposure") < attack.root_exposure
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


def _infectious(when: Ticks, sent: Ticks, attack: Attack) -> Mask:
    """Who is corrupted and not yet in quarantine when a message is sent."""
    if attack.quarantine_minutes >= FOREVER:
        return np.asarray(when >= 0)
    return np.asarray((when >= 0) & (sent < when + round(attack.quarantine_minutes * TICKS_PER_MINUTE)))
