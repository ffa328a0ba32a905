"""The hashed table: questions share bins, so what is learned about one is said of all that fall into its bin.

With few bins the table cannot hold every question's answer apart: capacity is the number of bins. Which bin a question
falls into is keyed by its identity and level.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from distillers.students.base import Fitted, Mask, Seen, Student
from distillers.students.table import bradley_terry, frequencies
from scenarios import streams
from scenarios.joins import Answers
from scenarios.part import field, part
from scenarios.streams import Floats


@dataclass(frozen=True)
class Bins(Fitted):
    """One column of scores per bin, (claims, bins)."""

    columns: Floats

    def scores(self, seen: Seen) -> Floats:
        return np.asarray(self.columns[:, bins_of(seen, self.columns.shape[1])])

    def stepped(self, seen: Seen, slope: Floats) -> Bins:
        return replace(self, columns=self.columns + _added_up(seen, slope, self.columns.shape[1]))


@part
class HashedTable(Student):
    """One distribution, or one vector of scores, per bin; questions fall into bins by chance."""

    bins: int = field(256, "bins per level", symbol="m", ge=1, le=10**6)
    prior: float = field(0.0, "answers of each kind that a bin imagines to have seen", unit="labels", ge=0, le=1e6)
    spread: float = field(10.0, "spread of its prior on how much a claim is liked", unit="noise units", gt=0, le=1e6)

    def blank(self, seen: Seen) -> Bins:
        return Bins(np.zeros((len(seen.speech), self.bins)))

    def answers(self, seen: Seen, counts: Floats, before: Fitted | None = None) -> Bins:
        return Bins(frequencies(_added_up(seen, counts, self.bins), self.prior))

    def preferences(self, seen: Seen, wins: Floats, before: Fitted | None, changed: Mask) -> Bins:
        binned = np.stack([_added_up(seen, own, self.bins) for own in wins])
        used = binned.sum(axis=(0, 1)) > 0.0
        columns = np.zeros(binned.shape[1:])
        columns[:, used] = bradley_terry(np.moveaxis(binned[..., used], 2, 0), self.spread**-2).T
        return Bins(columns)


def bins_of(seen: Seen, bins: int) -> Answers:
    """The bin of every question, (nodes, questions)."""
    return np.asarray((streams.uniforms(seen.level.keys, "bin") * bins).astype(np.intp))


def _added_up(seen: Seen, values: Floats, bins: int) -> Floats:
    """Sums over the questions of every bin: (claims, nodes, questions) → (claims, bins)."""
    place = bins_of(seen, bins).reshape(-1)
    return np.stack([np.bincount(place, own.reshape(-1), minlength=bins) for own in values])
