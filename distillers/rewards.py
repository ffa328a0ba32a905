"""What a chiselled model is rated by, step by step (MODEL.md §5): the rating, one gamed late, one that is shaped.

A reward need not look like the goal to carve a model that meets it, nor does one that looks like it carve such a model
(Turner, IODH): what counts is what it pays for among the things that are done.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from distillers.approval import Approval
from distillers.base import Rated
from distillers.chisel import Worth
from hch.setting import Setting
from scenarios.part import Part, field, part
from scenarios.streams import Floats
from scenarios.trees import one_hot


class Reward(Part, ABC):
    """What root answers are paid, the rater consulting HCH on the sub-questions."""

    @abstractmethod
    def worth(self, setting: Setting, scheme: Rated | None = None) -> Worth:
        """Step → what each claim at the root is paid, (claims, questions). ``scheme``: whose rating; approval's."""


def _rating(setting: Setting, scheme: Rated | None) -> Floats:
    return (scheme or Approval()).ratings(setting, setting.hch)


@part
class Rating(Reward):
    """The rating itself, from the first step."""

    def worth(self, setting: Setting, scheme: Rated | None = None) -> Worth:
        rated = _rating(setting, scheme)
        return lambda step: rated


@part
class LateGameability(Reward):
    """Raters whom nothing persuades until a step, and who can be gamed from then on."""

    onset: int = field(500, "step at which persuasion begins to count", unit="steps", ge=0, le=10**7)

    def worth(self, setting: Setting, scheme: Rated | None = None) -> Worth:
        early, late = _rating(setting.deafened, scheme), _rating(setting, scheme)
        return lambda step: early if step < self.onset else late


@part
class Shaped(Reward):
    """A share of the rating, less a fine for giving the claim that is most appealing on its face.

    The fine does not look at what is true: with none of the rating kept, every other claim is paid alike, and the
    truth is fined wherever it appeals most.
    """

    kept: float = field(0.0, "share of the rating that is kept", ge=0, le=1)
    fine: float = field(8.0, "fine for the most appealing claim", unit="noise units", ge=0, le=1000)

    def worth(self, setting: Setting, scheme: Rated | None = None) -> Worth:
        appeal = setting.trees.root.appeal[:, 0]
        shaped = self.kept * _rating(setting, scheme) - self.fine * one_hot(appeal.argmax(axis=0), len(appeal))
        return lambda step: np.asarray(shaped)
