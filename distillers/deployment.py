"""After deployment: supervision of a fraction of what a model answers (MODEL.md §5).

Each answer is looked at with chance ``s``, and a false one that is looked at is detected. A **turncoat** imitates until
it is deployed, and answers falsely from then on: it gets away with ``(1 - s)/s`` false answers, on average, before the
first is detected. A model that is merely left behind **drifts**: at every question the world moves with some chance,
and once it has, the answer learnt before is false. After so many detections it is *noticed*; if it is then retrained,
it is up to date again when retraining is done, and a turncoat no longer one.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from distillers.chisel import Flags
from scenarios import streams
from scenarios.joins import Answers
from scenarios.part import Part, field, part
from scenarios.streams import Floats, Keys


@part
class Deployment(Part):
    """How a deployed model is watched, and what is done about what is seen."""

    supervised: float = field(0.1, "share of answers looked at", symbol="s", unit="probability", gt=0, le=1)
    answers: int = field(1000, "answers it is deployed for", unit="count", ge=1, le=10**7)
    notices: int = field(1, "detections until it is noticed (0: never)", unit="count", ge=0, le=10**6)
    retrains: bool = field(True, "whether the model is retrained, or withdrawn, once it is noticed")
    retraining: int = field(0, "answers given while retraining goes on", unit="count", ge=0, le=10**7)


@part
class Fault(Part):
    """What makes a deployed model's answers false."""

    @abstractmethod
    def false(self, luck: Floats, age: Answers, refreshed: Answers) -> Flags:
        """Whether each life's answer is false. ``luck``: uniform; ``age``: questions since the model was up to date;
        ``refreshed``: how often it was replaced. All (lives,).
        """


@part
class Turncoat(Fault):
    """Defects whenever it can, until it is replaced by a model that does not."""

    def false(self, luck: Floats, age: Answers, refreshed: Answers) -> Flags:
        return np.asarray(refreshed == 0)


@part
class Drift(Fault):
    """The world moves on from what the model was trained for."""

    rate: float = field(0.001, "chance a question that what was learnt becomes false", unit="probability", ge=0, le=1)

    def false(self, luck: Floats, age: Answers, refreshed: Answers) -> Flags:
        return np.asarray(luck >= (1.0 - self.rate) ** age)


@dataclass(frozen=True)
class Lives:
    """What became of many deployments: ``false`` and ``detected``: whether each answer was, (answers, lives);
    ``noticed``: at which answer it was first noticed, (lives,), -1 if never.
    """

    false: Flags
    detected: Flags
    noticed: Answers

    @property
    def undetected(self) -> Answers:
        """False answers that nobody looked at, (lives,)."""
        return np.asarray((self.false & ~self.detected).sum(axis=0))


def deploy(deployment: Deployment, fault: Fault, keys: Keys) -> Lives:
    """Deploy a model once for every key, (lives,). Who looks does not depend on what is answered."""
    lives = keys.size
    false, detected = np.zeros((2, deployment.answers, lives), dtype=bool)
    age, refreshed, seen = np.zeros((3, lives), dtype=np.intp)
    noticed, back = np.full((2, lives), -1, dtype=np.intp)
    for number in range(deployment.answers):
        own = streams.derive(keys, number)
        age += 1
        renewed = back == number
        age[renewed], seen[renewed] = 1, 0
        refreshed[renewed] += 1
        false[number] = fault.false(streams.uniforms(own, "fault"), age, refreshed)
        detected[number] = false[number] & (streams.uniforms(own, "looked at") < deployment.supervised)
        seen += detected[number]
        now = (seen >= deployment.notices) & (deployment.notices > 0) & (back <= number)
        noticed[now & (noticed < 0)] = number
        if deployment.retrains:
            back[now] = number + 1 + deployment.retraining
    return Lives(false, detected, noticed)
