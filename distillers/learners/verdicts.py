"""Debate by self-play: debaters defend claims drawn from the current policy, and the judge's verdicts train it.

Only the questions at the level where debates end are judged; above, the winners join. A claim that the policy has come
to hold for hopeless is hardly defended any more; ``exploration`` keeps some chance for each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Protocol

from distillers.learners.base import Asked, Kind
from distillers.learners.preferences import Preferences
from distillers.protocol import joined_above, judged_height
from distillers.students.base import Student, distribution
from hch.policy import Choices, Policy
from hch.setting import Setting
from overseers.base import Hearing
from overseers.pace import Ticks
from scenarios.streams import Floats


class Protocolled(Protocol):
    """What is to be known of a debate."""

    @property
    def judged_depth(self) -> int:
        """``ℓ``: levels down at which the judge decides."""

    @property
    def exploration(self) -> float:
        """Chance of defending a claim drawn at random."""

    def argued(self, setting: Setting, height: int) -> tuple[Hearing, Floats]:
        """What reaches the judge of a level's questions, and the force of what is said for each claim."""


class Verdicts(Preferences):
    """Learns from judged debates between claims that it would defend itself."""

    kind: ClassVar[Kind] = "judge"

    def __init__(self, setting: Setting, student: Student, debate: Protocolled) -> None:
        super().__init__(setting, student)
        self.debate = debate

    @property
    def heights(self) -> Sequence[int]:
        return [judged_height(self.setting, self.debate.judged_depth)]

    def ticks(self, asked: Asked) -> Ticks:
        return self.setting.human.ticks("judge", self.keys("time", asked.height, asked.numbers))

    def heard(self, setting: Setting, height: int) -> tuple[Hearing, Floats]:
        return self.debate.argued(setting, height)

    def merit(self, asked: Asked, snapshot: Policy) -> Floats:
        level = self.setting.level(asked.height)
        return level.merit(level.truth)[asked.where]

    def merits(self, height: int, snapshot: Policy) -> Iterator[tuple[float | Floats, Floats]]:
        level = self.setting.level(height)
        yield 1.0, level.merit(level.truth)

    def chance(self, asked: Asked) -> Floats:
        here = distribution(self.scores(self.setting, asked.height)[asked.where])
        return (1.0 - self.debate.exploration) * here + self.debate.exploration / len(here)

    def deployed(self, setting: Setting) -> Policy:
        judged = judged_height(setting, self.debate.judged_depth)
        lower = [self.choices(setting, height) for height in range(judged + 1)]
        return Choices([*lower, *joined_above(setting.trees, lower[-1], judged)], setting.trees.claims)
