"""How sub-answers make an answer: ``t(q) = join(q, t(q_1..q_b))``.

A join is total: every combination of sub-answers gives one claim. It knows how to join definite answers, and how to
reduce one number per claim and sub-question to one number per claim over any pair of operations: (×, +) turns
distributions of independent sub-answers into the distribution of their join, (min, max) is the value of a debate, and
(+, max) the best sum over splits.

Sub-questions may also be asked in turn, the next one depending on the answers so far; then products over sub-questions
are chains (``Turns``). Either way a *joining* makes a level of questions from the level below, in arrays (claim, node,
question).
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.blocks import blocks, scratch
from scenarios.part import PartError
from scenarios.streams import Floats

Answers = NDArray[np.intp]
Binary = np.ufunc


class Joining(ABC):
    """How the questions of one level, of ``height``, are answered from those of the level below.

    ``below`` is about the questions one level down: (nodes below, questions), or (claims, nodes below, questions).
    """

    @abstractmethod
    def joined(self, below: Answers, branching: int, height: int | None) -> Answers:
        """Join one level's definite answers, (nodes, questions)."""

    @abstractmethod
    def distributed(self, below: Floats, branching: int, height: int | None) -> Floats:
        """Distribution of the joined claim when sub-answers are independent, (claims, nodes, questions)."""

    @abstractmethod
    def reduced(self, below: Floats, branching: int, height: int | None, combine: Binary, gather: Binary) -> Floats:
        """``out[a] = gather over splits joining to a of combine over sub-answers``, (claims, nodes, questions)."""

    @abstractmethod
    def only(self, which: slice) -> Joining:
        """The same for some questions of the batch."""


class Join(Joining, ABC):
    """The rule that joins ``branching`` sub-answers, each one of ``claims`` claims, asked for together."""

    @abstractmethod
    def answers(self, children: Sequence[Answers]) -> Answers:
        """Join definite answers, elementwise over arrays of one shape."""

    @abstractmethod
    def one(self, answers: Sequence[int]) -> int:
        """Join one combination of plain integers (for engines that go node by node)."""

    @abstractmethod
    def reduce(self, children: Sequence[Floats], combine: Binary, gather: Binary) -> Floats:
        """``out[a] = gather over splits joining to a of combine over children of child[split]``.

        Each child has shape (claims, …); so has the result. A claim that no split joins to gets ``gather``'s identity:
        0 for addition, -inf for the maximum.
        """

    def distribution(self, children: Sequence[Floats]) -> Floats:
        """The distribution of the joined claim when sub-answers are independent. Shapes (claims, …)."""
        return self.reduce(children, np.multiply, np.add)

    def joined(self, below: Answers, branching: int, height: int | None) -> Answers:
        return self.answers(siblings(below, branching))

    def distributed(self, below: Floats, branching: int, height: int | None) -> Floats:
        return np.asarray(self.distribution(siblings(below, branching)))

    def reduced(self, below: Floats, branching: int, height: int | None, combine: Binary, gather: Binary) -> Floats:
        return np.asarray(self.reduce(siblings(below, branching), combine, gather))

    def only(self, which: slice) -> Join:
        return self


class Turns(Joining, ABC):
    """Sub-questions asked in turn. A level's questions are all that can come up there, whoever asks them.

    So one question may be asked in several places of a tree, by people who do not know of each other.
    """

    @abstractmethod
    def asked(self, height: int, node: Answers, told: Sequence[Answers]) -> Answers:
        """Which question (a node of the level below) comes next after the answers ``told``; shapes (n, questions)."""

    @abstractmethod
    def concluded(self, height: int, node: Answers, told: Sequence[Answers]) -> Answers:
        """The claim that all the sub-answers support; shapes (n, questions)."""

    @abstractmethod
    def only(self, which: slice) -> Turns:
        """The same for some questions of the batch."""

    @abstractmethod
    def nodes(self, height: int) -> int:
        """How many questions can come up at a level."""

    def joined(self, below: Answers, branching: int, height: int | None) -> Answers:
        level = self.known(height)
        node = np.repeat(np.arange(self.nodes(level))[:, None], below.shape[1], axis=1)
        told: list[Answers] = []
        for _ in range(branching):
            told.append(np.take_along_axis(below, self.asked(level, node, told), axis=0))
        return self.concluded(level, node, told)

    def known(self, height: int | None) -> int:
        """The level, which has to be given: joins differ from level to level."""
        if height is None:
            raise PartError("sub-questions asked in turn: say at which level, trees.joined(below, level.height)")
        return height


_CONVOLVED = 20_000
"""Numbers of one piece where every claim is met with every other: smaller ones than elsewhere are faster (measured)."""


def identity(gather: Binary) -> float:
    """What leaves every number as it is: 0 for addition, -inf for the maximum."""
    return 0.0 if gather is np.add else -np.inf


@dataclass(frozen=True)
class SumJoin(Join):
    """Sums modulo ``claims``: the distribution is a cyclic convolution."""

    claims: int

    def answers(self, children: Sequence[Answers]) -> Answers:
        total = children[0].copy()
        for child in children[1:]:
            total += child
            total -= (total >= self.claims) * np.intp(self.claims)  # far cheaper than np.mod
        return total

    def one(self, answers: Sequence[int]) -> int:
        return sum(answers) % self.claims

    def reduce(self, children: Sequence[Floats], combine: Binary, gather: Binary) -> Floats:
        """Child after child: backwards and twice over, ``right`` has what any claim lacks to every total in a row."""
        first, *others = children
        out = scratch(first.shape)
        out[...] = first
        pieces = blocks(out.shape, _CONVOLVED)
        size = out[:, pieces[0]].shape[1:]
        left, terms, right = (scratch((rows, *size)) for rows in (self.claims, self.claims, 2 * self.claims))
        for some in pieces:
            here = slice(out[:, some].shape[1])
            for child in others:
                left[:, here] = out[:, some]
                right[: self.claims, here] = right[self.claims :, here] = child[::-1, some]
                for claim in range(self.claims):
                    lacking = right[self.claims - 1 - claim : 2 * self.claims - 1 - claim, here]
                    gather.reduce(combine(left[:, here], lacking, out=terms[:, here]), axis=0, out=out[claim, some])
        return out


@dataclass(frozen=True)
class TableJoin(Join):
    """Any join, given as a table: ``table[a_1, …, a_b]`` is the joined claim."""

    table: tuple[int, ...]
    claims: int
    branching: int

    def answers(self, children: Sequence[Answers]) -> Answers:
        index = children[0].copy()
        for child in children[1:]:
            index *= self.claims
            index += child
        return np.asarray(np.asarray(self.table, dtype=np.intp)[index])

    def one(self, answers: Sequence[int]) -> int:
        index = 0
        for answer in answers:
            index = index * self.claims + answer
        return self.table[index]

    def reduce(self, children: Sequence[Floats], combine: Binary, gather: Binary) -> Floats:
        out = np.full(children[0].shape, identity(gather))
        splits = itertools.product(range(self.claims), repeat=self.branching)
        for split, joined in zip(splits, self.table, strict=True):
            term = children[0][split[0]]
            for child, claim in zip(children[1:], split[1:], strict=True):
                term = combine(term, child[claim])
            gather(out[joined], term, out=out[joined])
        return out


def plurality(claims: int, branching: int) -> TableJoin:
    """The most frequent sub-answer; a tie goes to the tied claim that the earliest sub-question gave."""
    table = tuple(
        max(split, key=lambda claim, s=split: (s.count(claim), -s.index(claim)))  # type: ignore[misc]
        for split in itertools.product(range(claims), repeat=branching)
    )
    return TableJoin(table, claims, branching)


def siblings(below: np.ndarray, branching: int) -> Sequence[np.ndarray]:
    """The first children of every node, the second children, … as views: axis -2 is split."""
    *front, nodes, questions = below.shape
    grouped = below.reshape(*front, nodes // branching, branching, questions)
    return [grouped[..., child, :] for child in range(branching)]
