"""Noise-free HCH: every human in the tree plays the claim it believes most, ``argmax L̄`` (MODEL.md §3).

A reference, not a training scheme: it shows how much of HCH's own error is the noise of its humans and how much is what
they talk themselves into.
"""

from __future__ import annotations

from typing import ClassVar

from distillers.base import Scheme
from distillers.episode import Episode, consultation
from hch.policy import Choices
from hch.setting import Setting
from scenarios.joins import Answers
from scenarios.part import part
from scenarios.streams import choose
from scenarios.trees import one_hot


@part
class NoiseFreeHCH(Scheme):
    """A reference: HCH in which every human gives the answer it believes most."""

    group: ClassVar[str] = "reference"

    def optimum(self, setting: Setting) -> Choices:
        return setting.once("noise-free", lambda: self._optimum(setting))

    def _optimum(self, setting: Setting) -> Choices:
        trees = setting.trees
        chosen: list[Answers] = []
        for level in trees.levels:
            supported = trees.joined(chosen[-1], level.height) if chosen else level.truth
            belief = setting.human.own(setting.hearing(level.height))
            chosen.append(choose(belief.expected(one_hot(supported, trees.claims)), level.places))
        return Choices(chosen, trees.claims)

    def episode(self, setting: Setting) -> Episode:
        return consultation(setting)
