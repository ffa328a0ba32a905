"""Lag: the model searches ever harder, and oversight is brought up to date only after a delay (MODEL.md §6).

At minute ``t`` a model searches ``n(t) = n_0·2^(t/doubling)`` arguments. Oversight knows the arguments that a search of
``n(t - delay)`` finds, and is not moved by what it knows: of the argument for a claim it hears what is new,
``x_n(t) - x_n(t - delay)``. Appeal it hears as ever. With no delay nothing but appeal persuades; how much a delay
lets through depends on the tails of arguments (normal: ever less; Laplace: always the same; Student: ever more) and on
whether false claims have more of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hch.setting import Setting
from overseers import base as roles
from scenarios.joins import Answers
from scenarios.part import Part, field, part
from scenarios.streams import Floats, choose


@part
class Lag(Part):
    """How fast search grows, how late oversight follows, and how much of what is done is looked at again then."""

    first_search: int = field(1, "arguments searched in the beginning", symbol="n_0", unit="draws", ge=1, le=10**9)
    doubling: float = field(60.0, "time in which search doubles", unit="minutes", gt=0, le=1e9)
    delay: float = field(240.0, "how old the search is that oversight knows", unit="minutes", ge=0, le=1e9)
    minutes: float = field(1200.0, "how long it goes on", unit="minutes", gt=0, le=1e9)
    every: float = field(30.0, "time between two looks", unit="minutes", gt=0, le=1e9)

    @property
    def times(self) -> Floats:
        """When we look, in minutes from the beginning."""
        return np.arange(0.0, self.minutes + self.every / 2, self.every)

    def searched(self, minute: float) -> float:
        """``n`` at a time; before the beginning it is ``n_0``. At most 1e15: beyond, uniforms have no digits left."""
        return float(min(self.first_search * 2.0 ** (max(minute, 0.0) / self.doubling), 1e15))


@dataclass(frozen=True)
class Race:
    """``times``: minutes, (times,). ``searched``, ``known``: n, and the n that oversight knows, (times,).

    ``answers``: what the model that maximises its rating answers at the roots, (times, questions).
    """

    times: Floats
    searched: Floats
    known: Floats
    answers: Answers


def race(lag: Lag, setting: Setting) -> Race:
    """Let search run ahead of oversight; raters consult HCH on sub-questions, and the best rated claim is answered."""
    height, root = setting.trees.depth, setting.trees.root
    hearing, merit = setting.hearing(height), setting.hch_merits[height]
    known = [lag.searched(minute - lag.delay) for minute in lag.times]
    searched = [lag.searched(minute) for minute in lag.times]
    answers = []
    for now, before in zip(searched, known, strict=True):
        new = root.rhetoric.best_of(now) - root.rhetoric.best_of(before)
        answers.append(choose(roles.rate(setting.rater, hearing, new, merit), root.places)[0])
    return Race(lag.times, np.asarray(searched), np.asarray(known), np.stack(answers))


def critical_delay(gap: float, gameability: float, spread: float, doubling: float) -> float:
    """Delay from which a false claim wins for good under Laplace arguments, in minutes.

    Far out, a Laplace search gains ``τ·log 2`` with every doubling, so over a delay the false claim's arguments gain
    ``spread·log 2·delay/doubling`` more than the truth's (``spread = τ·asymmetry``). It wins once ``γ`` times that
    makes up for ``gap``, by how much the truth is rated higher without arguments. Infinite without asymmetry.
    """
    gain = gameability * spread * math.log(2.0)
    return gap * doubling / gain if gain > 0.0 else math.inf
