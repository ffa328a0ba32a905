"""The office: how humans are organised, and what that does to what they verify (MODEL.md §6).

By default everybody has a desk of their own, waits for every sub-answer and is never hurried; then time changes no
answer. A job planned at ``T`` minutes and given ``T'`` has discernment ``κ·(1 - e^(-T'/τ_v))/(1 - e^(-T/τ_v))``, and a
hurried human takes ``T' = T/(1 + hurry·backlog/staff)``, the backlog being who waits for a desk when the work begins,
this human excluded. People may be unequal: each has a speed and a skill, drawn once; times are divided by speed,
discernment is multiplied by skill. Any free person takes up any work, who has been idle longest first, so whoever joins
sub-answers need not be who sent the questions out.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from overseers.pace import TICKS_PER_MINUTE, Ticks
from scenarios import streams
from scenarios.part import Part, PartError, field, part
from scenarios.streams import Floats

FOREVER = 1e7
"""Minutes: nobody waits so long, and their ticks can still be added."""


@part
class Office(Part):
    """A pool of people, or a desk for everybody; deadlines, priorities, hurry, and how unequal they are."""

    staff: int | None = field(None, "people; none: a desk for everybody", unit="people", ge=1, le=10**7)
    deadlines: tuple[float, ...] = field(
        (),
        "how long a human at level 1, 2, … waits for sub-answers (a negative number, or none, or 1e7: for ever)",
        unit="minutes",
    )
    holds_desk: bool = field(False, "whether a human keeps the desk while waiting for sub-answers")
    continuing_first: bool = field(True, "whether joining sub-answers goes ahead of new work")
    priorities: tuple[int, ...] = field((), "which level's work comes first, from the leaves up: lower first (0)")
    speed_spread: float = field(0.0, "spread of log speed among people", ge=0, le=3)
    skill_spread: float = field(0.0, "spread of log skill among people", ge=0, le=3)
    people_seed: int = field(0, "which people they are", ge=0)
    hurry: float = field(0.0, "how much a backlog of one request a person hurries", ge=0, le=1000)
    verifying_minutes: float = field(6.0, "time scale of verifying", symbol="τ_v", unit="minutes", gt=0, le=1e6)
    argument_minutes: float = field(
        0.0,
        "time to read an argument for a claim that is rated, compared or judged; its length is the arguer's choice",
        unit="minutes",
        ge=0,
    )

    def __post_init__(self) -> None:
        if any(math.isnan(minutes) for minutes in self.deadlines):
            raise PartError("deadlines: numbers of minutes are needed")
        if self.staff is None and (self.speed_spread or self.skill_spread):
            raise PartError("staff: unequal people need a number of them, at least 1")

    def deadline(self, height: int) -> int | None:
        """Ticks that a human at one level waits after sending its sub-questions; ``None``: until all are answered."""
        if not 1 <= height <= len(self.deadlines) or not 0 <= self.deadlines[height - 1] < FOREVER:
            return None
        return round(self.deadlines[height - 1] * TICKS_PER_MINUTE)

    def ranks(self, levels: int) -> tuple[list[int], list[int]]:
        """In which queue new and continuing work of every level waits; queue 0 is emptied first."""
        urgency = [*self.priorities, *([0] * levels)][:levels]
        new, again = [(1, own) for own in urgency], [(not self.continuing_first, own) for own in urgency]
        order = {key: place for place, key in enumerate(sorted({*new, *again}))}
        return [order[key] for key in new], [order[key] for key in again]

    @property
    def speeds(self) -> Floats | None:
        """Everybody's speed, (staff,), median 1; ``None`` where all are alike."""
        return self._drawn("speed", self.speed_spread)

    @property
    def skills(self) -> Floats | None:
        """Everybody's share of the usual discernment, (staff,), median 1; ``None`` where all are alike."""
        return self._drawn("skill", self.skill_spread)

    @property
    def changes_answers(self) -> bool:
        """Whether anything here can change what is believed."""
        return bool(self.deadlines or self.skill_spread or (self.hurry and self.staff is not None))

    def _drawn(self, purpose: str, spread: float) -> Floats | None:
        if not spread or self.staff is None:
            return None
        keys = streams.keys_from(self.people_seed, "person", 0, self.staff)
        return np.exp(spread * special.ndtri(streams.uniforms(keys, purpose)))


def planned(office: Office, ticks: Ticks, person: Ticks) -> Ticks:
    """How long work of ``ticks`` is meant to take whoever does it, same shape; nobody (-1) has speed 1."""
    if office.speeds is None:
        return ticks
    return np.asarray(ticks / np.where(person >= 0, office.speeds[person], 1.0)).astype(np.int64)


def kept(office: Office, plan: Ticks, given: Ticks, person: Ticks) -> Floats:
    """The share of discernment that is left of work planned at ``plan`` ticks and given ``given``, times skill."""
    scale = office.verifying_minutes * TICKS_PER_MINUTE
    share = np.ones(np.shape(plan))
    short = plan != given
    share[short] = np.expm1(-given[short] / scale) / np.expm1(-plan[short] / scale)
    return share if office.skills is None else share * np.where(person >= 0, office.skills[person], 1.0)
