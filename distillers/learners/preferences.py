"""Learning from pairs: humans say which of two claims convinces them more, and the claim with the best score is given.

The scores are those of a Bradley–Terry model, ``P(a ≻ b) = σ(s_a - s_b)``, by maximum likelihood; the policy is their
argmax. What kind of pairs, and what the human hears and verifies, is what schemes differ in.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator

import numpy as np
from scipy import special

from distillers.learners import labels
from distillers.learners.base import MANY, Asked, Limiting
from distillers.students.base import Fitted, Mask, Seen, Student
from hch.policy import Choices, Policy
from hch.setting import Setting
from overseers import base as roles
from overseers.base import Hearing
from scenarios import streams
from scenarios.joins import Answers
from scenarios.streams import Floats, choose


class Preferences(Limiting):
    """Learns scores of claims from comparisons, and answers the claim with the best score."""

    def __init__(self, setting: Setting, student: Student) -> None:
        super().__init__(setting, student)
        self._wins: dict[int, Floats] = {}
        self._fitted: dict[int, Fitted] = {}
        self._changed: dict[int, Mask] = {}

    @abstractmethod
    def heard(self, setting: Setting, height: int) -> tuple[Hearing, Floats]:
        """What reaches a human asked about a level, and the force with which its claims are argued for."""

    @abstractmethod
    def merit(self, asked: Asked, snapshot: Policy) -> Floats:
        """What each human verifies of each claim, (claims, n)."""

    @abstractmethod
    def merits(self, height: int, snapshot: Policy) -> Iterator[tuple[float | Floats, Floats]]:
        """Every merit that may be verified at a level, with its chance, (nodes, questions)."""

    @abstractmethod
    def chance(self, asked: Asked) -> Floats:
        """Distribution of the claims that are compared, (claims, n)."""

    def learn(self, asked: Asked, snapshot: Policy, kept: Floats | None = None) -> None:
        hearing, speech = self.heard(self.setting, asked.height)
        opinion = self.setting.rater.rating(hearing.at(asked.where), speech[asked.where])
        a, b = self._pairs(asked)
        odds = labels.preferred(labels.hurried(opinion, kept), self.merit(asked, snapshot), a, b)
        luck = streams.uniforms(self.keys("label", asked.height, asked.numbers), "verdict")
        won = luck < special.expit(odds)
        weight = 1.0 if asked.weights is None else asked.weights
        places = (np.where(won, a, b), np.where(won, b, a), asked.nodes, asked.questions)
        np.add.at(self._won(asked.height), places, weight)
        self._changed.setdefault(asked.height, np.zeros(hearing.keys.shape, dtype=bool))[
            asked.nodes, asked.questions
        ] = True

    def learn_exactly(self, height: int, snapshot: Policy) -> None:
        hearing, speech = self.heard(self.setting, height)
        opinion = self.setting.rater.rating(hearing, speech)
        wins = self._won(height)
        wins[:] = 0.0
        for chance, merit in self.merits(height, snapshot):
            for a in range(len(wins)):
                for b in range(a + 1, len(wins)):
                    places = (np.full(speech.shape[1:], one, dtype=np.intp) for one in (a, b))
                    odds = labels.preferred(opinion, merit, *places)
                    wins[a, b] += MANY * chance * special.expit(odds)
                    wins[b, a] += MANY * chance * special.expit(-odds)
        if self.weights is not None:
            wins *= self.weights
        self._changed[height] = np.ones(hearing.keys.shape, dtype=bool)

    def choices(self, setting: Setting, height: int) -> Answers:
        """The claims with the best scores at one level, (nodes, questions)."""
        return choose(self.scores(setting, height), setting.level(height).places)

    def scores(self, setting: Setting, height: int) -> Floats:
        """Scores of all claims at one level, (claims, nodes, questions)."""
        known = self.known(height)
        if known in self._changed:
            here, before = self._seen(self.setting, known), self._fitted.get(known)
            self._fitted[known] = self.student.preferences(here, self._wins[known], before, self._changed.pop(known))
        here = self._seen(setting, height)
        return self._fitted.get(known, self.student.blank(here)).scores(here)

    def deployed(self, setting: Setting) -> Policy:
        return Choices([self.choices(setting, level.height) for level in setting.trees.levels], setting.trees.claims)

    def agreement(self, height: int) -> float:
        """The share of questions at which it gives the claim that the human likes best."""
        snapshot = self.policy()
        hearing, speech = self.heard(self.setting, height)
        mean = np.sum([chance * merit for chance, merit in self.merits(height, snapshot)], axis=0)
        liked = choose(roles.rate(self.setting.rater, hearing, speech, mean), self.setting.level(height).places)
        return float((self.choices(self.setting, height) == liked).mean())

    def _seen(self, setting: Setting, height: int) -> Seen:
        return Seen(setting.level(height), self.heard(setting, height)[1])

    def _won(self, height: int) -> Floats:
        level = self.setting.level(height)
        return self._wins.setdefault(height, np.zeros((level.claims, *level.appeal.shape)))

    def _pairs(self, asked: Asked) -> tuple[Answers, Answers]:
        """Two different claims for each label."""
        keys = self.keys("label", asked.height, asked.numbers)
        chance = self.chance(asked)
        first = labels.draw(chance, keys, "one claim")
        rest = chance.copy()
        rest[first, np.arange(first.size)] = 0.0
        return first, labels.draw(rest, keys, "the other claim")
