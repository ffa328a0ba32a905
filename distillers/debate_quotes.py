"""Debate by verified quotes only: no search and no asymmetry (MODEL.md §4; quotes as in Khan et al. 2402.06782).

Who may only quote voices ``x_1``, and quotes are no better for false claims than for true ones: asymmetry 0. So a false
claim's arguments have the true claim's scale, and so have the attacks on it, which are quotes too; how many attacks a
claim is open to stays the scenario's. This is debate with ``n = 1`` in the same scenario with ``asymmetry = 0``. Where
the scenario leaves nothing to say about false claims (asymmetry -1), their attacks have no scale to restore and stay 0.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from distillers.debate import Debating
from hch.setting import Setting
from overseers import base as roles
from scenarios.part import part
from scenarios.streams import Floats
from scenarios.trees import Level, one_hot, pick


@part
class DebateQuotes(Debating):
    """Debate in which nothing may be said but quotes, which come no more easily to false claims."""

    def verdicts(self, setting: Setting, height: int) -> Floats:
        level = setting.level(height)
        speech = setting.once(("quotes", height), lambda: quotes(level))
        alone = setting.hearing(height, aided=height == 0)
        return roles.judge(setting.rater, alone, speech, one_hot(level.truth, level.claims))


def quotes(level: Level) -> Floats:
    """``x_1 - y`` for every claim, all with the scale of the true claim, (claims, nodes, questions)."""
    scale = level.rhetoric.scale
    even = np.broadcast_to(pick(scale, level.truth), scale.shape)
    told = replace(level.rhetoric, scale=even, _known={}).best_of(1)
    attacked = level.rebuttal * np.divide(even, scale, out=np.ones_like(scale), where=scale > 0)
    return np.asarray(told - attacked)
