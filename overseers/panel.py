"""A panel: several overseers with independent noise rate, answer and judge together (MODEL.md §2).

Member ``i`` hears ``v + √ρ·x_n + √(1-ρ)·ξ_i``: appeal, and with it planting, is shared by all; of the argument each
hears a version of its own, ``ξ_i`` being an independent argument of ``x_n``'s law less its mean, keyed by question,
claim and member. So ``ρ = 1`` is one argument for everybody, and with one member it is the human. The same holds for
one's own thought (``x_1``); a rebuttal, where there is one, is heard by all alike.

Ratings are means over members. Answers, comparisons and judgements are put to the vote (plurality). Members' noise and
attention are independent, so given what is heard their votes are: three that are right with probability ``p`` are
together right with ``p + p(1-p)(2p-1)`` (Condorcet), and what correlates their votes is what they share: appeal, and
``ρ`` of the argument. A panel of panels is one larger panel. Its members sit one after another: their times add up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from overseers.base import Hearing, Overseer
from overseers.beliefs import Answering, Belief, Mind, Opinion, together
from overseers.human import Human
from overseers.pace import Kind, Ticks
from scenarios import streams
from scenarios.part import PartError, field, part
from scenarios.rhetoric import Arguments
from scenarios.streams import Floats, Keys


@part
class Panel(Overseer):
    """Several overseers of one kind, whose ratings are averaged and whose votes are counted."""

    member: Overseer = field(Human(), "the overseer of whom there are several")
    members: int = field(3, "how many there are", symbol="j", ge=1, le=7)
    shared_argument: float = field(0.5, "share of an argument's force that all members hear", symbol="ρ", ge=0, le=1)

    def own(self, hearing: Hearing) -> Answering:
        voices: list[Belief] = []
        for seat, arguments in self._seats(hearing):
            shift = self._version(hearing, arguments, hearing.thoughts)
            voices += self.member.own(replace(seat, thought=hearing.thought + shift)).voices
        return together(voices)

    def rating(self, hearing: Hearing, speech: Floats) -> Opinion:
        voices: list[Mind] = []
        for seat, arguments in self._seats(hearing):
            own_thought = hearing.thought + self._version(hearing, arguments, hearing.thoughts)
            shift = hearing.share * self._version(hearing, arguments, hearing.searched)
            voices += self.member.rating(replace(seat, thought=own_thought), speech + shift).voices
        return together(voices)

    def ticks(self, purpose: Kind, places: Keys) -> Ticks:
        """One member's times are those of the fields; the first member's are those of a human who sits alone."""
        seats = [places, *(_seat_keys(places, member) for member in range(1, self.members))]
        return np.asarray(sum(super(Panel, self).ticks(purpose, seat) for seat in seats), dtype=np.int64)

    def _seats(self, hearing: Hearing) -> Iterator[tuple[Hearing, Versions | None]]:
        """What each member hears, but for thought and speech, and its versions of arguments if it has its own."""
        for member in range(self.members):
            keys = _seat_keys(hearing.keys, member)
            if self.shared_argument == 1.0:
                yield replace(hearing, keys=keys), None
                continue
            if hearing.arguments is None:
                raise PartError("shared_argument: below 1, members need arguments of their own (Hearing.arguments)")
            own = Versions(hearing.arguments, hearing.arguments.another(keys), self.shared_argument)
            yield replace(hearing, keys=keys, arguments=own), own

    def _version(self, hearing: Hearing, versions: Versions | None, n: int | None) -> Floats | float:
        """``√ρ·x_n + √(1-ρ)·ξ_i - x_n``: by how much a member hears another argument than was made."""
        if versions is None:
            return 0.0
        if n is None:
            raise PartError(
                "shared_argument: below 1, members must be told how far the arguer searched; "
                "the scheme says so by setting.hearing(height, searched=n)"
            )
        return versions.best_of(n) - versions.shared.best_of(n)


@dataclass(frozen=True)
class Versions:
    """One member's versions of all arguments: ``√share·shared + √(1-share)·(own - its mean)``."""

    shared: Arguments
    own: Arguments
    share: float

    def best_of(self, n: float) -> Floats:
        centred = self.own.best_of(n) - self.own.mean(n)
        return np.asarray(np.sqrt(self.share) * self.shared.best_of(n) + np.sqrt(1.0 - self.share) * centred)

    def mean(self, n: float) -> Floats:
        return np.asarray(np.sqrt(self.share) * self.shared.mean(n))

    def another(self, keys: Keys) -> Versions:
        return Versions(self.shared.another(keys), self.own.another(streams.derive(keys, 0)), self.share)

    def at(self, where: Any) -> Versions:
        return Versions(self.shared.at(where), self.own.at(where), self.share)


def _seat_keys(keys: Keys, member: int) -> Keys:
    return streams.derive(keys, streams.word(f"member {member}"))
