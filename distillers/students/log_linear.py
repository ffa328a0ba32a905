"""The log-linear student: scores ``θ·φ(q, a)``, weights of its own for every level (MODEL.md §5).

``φ`` is appeal, the force of arguments, and a *hint* of the claim that joins the sub-answers. Up to ``capacity`` levels
the hint is the joined claim; past that it is right with a chance that falls with every level, towards that of a guess,
and otherwise names another claim. So the student generalises from question to question, and cannot hold more than these
three weights express. Hints are keyed by the question: a model that gets one wrong always does.

Gradients are exact; the likelihood is concave and Newton's steps reach its top. A wide Gaussian prior keeps weights
finite where a few labels hold no error.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np

from distillers.logit import fit
from distillers.students.base import Fitted, Mask, Seen, Student
from scenarios import streams
from scenarios.part import field, part
from scenarios.streams import Floats
from scenarios.trees import one_hot

_WEIGHTS = 3


@dataclass(frozen=True)
class Weights(Fitted):
    """Of the hint, of appeal, of arguments."""

    student: LogLinear
    theta: Floats

    def scores(self, seen: Seen) -> Floats:
        return np.asarray(np.tensordot(self.theta, self.student.features(seen), axes=1))

    def stepped(self, seen: Seen, slope: Floats) -> Weights:
        """The slopes of the questions that have one are averaged, as they share their weights."""
        asked = max(1, int(np.abs(slope).any(axis=0).sum()))
        step = np.tensordot(self.student.features(seen), slope, axes=3) / asked
        return replace(self, theta=self.theta + step)


@part
class LogLinear(Student):
    """Three weights per level: hints of the joined claim, appeal, arguments."""

    capacity: int = field(4, "levels up to which it sees what sub-answers join to", unit="levels", ge=0, le=24)
    fade: float = field(0.5, "signal of its hints kept per level beyond", ge=0, le=1)
    prior_scale: float = field(5.0, "spread of the prior that keeps its weights finite", gt=0, le=1e6)

    def blank(self, seen: Seen) -> Weights:
        return Weights(self, np.zeros(_WEIGHTS))

    def answers(self, seen: Seen, counts: Floats, before: Fitted | None = None) -> Weights:
        shown = counts.sum(axis=0) > 0.0
        theta = fit(self.features(seen)[..., shown], counts[:, shown], self.prior_scale**-2, _start(before))
        return Weights(self, theta)

    def preferences(self, seen: Seen, wins: Floats, before: Fitted | None, changed: Mask) -> Weights:
        features, rows, won = self.features(seen), [], []
        for a, b in itertools.combinations(range(len(wins)), 2):
            pair = np.stack([wins[a, b], wins[b, a]])
            shown = pair.sum(axis=0) > 0.0
            rows.append(features[:, [a, b]][..., shown])
            won.append(pair[:, shown])
        theta = fit(np.concatenate(rows, axis=2), np.concatenate(won, axis=1), self.prior_scale**-2, _start(before))
        return Weights(self, theta)

    def features(self, seen: Seen) -> Floats:
        """Hint, appeal and the force of arguments, (3, claims, nodes, questions)."""
        return np.stack([self.hints(seen), seen.level.appeal, seen.speech])

    def hints(self, seen: Seen) -> Floats:
        """1 for the claim that it takes for the joined one, (claims, nodes, questions)."""
        level = seen.level
        beyond = max(0, level.height - self.capacity)
        if not beyond:
            return one_hot(level.truth, level.claims)
        right = 1.0 / level.claims + (1.0 - 1.0 / level.claims) * self.fade**beyond
        other = 1 + (streams.uniforms(level.keys, "wrong hint") * (level.claims - 1)).astype(np.intp)
        missed = streams.uniforms(level.keys, "hint") >= right
        return one_hot(np.where(missed, (level.truth + other) % level.claims, level.truth), level.claims)


def _start(before: Fitted | None) -> Floats | None:
    return before.theta if isinstance(before, Weights) else None
