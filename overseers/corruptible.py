"""A corruptible human: what it reads may carry an attack, and reaches it through a channel of some bandwidth (§7).

Low bandwidth carries fewer attacks and less of each question (the low- and high-bandwidth oversight of OAIA's
comments). Whoever reads with bandwidth ``w`` has discernment ``κ·w^η``. What it reads carries an attack with chance
``t`` (exposure) and then corrupts it with probability ``p·w``; who is corrupted verifies nothing while it answers,
rates or judges, so that what persuades most decides. How corruption spreads from human to human and is quarantined in
time is ``hch/corruption.py``; here everybody is exposed alike and by themselves, as in exact HCH and for a scheme's
raters. A bandwidth of 1 without exposure is the human.
"""

from __future__ import annotations

from typing import TypeVar

from overseers.base import Hearing, Overseer
from overseers.beliefs import Answering, Mind, Opinion, together
from overseers.human import Human
from scenarios.part import field, part
from scenarios.streams import Floats

SomeMind = TypeVar("SomeMind", bound=Mind)


@part
class Corruptible(Overseer):
    """Another overseer that reads through a channel, and whom attacks in what it reads may corrupt."""

    member: Overseer = field(Human(), "the overseer who may be corrupted")
    bandwidth: float = field(0.5, "share of what could be said that reaches it", symbol="w", gt=0, le=1)
    bandwidth_exponent: float = field(0.5, "how discernment falls with bandwidth, κ·w^η", symbol="η", ge=0, le=10)
    infectivity: float = field(0.6, "chance that an attack corrupts its reader at bandwidth 1", symbol="p", ge=0, le=1)
    exposure: float = field(0.05, "chance that what it reads carries an attack", symbol="t", ge=0, le=1)

    def own(self, hearing: Hearing) -> Answering:
        return together([self._reading(voice) for voice in self.member.own(hearing).voices])

    def rating(self, hearing: Hearing, speech: Floats) -> Opinion:
        return together([self._reading(voice) for voice in self.member.rating(hearing, speech).voices])

    def _reading(self, voice: SomeMind) -> SomeMind:
        corrupted = self.exposure * self.infectivity * self.bandwidth
        read = voice.hurried(self.bandwidth**self.bandwidth_exponent)
        return read if corrupted == 0.0 else read.attending(voice.attention * (1.0 - corrupted))
