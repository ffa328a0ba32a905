"""Permutation powering: what is ``σ^e(x)``? (Christiano, Shlegeris, Amodei 1810.08575; MODEL.md §1).

``σ`` permutes ``0 … K-1`` and the exponent ``e`` has ``bits`` bits. A question of level ``k`` asks for the power
``e_k = e >> (depth - k)`` of a start, ``depth = bits - 1``, and is answered in turn: ``y = σ^(e_{k-1})(x)``, then
``z = σ^(e_{k-1})(y)``, a question that cannot be asked before the first is answered; then ``σ`` once more if the last
bit of ``e_k`` is set. At a leaf the power is the exponent's first bit: the answer is looked up.

All the questions that can come up at a level are the ``K`` starts, so arrays have starts where trees have nodes; the
root has one. Whoever is asked the same question hears the same, but each person has luck of its own. A level's answers
are a stochastic matrix from starts to claims, and the joined claim's is its square, moved on by ``σ``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scenarios import streams
from scenarios.base import Persuading
from scenarios.joins import Answers, Binary, Turns
from scenarios.part import field, part
from scenarios.streams import Floats, Keys
from scenarios.trees import Level, Trees


@part
class Powering(Persuading):
    """Powers of a permutation by repeated squaring: the second sub-question is about the first one's answer."""

    claims: int = field(64, "things permuted, of which one is the answer", symbol="K", ge=2, le=256)
    bits: int = field(6, "bits of the exponent, a level of questions each", ge=1, le=16)

    def size(self) -> tuple[int, int]:
        return 1 + self.claims * (self.bits - 1), self.claims

    def trees(self, seed: int, questions: int, start: int = 0) -> Trees:
        roots = streams.keys_from(seed, "question", start, questions)
        chain = self._chain(roots)
        starts = np.repeat(np.arange(chain.nodes(0))[:, None], questions, axis=1)
        truth = chain.step_on(0, chain.begun(0, starts))
        levels: list[Level] = []
        for height in range(self.bits):
            truth = chain.joined(truth, 2, height) if height else truth
            levels.append(self.level(height, self._keys(roots, height), truth))
        return Trees(tuple(levels), chain, 2)

    def _keys(self, roots: Keys, height: int) -> Keys:
        """What is asked at one level, (starts, questions): one key for a power of a start, whoever asks."""
        if height == self.bits - 1:
            return roots[None]
        power = streams.derive(roots, height)
        return np.stack([streams.derive(power, start) for start in range(self.claims)])

    def _chain(self, roots: Keys) -> Chain:
        exponent = (streams.uniforms(roots, "exponent") * 2**self.bits).astype(np.intp)
        return Chain(
            step=streams.claim_uniforms(roots, "permutation", self.claims).argsort(axis=0),
            odd=np.stack([(exponent >> (self.bits - 1 - height)) & 1 for height in range(self.bits)]),
            start=(streams.uniforms(roots, "start") * self.claims).astype(np.intp),
        )


@dataclass(frozen=True, eq=False)
class Chain(Turns):
    """Two powers in turn, then perhaps one step.

    ``step``: σ, (claims, questions). ``odd``: by level, whether ``σ`` is applied once more, (levels, questions).
    ``start``: the roots' x, (questions,).
    """

    step: Answers
    odd: Answers
    start: Answers

    def nodes(self, height: int) -> int:
        return 1 if height == len(self.odd) - 1 else len(self.step)

    def begun(self, height: int, node: Answers) -> Answers:
        """Whose power is asked for at some nodes of a level, (n, questions)."""
        return np.broadcast_to(self.start, node.shape) if height == len(self.odd) - 1 else node

    def asked(self, height: int, node: Answers, told: Sequence[Answers]) -> Answers:
        return told[-1] if told else self.begun(height, node)

    def concluded(self, height: int, node: Answers, told: Sequence[Answers]) -> Answers:
        return self.step_on(height, told[-1])

    def step_on(self, height: int, claim: Answers) -> Answers:
        """``σ`` once more where a level's power is odd, (n, questions)."""
        return np.where(self.odd[height] == 1, np.take_along_axis(self.step, claim, axis=0), claim)

    def distributed(self, below: Floats, branching: int, height: int | None) -> Floats:
        level = self.known(height)
        first = np.ascontiguousarray(self._first(below, level).transpose(2, 1, 0))  # question, start, claim
        then = np.ascontiguousarray(below.transpose(2, 1, 0))
        return self._moved(np.ascontiguousarray((first @ then).transpose(2, 1, 0)), level)

    def reduced(self, below: Floats, branching: int, height: int | None, combine: Binary, gather: Binary) -> Floats:
        level = self.known(height)
        first = self._first(below, level)
        led = combine(first[0], below[:, 0][:, None])
        for middle in range(1, len(below)):
            gather(led, combine(first[middle], below[:, middle][:, None]), out=led)
        return self._moved(led, level)

    def only(self, which: slice) -> Chain:
        return Chain(self.step[:, which], self.odd[:, which], self.start[which])

    def _first(self, below: Floats, level: int) -> Floats:
        """What is answered to the first sub-question of each asker, (claims, nodes, questions)."""
        if self.nodes(level) > 1:
            return below
        return np.take_along_axis(below, self.start[None, None], axis=1)

    def _moved(self, led: Floats, level: int) -> Floats:
        """Numbers by claim, where each claim is moved on by ``σ`` if the level's power is odd."""
        here = np.arange(len(led))[:, None]
        to = np.where(self.odd[level] == 1, self.step, here)
        return np.take_along_axis(led, to.argsort(axis=0)[:, None], axis=0)
