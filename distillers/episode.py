"""The human work in one supervised episode: one root question, and the questions below it that the scheme trains on.

Models answer at once; only human work takes time. Work on different questions of one episode goes on in parallel unless
it waits for other human answers, so ``elapsed`` is the longest chain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from hch import batch
from hch.setting import Setting
from overseers.pace import TICKS_PER_MINUTE, Ticks


@dataclass(frozen=True)
class Episode:
    """``labels``: human judgements asked for. ``human_minutes``, ``elapsed_minutes``: means over the root questions."""

    labels: float
    human_minutes: float
    elapsed_minutes: float


def consultation(setting: Setting) -> Episode:
    """A human at every question answers, consulting the humans below: one consultation of HCH."""

    def consulted() -> Episode:
        times = batch.times(setting.trees, setting.human)
        return Episode(setting.trees.humans, _minutes(times.work), _minutes(times.finish))

    return setting.once_timed("consultation", consulted)


def rated_everywhere(setting: Setting) -> Episode:
    """The model's answer to every question of the tree is rated once; the ratings wait for nobody."""
    return everywhere(setting, "rate")


def everywhere(setting: Setting, work: Literal["rate", "judge"]) -> Episode:
    """One piece of work on every question of the tree, all at once."""

    def worked() -> Episode:
        spent = [setting.human.ticks(work, here.places) for here in setting.trees.seats]
        total = np.sum([ticks.sum(axis=0) for ticks in spent], axis=0)
        longest = np.max([ticks.max(axis=0) for ticks in spent], axis=0)
        return Episode(setting.trees.humans, _minutes(total), _minutes(longest))

    return setting.once_timed(("everywhere", work), worked)


def answered_then_rated(setting: Setting) -> Episode:
    """A human at every question answers, then rates an answer it is shown; done when the root's is rated."""
    own, rated = consultation(setting), rated_everywhere(setting)
    last = _minutes(setting.human.ticks("rate", setting.trees.root.places))
    return Episode(own.labels, own.human_minutes + rated.human_minutes, own.elapsed_minutes + last)


def judged_path(setting: Setting, levels_down: int) -> Episode:
    """A debate follows one path down the tree, and its questions are judged one after another.

    Which sub-question is disputed does not change how long it takes in distribution: the first is taken.
    """

    def judged() -> Episode:
        heights = range(setting.trees.depth - levels_down, setting.trees.depth + 1)
        spent = [setting.human.ticks("judge", setting.trees.seats[height].places[0]) for height in heights]
        work = np.sum(spent, axis=0)
        return Episode(len(spent), _minutes(work), _minutes(work))

    return setting.once_timed(("judged path", levels_down), judged)


def _minutes(ticks: Ticks) -> float:
    return float(ticks.mean() / TICKS_PER_MINUTE)
