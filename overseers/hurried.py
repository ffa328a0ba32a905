"""A hurried human: discernment shrinks with the time that is left for a job (MODEL.md §6).

A job planned at ``T`` minutes and given ``T'`` has discernment ``κ·(1 - e^(-T'/τ_v))/(1 - e^(-T/τ_v))``; which share
that is, the office finds (``hch/office.py``). Here it is one number for answers and one for what is presented, luck and
persuasion being untouched. Ratings are linear in discernment, so the mean share gives the mean rating exactly. A share
of 1 is the human.
"""

from __future__ import annotations

from overseers.base import Hearing, Overseer
from overseers.beliefs import Answering, Opinion, together
from overseers.human import Human
from scenarios.part import field, part
from scenarios.streams import Floats


@part
class Hurried(Overseer):
    """Another overseer that has not the time to verify as it would."""

    member: Overseer = field(Human(), "the overseer who hurries")
    answer_kept: float = field(1.0, "share of discernment left when it answers", ge=0, le=10)
    rating_kept: float = field(1.0, "share of discernment left when it rates or judges", ge=0, le=10)

    def own(self, hearing: Hearing) -> Answering:
        return together([voice.hurried(self.answer_kept) for voice in self.member.own(hearing).voices])

    def rating(self, hearing: Hearing, speech: Floats) -> Opinion:
        return together([voice.hurried(self.rating_kept) for voice in self.member.rating(hearing, speech).voices])
