"""How sub-answers make an answer: ``t(q) = join(q, t(q_1..q_b))``.

A join is total: every combination of sub-answers gives one claim. It knows how to join definite answers, and how to
reduce one number per claim and sub-question to one number per claim over any pair of operations: (×, +) turns
distributions of independent sub-answers into the distribution of their join, (min, max) is the value of a debate, and
(+, max) the best sum over splits.
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.blocks import blocks
from scenarios.streams import Floats

Answers = NDArray[np.intp]
Binary = Callable[..., Floats]


class Join(ABC):
    """The rule that joins ``branching`` sub-answers, each one of ``claims`` claims."""

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


def _identity(gather: Binary) -> float:
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
        out = np.empty(children[0].shape)
        for some in blocks(out.shape):
            total = children[0][:, some]
            for child in children[1:]:
                total = self._pair(total, np.ascontiguousarray(child[:, some]), combine, gather)
            out[:, some] = total
        return out

    def _pair(self, left: Floats, right: Floats, combine: Binary, gather: Binary) -> Floats:
        out = combine(left[0], right)
        term = np.empty(right.shape[1:])
        for claim in range(self.claims):
            for first in range(1, self.claims):
                combine(left[first], right[claim - first], out=term)
                gather(out[claim], term, out=out[claim])
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
        out = np.full(children[0].shape, _identity(gather))
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
