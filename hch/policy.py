"""What answers: a distribution over claims for every question of a batch of trees, by level."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar, overload

import numpy as np

from scenarios.joins import Answers
from scenarios.streams import Floats
from scenarios.trees import one_hot


class Policy(ABC):
    """A distribution over claims for every question at every level."""

    @abstractmethod
    def at(self, height: int) -> Floats:
        """Distributions at one level, (claims, nodes, questions), summing to 1 over axis 0."""

    @property
    @abstractmethod
    def root(self) -> Floats:
        """Distributions at the roots, (claims, questions)."""

    @property
    def abstained(self) -> Floats:
        """Chance that no answer is given at the root, (questions,). A policy that may abstain says so by wrapping."""
        return np.zeros(self.root.shape[1])


T = TypeVar("T")


class OnDemand(Sequence[T]):
    """Levels that do not depend on each other, each worked out when asked for: measures ask for the root alone."""

    def __init__(self, levels: int, make: Callable[[int], T]) -> None:
        self._levels, self._make = range(levels), make
        self._made: dict[int, T] = {}

    def __len__(self) -> int:
        return len(self._levels)

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> list[T]: ...
    def __getitem__(self, place: int | slice) -> T | list[T]:
        if isinstance(place, slice):
            return [self[height] for height in self._levels[place]]
        height = self._levels[place]
        if height not in self._made:
            self._made[height] = self._make(height)
        return self._made[height]


@dataclass(frozen=True)
class Distributions(Policy):
    """A stochastic policy: one array per level, leaves first."""

    levels: Sequence[Floats]

    def at(self, height: int) -> Floats:
        return self.levels[height]

    @property
    def root(self) -> Floats:
        return self.levels[-1][:, 0]


@dataclass(frozen=True)
class Choices(Policy):
    """A deterministic policy: one claim per question, (nodes, questions) per level, leaves first."""

    answers: Sequence[Answers]
    claims: int

    def at(self, height: int) -> Floats:
        return one_hot(self.answers[height], self.claims)

    @cached_property
    def _root(self) -> Floats:
        return one_hot(self.answers[-1][0], self.claims)

    @property
    def root(self) -> Floats:
        return self._root
