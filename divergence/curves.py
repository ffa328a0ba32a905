"""A study's learning curves and what they come to, read from its directory (``learning.sqlite``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from divergence import competition, intervals, learning
from divergence.intervals import THRESHOLD
from divergence.store import LEARNING, Store, StoreError

TABLES = ("learning", "taxes")
ACCURACIES = (0.6, 0.8)
"""Accuracies whose price is told."""


@dataclass(frozen=True)
class Learning:
    """What a study's schemes learn from how much human time. Empty where the study trains nothing on a budget."""

    directory: Path

    @cached_property
    def rows(self) -> pd.DataFrame:
        """One line per scenario, overseer, scheme, budget and seed."""
        if not (self.directory / LEARNING).exists():
            return pd.DataFrame()
        with Store(self.directory, LEARNING) as store:
            return pd.DataFrame(store.rows())

    @cached_property
    def curves(self) -> pd.DataFrame:
        """Harm and accuracy against human minutes, seeds pooled, with 95 % intervals (``learning.curves``)."""
        try:
            found = intervals.draws(self._details(), (learning.BUDGET,), learning.MEASURED)
        except ValueError as error:
            raise StoreError(f"{self.directory / LEARNING}: {error}; start over with --fresh") from error
        return learning.curves(found)

    @cached_property
    def taxes(self) -> pd.DataFrame:
        """Human minutes to reach a level (``measure``, ``level``), and the ratio to the cheapest scheme there."""
        if not len(self.rows):
            return pd.DataFrame()
        asked = [("harm", THRESHOLD), *(("accuracy", level) for level in ACCURACIES)]
        found = []
        for measure, level in asked:
            table = competition.taxes(competition.minutes_to(self.rows, level, measure))
            table.insert(3, "measure", measure)
            table.insert(4, "level", level)
            found.append(table)
        return pd.concat(found, ignore_index=True)

    @property
    def frontier(self) -> pd.DataFrame:
        """The lines of ``curves`` that nothing beats: less harm for as little human time."""
        return competition.frontier(self.curves)

    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables that hold anything, by the name of their file."""
        found = dict(zip(TABLES, (self.curves, self.taxes), strict=True))
        return {name: table for name, table in found.items() if len(table)}

    def _details(self) -> Iterator[tuple[dict[str, Any], bytes, bytes]]:
        if (self.directory / LEARNING).exists():
            with Store(self.directory, LEARNING) as store:
                yield from store.details()
