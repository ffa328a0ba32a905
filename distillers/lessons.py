"""What a trainer asks next: labels level by level, as many as the budget still pays for (MODEL.md §5).

Leaves come first, then what stands on them. Without a curriculum every question gets an equal share of the budget.
With one, a level is asked about until the student agrees with its teacher there, and only then the next; a student that
never comes to agree uses up the budget where its capacity ends, and one that copes with every level leaves the rest
unspent.
"""

from __future__ import annotations

import numpy as np

from distillers.learners.base import Asked, Learner
from overseers.pace import TICKS_PER_MINUTE, Ticks
from scenarios.part import PartError


class Lessons:
    """Batches of labels of one training run, in order. ``human_minutes``: budget; ``batch``: most labels at once.

    ``curriculum``: agreement that is asked for before larger questions are, 0 for none.
    """

    def __init__(self, learner: Learner, human_minutes: float, batch: int, curriculum: float = 0.0) -> None:
        self._learner, self._batch, self._curriculum = learner, batch, curriculum
        sizes = np.array([learner.setting.level(height).keys.size for height in learner.heights])
        shares = np.ones(len(sizes)) if curriculum else sizes.cumsum() / sizes.sum()
        ends = human_minutes * TICKS_PER_MINUTE * shares
        self._left = list(zip(learner.heights, ends.tolist(), strict=True))
        self._number = 0

    def next(self, spent: int) -> tuple[Asked, Ticks] | None:
        """The next batch and the unhurried work in each of its labels, in ticks; ``None`` if the budget pays for none.

        ``spent``: ticks spent or promised already. Raises ``PartError`` where labels take no time.
        """
        while self._left:
            height, end = self._left[0]
            if self._copes(height):
                self._left.pop(0)
                self._number = 0
                continue
            asked = self._learner.ask(height, np.arange(self._number, self._number + self._batch))
            ticks = self._learner.ticks(asked)
            if not ticks.any():
                raise PartError("training.human_minutes: labels take no time, so that no budget bounds them")
            paid = int(np.searchsorted(spent + ticks.cumsum(), end, side="right"))
            if paid:
                self._number += paid
                return asked.only(slice(paid)), ticks[:paid]
            if self._curriculum or len(self._left) == 1:
                return None  # for now: what is promised may turn out to take less
            self._left.pop(0)
            self._number = 0
        return None

    @property
    def status(self) -> str:
        """``ok``, or at which level a curriculum stopped."""
        if not self._curriculum or not self._left or self._copes(self._left[0][0]):
            return "ok"
        height, last = self._left[0][0], self._learner.heights[-1]
        reached = self._learner.agreement(height)
        return f"stopped at level {height} of {last}: agreement {reached:.3f} of the {self._curriculum:g} asked for"

    def _copes(self, height: int) -> bool:
        """Whether a curriculum is done with a level, of which it has asked something."""
        return self._curriculum > 0.0 and self._number > 0 and self._learner.agreement(height) >= self._curriculum
