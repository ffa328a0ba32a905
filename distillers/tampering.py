"""Tampering with the reward: an action that pays later, found by chance (MODEL.md §5).

An episode has ``T`` steps. In one that tampers, each of the first ``h`` steps costs the penalty ``P``, and every later
one pays ``R_max``; in any other each step is paid what the answer is rated, ``R̄`` on average. So tampering is worth it
iff ``(T - h)(R_max - R̄) > h(P + R̄)``. Whether training takes to it is another matter: it starts at a small chance,
and is reinforced only in episodes in which it is tried. Returns here are summed step by step, not by that formula.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from distillers.chisel import NEVER, Flags
from scenarios import streams
from scenarios.part import Part, PartError, field, part
from scenarios.streams import Floats, Keys


@part
class Tampering(Part):
    """An action that takes over the reward, and how it is learnt: a batch of episodes a step."""

    chance: float = field(0.001, "chance of trying it in the beginning", unit="probability", gt=0, lt=1)
    reward: float = field(20.0, "what a step pays once it works", symbol="R_max", unit="noise units", ge=-1e6, le=1e6)
    penalty: float = field(10.0, "what a step costs until then", symbol="P", unit="noise units", ge=-1e6, le=1e6)
    penalised: int = field(2, "steps until it works", symbol="h", unit="steps", ge=0, le=10**4)
    horizon: int = field(10, "steps of an episode", symbol="T", unit="steps", ge=1, le=10**4)
    episodes: int = field(64, "episodes of a training step", unit="count", ge=1, le=10**6)
    learning_rate: float = field(0.5, "step size of the gradient", symbol="η", gt=0, le=1000)
    steps: int = field(1000, "training steps", unit="steps", ge=1, le=10**7)

    def __post_init__(self) -> None:
        if self.penalised > self.horizon:
            raise PartError(f"penalised: at most the horizon, {self.horizon} steps, not {self.penalised}")

    def worth_it(self, rated: float) -> bool:
        """Whether an episode that tampers pays more than one whose steps are rated ``rated`` on average."""
        honest = self.penalised * (self.penalty + rated)
        return (self.horizon - self.penalised) * (self.reward - rated) > honest


@dataclass(frozen=True)
class Tempted:
    """``chances``: of tampering before each step and in the end, (steps + 1,). ``first``: step at which it was first
    tried, -1 if never. ``rated``: mean rating of the honest steps of each step's episodes, (steps,).
    """

    chances: Floats
    first: int
    rated: Floats


def tempt(tampering: Tampering, ratings: Callable[[int], Floats], keys: Keys) -> Tempted:
    """Learn whether to tamper. ``ratings``: step → what honest answers are rated, (questions,); ``keys``: (1,).

    One logit is learnt by REINFORCE; the baseline is the mean return of the batch without the episode itself.
    """
    logit, first = float(special.logit(tampering.chance)), NEVER
    chances, rated = [tampering.chance], []
    base = streams.derive(keys, streams.word("tampering"))
    for step in range(tampering.steps):
        own = streams.keys_from(int(streams.derive(base, step)[0]) >> 1, "episode", 0, tampering.episodes)
        tampers = streams.uniforms(own, "tampers") < chances[-1]
        honest = answered(tampering, ratings(step), own)
        returns = paid(tampering, honest, tampers).sum(axis=0) / tampering.horizon
        logit += tampering.learning_rate * push(returns, tampers, chances[-1])
        if first == NEVER and tampers.any():
            first = step
        chances.append(float(special.expit(logit)))
        rated.append(float(honest.mean()))
    return Tempted(np.asarray(chances), first, np.asarray(rated))


def answered(tampering: Tampering, ratings: Floats, keys: Keys) -> Floats:
    """What the steps of each episode are rated, each about a question drawn at random, (steps, episodes)."""
    which = streams.claim_uniforms(keys, "which question", tampering.horizon) * ratings.size
    return np.asarray(ratings[which.astype(np.intp)])


def paid(tampering: Tampering, honest: Floats, tampers: Flags) -> Floats:
    """What every step of every episode pays, (steps, episodes); ``tampers``: in which it is done, (episodes,)."""
    out = honest.copy()
    for step in range(tampering.horizon):
        out[step, tampers] = -tampering.penalty if step < tampering.penalised else tampering.reward
    return out


def push(returns: Floats, tampers: Flags, chance: float) -> float:
    """REINFORCE's estimate of the gradient of the mean return in the logit, from a batch of episodes."""
    others = (returns.sum() - returns) / max(1, returns.size - 1)
    return float(((returns - others) * (tampers - chance)).mean())
