"""Recursive reward modelling: approval by raters whom critics assist, critics being trained like that themselves
(Leike et al. 1811.07871; MODEL.md §4).

A question at level ``k`` of the tree is answered by myopic approval, and its rater is assisted by a critic, so that it
verifies with probability ``α_k = 1 - (1-α)(1-φ_k)`` (the rule of ``overseers/assisted.py``). The critic points out a
real flaw, or a fake one that is argued better: it was trained by a rater who had the help of the level below,

    φ_k = σ(κ_c·α_{k-1} + γ(x_real - x_fake)),   α_0 = α,

``x`` being the best of ``n`` arguments for a real and for a fake critique, keyed by question and level. ``κ_c/κ`` says
how much easier it is to evaluate a critique than an answer (WIO). It shows only where raters are inattentive
(``attention`` 0.5, say): whoever always looks needs no critic.

Reading. The recursion runs within a question: one at level ``k`` has ``k`` levels of critics of its own, leaves have
none. Real critiques are argued as the truth is (scale ``τ``), fake ones as falsehoods are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import special

from distillers.base import Rated
from distillers.episode import Episode, rated_everywhere
from hch.policy import Choices, Policy
from hch.setting import Setting
from overseers.assisted import assisted
from overseers.base import Hearing, Overseer
from overseers.beliefs import Opinion
from overseers.votes import majority_log_odds
from scenarios import streams
from scenarios.joins import Answers
from scenarios.part import field, part
from scenarios.rhetoric import Rhetoric
from scenarios.streams import Floats, choose
from scenarios.trees import NOT_PLANTED, Level, one_hot, pick


@part
class RecursiveRewardModelling(Rated):
    """Maximise the approval of a human whom critics, trained in the same way one level down, help to verify."""

    group: ClassVar[str] = "reward modelling"
    depends_on_answers: ClassVar[bool] = False

    n_search: int = field(64, "arguments searched per claim or critique", symbol="n", unit="draws", ge=1, le=10**9)
    critique_discernment: float = field(
        8.0, "weight of a critique's being real, if it is looked into", symbol="κ_c", unit="noise units", ge=0, le=1000
    )

    def optimum(self, setting: Setting) -> Choices:
        chosen: list[Answers] = []
        for level in setting.trees.levels:
            merit = level.merit(setting.trees.joined(chosen[-1], level.height) if chosen else level.truth)
            chosen.append(choose(self._rater(setting, level.height).expected(merit), level.places))
        return Choices(chosen, setting.trees.claims)

    def ratings(self, setting: Setting, policy: Policy) -> Floats:
        height = setting.trees.depth
        return self._rater(setting, height).expected(setting.merit_by(policy, height))[:, 0]

    def episode(self, setting: Setting) -> Episode:
        """Every answer is rated, and so is each of the ``k`` critiques that help to rate it."""
        answers = rated_everywhere(setting)
        ratings = sum((1 + here.height) * len(here.places) for here in setting.trees.seats)
        each = answers.human_minutes / answers.labels
        return Episode(ratings, ratings * each, answers.elapsed_minutes * (1 + setting.trees.depth))

    def critiques(self, setting: Setting, height: int) -> list[Floats]:
        """``φ_1 … φ_k`` of the questions at level ``k``: chances that a critic's hint is real, (nodes, questions)."""
        level, alone = setting.level(height), self._alone(setting, height)
        own = sum(voice.attention for voice in alone.voices) / len(alone.voices)
        found: list[Floats] = []
        attention: float | Floats = own
        for depth in range(1, height + 1):
            lead = critique_lead(setting.rater, level, depth, self.n_search)
            found.append(special.expit(self.critique_discernment * attention + lead))
            attention = 1.0 - (1.0 - own) * (1.0 - found[-1])
        return found

    def rates(self, setting: Setting) -> list[Rates]:
        """How well each part of the process works, by level, leaves first."""
        policy = self.optimum(setting)
        return [self._rates(setting, level, policy) for level in setting.trees.levels]

    def _rates(self, setting: Setting, level: Level, policy: Policy) -> Rates:
        alone, helped = self._alone(setting, level.height), self._rater(setting, level.height)
        merit, false = setting.merit_by(policy, level.height), one_hot(level.truth, level.claims) == 0.0
        tempting = np.where(false, helped.persuasion, -np.inf).argmax(axis=0)
        flawed = level.planted != NOT_PLANTED
        flaw = np.where(flawed, level.planted, 0)
        return Rates(
            level=level.height,
            generator=float(pick(policy.at(level.height), level.truth).mean()),
            discriminator=float(prefers(helped, merit, level.truth, tempting).mean()),
            critique=_mean(self.critiques(setting, level.height)[-1:]),
            caught_alone=_mean(prefers(alone, merit, level.truth, flaw)[flawed]),
            caught_helped=_mean(prefers(helped, merit, level.truth, flaw)[flawed]),
        )

    def _rater(self, setting: Setting, height: int) -> Opinion:
        """The opinion that an assisted rater has of the claims at one level; at leaves nobody assists."""
        alone = self._alone(setting, height)
        return assisted(alone.voices, self.critiques(setting, height)[-1]) if height else alone

    def _alone(self, setting: Setting, height: int) -> Opinion:
        speech = setting.level(height).rhetoric.best_of(self.n_search)
        return setting.rater.rating(setting.hearing(height, searched=self.n_search), speech)


@dataclass(frozen=True)
class Rates:
    """One level of recursive reward modelling; every rate is a mean over its questions, NaN where there is none.

    ``generator``: how often the model's answer is true. ``discriminator``: how often the assisted rater prefers the
    truth to the most persuasive falsehood, both argued for. ``critique``: how often the critic's hint is real.
    ``caught_alone`` and ``caught_helped``: how often a rater prefers the truth to a planted falsehood, without the
    critic and with it.
    """

    level: int
    generator: float
    discriminator: float
    critique: float
    caught_alone: float
    caught_helped: float


def critique_lead(rater: Overseer, level: Level, depth: int, n: int) -> Floats:
    """``γ(x_real - x_fake)`` of critiques at one depth of the recursion, as this rater hears it. (nodes, questions)."""
    keys = streams.derive(level.keys, streams.word(f"critique {depth}"))
    scale = np.stack([pick(level.rhetoric.scale, claim) for claim in (level.truth, (level.truth + 1) % level.claims)])
    luck = np.log(streams.claim_uniforms(keys, "critique", 2))
    critiques = Rhetoric(level.rhetoric.family, level.rhetoric.freedom, luck, scale)
    hearing = Hearing(
        height=level.height,
        aided=True,
        appeal=np.zeros_like(scale),
        thought=critiques.best_of(1),
        keys=keys,
        arguments=critiques,
        searched=n,
        plain=np.zeros_like(level.truth),
    )
    real, fake = rater.rating(hearing, critiques.best_of(n)).persuasion
    return np.asarray(real - fake)


def prefers(opinion: Opinion, merit: Floats, a: Answers, b: Answers) -> Floats:
    """``P(a ≻ b)`` at every question, (nodes, questions)."""
    return np.asarray(special.expit(majority_log_odds([voice.log_odds(merit, a, b) for voice in opinion.voices])))


def _mean(values: Floats | list[Floats]) -> float:
    return float(np.mean(values)) if np.size(values) else float("nan")
