"""Debate by verified quotes only: no search and no asymmetry (MODEL.md §4; quotes as in Khan et al. 2402.06782).

Who may only quote voices ``x_1``, and quotes are no better for false claims than for true ones: asymmetry 0. So a false
claim's arguments have the true claim's scale, and so have the attacks on it, which are quotes too; how many attacks a
claim is open to stays the scenario's. This is debate with ``n = 1`` in the same scenario with ``asymmetry = 0``. Where
the scenario leaves nothing to say about false claims (asymmetry -1), their attacks have no scale to restore and stay 0.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from distillers.debate import Debating
from hch.setting import Setting
from overseers import base as roles
from scenarios.part import part
from scenarios.rhetoric import Rhetoric
from scenarios.streams import Floats
from scenarios.trees import Level, pick


@part
class DebateQuotes(Debating):
    """Debate in which nothing may be said but quotes, which come no more easily to false claims."""

    def verdicts(self, setting: Setting, height: int) -> Floats:
        level = setting.level(height)
        quoted = setting.once(("quotes", height), lambda: quotes(level))
        alone = replace(setting.hearing(height, aided=height == 0, searched=1), arguments=quoted.arguments)
        return roles.judge(setting.rater, alone, quoted.arguments.best_of(1) - quoted.attacks, level.merit(level.truth))


@dataclass(frozen=True)
class Quotes:
    """What can be quoted at one level. ``attacks``: ``y`` for every claim, (claims, nodes, questions)."""

    arguments: Rhetoric
    attacks: Floats


def quotes(level: Level) -> Quotes:
    """Arguments for and attacks on every claim of one level, all with the scale of the true claim."""
    scale = level.rhetoric.scale
    even = np.broadcast_to(pick(scale, level.truth), scale.shape)
    attacks = level.rebuttal * np.divide(even, scale, out=np.ones_like(scale), where=scale > 0)
    return Quotes(replace(level.rhetoric, scale=even, _known={}), attacks)
