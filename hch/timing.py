"""What an office did, when and by whom; and what time made of everybody's answer (MODEL.md §6).

Times do not depend on answers, so an engine first finds them, and answers follow level by level in NumPy: each human's
weight is what its realised time leaves of it, and a sub-answer that was late is the asker's own unaided guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hch import exact, minds
from hch.chains import Told, told
from hch.minds import durations
from hch.office import Office, kept, planned
from hch.policy import Distributions
from overseers.base import Overseer
from overseers.pace import Ticks
from scenarios.joins import Answers
from scenarios.streams import Floats
from scenarios.trees import Level, Trees

Mask = NDArray[np.bool_]
_AT_ONCE = 3 << 16
"""Draws of a level made together (a claim, a node, a question): many enough for NumPy, few enough for the cache."""


@dataclass(frozen=True, eq=False)
class Times:
    """One level's humans, (nodes, questions), in ticks on the office's clock.

    ``started``: the first thought began. ``thought``: it was over and the sub-questions went out. ``joining``: the
    joining thought began. ``finish``: the answer was given. At a leaf, which joins nothing, the last three are one.
    ``thinker``, ``joiner``: who had each thought, -1 where everybody has a desk.
    """

    started: Ticks
    thought: Ticks
    joining: Ticks
    finish: Ticks
    thinker: Ticks
    joiner: Ticks


@dataclass(frozen=True, eq=False)
class Realised:
    """What time left of everybody's judgement, by level, leaves first, (nodes, questions).

    ``kept``: the share of discernment, or ``None`` where it is whole. ``late``: whether the answer came too late for
    the asker, or ``None`` where nobody's can. ``corrupted``: who answers what an attack wants, whatever it believes;
    ``None`` where nobody is attacked.
    """

    kept: Sequence[Floats | None]
    late: Sequence[Mask | None]
    corrupted: Sequence[Mask] | None = None


def realised(trees: Trees, human: Overseer, office: Office, times: Sequence[Times]) -> Realised:
    """What the realised times make of everybody's judgement."""
    pace = bool(office.skill_spread or (office.hurry and office.staff is not None))
    shares = [_kept(trees, human, office, height, own) if pace else None for height, own in enumerate(times)]
    late: list[Mask | None] = []
    for height, own in enumerate(times):
        wait = office.deadline(height + 1)
        if wait is None or height == trees.depth:
            late.append(None)
            continue
        asked = np.repeat(times[height + 1].thought, trees.branching, axis=0)
        # Where desks are kept, some may be stuck for ever, and never answer or never be asked.
        late.append((asked >= 0) & ((own.finish > asked + wait) | (own.finish < 0)))
    return Realised(shares, late)


def _kept(trees: Trees, human: Overseer, office: Office, height: int, own: Times) -> Floats:
    """By the thought in which the answer is found: the joining one, at a leaf the only one."""
    spent = durations(trees.seats[height], human)
    if height == 0:
        return kept(office, planned(office, spent.think, own.thinker), own.finish - own.started, own.thinker)
    return kept(office, planned(office, spent.join, own.joiner), own.finish - own.joining, own.joiner)


def answers(trees: Trees, human: Overseer, made: Realised | None = None) -> list[Answers]:
    """Everybody's answer, one (people, questions) array per level, leaves first; ``None``: time changes nothing."""
    if trees.in_turn:
        return asked_in_turn(trees, human, made).given
    supported = trees.levels[0].truth
    given: list[Answers] = []
    for level in trees.levels:
        if given:
            supported = trees.joined(heard(trees, human, level.height - 1, given[-1], made))
        share = None if made is None else made.kept[level.height]
        answered = np.empty_like(supported)
        nodes, questions = supported.shape
        step = max(1, _AT_ONCE // (nodes * level.claims))
        for start in range(0, questions, step):
            which = slice(start, start + step)
            answered[:, which] = _answered(level, human, which, supported, share)
        if made is not None and made.corrupted is not None:
            answered = np.where(made.corrupted[level.height], minds.wanted(level), answered)
        given.append(answered)
    return given


def asked_in_turn(trees: Trees, human: Overseer, made: Realised | None = None) -> Told:
    """The same where answers decide what is asked next: who was asked what, besides."""
    return told(trees, human) if made is None else told(trees, human, made.kept, made.late, made.corrupted)


def _answered(level: Level, human: Overseer, which: slice, supported: Answers, share: Floats | None) -> Answers:
    """Some questions' answers. By itself, so that a block's draws are gone, and the cache free, before the next."""
    members = minds.voters(level, human, which=which)
    if share is not None:
        members = minds.hurried(members, share[:, which])
    return minds.answers(members, supported[:, which])


def heard(trees: Trees, human: Overseer, height: int, given: Answers, made: Realised | None) -> Answers:
    """What the askers of one level's questions go on with: the answer, or where it is late their unaided guess."""
    late = None if made is None else made.late[height]
    if late is None or not late.any():
        return given
    return np.where(late, minds.guess(trees.levels[height], human), given)


def hch_given(trees: Trees, human: Overseer, made: Realised) -> Distributions:
    """The exact distribution of everybody's answer given the realised times: the noise alone is averaged over.

    Raises ``ValueError`` where questions are asked in turn: times belong to seats, distributions to questions.
    """
    if trees.in_turn:
        raise ValueError("hch_given: questions asked in turn have no distributions of their own at each seat")
    levels: list[Floats] = []
    for height in range(trees.depth + 1):
        below = levels[-1] if levels else None
        late = made.late[height - 1] if height else None
        if below is not None and late is not None:
            below = np.where(late, exact.unaided(trees, human, height - 1), below)
        levels.append(exact.amplify(trees, human, height, below, made.kept[height]))
    return Distributions(levels)
