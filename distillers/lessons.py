"""What a trainer asks next: labels level by level, as many as the budget still pays for (MODEL.md §5).

Leaves come first, then what stands on them. Without a curriculum every question gets an equal share of the budget.
"""

from __future__ import annotations

import numpy as np

from distillers.learners.base import Asked, Learner
from overseers.pace import TICKS_PER_MINUTE, Ticks
from scenarios.part import PartError


class Lessons:
    """Batches of labels of one training run, in order. ``human_minutes``: budget; ``batch``: most labels at once."""

    def __init__(self, learner: Learner, human_minutes: float, batch: int) -> None:
        self._learner, self._batch = learner, batch
        sizes = np.array([learner.setting.level(height).keys.size for height in learner.heights])
        ends = human_minutes * TICKS_PER_MINUTE * sizes.cumsum() / sizes.sum()
        self._left = list(zip(learner.heights, ends.tolist(), strict=True))
        self._number = 0

    def next(self, spent: int) -> tuple[Asked, Ticks] | None:
        """The next batch and the unhurried work in each of its labels, in ticks; ``None`` when the budget is used up.

        ``spent``: ticks spent or promised already. Raises ``PartError`` where labels take no time.
        """
        while self._left:
            height, end = self._left[0]
            asked = self._learner.ask(height, np.arange(self._number, self._number + self._batch))
            ticks = self._learner.ticks(asked)
            if not ticks.any():
                raise PartError("training.human_minutes: labels take no time, so that no budget bounds them")
            paid = int(np.searchsorted(spent + ticks.cumsum(), end, side="right"))
            if paid:
                self._number += paid
                return asked.first(paid), ticks[:paid]
            self._left.pop(0)
            self._number = 0
        return None
