"""A sceptic disregards what is argued for a claim that does not stand out enough (MODEL.md §2).

A presented claim's rating ``r(a) = κm(a) + γ(v + x_n)(a)`` counts if it beats by ``θ`` what the sceptic would believe
of the best rival by itself, ``max_{b≠a} κm(b) + λγ(v + x_1)(b)``. Otherwise the sceptic falls back on its own unaided
look, ``κ·decay^level·1[a=t] + λγ(v + x_1)(a)`` (``κ_leaf`` at leaves). ``θ → -∞`` is the human. Only what is presented
is doubted, one claim at a time, in rating, comparing, accepting and judging; a sceptic's own answers are the human's.

Readings. Random sub-answers enter through ``m(a) = P(c = a)``, as in every rating of the model, and so the threshold is
applied to the expected support. Attention is drawn once per rating, before the threshold: a sceptic who does not look
verifies nothing, neither of the claim, nor of its rivals, nor alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from scipy import special

from overseers.base import Hearing, Overseer
from overseers.beliefs import Answering, Belief, Mind, Opinion, together
from overseers.human import Human
from scenarios.part import PartError, field, part
from scenarios.streams import Floats
from scenarios.trees import one_hot


@part
class Sceptic(Overseer):
    """Another overseer that is not moved by arguments for claims that do not stand out."""

    member: Overseer = field(Human(), "the overseer who doubts")
    threshold: float = field(
        2.0,
        "lead over the best rival that a presented claim must have",
        symbol="θ",
        unit="noise units",
        ge=-1e9,
        le=1e9,
    )

    def own(self, hearing: Hearing) -> Answering:
        return self.member.own(hearing)

    def rating(self, hearing: Hearing, speech: Floats) -> Opinion:
        if hearing.plain is None:
            raise PartError("threshold: a sceptic falls back on an unaided look, which is not given (Hearing.plain)")
        presented, own = self.member.rating(hearing, speech), self.member.own(hearing)
        alone = self.member.own(replace(hearing, aided=False))
        look = one_hot(hearing.plain, len(hearing.appeal))
        voices = zip(presented.voices, own.voices, alone.voices, strict=True)
        return together([Doubt(*three, look, self.threshold, three[0].attention) for three in voices])


@dataclass(frozen=True)
class Doubt(Mind):
    """One sceptical mind. ``presented``: its belief in what is argued for; ``own``: in rivals; ``alone``: unaided."""

    presented: Mind
    own: Belief
    alone: Belief
    look: Floats
    threshold: float
    attention: float | Floats

    def believed(self, merit: Floats | None) -> Floats:
        heard, rivals = self.presented.believed(merit), self.own.believed(merit)
        unmoved = self.alone.believed(None if merit is None else self.look)
        return np.where(heard - best_rival(rivals) < self.threshold, unmoved, heard)

    def attending(self, attention: float | Floats) -> Self:
        return replace(self, attention=attention)

    def hurried(self, kept: float | Floats) -> Self:
        presented, own, alone = self.presented.hurried(kept), self.own.hurried(kept), self.alone.hurried(kept)
        return replace(self, presented=presented, own=own, alone=alone)

    def answer(self, chance: Floats) -> Floats:
        """Where all claims are argued for at once: each doubted by itself, then a softmax; averaged over support."""
        out = np.zeros_like(chance)
        for claim in range(len(chance)):
            supported = np.zeros_like(chance)
            supported[claim] = 1.0
            out += chance[claim] * special.softmax(self.believed(supported), axis=0)
        if self.always_looks:
            return out
        return np.asarray(self.attention * out + (1.0 - self.attention) * special.softmax(self.believed(None), axis=0))


def best_rival(values: Floats) -> Floats:
    """``max_{b≠a} values[b]`` for every claim, (claims, …)."""
    first = values.argmax(axis=0)[None]
    out = np.broadcast_to(values.max(axis=0), values.shape).copy()
    rest = values.copy()
    np.put_along_axis(rest, first, -np.inf, axis=0)
    np.put_along_axis(out, first, rest.max(axis=0)[None], axis=0)
    return out
