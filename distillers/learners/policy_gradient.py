"""Approval by policy gradient on sampled behaviour: claims that are given and rated well are given more often (IODH).

The student starts as an imitator of the human who consults it. For each label a claim is drawn from its own policy
(with chance ``exploration`` any claim instead), the human rates it, and the claim's score moves by

    learning_rate · (rating - mean rating of the policy's own claims so far, by question) · d log π(claim)/d score

so what is never sampled is never reinforced, however well it would be rated. A claim drawn by exploration is reinforced
as if the policy had given it where it is rated better than what the policy gives by itself, and else nothing is learned
from it (as in self-imitation, Oh et al. 1806.05635): punishing what the policy does not do would entrench what it does.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from distillers.learners import labels
from distillers.learners.base import Asked, Kind, Learner
from distillers.students.base import Fitted, Mask, Seen, Student, distribution
from hch import exact
from hch.policy import Distributions, Policy
from hch.setting import Setting
from overseers import base as roles
from overseers.beliefs import Opinion
from overseers.pace import Ticks
from scenarios import streams
from scenarios.streams import Floats, choose
from scenarios.trees import one_hot


class PolicyGradient(Learner):
    """Reinforces what it happens to answer, by how it is rated."""

    kind: ClassVar[Kind] = "rate"

    def __init__(
        self, setting: Setting, student: Student, n_search: int, learning_rate: float, exploration: float
    ) -> None:
        super().__init__(setting, student)
        self.n_search, self.learning_rate, self.exploration = n_search, learning_rate, exploration
        self._fitted: dict[int, Fitted] = {}
        self._rated: dict[int, Floats] = {}

    def ticks(self, asked: Asked) -> Ticks:
        return self.setting.human.ticks("rate", self.keys("time", asked.height, asked.numbers))

    def learn(self, asked: Asked, snapshot: Policy, kept: Floats | None = None) -> None:
        height = asked.height
        keys = self.keys("label", height, asked.numbers)
        policy = self._policy(self.setting, height)
        own = policy[asked.where]
        explored = streams.uniforms(keys, "explored") < self.exploration
        given = labels.draw(np.where(explored, 1.0 / len(own), own), keys, "claim")
        opinion = labels.hurried(self._opinion(height, asked), kept)
        merit = labels.consulted(self.setting, asked, snapshot, keys)
        rating = opinion.expected(merit)[given, np.arange(given.size)]
        gain = rating - self._expected(asked, rating, ~explored)
        gain = np.where(explored, np.maximum(gain, 0.0), gain) * (1.0 if asked.weights is None else asked.weights)
        slope = np.zeros_like(policy)
        for claim, gained in enumerate(gain * (one_hot(given, len(own)) - own)):
            np.add.at(slope[claim], (asked.nodes, asked.questions), gained)
        here = self._seen(self.setting, height)
        self._fitted[height] = self._fitted[height].stepped(here, self.learning_rate * slope)

    def deployed(self, setting: Setting) -> Distributions:
        return Distributions([self._policy(setting, level.height) for level in setting.trees.levels])

    def agreement(self, height: int) -> float:
        """The chance that it gives the claim that the human likes best."""
        hearing = self.setting.hearing(height, searched=self.n_search)
        level = self.setting.level(height)
        merit = self.setting.merit_by(self.policy(), height)
        rated = roles.rate(self.setting.rater, hearing, level.rhetoric.best_of(self.n_search), merit)
        liked = one_hot(choose(rated, level.places), level.claims)
        return float((self._policy(self.setting, height) * liked).sum(axis=0).mean())

    def _expected(self, asked: Asked, rating: Floats, own: Mask) -> Floats:
        """Mean rating so far of the policy's own claims, these among them, by question; where there is none yet, the
        rating itself, from which nothing is learned then. (n,).
        """
        total, count = self._rated.setdefault(asked.height, np.zeros((2, *self.setting.level(asked.height).keys.shape)))
        np.add.at(total, (asked.nodes[own], asked.questions[own]), rating[own])
        np.add.at(count, (asked.nodes[own], asked.questions[own]), 1.0)
        where = asked.nodes, asked.questions
        return np.where(count[where] > 0.0, total[where] / np.maximum(count[where], 1.0), rating)

    def _opinion(self, height: int, asked: Asked) -> Opinion:
        hearing = self.setting.hearing(height, searched=self.n_search).at(asked.where)
        speech = self.setting.level(height).rhetoric.best_of(self.n_search)[asked.where]
        return self.setting.rater.rating(hearing, speech)

    def _start(self, height: int) -> None:
        """The imitator it starts as, from the limit of many labels: imitation data is there before training begins."""
        for lower in range(height + 1):
            if lower not in self._fitted:
                below = self._policy(self.setting, lower - 1) if lower else None
                taught = exact.amplify(self.setting.trees, self.setting.human, lower, below)
                self._fitted[lower] = self.student.answers(self._seen(self.setting, lower), taught)

    def _policy(self, setting: Setting, height: int) -> Floats:
        self._start(self.known(height))
        return distribution(self._fitted[self.known(height)].scores(self._seen(setting, height)))

    def _seen(self, setting: Setting, height: int) -> Seen:
        level = setting.level(height)
        return Seen(level, level.rhetoric.best_of(self.n_search))
