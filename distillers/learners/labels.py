"""Labels as keyed draws: what humans consult, what they answer, how their labels are counted."""

from __future__ import annotations

import numpy as np

from distillers.learners.base import Asked
from hch.policy import Policy
from hch.setting import Setting
from overseers.beliefs import Answering, together
from overseers.pace import Ticks
from scenarios import streams
from scenarios.joins import Answers
from scenarios.streams import Floats, Keys


def answering_ticks(setting: Setting, height: int, keys: Keys) -> Ticks:
    """A first thought, and above the leaves another one to join what the model answered at once, (n,)."""
    thought = setting.human.ticks("think", keys)
    return thought + setting.human.ticks("join", keys) if height else thought


def supports(setting: Setting, asked: Asked, snapshot: Policy) -> Floats:
    """Chance that the snapshot's sub-answers support each claim, (claims, n)."""
    return setting.supported_by(snapshot, asked.height)[asked.where]


def belief(setting: Setting, asked: Asked, kept: Floats | None) -> Answering:
    """What each human thinks who is asked and consults somebody, in the time there is."""
    opinion = setting.human.own(setting.hearing(asked.height).at(asked.where))
    return opinion if kept is None else together([voice.hurried(kept) for voice in opinion.voices])


def draw(chance: Floats, keys: Keys, purpose: str) -> Answers:
    """One claim per key from a distribution over claims, (claims, n) → (n,)."""
    luck = streams.uniforms(keys, purpose) * chance.sum(axis=0)
    return np.asarray(np.minimum((np.cumsum(chance, axis=0) < luck).sum(axis=0), len(chance) - 1))


def count(shape: tuple[int, ...], asked: Asked, claims: Answers) -> Floats:
    """How often each claim was given at each question, weighed: (claims, nodes, questions)."""
    counted = np.zeros(shape)
    np.add.at(counted, (claims, asked.nodes, asked.questions), 1.0 if asked.weights is None else asked.weights)
    return counted
