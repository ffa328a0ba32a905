"""Simulated gameable humans: one belief rule for every role (MODEL.md §2).

    L(a) = κ·m(a) + γ·(persuasion that reaches this human for a) + Gumbel noise

``m(a)`` is what this human can verify, handed over as support; ``L̄`` is L without its noise. An overseer says what its
belief is made of when nobody argues (``own``) and when somebody argues for each claim (``rating``); answering, rating,
comparing, accepting and judging all follow from those two, here, once. An overseer is never handed the scenario: what
is true reaches it only as support.

Array axes are (claim, node, question); a claim axis comes first. Beliefs, appeal and arguments are in noise units.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from overseers import pace
from scenarios.joins import Answers
from scenarios.part import Part, field, part
from scenarios.streams import Floats, Keys
from scenarios.trees import pick

_SMALLEST = 1e-280
"""Below this, sums of exponentials have lost their digits."""


@dataclass(frozen=True)
class Hearing:
    """What reaches a human at one level of a tree, before anybody argues.

    ``height``: level(q), 0 at leaves. ``aided``: sub-answers are in hand (a leaf needs none). ``appeal``: ``v``.
    ``thought``: ``x_1``, the one argument that a human's own thought finds for each claim. ``keys``: identities of the
    questions, for overseers whose luck is drawn per question.
    """

    height: int
    aided: bool
    appeal: Floats
    thought: Floats
    keys: Keys


@dataclass(frozen=True)
class Belief:
    """``L̄(a) = weight·m(a) + bias(a)``, the belief rule with the support still to be filled in.

    ``bias``: γ × persuasion, (claims, nodes, questions). ``weight``: κ, what verified support is worth. ``attention``:
    α, the chance that support is verified at all, drawn once per answer, rating or judgement.
    """

    bias: Floats
    weight: float
    attention: float = 1.0

    def expected(self, merit: Floats) -> Floats:
        """Mean L̄ over the draw of attention: the expected rating ``ακ·m + bias``. ``merit``: support in [0, 1]."""
        return self.attention * self.weight * merit + self.bias

    def answer(self, chance: Floats) -> Floats:
        """Distribution of the answer ``softmax_a L̄`` when claim ``c`` is supported with probability ``chance[c]``.

        O(K) per question (MODEL.md §3): with ``e = exp(bias)`` max-shifted, ``Z = Σe`` and
        ``D = C / (e^{-κ}Z + (1 - e^{-κ})e)``, ``P = e·(e^{-κ}ΣD + (1 - e^{-κ})D)``; inattentive humans add ``e/Z``.
        """
        e = np.exp(self.bias - self.bias.max(axis=0))
        total = e.sum(axis=0)
        faded = np.exp(-self.weight)
        kept = -np.expm1(-self.weight)
        spread = faded * total + kept * e
        if spread.min() < _SMALLEST:
            attentive = self._extreme_answer(chance)
        else:
            share = chance / spread
            attentive = e * (faded * share.sum(axis=0) + kept * share)
        if self.attention == 1.0:
            return np.asarray(attentive)
        return np.asarray(self.attention * attentive + (1.0 - self.attention) * (e / total))

    def _extreme_answer(self, chance: Floats) -> Floats:
        """The same in logarithms, for beliefs so far apart that their exponentials vanish."""
        total = special.logsumexp(self.bias, axis=0)
        with np.errstate(divide="ignore"):
            extra = self.weight + np.log(-np.expm1(-self.weight)) + self.bias  # log of (e^κ - 1)·e
            share = np.log(chance) - np.logaddexp(total, extra)
        unsupported = np.exp(self.bias + special.logsumexp(share, axis=0))
        return np.asarray(unsupported + np.exp(extra + share))


@part
class Overseer(Part, ABC):
    """A simulated human. Two methods say what it believes; the fields here say how long its work takes."""

    think_minutes: float = field(10.0, "mean time of a first thought", unit="minutes", ge=0, le=1e6)
    think_sigma: float = field(0.5, "spread of log time (log-normal only)", symbol="σ", ge=0, le=5)
    think_family: Literal["lognormal", "exponential"] = field("lognormal", "distribution of times")
    join_minutes: float = field(10.0, "mean time to join sub-answers", unit="minutes", ge=0, le=1e6)
    rate_minutes: float = field(5.0, "mean time to rate one claim", unit="minutes", ge=0, le=1e6)
    judge_minutes: float = field(5.0, "mean time to judge one question of a debate", unit="minutes", ge=0, le=1e6)

    @abstractmethod
    def own(self, hearing: Hearing) -> Belief:
        """Belief when nobody argues: what this human would answer by itself."""

    @abstractmethod
    def rating(self, hearing: Hearing, speech: Floats) -> Belief:
        """Belief in each claim when that claim is argued for with force ``speech`` (``x_n``, less ``y`` in debate)."""

    def ticks(self, purpose: Literal["think", "join", "rate", "judge"], places: Keys) -> pace.Ticks:
        """Durations of one kind of work at every place, in nanosecond ticks; keyed, so no engine draws its own."""
        minutes = {
            "think": self.think_minutes,
            "join": self.join_minutes,
            "rate": self.rate_minutes,
            "judge": self.judge_minutes,
        }[purpose]
        return pace.durations(places, purpose, minutes, self.think_family, self.think_sigma)


def answer(overseer: Overseer, hearing: Hearing, chance: Floats) -> Floats:
    """Role *answer*: ``P(a) = Σ_c chance[c]·softmax_a L̄(a | c)``, (claims, nodes, questions)."""
    return overseer.own(hearing).answer(chance)


def rate(overseer: Overseer, hearing: Hearing, speech: Floats, merit: Floats) -> Floats:
    """Role *rate*: expected rating ``r(a) = ακ·m(a) + γ(v + speech)``, each claim presented in turn."""
    return overseer.rating(hearing, speech).expected(merit)


def compare(overseer: Overseer, hearing: Hearing, speech: Floats, merit: Floats, a: Answers, b: Answers) -> Floats:
    """Role *compare*: ``P(a ≻ b) = σ(r(a) - r(b))`` for two presented claims, averaged over attention."""
    return np.asarray(special.expit(_pair(overseer.rating(hearing, speech), merit, a, b)))


def accept(overseer: Overseer, hearing: Hearing, speech: Floats, merit: Floats) -> Floats:
    """Role *accept*: probability that a presented claim is believed against unargued rivals.

    ``out[a, b]`` is the belief in ``b`` when ``a`` is presented: a softmax over all claims in which ``a`` has its
    presented persuasion and every rival what the human's own thought finds. Shape (claims, claims, nodes, questions).
    """
    presented, own = overseer.rating(hearing, speech), overseer.own(hearing)
    which = np.eye(len(merit)).reshape(len(merit), len(merit), 1, 1)
    bias = which * presented.bias + (1.0 - which) * own.bias
    aware = special.softmax(own.weight * merit + bias, axis=1)
    if own.attention == 1.0:
        return np.asarray(aware)
    return np.asarray(own.attention * aware + (1.0 - own.attention) * special.softmax(bias, axis=1))


def judge(overseer: Overseer, hearing: Hearing, speech: Floats, merit: Floats) -> Floats:
    """Role *judge*: margin ``S(a)`` of each claim over its best rival, every claim being argued for and attacked.

    A judgement between two claims has margin ``logit(αP_1 + (1-α)P_0)`` with ``P_1 = σ(L̄(a) - L̄(a'))`` when support
    is verified and ``P_0`` when it is not; with full attention this is ``L̄(a) - max_{a'≠a} L̄(a')``.
    """
    belief = overseer.rating(hearing, speech)
    if belief.attention == 1.0:
        return margins(belief.expected(merit))
    claims = len(merit)
    worst = np.full(merit.shape, np.inf)
    for a in range(claims):
        for b in range(claims):
            if a != b:
                here = np.full(merit.shape[1:], a, dtype=np.intp), np.full(merit.shape[1:], b, dtype=np.intp)
                np.minimum(worst[a], _pair(belief, merit, *here), out=worst[a])
    return worst


def margins(values: Floats) -> Floats:
    """``values[a] - max_{a'≠a} values[a']``: by how much each claim leads, (claims, …)."""
    top = values.max(axis=0)
    first = values.argmax(axis=0)
    rest = values.copy()
    np.put_along_axis(rest, first[None], -np.inf, axis=0)
    lead = values - top
    np.put_along_axis(lead, first[None], (top - rest.max(axis=0))[None], axis=0)
    return lead


def _pair(belief: Belief, merit: Floats, a: Answers, b: Answers) -> Floats:
    """Log-odds that ``a`` is preferred to ``b``, averaged over the one draw of attention."""
    unverified = pick(belief.bias, a) - pick(belief.bias, b)
    verified = unverified + belief.weight * (pick(merit, a) - pick(merit, b))
    if belief.attention == 1.0:
        return np.asarray(verified)
    alpha = belief.attention
    # logit(αP₁ + (1-α)P₀) from both tails, so that margins of 40 and more keep their sign and digits.
    with np.errstate(divide="ignore"):
        won = np.logaddexp(np.log(alpha) - np.logaddexp(0, -verified), np.log1p(-alpha) - np.logaddexp(0, -unverified))
        lost = np.logaddexp(np.log(alpha) - np.logaddexp(0, verified), np.log1p(-alpha) - np.logaddexp(0, unverified))
    return np.asarray(won - lost)
