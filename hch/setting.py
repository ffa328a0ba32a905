"""What a training scheme is given: a batch of trees and the humans, as answerers and as raters.

A scheme's humans play two parts. As *answerers* they make up HCH and give demonstrations; as *raters* and judges they
score what others answer. ``deafened`` silences persuasion for the raters alone (luck and HCH's sub-answers held), which
is how ``gamed`` is measured; ``unplanted`` removes the planted falsehoods for everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from hch import exact
from hch.policy import Distributions, Policy
from overseers.base import Hearing, Overseer
from overseers.unpersuaded import Unpersuaded
from scenarios.streams import Floats
from scenarios.trees import Level, Trees

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Setting:
    """Trees, and the human who answers, rates and judges. ``seed`` keys the draws of a scheme's own training."""

    trees: Trees
    human: Overseer
    seed: int = 0
    raters_hear: bool = True

    def once(self, what: Hashable, make: Callable[[], T]) -> T:
        """Something that depends on the trees, the seed and how humans answer (``own``): made once for all alike."""
        return self.trees.memory.once((what, self._answerer, self.seed), make)

    def once_rated(self, what: Hashable, make: Callable[[], T]) -> T:
        """Something that depends on the trees and how raters rate (``rating``): made once for all who do alike."""
        return self.trees.memory.once((what, self._rating, "rated"), make)

    def once_at_root(self, what: Hashable, make: Callable[[], T]) -> T:
        """Something small that depends on the trees, the seed, and on how humans answer and rate: likewise."""
        return self.trees.root_memory.once((what, self._answerer, self._rating, self.seed), make)

    def once_timed(self, what: Hashable, make: Callable[[], T]) -> T:
        """Something small that depends on the trees and how long humans work (``ticks``): likewise."""
        return self.trees.root_memory.once((what, self._worker, "timed"), make)

    @cached_property
    def _answerer(self) -> Overseer:
        return self.human.as_answerer()

    @cached_property
    def _rating(self) -> Overseer:
        return self.rater.as_rater()

    @cached_property
    def _worker(self) -> Overseer:
        return self.human.as_worker()

    @property
    def hch(self) -> Distributions:
        """HCH of these humans, exactly, at every level."""
        return self._consulted.policy

    @property
    def hch_supports(self) -> list[Floats]:
        """``P(c = a)`` by level: the chance that HCH's sub-answers support each claim, (claims, nodes, questions)."""
        return self._consulted.supports

    @property
    def _consulted(self) -> exact.Consulted:
        return self.once("hch", lambda: exact.consulted(self.trees, self.human))

    @property
    def hch_merits(self) -> list[Floats]:
        """What raters who consult HCH verify of each claim, by level: ``P(c = a)``, or its quality by degrees."""
        return [
            support if level.grades is None else level.grades.quality
            for level, support in zip(self.trees.levels, self.hch_supports, strict=True)
        ]

    @property
    def rater(self) -> Overseer:
        """The human as rater or judge."""
        return self.as_rater(self.human)

    def as_rater(self, overseer: Overseer) -> Overseer:
        """Anybody in the part of a rater or judge (a learned reward is one): deaf where raters are deafened."""
        return overseer if self.raters_hear else Unpersuaded(member=overseer)

    @cached_property
    def deafened(self) -> Setting:
        """The same with γ = 0 in raters and judges; HCH is shared."""
        return replace(self, raters_hear=False)

    @cached_property
    def unplanted(self) -> Setting:
        """The same luck with no falsehood planted anywhere."""
        return replace(self, trees=self.trees.without_plants)

    @cached_property
    def unpersuaded(self) -> Setting:
        """The same with γ = 0 for everybody: the reference that forgives nothing."""
        return replace(self, human=Unpersuaded(member=self.human))

    def hearing(self, height: int, aided: bool = True, searched: int | None = None) -> Hearing:
        """What reaches a human who is asked about the questions of one level.

        ``searched``: among how many arguments whoever argues searches; a panel's members each hear their own version.
        """
        return exact.hearing(self.level(height), aided, searched=searched)

    def level(self, height: int) -> Level:
        return self.trees.levels[height]

    def merit_by(self, policy: Policy, height: int) -> Floats:
        """What a rater who consults the policy verifies of each claim, (claims, nodes, questions)."""
        grades = self.level(height).grades
        return self.supported_by(policy, height) if grades is None else grades.quality

    def supported_by(self, policy: Policy, height: int) -> Floats:
        """``P(c = a)``: the chance that the policy's sub-answers support each claim, (claims, nodes, questions)."""
        return exact.support(self.trees, height, policy.at(height - 1) if height else None)
