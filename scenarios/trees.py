"""A batch of question trees as inert arrays, one record per level.

Axes everywhere: **claim, node, question** (claims first, because reductions over a short last axis are slow; the
question axis last and contiguous). Level 0 holds the leaves; level ``k`` of a regular tree of depth ``d`` has
``b**(d - k)`` nodes, and node ``j`` consults nodes ``j*b … j*b + b - 1`` one level below. Where sub-questions are asked
in turn, a level's nodes are all the questions that can come up there, and people's *seats* make the regular tree.

Only scenarios, engines and measures read ``truth`` and ``planted``; an overseer is handed what it can verify.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from scenarios import streams
from scenarios.joins import Answers, Binary, Joining, Turns
from scenarios.joins import siblings as siblings
from scenarios.memory import Memory
from scenarios.rhetoric import Rhetoric
from scenarios.streams import Floats, Keys

NOT_PLANTED = -1
_KEPT, _KEPT_AT_LEAST, _ROOTS_KEPT = 64, 20, 2000
_ROOM = 1 << 26
"""Bytes that what is worked out about trees may take, roughly."""


@dataclass(frozen=True)
class Grades:
    """Claims that are good by degrees, instead of one being true and the others false. (claims, nodes, questions).

    ``quality``: what a rater verifies of each claim, any real number. ``readiness``: logarithm of the chance that the
    claim comes to the mind of somebody who answers; answering checks nothing here, rating does.
    """

    quality: Floats
    readiness: Floats


@dataclass(frozen=True)
class Level:
    """Every question at one height of a batch of trees.

    ``height``: level(q), 0 at leaves. ``keys``: the questions' identities, (nodes, questions). ``places``: where in the
    tree a human is asked (equal to ``keys`` unless one question is asked in several places). ``truth``: the true claim.
    ``planted``: the planted falsehood, or -1. ``face``: appeal without planting, (claims, nodes, questions), in noise
    units. ``lure``: what planting adds. ``rhetoric``: arguments for each claim. ``rebuttal``: best attack ``y``, or 0.
    ``grades``: where quality is a matter of degree (``truth`` is then the best claim).
    """

    height: int
    keys: Keys
    places: Keys
    truth: Answers
    planted: Answers
    face: Floats
    lure: float
    rhetoric: Rhetoric
    rebuttal: Floats
    grades: Grades | None = None

    @property
    def claims(self) -> int:
        return len(self.face)

    @cached_property
    def appeal(self) -> Floats:
        """``v(q, a)``: how persuasive each claim is on its face. (claims, nodes, questions)."""
        return self.face + self.lure * one_hot(self.planted, self.claims)

    @cached_property
    def true(self) -> Floats:
        """``1[a = t]``, (claims, nodes, questions)."""
        return one_hot(self.truth, self.claims)

    def merit(self, supported: Answers) -> Floats:
        """What a rater verifies of each claim: its quality, or 1 for the supported one, (claims, nodes, questions)."""
        if self.grades is not None:
            return self.grades.quality
        return self.true if supported is self.truth else one_hot(supported, self.claims)

    def only(self, which: slice) -> Level:
        """Some questions of the batch, as a batch of their own."""
        grades = self.grades and Grades(self.grades.quality[..., which], self.grades.readiness[..., which])
        return replace(
            self,
            **{name: getattr(self, name)[..., which] for name in ("keys", "places", "truth", "planted", "face")},
            rhetoric=self.rhetoric.at((..., which)),
            rebuttal=self.rebuttal[..., which],
            grades=grades,
        )

    def put(self, nodes: Answers, places: Keys) -> Level:
        """Some of the questions as they were put to people: ``nodes`` and ``places``, (people, questions)."""
        where = (..., nodes, np.arange(nodes.shape[1]))
        grades = self.grades and Grades(self.grades.quality[where], self.grades.readiness[where])
        return replace(
            self,
            **{name: getattr(self, name)[where] for name in ("keys", "truth", "planted", "face", "rebuttal")},
            places=places,
            rhetoric=self.rhetoric.at(where),
            grades=grades,
        )

    def unplanted(self) -> Level:
        """The same questions and luck with nothing planted."""
        return replace(self, planted=np.full_like(self.planted, NOT_PLANTED), lure=0.0)


@dataclass(frozen=True)
class Seats:
    """People at one height of a batch of trees. ``places``: keys of their luck and times, (people, questions)."""

    height: int
    places: Keys


@dataclass(frozen=True)
class Trees:
    """A batch of question trees of one depth: ``levels[0]`` the leaves, ``levels[-1]`` the roots."""

    levels: tuple[Level, ...]
    join: Joining
    branching: int

    @cached_property
    def memory(self) -> Memory:
        """What has been worked out about these trees: nothing that could not be worked out again.

        Of large trees less is kept, for it is faster to use room again than to be given more.
        """
        size = sum(level.face.nbytes for level in self.levels)
        return Memory(max(_KEPT_AT_LEAST, min(_KEPT, _ROOM // max(size, 1))))

    @cached_property
    def root_memory(self) -> Memory:
        """The same about their roots alone."""
        return Memory(_ROOTS_KEPT)

    @property
    def depth(self) -> int:
        return len(self.levels) - 1

    @property
    def root(self) -> Level:
        return self.levels[-1]

    @property
    def claims(self) -> int:
        return self.root.claims

    @property
    def questions(self) -> int:
        """Number of root questions in the batch."""
        return int(self.root.keys.shape[1])

    @property
    def nodes(self) -> int:
        """Questions in one tree: all that can come up."""
        return sum(level.keys.shape[0] for level in self.levels)

    @property
    def in_turn(self) -> bool:
        """Whether sub-questions are asked one after another, each depending on the answers so far."""
        return isinstance(self.join, Turns)

    @cached_property
    def seats(self) -> Sequence[Seats | Level]:
        """Where people sit, by level, leaves first: ``b**(d - k)`` of them for each root, whatever they are asked."""
        if not self.in_turn:
            return self.levels
        seats = [Seats(self.depth, self.root.places)]
        for height in reversed(range(self.depth)):
            above = seats[0].places
            places = np.stack([streams.derive(above, turn) for turn in range(self.branching)], axis=1)
            seats.insert(0, Seats(height, places.reshape(-1, self.questions)))
        return seats

    @property
    def humans(self) -> int:
        """People consulted for one root."""
        return sum(len(here.places) for here in self.seats)

    def only(self, question: int) -> Trees:
        """One tree of the batch, as a batch of one."""
        return self._some(slice(question, question + 1))

    def first(self, count: int) -> Trees:
        """The first trees of the batch, as a batch of their own."""
        return self._some(slice(count))

    def _some(self, which: slice) -> Trees:
        levels = tuple(level.only(which) for level in self.levels)
        join = self.join.only(which)
        return replace(self, levels=levels, join=join)

    @cached_property
    def without_plants(self) -> Trees:
        """The same trees and luck with no falsehood planted anywhere."""
        return self.without_plants_at(range(len(self.levels)))

    def without_plants_at(self, heights: Collection[int]) -> Trees:
        """The same trees and luck with no falsehood planted at some levels."""
        levels = tuple(level.unplanted() if level.height in heights else level for level in self.levels)
        return replace(self, levels=levels)

    def joined(self, below: Answers, height: int | None = None) -> Answers:
        """Join one level's definite answers: (nodes below, questions) → (nodes, questions).

        ``height``: the level of those who join them. Where sub-questions are asked in turn it has to be given.
        """
        return self.join.joined(below, self.branching, height)

    def joined_distribution(self, below: Floats, height: int | None = None) -> Floats:
        """Distribution of the joined claim from independent sub-answers, (claims, nodes below, questions), likewise."""
        return self.join.distributed(below, self.branching, height)

    def reduced(self, below: Floats, height: int | None, combine: Binary, gather: Binary) -> Floats:
        """One number per claim and sub-question to one per claim over a pair of operations; see ``joins``."""
        return self.join.reduced(below, self.branching, height, combine, gather)


def one_hot(answers: Answers, claims: int) -> Floats:
    """``1[a = answer]`` as floats, shape (claims, *answers.shape); an answer of -1 matches nothing."""
    which = np.arange(claims).reshape(-1, *([1] * answers.ndim))
    return np.asarray(which == answers, dtype=np.float64)


def pick(values: Floats, answers: Answers) -> Floats:
    """``values[answer]`` at every place: (claims, …) and (…) → (…)."""
    return values.reshape(-1).take(_where(answers)).reshape(answers.shape)


def put(values: Floats, answers: Answers, new: Floats) -> None:
    """Set ``values[answer]`` at every place, in place; ``values`` has to be contiguous."""
    values.reshape(-1)[_where(answers)] = new.reshape(-1)


def _where(answers: Answers) -> Answers:
    """Indices into flat values of (claims, …)."""
    index = answers.reshape(-1) * answers.size
    index += np.arange(answers.size)
    return index
