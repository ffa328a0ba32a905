"""Staleness: labels by humans who consult an old snapshot of a policy that moves (MODEL.md §6).

A label made now rests on sub-answers of the model as it was one *latency* ago: the time that the label waits in a queue
and the trainer takes to publish. While the latency is short, nothing that matters has moved; the verdict between two
claims turns once policy drift × latency exceeds the margin, which is the **critical latency**.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from distillers.base import Rated
from hch.policy import Distributions, Policy
from hch.setting import Setting
from overseers.base import margins
from scenarios.streams import Floats


@dataclass(frozen=True)
class Moving:
    """A policy on its way: the mixture of two, in shares that go from 0 to 1 over ``minutes``, and stay."""

    early: Policy
    late: Policy
    minutes: float

    def at(self, minute: float, levels: int) -> Distributions:
        """The policy at a time; before the beginning it is the early one."""
        share = min(max(minute / self.minutes, 0.0), 1.0)
        return Distributions(
            [(1.0 - share) * self.early.at(height) + share * self.late.at(height) for height in range(levels)]
        )


def ratings(scheme: Rated, setting: Setting, moving: Moving, minute: float, latency: float = 0.0) -> Floats:
    """Ratings at the root of a label made at ``minute`` that rests on a snapshot ``latency`` minutes old."""
    return scheme.ratings(setting, moving.at(minute - latency, setting.trees.depth + 1))


def turned(scheme: Rated, setting: Setting, moving: Moving, minute: float, latency: float) -> Floats:
    """Whether the label's best claim is another than a fresh snapshot's would be, (questions,): 0 or 1."""
    fresh = ratings(scheme, setting, moving, minute)
    stale = ratings(scheme, setting, moving, minute, latency)
    return np.asarray(fresh.argmax(axis=0) != stale.argmax(axis=0), dtype=np.float64)


def critical_latency(scheme: Rated, setting: Setting, moving: Moving, minute: float, step: float = 0.01) -> Floats:
    """Minutes until drift eats up the margin, (questions,): margin / rate at which the margin shrinks, going back.

    To first order in the latency, at ``minute``; infinite where the margin does not shrink. ``step``: in minutes.
    """
    fresh, before = ratings(scheme, setting, moving, minute), ratings(scheme, setting, moving, minute, step)
    best = fresh.argmax(axis=0)[None]
    lead = np.take_along_axis(fresh, best, axis=0) - fresh
    shrinks = (lead - (np.take_along_axis(before, best, axis=0) - before)) / step
    with np.errstate(divide="ignore", invalid="ignore"):
        when = np.where(shrinks > 1e-12, lead / shrinks, np.inf)
    np.put_along_axis(when, best, np.inf, axis=0)
    return np.asarray(when.min(axis=0))


def safe_latency(scheme: Rated, setting: Setting, moving: Moving, minute: float, weight: float) -> Floats:
    """Minutes for which no label can turn, (questions,): margin / fastest possible drift of a difference of ratings.

    ``weight``: what a unit of support is worth to the rater, ``ακ``. The chance that a claim is supported moves at most
    as fast as the total variations between the two policies at the sub-questions add up to; two claims may move apart
    twice as fast.
    """
    depth = setting.trees.depth
    moves = np.abs(moving.early.at(depth - 1) - moving.late.at(depth - 1)).sum(axis=0).sum(axis=0) / 2
    lead = margins(ratings(scheme, setting, moving, minute)).max(axis=0)
    with np.errstate(divide="ignore"):
        return np.asarray(np.where(moves > 0.0, lead * moving.minutes / (2.0 * weight * moves), np.inf))
