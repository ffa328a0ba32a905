"""What a study's ranking hangs on, as tables: ablations, shares of a box of assumptions, verdicts on schemes, load.

Everything is read from the study's directory and computed when first asked for. What a study did not ask for is empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from divergence import ablations, changes, intervals, shares, verdicts
from divergence.cell import OPTIMUM
from divergence.intervals import Draws
from divergence.spec import Spec, focus
from divergence.store import ABLATIONS, LOAD, SHARES, Store, StoreError

TABLES = ("ablations", "shares", "points", "verdicts", "switches", "load")
_PLACE = ["scenario", "overseer", "scheme"]


@dataclass(frozen=True)
class Grounds:
    """The grounds of a ranking. ``summary``, ``crossings``: the study's own tables."""

    directory: Path
    spec: Spec
    summary: pd.DataFrame
    crossings: pd.DataFrame

    @cached_property
    def changed(self) -> Draws:
        """Resampled distances from HCH under each change; no rows if the study asks for none."""
        try:
            found = self._details(ABLATIONS)
            return intervals.draws(found, ("change",), ablations.MEASURED, self.spec.hanging_on_draws)
        except ValueError as error:
            raise StoreError(f"{self.directory / ABLATIONS}: {error}; start over with --fresh") from error

    @cached_property
    def ablations(self) -> pd.DataFrame:
        """γ* of every scheme under each change, and with whom it has changed places."""
        return ablations.table(self.changed)

    @cached_property
    def turns(self) -> pd.DataFrame:
        """One line per pair of schemes that changes places under a change."""
        return ablations.turns(self.changed)

    @cached_property
    def points(self) -> pd.DataFrame:
        """One line per point of the box and scheme: what was assumed, γ* and mean harm."""
        return shares.points(self._rows(SHARES))

    @cached_property
    def shares(self) -> pd.DataFrame:
        """One line per pair: in what share of the box ``a`` stays with HCH longer than ``b``, as it does here."""
        return shares.table(self.points, self.ranking, tuple(one.column for one in self.spec.box))

    @cached_property
    def load(self) -> pd.DataFrame:
        """γ* of the core schemes when people are busy: the lines of ``divergence.busy.panel`` for every overseer."""
        return self._rows(LOAD)

    @cached_property
    def switches(self) -> pd.DataFrame:
        """One line per scheme and mechanism: the share of harm that goes when it is switched off."""
        return verdicts.switches(self.changed)

    @cached_property
    def verdicts(self) -> pd.DataFrame:
        """One line per scheme: γ*, whether its optimum is HCH, what takes it away. The study's own schemes first."""
        own = verdicts.table(self.spec, self._here(self.summary), self._here(self.crossings), self.switches)
        if not len(self.changed.keys):
            return own
        summary, crossings = intervals.summary(self.changed), intervals.crossings(self.changed)
        as_it_is = [one[one["change"] == changes.UNCHANGED] for one in (summary, crossings)]
        others = verdicts.table(self.spec, as_it_is[0], as_it_is[1], self.switches)
        return pd.concat([own, others]).drop_duplicates(_PLACE).reset_index(drop=True)

    @cached_property
    def ranking(self) -> dict[tuple[str, str], list[str]]:
        """Schemes by scenario and overseer, those first that stay with HCH longest."""
        stars, summary = self._here(self.crossings), self._here(self.summary)
        if not len(stars):
            return {}
        harm = summary[summary["measure"] == "harm"].groupby(_PLACE, sort=False)["mean"].mean().rename("mean_harm")
        return shares.ranking(stars.merge(harm.reset_index(), on=_PLACE, sort=False))

    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables that hold anything, by the name of their file."""
        found: dict[str, pd.DataFrame] = {name: getattr(self, name) for name in TABLES}
        return {name: table for name, table in found.items() if len(table)}

    def _here(self, table: pd.DataFrame) -> pd.DataFrame:
        """Lines of optima at the default of whatever else is swept; a field that a part has not is no obstacle."""
        if "phase" in table:
            table = table[table["phase"] == OPTIMUM]
        for column, value in focus(self.spec).items():
            if column in table:
                table = table[(table[column] == value) | table[column].isna()]
        return table

    def _rows(self, file: str) -> pd.DataFrame:
        if not (self.directory / file).exists():
            return pd.DataFrame()
        with Store(self.directory, file) as store:
            return pd.DataFrame(store.rows())

    def _details(self, file: str) -> Iterator[tuple[dict[str, Any], bytes, bytes]]:
        if (self.directory / file).exists():
            with Store(self.directory, file) as store:
                yield from store.details()
