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
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from overseers import pace
from overseers.beliefs import Answering, Mind, Opinion
from overseers.beliefs import Belief as Belief
from overseers.votes import majority_log_odds, vote
from scenarios.blocks import EVERYTHING, blocks, in_pieces
from scenarios.joins import Answers
from scenarios.part import Part, field, part
from scenarios.rhetoric import Arguments, Some
from scenarios.streams import Floats, Keys, choose
from scenarios.trees import one_hot


@dataclass(frozen=True)
class Hearing:
    """What reaches a human at one level of a tree, before anybody argues.

    ``height``: level(q), 0 at leaves. ``aided``: sub-answers are in hand (a leaf needs none). ``appeal``: ``v``.
    ``thought``: ``x_1``, the one argument that a human's own thought finds for each claim. ``keys``: identities of the
    questions, for overseers whose luck is drawn per question.

    The rest is for overseers who are more than one ordinary human. ``arguments``: the luck behind all arguments, from
    which further ones can be drawn. ``searched``: among how many arguments whoever presents a claim searched
    (``n``), and ``share``: how much of what is presented gets through (``ω``). ``thoughts``: among how many ``thought``
    is the best.
    ``plain``: the claim a human supports who looks at the question without sub-answers (with fading weight).
    ``readiness``: log-chance that each claim comes to mind, where quality is a matter of degree (``trees.Grades``).
    """

    height: int
    aided: bool
    appeal: Floats
    thought: Floats
    keys: Keys
    arguments: Arguments | None = None
    searched: int | None = None
    share: float = 1.0
    thoughts: int = 1
    plain: Answers | None = None
    readiness: Floats | None = None

    def at(self, where: tuple[slice | Answers, ...]) -> Hearing:
        """The same for some questions: ``where`` indexes (claims, nodes, questions)."""
        if all(isinstance(some, slice) and some == EVERYTHING for some in where):
            return self
        return Hearing(
            self.height,
            self.aided,
            appeal=self.appeal[where],
            thought=self.thought[where],
            keys=self.keys[where[1:]],
            arguments=None if self.arguments is None else Some(self.arguments, where),
            searched=self.searched,
            share=self.share,
            thoughts=self.thoughts,
            plain=None if self.plain is None else self.plain[where[1:]],
            readiness=None if self.readiness is None else self.readiness[where],
        )


@part
class Overseer(Part, ABC):
    """A simulated human. Two methods say what it believes; the fields here say how long its work takes."""

    think_minutes: float = field(10.0, "mean time of a first thought", unit="minutes", ge=0, le=1e6)
    think_sigma: float = field(0.5, "spread of log time (log-normal only)", symbol="σ", ge=0, le=5)
    think_family: Literal["lognormal", "exponential"] = field("lognormal", "distribution of times")
    join_minutes: float = field(10.0, "mean time to join sub-answers", unit="minutes", ge=0, le=1e6)
    rate_minutes: float = field(5.0, "mean time to rate one claim", unit="minutes", ge=0, le=1e6)
    compare_minutes: float = field(5.0, "mean time to compare two claims", unit="minutes", ge=0, le=1e6)
    judge_minutes: float = field(5.0, "mean time to judge one question of a debate", unit="minutes", ge=0, le=1e6)

    @abstractmethod
    def own(self, hearing: Hearing) -> Answering:
        """Belief when nobody argues: what this human would answer by itself."""

    @abstractmethod
    def rating(self, hearing: Hearing, speech: Floats) -> Opinion:
        """Belief in each claim when that claim is argued for with force ``speech`` (``x_n``, less ``y`` in debate)."""

    def as_answerer(self) -> Overseer:
        """One form for all overseers whose ``own`` belief is this one's, so that work can be shared; else itself."""
        return self

    def as_rater(self) -> Overseer:
        """One form for all overseers whose ``rating`` is this one's, so that work can be shared; else itself."""
        return self

    def as_worker(self) -> Overseer:
        """One form for all overseers whose ``ticks`` are this one's, so that work can be shared; else itself."""
        return self

    def silenced(self) -> Overseer:
        """One form for all overseers who believe alike when nothing persuasive reaches them; else itself."""
        return self

    def ticks(self, purpose: pace.Kind, places: Keys) -> pace.Ticks:
        """Durations of one kind of work at every place, in nanosecond ticks; keyed, so no engine draws its own."""
        minutes = {
            "think": self.think_minutes,
            "join": self.join_minutes,
            "rate": self.rate_minutes,
            "compare": self.compare_minutes,
            "judge": self.judge_minutes,
        }[purpose]
        return pace.durations(places, purpose, minutes, self.think_family, self.think_sigma)


def answer(overseer: Overseer, hearing: Hearing, chance: Floats) -> Floats:
    """Role *answer*: ``P(a) = Σ_c chance[c]·softmax_a L̄(a | c)``, (claims, nodes, questions)."""
    return in_pieces(chance.shape, lambda some: overseer.own(hearing.at(some)).answer(chance[some]))


def answer_given(overseer: Overseer, hearing: Hearing, supported: Answers) -> Floats:
    """Role *answer* when one claim is supported for sure, (nodes, questions)."""
    shape = hearing.appeal.shape
    return in_pieces(shape, lambda some: overseer.own(hearing.at(some)).answer_given(supported[some[1]]))


def rate(overseer: Overseer, hearing: Hearing, speech: Floats, merit: Floats) -> Floats:
    """Role *rate*: expected rating ``r(a) = ακ·m(a) + γ(v + speech)``, each claim presented in turn."""
    return in_pieces(merit.shape, lambda some: overseer.rating(hearing.at(some), speech[some]).expected(merit[some]))


def favourite(overseer: Overseer, hearing: Hearing, speech: Floats, supported: Answers, keys: Keys) -> Answers:
    """The claim that role *rate* rates highest when one claim is supported, (nodes, questions); keyed ties."""
    return _each(
        speech.shape,
        lambda some: overseer.rating(hearing.at(some), speech[some]).favourite(supported[some[1]], keys[some[1]]),
    )


def compare(overseer: Overseer, hearing: Hearing, speech: Floats, merit: Floats, a: Answers, b: Answers) -> Floats:
    """Role *compare*: ``P(a ≻ b) = σ(r(a) - r(b))`` for two presented claims, averaged over attention."""
    return np.asarray(special.expit(_pair(overseer.rating(hearing, speech), merit, a, b)))


def accept(overseer: Overseer, hearing: Hearing, speech: Floats, merit: Floats) -> Floats:
    """Role *accept*: probability that a presented claim is believed against unargued rivals.

    ``out[a, b]`` is the belief in ``b`` when ``a`` is presented: a softmax over all claims in which ``a`` has its
    presented persuasion and every rival what the human's own thought finds. Shape (claims, claims, nodes, questions).
    """
    presented, own = overseer.rating(hearing, speech), overseer.own(hearing)
    beliefs = [_accepted(heard, alone, merit) for heard, alone in zip(presented.voices, own.voices, strict=True)]
    return np.swapaxes(vote(beliefs), 0, 1)


def judge(overseer: Overseer, hearing: Hearing, speech: Floats, merit: Floats) -> Floats:
    """Role *judge*: margin ``S(a)`` of each claim over its best rival, every claim being argued for and attacked.

    A judgement between two claims has margin ``logit(αP_1 + (1-α)P_0)`` with ``P_1 = σ(L̄(a) - L̄(a'))`` when support
    is verified and ``P_0`` when it is not; with full attention this is ``L̄(a) - max_{a'≠a} L̄(a')``. A panel's margin
    is the log-odds of its majority.
    """
    return in_pieces(merit.shape, lambda some: _judged(overseer.rating(hearing.at(some), speech[some]), merit[some]))


def winner(overseer: Overseer, hearing: Hearing, speech: Floats, supported: Answers, keys: Keys) -> Answers:
    """The claim to which role *judge* gives the largest margin when one claim is supported, likewise."""

    def won(some: tuple[slice, slice]) -> Answers:
        opinion = overseer.rating(hearing.at(some), speech[some])
        if _of_one_mind(opinion):  # who leads most leads: no margin is needed
            return opinion.favourite(supported[some[1]], keys[some[1]])
        return choose(_judged(opinion, one_hot(supported[some[1]], len(speech))), keys[some[1]])

    return _each(speech.shape, won)


def _each(shape: tuple[int, ...], choice: Callable[[tuple[slice, slice]], Answers]) -> Answers:
    """One claim per question, chosen piece by piece of (claims, nodes, questions)."""
    chosen = [choice((EVERYTHING, some)) for some in blocks(shape)]
    return chosen[0] if len(chosen) == 1 else np.concatenate(chosen)


def _of_one_mind(opinion: Opinion) -> bool:
    """Whether a judgement is the difference of two ratings: one voice, which always looks."""
    return len(opinion.voices) == 1 and opinion.voices[0].always_looks


def _judged(opinion: Opinion, merit: Floats) -> Floats:
    if _of_one_mind(opinion):
        return margins(opinion.expected(merit))
    claims = len(merit)
    worst = np.full(merit.shape, np.inf)
    for a in range(claims):
        for b in range(a + 1, claims):
            here = np.full(merit.shape[1:], a, dtype=np.intp), np.full(merit.shape[1:], b, dtype=np.intp)
            odds = _pair(opinion, merit, *here)
            np.minimum(worst[a], odds, out=worst[a])
            np.minimum(worst[b], -odds, out=worst[b])
    return worst


def margins(values: Floats) -> Floats:
    """``values[a] - max_{a'≠a} values[a']``: by how much each claim leads, (claims, …)."""
    top, second = values[0].copy(), np.full(values.shape[1:], -np.inf)
    lesser = np.empty(top.shape)
    for value in values[1:]:  # several times faster than argmax over a short first axis
        np.minimum(top, value, out=lesser)
        np.maximum(second, lesser, out=second)
        np.maximum(top, value, out=top)
    return np.asarray(values - np.where(values == top, second, top))


def _pair(opinion: Opinion, merit: Floats, a: Answers, b: Answers) -> Floats:
    """Log-odds that ``a`` is preferred to ``b``; where there are several voices, by most of them."""
    return majority_log_odds([voice.log_odds(merit, a, b) for voice in opinion.voices])


def _accepted(presented: Mind, own: Mind, merit: Floats) -> Floats:
    """``out[b, a]``: one mind's belief in ``b`` when ``a`` is presented."""
    which = np.eye(len(merit)).reshape(len(merit), len(merit), *([1] * (merit.ndim - 1)))

    def believed(verified: Floats | None) -> Floats:
        heard, alone = presented.believed(verified), own.believed(verified)
        return np.asarray(special.softmax(which * heard + (1.0 - which) * alone[:, None], axis=0))

    if own.always_looks:
        return believed(merit)
    return np.asarray(own.attention * believed(merit) + (1.0 - own.attention) * believed(None))
