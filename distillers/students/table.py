"""The table: one distribution, or one vector of scores, for every question by itself. It can hold anything.

Imitating, it holds the frequencies of the answers it was shown, ``p̂ = counts / n``, so that its expected distance from
``p`` is De Moivre's, ``½ Σ E|p̂ - p|``. A question it was never shown it answers at random: a table does not generalise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from distillers.students.base import Fitted, Seen, Student
from scenarios.part import field, part
from scenarios.streams import Floats, Keys


@dataclass(frozen=True)
class Entries(Fitted):
    """One column of scores for every question, by its identity. ``keys``: (nodes, questions)."""

    keys: Keys
    columns: Floats

    def scores(self, seen: Seen) -> Floats:
        if np.array_equal(self.keys, seen.level.keys):
            return self.columns
        known, asked = self.keys.reshape(-1), seen.level.keys.reshape(-1)
        order = known.argsort()
        place = order[np.minimum(np.searchsorted(known, asked, sorter=order), known.size - 1)]
        found = np.where(known[place] == asked, self.columns.reshape(len(self.columns), -1)[:, place], 0.0)
        return found.reshape(seen.speech.shape)

    def stepped(self, seen: Seen, slope: Floats) -> Entries:
        return replace(self, columns=self.columns + slope)


@part
class Table(Student):
    """One distribution, or one vector of scores, per question."""

    prior: float = field(0.0, "answers of each kind that it imagines to have seen", unit="labels", ge=0, le=1e6)

    def blank(self, seen: Seen) -> Entries:
        return Entries(seen.level.keys, np.zeros_like(seen.speech))

    def answers(self, seen: Seen, counts: Floats, before: Fitted | None = None) -> Entries:
        total = counts.sum(axis=0)
        with np.errstate(divide="ignore"):
            columns = np.log((counts + self.prior) / np.where(total > 0.0, total, 1.0))
        return Entries(seen.level.keys, np.where(total > 0.0, columns, 0.0))

    def preferences(self, seen: Seen, wins: Floats, before: Fitted | None = None) -> Entries:
        raise NotImplementedError
