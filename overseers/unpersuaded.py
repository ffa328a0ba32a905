"""The counterfactual overseer: the same human with no persuasion reaching it (γ = 0, luck held).

``gamed`` compares a scheme with its ``Unpersuaded`` raters and judges; HCH of unpersuaded humans is one of the
references. Silence is passed on instead of setting a field, so the counterfactual exists for every overseer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from overseers.base import Hearing, Overseer
from overseers.beliefs import Answering, Opinion
from overseers.human import Human
from scenarios.part import field, part
from scenarios.streams import Floats, Keys


@part
class Unpersuaded(Overseer):
    """Another overseer that hears no appeal and no argument: what remains is what it verifies."""

    member: Overseer = field(Human(), "the overseer to whom nothing persuasive is said")

    def as_answerer(self) -> Overseer:
        return replace(self, member=self.member.silenced())

    def as_rater(self) -> Overseer:
        return replace(self, member=self.member.silenced())

    def own(self, hearing: Hearing) -> Answering:
        return self.member.own(_silent(hearing))

    def rating(self, hearing: Hearing, speech: Floats) -> Opinion:
        return self.member.rating(_silent(hearing), np.zeros_like(speech))


@dataclass(frozen=True)
class Silence:
    """Arguments without force. ``nothing``: zeros, (claims, nodes, questions)."""

    nothing: Floats

    def best_of(self, n: float) -> Floats:
        return self.nothing

    def mean(self, n: float) -> Floats:
        return self.nothing

    def another(self, keys: Keys) -> Silence:
        return self

    def at(self, where: Any) -> Silence:
        return Silence(self.nothing[where])


def _silent(hearing: Hearing) -> Hearing:
    nothing = np.zeros_like(hearing.appeal)
    return replace(hearing, appeal=nothing, thought=nothing, arguments=Silence(nothing))
