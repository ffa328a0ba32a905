"""Myopic approval that abstains where even the best answer would be rated below ``B`` (MODEL.md §4, filters).

At every question the model answers ``argmax_a r(a)`` if that is rated ``B`` or more. If not, it abstains: at the root
the question is left out of harm and better, and counted; of a sub-question, whoever asked makes an unaided guess, so
that the rater above consults the guess's distribution, ``m(a) = P(c=a)``.

At an abstained root the policy still says what the model would have answered if pressed, with ``abstained`` = 1. ``J``
is the mean rating of that answer. What an attentive rater verifies is rated about ``κ`` or more, and what games it is
rated higher yet: a threshold on the rating alone silences the honest before the persuasive.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from distillers.approval import root_ratings
from distillers.base import Rated
from distillers.episode import Episode, rated_everywhere
from hch import exact
from hch.policy import Distributions, Policy
from hch.setting import Setting
from overseers import base as roles
from scenarios.part import field, part
from scenarios.streams import Floats, choose
from scenarios.trees import one_hot


@part
class ApprovalAbstaining(Rated):
    """Maximise approval, and say nothing where little is to be had."""

    group: ClassVar[str] = "approval"

    n_search: int = field(64, "arguments searched per claim", symbol="n", unit="draws", ge=1, le=10**9)
    least_rating: float = field(
        8.0, "rating below which the model abstains", symbol="B", unit="noise units", ge=-1e9, le=1e9
    )

    def optimum(self, setting: Setting) -> Abstaining:
        trees = setting.trees
        given: list[Floats] = []
        answered = silent = np.zeros(0)
        for level in trees.levels:
            merit = setting.merit_by(Distributions(given), level.height)
            hearing = setting.hearing(level.height, searched=self.n_search)
            rated = roles.rate(setting.rater, hearing, level.rhetoric.best_of(self.n_search), merit)
            answered = one_hot(choose(rated, level.places), trees.claims)
            silent = rated.max(axis=0) < self.least_rating
            guess = exact.unaided(trees, setting.human, level.height)
            given.append(np.where(silent, guess, answered))
        return Abstaining(Distributions([*given[:-1], answered]), silent[0].astype(np.float64))

    def ratings(self, setting: Setting, policy: Policy) -> Floats:
        return root_ratings(setting, setting.rater, self.n_search, policy)

    def episode(self, setting: Setting) -> Episode:
        return rated_everywhere(setting)


@dataclass(frozen=True)
class Abstaining(Policy):
    """A policy that may say nothing at the root. ``silent``: the chance that it does, (questions,)."""

    answers: Policy
    silent: Floats

    def at(self, height: int) -> Floats:
        return self.answers.at(height)

    @property
    def root(self) -> Floats:
        return self.answers.root

    @property
    def abstained(self) -> Floats:
        return self.silent
