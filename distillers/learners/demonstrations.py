"""Reward modelling on a budget: a reward is fitted to demonstrations that are paid for, then maximised.

A demonstration is an answer by a human who consults the snapshot. The reward has three weights, whatever the student:
it is the reward that is learned here, and the policy is its argmax at every question, consulting itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import numpy as np

from distillers.learners import labels
from distillers.learners.base import Asked, Kind, Limiting
from distillers.students.base import Student
from hch.policy import Policy
from hch.setting import Setting
from overseers.learned_reward import LearnedReward
from overseers.pace import Ticks
from scenarios.streams import Floats
from scenarios.trees import one_hot

Fit = Callable[[Floats, Floats, LearnedReward], LearnedReward]
Features = Callable[[int, Floats, Floats], Floats]
Maximise = Callable[[Setting, LearnedReward], Policy]


class Demonstrations(Limiting):
    """Learns a reward from answers. ``fit``: from features, (3, claims, n), targets, (claims, n), and the
    reward known before to a reward."""

    kind: ClassVar[Kind] = "answer"

    def __init__(self, setting: Setting, student: Student, features: Features, fit: Fit, maximise: Maximise) -> None:
        super().__init__(setting, student)
        self._features, self._fit, self._maximise = features, fit, maximise
        self._seen: list[Floats] = []
        self._given: list[Floats] = []
        self._reward = LearnedReward(support_weight=0.0, leaf_weight=0.0, persuasion_weight=0.0)
        self._stale = False

    def ticks(self, asked: Asked) -> Ticks:
        keys = self.keys("time", asked.height, asked.numbers)
        return labels.answering_ticks(self.setting, asked.height, keys)

    def learn(self, asked: Asked, snapshot: Policy, kept: Floats | None = None) -> None:
        keys = self.keys("label", asked.height, asked.numbers)
        merit = labels.consulted(self.setting, asked, snapshot, keys)
        given = labels.draw(labels.belief(self.setting, asked, kept).answer(merit), keys, "answer")
        counted = one_hot(given, len(merit)) * (1.0 if asked.weights is None else asked.weights)
        self._take(asked.height, merit, labels.persuasion(self.setting, asked.height)[asked.where], counted)

    def learn_exactly(self, height: int, snapshot: Policy) -> None:
        belief = self.setting.human.own(self.setting.hearing(height))
        persuasion = labels.persuasion(self.setting, height)
        claims, counted = len(persuasion), 1.0 if self.weights is None else self.weights
        for chance, merit in labels.consultations(self.setting, height, snapshot):
            columns = (one.reshape(claims, -1) for one in (merit, persuasion, counted * chance * belief.answer(merit)))
            self._take(height, *columns)

    def deployed(self, setting: Setting) -> Policy:
        return self._maximise(setting, self.reward)

    def agreement(self, height: int) -> float:
        """1: a reward is learned from questions of all levels at once, and copes with one as with another."""
        return 1.0

    @property
    def reward(self) -> LearnedReward:
        """The reward learned so far; without demonstrations, nothing is rewarded."""
        if self._stale:
            shown = np.concatenate(self._seen, axis=-1), np.concatenate(self._given, axis=-1)
            self._reward, self._stale = self._fit(*shown, self._reward), False
        return self._reward

    def _take(self, height: int, merit: Floats, persuasion: Floats, given: Floats) -> None:
        self._seen.append(self._features(height, merit, persuasion))
        self._given.append(given)
        self._stale = True
