"""HCH exactly: a human consulting HCH, by recursion over levels (MODEL.md §3).

    HCH_k(a | q) = Σ_s P(a | q, s) · Π_i HCH_{k-1}(s_i | q_i),   HCH_0 = the unaided human (at a leaf, the leaf's rule)

The sub-answers of one question are independent, so only the distribution ``C`` of the joined claim matters: a cyclic
convolution for sums, a table in general, a matrix product where sub-questions are asked in turn. HCH without an index
is HCH_d, d being the depth of the tree.
"""

from __future__ import annotations

from dataclasses import dataclass

from hch.policy import Distributions
from overseers import base as roles
from overseers.base import Hearing, Overseer
from overseers.beliefs import together
from scenarios.blocks import EVERYTHING
from scenarios.memory import Same
from scenarios.streams import Floats
from scenarios.trees import Level, Trees


def hearing(level: Level, aided: bool = True, which: slice = EVERYTHING, searched: int | None = None) -> Hearing:
    """What reaches humans asked the questions of a level: faces, arguments, and what a look by oneself would show.

    ``which``: of these questions alone. ``searched``: among how many arguments whoever argues searches.
    """
    heard = Hearing(
        height=level.height,
        aided=aided,
        appeal=level.appeal,
        thought=level.rhetoric.best_of(1),
        keys=level.keys,
        arguments=level.rhetoric,
        searched=searched,
        plain=level.truth,
        readiness=None if level.grades is None else level.grades.readiness,
    )
    return heard.at((EVERYTHING, EVERYTHING, which))


def support(trees: Trees, height: int, below: Floats | None) -> Floats:
    """Chance that each claim is the one sub-answers support, (claims, nodes, questions).

    At a leaf the human checks the claim itself: certainty of the truth. Above, ``below`` are the sub-answers'
    distributions, (claims, nodes·b, questions).
    """
    if height == 0 or below is None:
        return trees.levels[height].true
    return trees.joined_distribution(below, height)


def unaided(trees: Trees, human: Overseer, height: int) -> Floats:
    """HCH_0 at one level: the human alone; above the leaves its discernment fades.

    At leaves, where most questions are, it is worked out once for everybody who starts from the human alone.
    """

    def alone() -> Floats:
        level = trees.levels[height]
        return roles.answer_given(human, hearing(level, aided=height == 0), level.truth)

    return alone() if height else trees.memory.once(("alone", human.as_answerer()), alone)


def amplify(trees: Trees, human: Overseer, height: int, below: Floats | None, kept: Floats | None = None) -> Floats:
    """``Amp(H, M)`` at one level: the human who consults the policy ``below`` on every sub-question.

    ``kept``: the share of its discernment that everybody had time for, (nodes, questions); all of it if ``None``.
    """
    heard, chance = hearing(trees.levels[height]), support(trees, height, below)
    if kept is None:
        return roles.answer(human, heard, chance)
    return together([voice.hurried(kept) for voice in human.own(heard).voices]).answer(chance)


def consulting(trees: Trees, human: Overseer, height: int, below: Floats) -> tuple[Floats, Floats]:
    """What the answers ``below`` support at one level, and what humans answer who consult them: ``amplify``.

    Worked out once for all who consult the very same answers, as each round of imitation does whose answers no longer
    change.
    """

    def consult() -> tuple[Floats, Floats]:
        chance = support(trees, height, below)
        return chance, roles.answer(human, hearing(trees.levels[height]), chance)

    return trees.memory.once(("consulting", human.as_answerer(), height, Same(below)), consult)


@dataclass(frozen=True)
class Consulted:
    """HCH_d with what its humans had before them, by level. ``supports``: ``P(c = a)``, (claims, nodes, questions)."""

    supports: list[Floats]
    policy: Distributions


def hch(trees: Trees, human: Overseer, rounds: int | None = None) -> Distributions:
    """HCH_k at every level of the trees; ``rounds`` is k, by default the depth."""
    k = trees.depth if rounds is None else rounds
    if k >= trees.depth:
        return consulted(trees, human).policy
    return Distributions([_hch(trees, human, height, k) for height in range(trees.depth + 1)])


def consulted(trees: Trees, human: Overseer) -> Consulted:
    """HCH_d at every level in one pass upwards: from k ≥ level(q) on, HCH_k no longer changes."""
    supports, levels = [support(trees, 0, None)], [unaided(trees, human, 0)]
    for level in trees.levels[1:]:
        chance, answers = consulting(trees, human, level.height, levels[-1])
        supports.append(chance)
        levels.append(answers)
    return Consulted(supports, Distributions(levels))


def _hch(trees: Trees, human: Overseer, height: int, k: int) -> Floats:
    if k == 0 or height == 0:
        return unaided(trees, human, height)
    return amplify(trees, human, height, _hch(trees, human, height - 1, k - 1))
