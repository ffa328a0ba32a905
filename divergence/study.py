"""The results of a study: its directory loaded again, and looked at as tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from divergence import intervals, specfile
from divergence.build import SpecError
from divergence.cell import STORED, Failure
from divergence.curves import Learning
from divergence.grounds import Grounds
from divergence.intervals import Draws
from divergence.plugins import loaded_plugins
from divergence.spec import Spec
from divergence.store import FILE, FILES, Store, StoreError


@dataclass(frozen=True)
class Study:
    """The results of a study in a directory. Tables are computed when first asked for."""

    directory: Path
    spec: Spec
    about: dict[str, str]

    @cached_property
    def rows(self) -> pd.DataFrame:
        """One line per scenario × overseer × scheme × phase × swept point × seed: the means of all measures."""
        with Store(self.directory) as store:
            return pd.DataFrame(store.rows())

    @cached_property
    def draws(self) -> Draws:
        """Resampled means of every point, for intervals."""
        if (kept := self.about.get("measures")) != " ".join(STORED):
            raise StoreError(
                f"{self.directory}: made by version {self.about.get('version')}, which kept other values per question "
                f"({kept}); run the study again with --fresh"
            )
        with Store(self.directory) as store:
            if not store.done():
                raise StoreError(f"{self.directory}: no cell is finished yet; run the study")
            try:
                return intervals.draws(store.details(), self.spec.columns, spread=self.spec.hanging_on_draws)
            except ValueError as error:
                raise StoreError(f"{self.directory / FILE}: {error}; start over with --fresh") from error

    @cached_property
    def summary(self) -> pd.DataFrame:
        """Seeds pooled, long form: one line per point and measure with ``mean``, ``low``, ``high`` (95 %)."""
        return intervals.summary(self.draws)

    @cached_property
    def crossings(self) -> pd.DataFrame:
        """γ* of every scheme: where mean harm first crosses 0.1, with its interval."""
        return intervals.crossings(self.draws)

    @property
    def failures(self) -> list[Failure]:
        """The cells that could not be computed, each with its error; they have no rows."""
        found: list[Failure] = []
        for file in FILES:
            if (self.directory / file).exists():
                with Store(self.directory, file) as store:
                    found += store.failures()
        return found

    @cached_property
    def grounds(self) -> Grounds:
        """What the ranking hangs on: ``.ablations``, ``.shares``, ``.verdicts`` and what is behind them."""
        return Grounds(self.directory, self.spec, self.summary, self.crossings)

    @cached_property
    def learning(self) -> Learning:
        """What schemes learn from how much human time: ``.curves``, ``.taxes``, ``.frontier``."""
        return Learning(self.directory)

    def __repr__(self) -> str:
        spec = self.spec
        told = " × ".join(f"{len(spec.of(kind))} {kind}(s)" for kind in ("scenario", "overseer", "scheme"))
        swept = "".join(f" × {len(axis.values)} {axis.column}" for axis in spec.axes)
        return f"Study({str(self.directory)!r}: {told}{swept}, {spec.seeds} seeds × {spec.questions} questions)"

    def differences(self, measure: str = "harm", among: Sequence[str] | None = None) -> pd.DataFrame:
        """Scheme ``a`` less scheme ``b`` under common luck at every point, with intervals; of all schemes, or some.

        Raises SpecError for a measure that is not kept for every question.
        """
        if measure not in intervals.NAMES:
            raise SpecError(f"measure: there is no '{measure}'; there are: {', '.join(intervals.NAMES)}")
        return intervals.differences(self.draws, measure, among)


def load(directory: Path | str) -> Study:
    """The study in a directory. Raises StoreError if there is none, if it is damaged, or if its plug-in is missing."""
    directory = Path(directory)
    with Store(directory) as store:
        kept = store.about()
    if "spec" not in kept:
        raise StoreError(f"{directory}: no study here (nothing was ever run)")
    try:
        return Study(directory, specfile.loads(kept["spec"], str(directory / FILE)), kept)
    except SpecError as error:
        missing = {*kept.get("plugins", "").splitlines()} - {*loaded_plugins().splitlines()}
        if not missing:
            raise
        names = [line.rpartition(" ")[0] for line in sorted(missing)]
        give = [f"give --plugin {name}" for name in names if name.endswith(".py")]
        define = [f"define {name} (a script or notebook did)" for name in names if not name.endswith(".py")]
        told = "made with parts that are not there as they were then"
        raise StoreError(f"{directory}: {told}: {', '.join([*give, *define])}") from error
