"""Searching: whoever answers has thought of many arguments, and listens to the best for each claim (MODEL.md §2).

The answer is ``softmax(κm + γλ_s(v + x_s))`` with ``λ_s = 1 - (1-λ)/s``: ``s = 1`` is the human; with ``s`` the
searcher comes to trust its own arguments as if they were somebody else's, and for large ``s`` it is the approval
maximiser that may hide inside HCH (OAIA's comments). As a rater it hears what others say, as before.

No ``λ`` is read from the member: its own belief carries ``λγ`` and its rating ``γ``, and
``λ_sγ = λγ/s + (1 - 1/s)γ`` mixes the two.
"""

from __future__ import annotations

from dataclasses import replace

from overseers.base import Hearing, Overseer
from overseers.beliefs import Answering, Belief, Mind, Opinion, together
from overseers.human import Human
from scenarios.part import PartError, field, part
from scenarios.streams import Floats


@part
class Searching(Overseer):
    """Another overseer that searches for arguments before it answers."""

    member: Overseer = field(Human(), "the overseer who searches")
    search: int = field(16, "arguments its own thought searches per claim", symbol="s", unit="draws", ge=1, le=10**9)

    def own(self, hearing: Hearing) -> Answering:
        if self.search == 1:
            return self.member.own(hearing)
        if hearing.arguments is None:
            raise PartError("search: whoever searches needs arguments to draw from (Hearing.arguments)")
        found = hearing.arguments.best_of(self.search)
        own = self.member.own(replace(hearing, thought=found, thoughts=self.search))
        heard = self.member.rating(replace(hearing, searched=self.search, share=1.0), found)
        return together([self._mixed(*pair) for pair in zip(own.voices, heard.voices, strict=True)])

    def rating(self, hearing: Hearing, speech: Floats) -> Opinion:
        return self.member.rating(hearing, speech)

    def _mixed(self, own: Belief, heard: Mind) -> Belief:
        return replace(own, bias=own.bias / self.search + (1.0 - 1.0 / self.search) * heard.persuasion)
