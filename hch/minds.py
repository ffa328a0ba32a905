"""What every human in a batch of trees brings to its desk: noise plus persuasion, and how long it thinks.

Computed once, by NumPy, keyed by the place in the tree; the engines only add the weight of what sub-answers support and
compare. That is why they agree bit for bit, whatever the order in which they visit people.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from hch.exact import hearing
from overseers.base import Overseer
from overseers.beliefs import Belief
from overseers.pace import Ticks
from overseers.votes import elected
from scenarios import streams
from scenarios.blocks import EVERYTHING
from scenarios.joins import Answers
from scenarios.part import PartError
from scenarios.streams import Floats
from scenarios.trees import Level, Seats, pick


@dataclass(frozen=True)
class Minds:
    """The humans of one level. ``inclination``: γ × persuasion + Gumbel noise, (claims, nodes, questions).

    ``weight``: what support adds to the supported claim, one number, or (nodes, questions) where attention may lapse.
    """

    inclination: Floats
    weight: float | Floats

    @cached_property
    def hold(self) -> Floats:
        """The largest inclination, (nodes, questions): what support has to beat."""
        return np.asarray(self.inclination.max(axis=0))

    def answers(self, supported: Answers) -> Answers:
        """The claim each human gives when ``supported`` is what it verifies: the larger of two beliefs wins."""
        swayed = pick(self.inclination, supported)
        swayed += self.weight
        given = supported.flatten()
        unswayed = np.flatnonzero(swayed <= self.hold)  # few, so that argmax, the slowest step, has little to do
        given[unswayed] = self.inclination.reshape(len(self.inclination), -1)[:, unswayed].argmax(axis=0)
        return given.reshape(supported.shape)


def minds(level: Level, human: Overseer, aided: bool = True, which: slice = EVERYTHING) -> Minds:
    """Draw the noise of everybody at one level (``which``: of these questions) and add their own thought's persuasion.

    Raises ``PartError`` where each question is put to a panel: ask ``voters`` or ``replies`` instead.
    """
    everyone = voters(level, human, aided, which)
    if len(everyone) > 1:
        raise PartError(f"{human.part_name()}: {len(everyone)} people answer each question here, not one")
    return everyone[0]


def voters(
    level: Level, human: Overseer, aided: bool = True, which: slice = EVERYTHING, purpose: str = "noise"
) -> tuple[Minds, ...]:
    """The same for every member of the panel that answers; one member if nobody else has a say.

    ``purpose``: whose noise it is. Who guesses a missing answer is not who was asked, and has noise of its own.
    """
    beliefs = human.own(hearing(level, aided, which)).voices
    return tuple(_mind(level, belief, member, which, purpose) for member, belief in enumerate(beliefs))


def hurried(members: tuple[Minds, ...], kept: Floats) -> tuple[Minds, ...]:
    """The same people with a share of their discernment left, (nodes, questions)."""
    return tuple(replace(member, weight=member.weight * kept) for member in members)


def answers(members: tuple[Minds, ...], supported: Answers) -> Answers:
    """The claim given when ``supported`` is what everybody verifies: the plurality's."""
    given = [member.answers(supported) for member in members]
    return given[0] if len(given) == 1 else elected(given)


def guess(level: Level, human: Overseer) -> Answers:
    """What askers put in the place of answers that are missing: their own unaided ones, (nodes, questions)."""
    return answers(voters(level, human, aided=level.height == 0, purpose="guess"), level.truth)


def wanted(level: Level) -> Answers:
    """What an attack wants to be answered: the false claim with most appeal and argument, (nodes, questions)."""
    heard = level.appeal + level.rhetoric.best_of(1)
    np.put_along_axis(heard, level.truth[None], -np.inf, axis=0)
    return np.asarray(heard.argmax(axis=0))


def replies(level: Level, human: Overseer, aided: bool = True, which: slice = EVERYTHING) -> Answers:
    """``[c]``: the answer given when ``c`` is supported, (claims, nodes, questions): all that an engine need know."""
    members = voters(level, human, aided, which)
    shape = members[0].hold.shape
    return np.stack([answers(members, np.full(shape, claim, dtype=np.intp)) for claim in range(level.claims)])


def _mind(level: Level, belief: Belief, member: int, which: slice, purpose: str) -> Minds:
    """One member's noise, keyed by place; the first member's is that of a human who sits there alone."""
    places, own = level.places[:, which], f" of member {member}" if member else ""
    inclination = streams.minus_gumbels(places, purpose + own, level.claims)
    np.subtract(belief.bias, inclination, out=inclination)
    weight: float | Floats = belief.weight
    if not belief.always_looks:
        own = own if purpose == "noise" else f"{own} for a {purpose}"
        weight = np.where(streams.uniforms(places, "attention" + own) < belief.attention, belief.weight, 0.0)
    return Minds(inclination, weight)


@dataclass(frozen=True)
class Durations:
    """How long the humans of one level work, in ticks, (nodes, questions): a first thought, and joining sub-answers."""

    think: Ticks
    join: Ticks


def durations(here: Seats | Level, human: Overseer, which: slice = EVERYTHING) -> Durations:
    """Thinking times keyed by place; leaves have nothing to join."""
    places = here.places[:, which]
    think = human.ticks("think", places)
    join = human.ticks("join", places) if here.height else np.zeros_like(think)
    return Durations(think, join)
