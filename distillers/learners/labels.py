"""Labels as keyed draws: what humans consult, what they answer, how their labels are counted."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from distillers.learners.base import Asked
from hch.policy import Policy
from hch.setting import Setting
from overseers.beliefs import Answering, Opinion, together
from overseers.pace import Ticks
from overseers.votes import majority_log_odds
from scenarios import streams
from scenarios.joins import Answers
from scenarios.streams import Floats, Keys
from scenarios.trees import one_hot


def answering_ticks(setting: Setting, height: int, keys: Keys) -> Ticks:
    """A first thought, and above the leaves another one to join what the model answered at once, (n,)."""
    thought = setting.human.ticks("think", keys)
    return thought + setting.human.ticks("join", keys) if height else thought


def supports(setting: Setting, asked: Asked, snapshot: Policy) -> Floats:
    """Chance that the snapshot's sub-answers support each claim, (claims, n)."""
    return setting.supported_by(snapshot, asked.height)[asked.where]


def belief(setting: Setting, asked: Asked, kept: Floats | None) -> Answering:
    """What each human thinks who is asked and consults somebody, in the time there is."""
    own = setting.human.own(setting.hearing(asked.height).at(asked.where))
    return own if kept is None else together([voice.hurried(kept) for voice in own.voices])


def persuasion(setting: Setting, height: int) -> Floats:
    """``v + x_1``: what reaches a human who is asked while nobody argues, (claims, nodes, questions)."""
    hearing = setting.hearing(height)
    return hearing.appeal + hearing.thought


def draw(chance: Floats, keys: Keys, purpose: str) -> Answers:
    """One claim per key from a distribution over claims, (claims, n) → (n,)."""
    luck = streams.uniforms(keys, purpose) * chance.sum(axis=0)
    return np.asarray(np.minimum((np.cumsum(chance, axis=0) < luck).sum(axis=0), len(chance) - 1))


def count(shape: tuple[int, ...], asked: Asked, claims: Answers) -> Floats:
    """How often each claim was given at each question, weighed: (claims, nodes, questions)."""
    counted = np.zeros(shape)
    np.add.at(counted, (claims, asked.nodes, asked.questions), 1.0 if asked.weights is None else asked.weights)
    return counted


def hurried(opinion: Opinion, kept: Floats | None) -> Opinion:
    """The same minds in the time there is."""
    return opinion if kept is None else together([voice.hurried(kept) for voice in opinion.voices])


def preferred(opinion: Opinion, merit: Floats, a: Answers, b: Answers) -> Floats:
    """Log-odds that ``a`` is preferred to ``b``, by most voices; arrays of the shape of ``a``."""
    return majority_log_odds([voice.log_odds(merit, a, b) for voice in opinion.voices])


def consulted(setting: Setting, asked: Asked, snapshot: Policy, keys: Keys) -> Floats:
    """What each human verifies whom the snapshot gave sub-answers, drawn for each: (claims, n)."""
    level = setting.level(asked.height)
    if level.grades is not None:
        return level.grades.quality[asked.where]
    return one_hot(draw(supports(setting, asked, snapshot), keys, "sub-answers"), level.claims)


def consultations(setting: Setting, height: int, snapshot: Policy) -> Iterator[tuple[float | Floats, Floats]]:
    """Everything that humans may verify who consult the snapshot, with its chance, (nodes, questions)."""
    level = setting.level(height)
    if level.grades is not None:
        yield 1.0, level.grades.quality
        return
    support = setting.supported_by(snapshot, height)
    for claim in range(level.claims):
        if support[claim].any():
            yield support[claim], one_hot(np.full(level.truth.shape, claim), level.claims)
