"""What a human thinks of every claim, with the support still to be filled in (MODEL.md §2).

A *mind* has a belief ``L̄(a)`` that depends on what it can verify, and verifies at all with probability ``attention``,
drawn once per answer, rating or judgement. ``Belief`` is the additive one that almost every human has,
``L̄(a) = weight·m(a) + bias(a)``. An *opinion* is one mind's, or that of several whose noise is independent: they rate
by their mean and decide everything else by plurality. A tie goes to the tied claim for which the earliest member votes;
members being alike, that favours no claim.

Array axes are (claim, node, question); a claim axis comes first.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, Self, TypeVar

import numpy as np
from scipy import special

from overseers.votes import vote as vote
from scenarios.joins import Answers
from scenarios.streams import Floats, Keys, choose
from scenarios.trees import one_hot, pick, put

_SMALLEST = 1e-280
"""Below this, sums of exponentials have lost their digits."""


class Opinion(ABC):
    """What one mind, or several, make of every claim."""

    @property
    @abstractmethod
    def voices(self) -> tuple[Mind, ...]:
        """The minds that have a say."""

    @property
    @abstractmethod
    def persuasion(self) -> Floats:
        """Mean L̄ over voices when nothing is verified: γ × the persuasion that reached them."""

    @abstractmethod
    def expected(self, merit: Floats) -> Floats:
        """Mean L̄ over voices and the draw of attention: the expected rating. ``merit``: support in [0, 1]."""

    @abstractmethod
    def answer(self, chance: Floats) -> Floats:
        """Distribution of the answer when claim ``c`` is supported with probability ``chance[c]``."""

    def answer_given(self, supported: Answers) -> Floats:
        """Distribution of the answer when one claim is supported for sure, (nodes, questions)."""
        return self.answer(one_hot(supported, len(self.persuasion)))

    def favourite(self, supported: Answers, keys: Keys) -> Answers:
        """The claim with the largest expected rating when one is supported, (nodes, questions); keyed ties."""
        return choose(self.expected(one_hot(supported, len(self.persuasion))), keys)


class Mind(Opinion, ABC):
    """One mind: what it believes about a claim if it verifies ``merit``, and if it verifies nothing."""

    attention: float | Floats
    """α: one number, or one per question, (nodes, questions)."""

    @abstractmethod
    def believed(self, merit: Floats | None) -> Floats:
        """``L̄`` given what is verified; ``None``: this mind does not look."""

    @abstractmethod
    def attending(self, attention: float | Floats) -> Self:
        """The same mind with another chance of verifying."""

    @abstractmethod
    def hurried(self, kept: float | Floats) -> Self:
        """The same mind with this share of its discernment left: one number or one per question, (nodes, questions)."""

    @property
    def voices(self) -> tuple[Self, ...]:
        return (self,)

    @property
    def persuasion(self) -> Floats:
        return self.believed(None)

    @property
    def always_looks(self) -> bool:
        return isinstance(self.attention, (int, float)) and self.attention == 1.0

    def expected(self, merit: Floats) -> Floats:
        looking = self.believed(merit)
        if self.always_looks:
            return looking
        return np.asarray(self.attention * looking + (1.0 - self.attention) * self.believed(None))

    def log_odds(self, merit: Floats, a: Answers, b: Answers) -> Floats:
        """``logit P(a ≻ b)``, ``P = αP_1 + (1-α)P_0``: averaged over the one draw of attention. (nodes, questions)."""
        looking = self.believed(merit)
        verified = pick(looking, a) - pick(looking, b)
        if self.always_looks:
            return np.asarray(verified)
        blind = self.believed(None)
        unverified = pick(blind, a) - pick(blind, b)
        # Both tails by themselves, so that margins of 40 and more keep their sign and digits.
        with np.errstate(divide="ignore"):
            seen, unseen = np.log(self.attention), np.log1p(-np.asarray(self.attention))
        won = np.logaddexp(seen + special.log_expit(verified), unseen + special.log_expit(unverified))
        lost = np.logaddexp(seen + special.log_expit(-verified), unseen + special.log_expit(-unverified))
        return np.asarray(won - lost)


@dataclass(frozen=True)
class Belief(Mind):
    """``L̄(a) = weight·m(a) + bias(a)``, the belief rule.

    ``bias``: γ × persuasion, (claims, nodes, questions). ``weight``: κ, what verified support is worth, one number or
    (nodes, questions). ``attention``: α, the chance that support is verified at all, likewise.
    """

    bias: Floats
    weight: float | Floats
    attention: float | Floats = 1.0

    def believed(self, merit: Floats | None) -> Floats:
        return self.bias if merit is None else self.weight * merit + self.bias

    def attending(self, attention: float | Floats) -> Self:
        return replace(self, attention=attention)

    def hurried(self, kept: float | Floats) -> Self:
        return replace(self, weight=self.weight * kept)

    def favourite(self, supported: Answers, keys: Keys) -> Answers:
        """The supported claim where it comes to lead all others; only elsewhere have these to be compared."""
        if not self.always_looks:
            return super().favourite(supported, keys)
        swayed = pick(self.bias, supported)
        swayed += self.weight
        unsure = np.flatnonzero(swayed <= self.bias.max(axis=0))
        few = self.bias.reshape(len(self.bias), -1)[:, unsure]
        chosen = supported.flatten()
        few[chosen[unsure], np.arange(len(unsure))] = swayed.reshape(-1)[unsure]
        chosen[unsure] = choose(few, keys.reshape(-1)[unsure])
        return chosen.reshape(supported.shape)

    def answer(self, chance: Floats) -> Floats:
        """``P(a) = Σ_c chance[c]·softmax_a L̄``, O(K) per question (MODEL.md §3).

        With ``e = exp(bias)`` max-shifted, ``Z = Σe`` and ``D = C / (e^{-κ}Z + (1 - e^{-κ})e)``,
        ``P = e·(e^{-κ}ΣD + (1 - e^{-κ})D)``; inattentive humans add ``e/Z``.
        """
        e = self.bias - self.bias.max(axis=0)
        np.exp(e, out=e)
        total = e.sum(axis=0)
        faded = np.exp(-self.weight)
        kept = -np.expm1(-self.weight)
        spread = kept * e
        spread += faded * total
        # No spread is smaller than e^{-κ}, as Z ≥ 1. (Nobody may be asked: then there is no least.)
        if np.min(faded, initial=np.inf) < _SMALLEST and spread.min(initial=np.inf) < _SMALLEST:
            attentive = self._extreme_answer(chance)
        else:
            share = np.divide(chance, spread, out=spread)
            unsupported = faded * share.sum(axis=0)
            share *= kept
            share += unsupported
            share *= e
            attentive = share
        if self.always_looks:
            return np.asarray(attentive)
        return np.asarray(self.attention * attentive + (1.0 - self.attention) * (e / total))

    def answer_given(self, supported: Answers) -> Floats:
        """The same with ``C`` = 1 for one claim and 0 for all others: ``D`` is one number per question."""
        faded, kept = np.exp(-self.weight), -np.expm1(-self.weight)
        if not self.always_looks or np.min(faded, initial=np.inf) < _SMALLEST:
            return super().answer_given(supported)
        e = self.bias - self.bias.max(axis=0)
        np.exp(e, out=e)
        own = pick(e, supported)
        share = 1.0 / (kept * own + faded * e.sum(axis=0))
        unsupported = faded * share
        e *= unsupported
        put(e, supported, own * (kept * share + unsupported))
        return np.asarray(e)

    def _extreme_answer(self, chance: Floats) -> Floats:
        """The same in logarithms, for beliefs so far apart that their exponentials vanish."""
        total = special.logsumexp(self.bias, axis=0)
        with np.errstate(divide="ignore"):
            extra = self.weight + np.log(-np.expm1(-self.weight)) + self.bias  # log of (e^κ - 1)·e
            share = np.log(chance) - np.logaddexp(total, extra)
        unsupported = np.exp(self.bias + special.logsumexp(share, axis=0))
        return np.asarray(unsupported + np.exp(extra + share))


Voice = TypeVar("Voice", bound=Mind)


@dataclass(frozen=True)
class Votes(Opinion, Generic[Voice]):
    """Several minds that hear and verify the same question, each with noise and attention of its own."""

    members: tuple[Voice, ...]

    @property
    def voices(self) -> tuple[Voice, ...]:
        return self.members

    @property
    def persuasion(self) -> Floats:
        return _mean([member.persuasion for member in self.members])

    def expected(self, merit: Floats) -> Floats:
        return _mean([member.expected(merit) for member in self.members])

    def answer(self, chance: Floats) -> Floats:
        if len(self.members) == 1:
            return self.members[0].answer(chance)
        out = np.zeros_like(chance)
        for claim in range(len(chance)):
            supported = np.zeros_like(chance)
            supported[claim] = 1.0
            out += chance[claim] * vote([member.answer(supported) for member in self.members])
        return out


def together(voices: Sequence[Voice]) -> Voice | Votes[Voice]:
    """The opinion of those who have a say: one mind's own, or a vote."""
    return voices[0] if len(voices) == 1 else Votes(tuple(voices))


Answering = Belief | Votes[Belief]
"""Who answers has additive beliefs: engines add the weight of what sub-answers support, and compare."""


def _mean(values: Sequence[Floats]) -> Floats:
    return np.asarray(sum(values[1:], start=values[0]) / len(values))
