"""Training schemes at their optimum: what each would converge to if it optimised its objective perfectly (MODEL.md §4).

A scheme is a frozen part with two duties: the policy at its optimum, exactly and without sampling, and what one
supervised episode costs in human work. A scheme whose objective is somebody's rating says what that rating is
(``Rated``); one with a judge says by which margin each claim wins (``Judged``). Trainers live elsewhere.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from distillers.episode import Episode
from hch.policy import Policy
from hch.setting import Setting
from scenarios.part import Part
from scenarios.streams import Floats


class Scheme(Part, ABC):
    """A way to train a model ``M`` with human supervision."""

    @abstractmethod
    def optimum(self, setting: Setting) -> Policy:
        """The policy that perfect optimisation ends in, for every question of the trees."""

    @abstractmethod
    def episode(self, setting: Setting) -> Episode:
        """What supervising one root question, with the questions below it, costs."""


class Rated(Scheme, ABC):
    """A scheme whose objective is a rating, by a human or by a learned reward."""

    @abstractmethod
    def ratings(self, setting: Setting, policy: Policy) -> Floats:
        """Expected rating of every claim at the root when sub-answers come from the policy, (claims, questions)."""


class Judged(Scheme, ABC):
    """A scheme in which a judge decides between claims that are argued for."""

    @abstractmethod
    def margins(self, setting: Setting) -> Floats:
        """``S(a)`` at the root: the judge's log-odds for each claim against its best rival, (claims, questions)."""
