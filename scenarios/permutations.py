"""Permutation powering: what is ``σ^e(x)``? (Christiano, Shlegeris, Amodei 1810.08575; MODEL.md §1).

``σ`` permutes ``0 … K-1`` and ``e`` has ``bits`` bits. A question of level ``k`` asks for the power
``e_k = e >> (bits - k)``, and is answered in turn: ``y = σ^(e_k >> 1)(x)``, then ``z = σ^(e_k >> 1)(y)``, a question
that cannot be asked before the first is answered; then ``σ`` once more if the last bit of ``e_k`` is set. At level 0
the power is 0 and the answer ``x`` itself. All the questions that can come up at a level are the ``K`` starting points;
arrays have them where trees have their nodes: (claims, starts, questions).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scenarios import streams
from scenarios.base import TreeScenario
from scenarios.joins import Answers
from scenarios.ledger import Ledger
from scenarios.streams import Floats
from scenarios.trees import Level


@dataclass(frozen=True)
class Powers:
    """A batch of powering questions. ``levels``: by level, with one node for every start; appeal, planting, arguments.

    ``step``: σ, (claims, questions). ``odd``: by level, whether ``σ`` is applied once more, (questions,).
    ``start``: the roots' x, (questions,).
    """

    levels: tuple[Level, ...]
    step: Answers
    odd: tuple[Answers, ...]
    start: Answers

    @property
    def bits(self) -> int:
        return len(self.levels) - 1

    def last_step(self, height: int, claim: Answers) -> Answers:
        """``σ`` once more where the power of a level is odd: (…, questions) → the same."""
        moved = np.take_along_axis(self.step, claim.reshape(-1, claim.shape[-1]), axis=0).reshape(claim.shape)
        return np.where(self.odd[height] == 1, moved, claim)

    def joined_distribution(self, height: int, below: Floats) -> Floats:
        """Distribution of what two sub-answers in turn lead to, (claims, starts, questions): a matrix product."""
        answered = np.ascontiguousarray(below.transpose(2, 1, 0))  # question, start, claim
        led = np.ascontiguousarray((answered @ answered).transpose(2, 1, 0))
        out = led.copy()
        for question in np.flatnonzero(self.odd[height]):
            out[self.step[:, question], :, question] = led[:, :, question]
        return out


def powers(seed: int, questions: int, claims: int = 64, bits: int = 6, ground: TreeScenario | None = None) -> Powers:
    """Random permutations, exponents and starts; ``ground``: whose appeal, planting and arguments its claims have."""
    drawn = replace(Ledger() if ground is None else ground, claims=claims)
    roots = streams.keys_from(seed, "powering", 0, questions)
    step = streams.claim_uniforms(roots, "permutation", claims).argsort(axis=0)
    exponent = (streams.uniforms(roots, "exponent") * 2**bits).astype(np.intp)
    start = (streams.uniforms(roots, "start") * claims).astype(np.intp)
    truth = np.repeat(np.arange(claims)[:, None], questions, axis=1)
    odd = (np.zeros_like(exponent), *((exponent >> (bits - height)) & 1 for height in range(1, bits + 1)))
    levels: list[Level] = []
    for height in range(bits + 1):
        if height:
            truth = np.take_along_axis(truth, truth, axis=0)
            truth = np.where(odd[height] == 1, np.take_along_axis(step, truth, axis=0), truth)
        own = streams.derive(roots, height)
        keys = np.stack([streams.derive(own, claim) for claim in range(claims)])
        levels.append(drawn.level(height, keys, truth))
    return Powers(tuple(levels), step, odd, start)
