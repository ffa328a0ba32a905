"""The protocol of a debate: who is judged where, and what that makes of the answers above (MODEL.md §4)."""

from __future__ import annotations

import numpy as np

from hch.setting import Setting
from scenarios.joins import Answers
from scenarios.streams import Floats
from scenarios.trees import Trees


def judged_height(setting: Setting, levels_down: int) -> int:
    """The level of the questions that are judged, ``max(0, d - ℓ)``."""
    return max(0, setting.trees.depth - levels_down)


def contested(setting: Setting, height: int, n: int) -> Floats:
    """``x_n - y``: force of each claim's argument less that of the best attack on it, (claims, nodes, questions)."""
    level = setting.level(height)
    return setting.trees.memory.once(("contested", height, n), lambda: level.rhetoric.best_of(n) - level.rebuttal)


def joined_above(trees: Trees, winners: Answers, height: int) -> list[Answers]:
    """What the winners at one level make the answers of every level above it, lowest first."""
    above: list[Answers] = []
    for asker in range(height + 1, trees.depth + 1):
        winners = trees.joined(winners, asker)
        above.append(winners)
    return above


def max_min(trees: Trees, margin: Floats, height: int) -> list[Floats]:
    """``S`` at one level and at every level above it: the answerer picks a split, the opponent its weakest part."""
    margins = [margin]
    for asker in range(height + 1, trees.depth + 1):
        margin = trees.reduced(margin, asker, np.minimum, np.maximum)
        margins.append(margin)
    return margins
