"""HCH where sub-questions are asked in turn: exactly, by matrix products, and lived through, by a generator (§3, §6).

Exactly, a level's answers are a stochastic matrix from starts to claims; that of the joined claim is its square, moved
on by ``σ`` where the power is odd. Lived through, a human asks the first sub-question, is told the answer, and asks the
second about it; everybody waits in the queue of the office (``hch/jobs.py``). Noise and times are keyed by the place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from hch.exact import hearing
from hch.jobs import Job, Life, Together
from hch.minds import minds
from hch.policy import Distributions
from overseers.base import Overseer
from scenarios import streams
from scenarios.permutations import Powers
from scenarios.streams import Floats
from scenarios.trees import one_hot


def powering_hch(powers: Powers, human: Overseer) -> Distributions:
    """HCH at every level for every start, (claims, starts, questions)."""
    below: Floats = one_hot(powers.levels[0].truth, powers.levels[0].claims)
    levels: list[Floats] = []
    for level in powers.levels:
        support = powers.joined_distribution(level.height, levels[-1]) if levels else below
        levels.append(human.own(hearing(level)).answer(support))
    return Distributions(levels)


def root(powers: Powers, policy: Distributions) -> Floats:
    """Distributions at the starts that are asked about, (claims, questions)."""
    return np.take_along_axis(policy.at(powers.bits), powers.start[None, None], axis=1)[:, 0]


def powering_lives(powers: Powers, human: Overseer, office: int = 0) -> Iterator[Life]:
    """One consultation for each question; it returns the root's answer. ``office``: which people are asked (noise)."""
    claims = powers.levels[0].claims

    def consult(question: int, height: int, start: int, key: int) -> Life:
        place = np.full((1, 1), key, dtype=np.uint64)
        yield Job(int(human.ticks("think", place)[0, 0]), "think")
        supported = start
        if height:
            for turn in range(2):  # the second question is about the first answer
                below: list[Any] = yield Together(
                    [consult(question, height - 1, supported, streams.derive_one(key, turn))]
                )
                supported = below[0]
            supported = int(powers.last_step(height, np.array([supported]).repeat(len(powers.start)))[question])
            yield Job(int(human.ticks("join", place)[0, 0]), "join", continuing=True)
        one = powers.levels[height].only(slice(question, question + 1))
        here = replace(
            one,
            keys=one.keys[[start]],
            places=place,
            truth=one.truth[[start]],
            planted=one.planted[[start]],
            face=one.face[:, [start]],
            rhetoric=one.rhetoric.at((slice(None), [start])),
            rebuttal=one.rebuttal[:, [start]],
        )
        return int(minds(here, human).answers(np.full((1, 1), supported))[0, 0])

    places = streams.keys_from(office, "powering office", 0, len(powers.start))
    assert claims == len(powers.step)
    for question, start in enumerate(powers.start.tolist()):
        yield consult(question, powers.bits, start, int(places[question]))
