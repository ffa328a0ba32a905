"""Assistance: a critic makes a rater look who would not have looked (MODEL.md §2).

With probability ``φ`` the critic's hint is heeded, whatever the rater would have done by itself, so the chance that it
verifies becomes ``1 - (1-α)(1-φ)``, in every role. ``φ = 0`` is the human.
"""

from __future__ import annotations

from overseers.base import Hearing, Overseer
from overseers.beliefs import Answering, Opinion, Voice, Votes, together
from overseers.human import Human
from scenarios.part import field, part
from scenarios.streams import Floats


@part
class Assisted(Overseer):
    """Another overseer whose attention a critic draws to what can be verified."""

    member: Overseer = field(Human(), "the overseer who is assisted")
    assistance: float = field(0.5, "chance that a critic makes it verify", symbol="φ", unit="probability", ge=0, le=1)

    def own(self, hearing: Hearing) -> Answering:
        return assisted(self.member.own(hearing).voices, self.assistance)

    def rating(self, hearing: Hearing, speech: Floats) -> Opinion:
        return assisted(self.member.rating(hearing, speech).voices, self.assistance)


def assisted(voices: tuple[Voice, ...], assistance: float | Floats) -> Voice | Votes[Voice]:
    """The same voices when a critic helps each with this probability, one number or (nodes, questions)."""
    return together([voice.attending(1.0 - (1.0 - voice.attention) * (1.0 - assistance)) for voice in voices])
