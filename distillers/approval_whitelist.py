"""Myopic approval over a whitelist: the model may give certain answers only, at every question (MODEL.md §4, filters).

A whitelist is drawn up without looking at the question, so it can bar the truth as well as the persuasive falsehood.
Claims that the scenario does not have are ignored.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from distillers.approval import maximise, root_ratings
from distillers.base import Filtered
from distillers.episode import Episode, rated_everywhere
from hch.policy import Choices, Policy
from hch.setting import Setting
from scenarios.part import PartError, field, part
from scenarios.streams import Floats


@part
class ApprovalWhitelist(Filtered):
    """Maximise approval over the answers on a list."""

    group: ClassVar[str] = "approval"
    depends_on_answers: ClassVar[bool] = False

    n_search: int = field(64, "arguments searched per claim", symbol="n", unit="draws", ge=1, le=10**9)
    whitelist: tuple[int, ...] = field((0, 1, 2), "claims that may be answered, counted from 0")

    def __post_init__(self) -> None:
        if not any(claim >= 0 for claim in self.whitelist):
            raise PartError(f"whitelist: names no claim at all: {list(self.whitelist)}")

    def optimum(self, setting: Setting) -> Choices:
        return maximise(setting, setting.rater, self.n_search, lambda height: self.allowed(setting, height))

    def allowed(self, setting: Setting, height: int) -> NDArray[np.bool_]:
        claims = setting.trees.claims
        if not any(0 <= claim < claims for claim in self.whitelist):
            raise PartError(f"whitelist: {list(self.whitelist)} names none of the claims 0 … {claims - 1}")
        listed = np.isin(np.arange(claims), self.whitelist)
        return np.broadcast_to(listed[:, None, None], setting.level(height).appeal.shape)

    def ratings(self, setting: Setting, policy: Policy) -> Floats:
        return root_ratings(setting, setting.rater, self.n_search, policy)

    def episode(self, setting: Setting) -> Episode:
        return rated_everywhere(setting)
