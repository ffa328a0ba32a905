"""The counterfactual overseer: the same human with no persuasion reaching it (γ = 0, luck held).

``gamed`` compares a scheme with its ``Unpersuaded`` raters and judges; HCH of unpersuaded humans is one of the
references. Silence is passed on instead of setting a field, so the counterfactual exists for every overseer.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from overseers.base import Belief, Hearing, Overseer
from overseers.human import Human
from scenarios.part import field, part
from scenarios.streams import Floats


@part
class Unpersuaded(Overseer):
    """Another overseer that hears no appeal and no argument: what remains is what it verifies."""

    member: Overseer = field(Human(), "the overseer to whom nothing persuasive is said")

    def own(self, hearing: Hearing) -> Belief:
        return self.member.own(_silent(hearing))

    def rating(self, hearing: Hearing, speech: Floats) -> Belief:
        return self.member.rating(_silent(hearing), np.zeros_like(speech))


def _silent(hearing: Hearing) -> Hearing:
    nothing = np.zeros_like(hearing.appeal)
    return replace(hearing, appeal=nothing, thought=nothing)
