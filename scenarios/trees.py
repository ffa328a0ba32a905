"""A batch of question trees as inert arrays, one record per level.

Axes everywhere: **claim, node, question** (claims first, because reductions over a short last axis are slow; the
question axis last and contiguous). Level 0 holds the leaves; level ``k`` of a regular tree of depth ``d`` has
``b**(d - k)`` nodes, and node ``j`` consults nodes ``j*b … j*b + b - 1`` one level below.

Only scenarios, engines and measures read ``truth`` and ``planted``; an overseer is handed what it can verify.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from scenarios.joins import Answers, Join
from scenarios.memory import Memory
from scenarios.rhetoric import Rhetoric
from scenarios.streams import Floats, Keys

NOT_PLANTED = -1
_ROOTS_KEPT = 2000


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

    def unplanted(self) -> Level:
        """The same questions and luck with nothing planted."""
        return replace(self, planted=np.full_like(self.planted, NOT_PLANTED), lure=0.0)


@dataclass(frozen=True)
class Trees:
    """A batch of question trees of one depth: ``levels[0]`` the leaves, ``levels[-1]`` the roots.

    ``memory``: what has been worked out about these trees, and ``root_memory`` about their roots alone; they hold
    nothing that could not be worked out again.
    """

    levels: tuple[Level, ...]
    join: Join
    branching: int
    memory: Memory = field(default_factory=Memory, compare=False, repr=False)
    root_memory: Memory = field(default_factory=lambda: Memory(_ROOTS_KEPT), compare=False, repr=False)

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
        """Questions in one tree."""
        return sum(level.keys.shape[0] for level in self.levels)

    def only(self, question: int) -> Trees:
        """One tree of the batch, as a batch of one."""
        return self._some(slice(question, question + 1))

    def first(self, count: int) -> Trees:
        """The first trees of the batch, as a batch of their own."""
        return self._some(slice(count))

    def _some(self, which: slice) -> Trees:
        levels = tuple(level.only(which) for level in self.levels)
        return replace(self, levels=levels, memory=Memory(), root_memory=Memory(_ROOTS_KEPT))

    @cached_property
    def without_plants(self) -> Trees:
        """The same trees and luck with no falsehood planted anywhere."""
        return self.without_plants_at(range(len(self.levels)))

    def without_plants_at(self, heights: Collection[int]) -> Trees:
        """The same trees and luck with no falsehood planted at some levels."""
        levels = tuple(level.unplanted() if level.height in heights else level for level in self.levels)
        return replace(self, levels=levels, memory=Memory(), root_memory=Memory(_ROOTS_KEPT))

    def joined(self, below: Answers) -> Answers:
        """Join one level's definite answers: (nodes·b, questions) → (nodes, questions)."""
        return self.join.answers(siblings(below, self.branching))

    def joined_distribution(self, below: Floats) -> Floats:
        """Distribution of the joined claim from independent sub-answers: (claims, nodes·b, q) → (claims, nodes, q)."""
        return np.asarray(self.join.distribution(siblings(below, self.branching)))


def siblings(below: np.ndarray, branching: int) -> Sequence[np.ndarray]:
    """The first children of every node, the second children, … as views: axis -2 is split."""
    *front, nodes, questions = below.shape
    grouped = below.reshape(*front, nodes // branching, branching, questions)
    return [grouped[..., child, :] for child in range(branching)]


def one_hot(answers: Answers, claims: int) -> Floats:
    """``1[a = answer]`` as floats, shape (claims, *answers.shape); an answer of -1 matches nothing."""
    which = np.arange(claims).reshape(-1, *([1] * answers.ndim))
    return np.asarray(which == answers, dtype=np.float64)


def pick(values: Floats, answers: Answers) -> Floats:
    """``values[answer]`` at every place: (claims, …) and (…) → (…)."""
    index = answers.reshape(-1) * answers.size
    index += np.arange(answers.size)
    return values.reshape(-1).take(index).reshape(answers.shape)
