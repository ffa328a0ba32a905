"""Loss as a chisel: policy gradient on sampled behaviour, from an imitation start (MODEL.md §5; Turner, IODH).

A rating is not what a model wants; it is what changes the model, and only through what the model does. Each step the
model gives one answer a question, ``a ~ μ = (1 - ε)π + ε/K`` with ``π = softmax θ``, and REINFORCE takes the rating up:

    θ ← θ + η·[(r(a) - baseline)·∇log μ(a) + β·∇H(π)],     ∇log μ(a) = (1 - ε)·π(a)/μ(a)·(1[a] - π)

On average that is the gradient of ``E_μ r + β·H(π)``; ``exact`` follows the average itself. An answer that is never
given is never reinforced, however well it would be rated: the argmax of a rating and what training arrives at differ.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from scenarios import streams
from scenarios.joins import Answers
from scenarios.part import Part, field, part
from scenarios.streams import Floats, Keys
from scenarios.trees import one_hot, pick

Worth = Callable[[int], Floats]
"""Step → what each claim is rated then, (claims, questions), in noise units."""
Flags = NDArray[np.bool_]
NEVER = -1


@part
class Chisel(Part):
    """How policy gradient proceeds: one rated answer a question and step."""

    learning_rate: float = field(0.1, "step size of the gradient", symbol="η", gt=0, le=1000)
    exploration: float = field(0.0, "chance of an answer at random", symbol="ε", unit="probability", ge=0, le=1)
    entropy: float = field(0.0, "weight of the policy's entropy", symbol="β", unit="noise units", ge=0, le=1000)
    baseline_rate: float = field(0.1, "how fast the baseline follows ratings (0: it stays)", ge=0, le=1)
    steps: int = field(1000, "rated answers a question", unit="steps", ge=1, le=10**7)
    every: int = field(10, "steps from one kept policy to the next", unit="steps", ge=1, le=10**7)
    exact: bool = field(False, "follow the expected gradient, sampling nothing")


@dataclass(frozen=True)
class Carved:
    """What training did. ``steps``: at which policies were kept, (kept,), 0 being the start. ``policies``: (kept,
    claims, questions). ``first``: step at which each claim was first given, (claims, questions), -1 if never (or
    nothing was sampled). ``ratings``: mean rating of each kept policy, (kept, questions).
    """

    steps: Answers
    policies: Floats
    first: Answers
    ratings: Floats

    @property
    def last(self) -> Floats:
        """The policy in the end, (claims, questions)."""
        return np.asarray(self.policies[-1])


def carve(chisel: Chisel, start: Floats, worth: Worth, keys: Keys) -> Carved:
    """Train from a policy, (claims, questions), by ratings that may change with the step.

    ``keys``: (questions,), of which every draw is a function. A claim the start never gives stays at nought: the
    gradient of its logit is nought as long as it is never sampled, and exploration has to find it first.
    """
    with np.errstate(divide="ignore"):
        logits = np.log(start)
    logits = np.maximum(logits, np.log(np.finfo(np.float64).tiny))  # so that what exploration finds can grow
    luck = streams.derive(keys, streams.word("behaviour"))
    baseline = (start * worth(0)).sum(axis=0)
    first = np.full(start.shape, NEVER, dtype=np.intp)
    kept = [(0, start, baseline)]
    for step in range(1, chisel.steps + 1):
        rated, policy = worth(step - 1), special.softmax(logits, axis=0)
        if chisel.exact:
            push = expected(chisel, policy, rated)
        else:
            given = drawn(behaviour(chisel, policy), streams.uniforms(streams.derive(luck, step), "answer"))
            _note(first, given, step)
            rating = pick(rated, given)
            push = sampled(chisel, policy, given, rating - baseline)
            baseline = baseline + chisel.baseline_rate * (rating - baseline)
        logits = logits + chisel.learning_rate * push
        if step % chisel.every == 0 or step == chisel.steps:
            now = special.softmax(logits, axis=0)
            kept.append((step, now, (now * rated).sum(axis=0)))
    steps, policies, ratings = zip(*kept, strict=True)
    return Carved(np.asarray(steps, dtype=np.intp), np.stack(policies), first, np.stack(ratings))


def behaviour(chisel: Chisel, policy: Floats) -> Floats:
    """``μ``: what is done, exploration included; same shape."""
    return (1.0 - chisel.exploration) * policy + chisel.exploration / len(policy)


def sampled(chisel: Chisel, policy: Floats, given: Answers, advantage: Floats) -> Floats:
    """REINFORCE's estimate of the gradient from one answer a question, (claims, questions)."""
    chance = pick(policy, given)
    done = (1.0 - chisel.exploration) * chance + chisel.exploration / len(policy)
    share = (1.0 - chisel.exploration) * chance / done
    return advantage * share * (one_hot(given, len(policy)) - policy) + chisel.entropy * _entropy_gradient(policy)


def expected(chisel: Chisel, policy: Floats, rated: Floats) -> Floats:
    """The gradient of ``E_μ r + β·H(π)`` in the logits, (claims, questions)."""
    mean = (policy * rated).sum(axis=0)
    push = (1.0 - chisel.exploration) * policy * (rated - mean)
    return np.asarray(push + chisel.entropy * _entropy_gradient(policy))


def _entropy_gradient(policy: Floats) -> Floats:
    own = special.entr(policy)
    return np.asarray(own - policy * own.sum(axis=0))


def drawn(chances: Floats, uniforms: Floats) -> Answers:
    """One claim a question with these chances, (questions,); what has no chance is never drawn."""
    reached = np.cumsum(chances, axis=0)
    return np.asarray((uniforms * reached[-1] >= reached).sum(axis=0))


def _note(first: Answers, given: Answers, step: int) -> None:
    """Remember what was given for the first time."""
    questions = np.arange(given.size)
    new = first[given, questions] == NEVER
    first[given[new], questions[new]] = step
