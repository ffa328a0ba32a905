"""Draws from the base policy: what best-of-N, KL regularisation and quantilizers select among (MODEL.md §4).

A draw is a pair ``(a, x)``: a claim from HCH and one argument for it, ``x ~ F_a``, fresh in every draw. An additive
rater gives it ``location_a + slope_a·x`` (``distillers.ratings``), so the ratings of the draws of one question follow a
mixture of K laws, with a point mass for every claim whose argument cannot move the rater (``γ = 0``, or ``τ = 0``).

Arrays are (claims, questions), or (rows, questions) with rows a multiple of the claims, claim ``row % claims``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from distillers.base import Scheme
from distillers.episode import Episode
from distillers.tails import LAWS, Law
from hch.policy import Distributions
from hch.setting import Setting
from overseers.pace import TICKS_PER_MINUTE
from scenarios.joins import Answers
from scenarios.streams import Floats

Mask = NDArray[np.bool_]


class Selection(Scheme, ABC):
    """A scheme that reweights or selects draws of the base policy at the root; below it, the policy is the base."""

    @abstractmethod
    def divergence(self, setting: Setting) -> Floats:
        """KL of the draws ``(a, x)`` that are kept from the draws that are made, nats, (questions,)."""


@dataclass(frozen=True)
class Draws:
    """How the base's draws are rated: with chance ``mass`` a rating is ``location + spread·z``, ``z`` of ``law``.

    Shapes (rows, questions); the rows of a question have mass 1 together; ``spread ≥ 0``, 0 being a point mass.
    """

    claims: int
    mass: Floats
    location: Floats
    spread: Floats
    family: str
    freedom: float

    @property
    def law(self) -> Law:
        return LAWS[self.family]

    @property
    def rate(self) -> Floats:
        """``mass/spread``: the factor of each row's density; 0 where there is a point mass instead."""
        return np.divide(self.mass, self.spread, out=np.zeros_like(self.mass), where=self.spread > 0.0)

    def of(self, which: Answers | Mask) -> Draws:
        """The same for some questions; one may be asked for several times."""
        rows = (self.mass[:, which], self.location[:, which], self.spread[:, which])
        return Draws(self.claims, *rows, self.family, self.freedom)

    def standardised(self, ratings: Floats) -> Floats:
        """``(rating - location)/spread`` for every row, (…, questions) → (rows, …, questions); 0 at point masses."""
        shape = (len(self.mass), *([1] * (ratings.ndim - 1)), self.mass.shape[1])
        z = ratings - self.location.reshape(shape)
        spread = self.spread.reshape(shape)
        return np.divide(z, spread, out=np.zeros_like(z), where=spread > 0.0)

    def add_up(self, values: Floats) -> Floats:
        """Sum over rows of something known for each continuous row, weighed by its mass: (rows, …) → (…)."""
        weight = np.where(self.spread > 0.0, self.mass, 0.0)
        return np.asarray(np.einsum("r...q,rq->...q", values, weight))

    def continuous_above(self, rating: Floats) -> Floats:
        """Mass of the continuous rows above one rating per question, (questions,)."""
        return self.add_up(self.law.survival(self.standardised(rating), self.freedom))

    def survival(self, rating: Floats) -> Floats:
        """Chance of each row to be rated above ``rating``, (questions,) → (rows, questions)."""
        smooth = self.law.survival(self.standardised(rating), self.freedom)
        return np.where(self.spread > 0.0, smooth, self.location > rating)

    def above(self, rating: Floats) -> Floats:
        """Mass rated above ``rating``, (questions,)."""
        return np.asarray((self.mass * self.survival(rating)).sum(axis=0))

    def density(self, rating: Floats) -> Floats:
        """Density of all ratings at ``rating``, point masses aside, (questions,)."""
        return np.asarray((self.rate * self.law.density(self.standardised(rating), self.freedom)).sum(axis=0))

    def by_claim(self, rows: Floats) -> Floats:
        """Add up the rows of each claim: (rows, questions) → (claims, questions)."""
        return np.asarray(rows.reshape(-1, self.claims, rows.shape[-1]).sum(axis=0))


def kept_at_root(setting: Setting, root: Floats) -> Distributions:
    """The policy that is HCH, the base, below the root and ``root``, (claims, questions), at it."""
    return Distributions([*(setting.hch.at(height) for height in range(setting.trees.depth)), root[:, None]])


def rated_draws(setting: Setting, draws: int) -> Episode:
    """The root's human rates ``draws`` draws one after another, each taking it equally long; HCH is a model here."""
    ticks = setting.human.ticks("rate", setting.trees.root.places[0])
    minutes = draws * float(ticks.mean()) / TICKS_PER_MINUTE
    return Episode(draws, minutes, minutes)
