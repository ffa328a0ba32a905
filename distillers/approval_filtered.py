"""Myopic approval over the claims that a human might well have given: imitation probability ≥ ε (MODEL.md §4, filters).

At every question the model may answer what HCH answers there with probability at least ``ε``. The filter bars a
persuasive falsehood only where HCH itself gives it less than that, so ``ε`` has to exceed HCH's *error floor*: the
probability it gives to its likeliest false claim (``error_floor``). It must also leave something to answer: with
``ε ≤ 1/K`` it always does; above, ``NoOptimum`` names the questions where nothing is left.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from distillers.approval import maximise, root_ratings
from distillers.base import Filtered, NoOptimum
from distillers.episode import Episode, consultation, rated_everywhere
from hch.policy import Choices, Policy
from hch.setting import Setting
from scenarios.part import field, part
from scenarios.streams import Floats
from scenarios.trees import one_hot


@part
class ApprovalFiltered(Filtered):
    """Maximise approval over the answers that imitation would give with some probability."""

    group: ClassVar[str] = "approval"

    n_search: int = field(64, "arguments searched per claim", symbol="n", unit="draws", ge=1, le=10**9)
    least_probability: float = field(
        0.05, "imitation probability that an answer must have", symbol="ε", unit="probability", ge=0, le=1
    )

    def optimum(self, setting: Setting) -> Choices:
        return maximise(setting, setting.rater, self.n_search, lambda height: self.allowed(setting, height))

    def allowed(self, setting: Setting, height: int) -> NDArray[np.bool_]:
        likely = setting.hch.at(height) >= self.least_probability
        barred = int(np.count_nonzero(~likely.any(axis=0)))
        if barred:
            raise NoOptimum(
                f"least_probability: {self.least_probability:g} leaves no answer to {barred} of {likely[0].size} "
                f"questions at level {height}; 1/{len(likely)} or less always leaves one"
            )
        return np.asarray(likely)

    def ratings(self, setting: Setting, policy: Policy) -> Floats:
        return root_ratings(setting, setting.rater, self.n_search, policy)

    def episode(self, setting: Setting) -> Episode:
        """Answers are rated everywhere; the model of HCH that filters costs a consultation."""
        rated, imitated = rated_everywhere(setting), consultation(setting)
        return Episode(
            labels=rated.labels + imitated.labels,
            human_minutes=rated.human_minutes + imitated.human_minutes,
            elapsed_minutes=max(rated.elapsed_minutes, imitated.elapsed_minutes),
        )


def error_floor(setting: Setting) -> Floats:
    """``max_{a≠t} HCH(a)`` at the root: what ``ε`` must exceed to bar every falsehood there. (questions,)."""
    root = setting.trees.root
    false = one_hot(root.truth[0], root.claims) == 0.0
    return np.asarray(np.where(false, setting.hch.root, 0.0).max(axis=0))
