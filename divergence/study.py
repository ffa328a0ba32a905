"""A study and its results: run it in a directory, continue it, load it again, look at it as tables.

A directory holds one study. The same study continues there and finished cells are not computed again; another study,
version or plug-in in the same directory is refused with the difference shown.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from divergence import intervals, plan, pool, specfile
from divergence.cell import STORED
from divergence.intervals import Draws
from divergence.plugins import loaded_plugins
from divergence.spec import Spec
from divergence.store import FILE, Store, StoreError
from divergence.version import version

Progress = Callable[[int, int], None]
"""Called with (cells done, cells in all) as a study proceeds."""


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
                return intervals.draws(store.details(), tuple(axis.column for axis in self.spec.axes))
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

    def differences(self, measure: str = "harm", among: Sequence[str] | None = None) -> pd.DataFrame:
        """Scheme ``a`` less scheme ``b`` under common luck at every point, with intervals; of all schemes, or some."""
        return intervals.differences(self.draws, measure, among)


def run(
    spec: Spec,
    out: Path | None = None,
    *,
    workers: int | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> Study:
    """Run a study, or what is left of it, and write ``results.sqlite``, ``results.csv`` and ``spec.toml``.

    Raises SpecError, StoreError or PoolError. On KeyboardInterrupt everything finished is kept.
    """
    workers = workers or os.cpu_count() or 1
    plan.check_memory(spec, workers)
    directory = out if out is not None else Path(default_name(spec))
    if fresh:
        discard(directory)
    about = _about(spec)
    with Store(directory, create=True) as store:
        _same(store, about, directory)
        store.note(about)
        all_cells = plan.cells(spec)
        finished = store.done()
        todo = [cell for cell in all_cells if cell.index not in finished]
        tell = progress or (lambda done, total: None)
        tell(len(finished), len(all_cells))
        for results in pool.results(plan.chunks(todo), workers):
            store.add(results)
            finished |= {result.index for result in results}
            tell(len(finished), len(all_cells))
    study = Study(directory, spec, about)
    (directory / "spec.toml").write_text(about["spec"], encoding="utf-8")
    write_csv(study)
    return study


def load(directory: Path | str) -> Study:
    """The study in a directory. Raises StoreError if there is none, or if it is damaged."""
    directory = Path(directory)
    with Store(directory) as store:
        about = store.about()
    if "spec" not in about:
        raise StoreError(f"{directory}: no study here (nothing was ever run)")
    return Study(directory, specfile.loads(about["spec"], str(directory / FILE)), about)


def write_csv(study: Study) -> None:
    """``results.csv``: the rows, with numbers spelt so that reading gives the same bits back."""
    _write(study.rows, study.directory / "results.csv")


def write_tables(study: Study) -> None:
    """``results.csv``, and ``summary.csv`` with means and intervals over seeds: the numbers behind the pictures."""
    write_csv(study)
    _write(study.summary, study.directory / "summary.csv")


def _write(table: pd.DataFrame, path: Path) -> None:
    temporary = path.with_suffix(".part")
    table.to_csv(temporary, index=False)
    temporary.replace(path)


def default_name(spec: Spec) -> str:
    """The directory a study goes to if none is named: the same study, version and plug-ins, the same directory."""
    text = "\n".join(f"{key}={value}" for key, value in sorted(_about(spec).items()))
    return f"hch-{hashlib.sha256(text.encode()).hexdigest()[:10]}"


def discard(directory: Path) -> None:
    """Remove a study's files from a directory (and nothing else in it)."""
    for name in (FILE, f"{FILE}-wal", f"{FILE}-shm", "results.csv", "summary.csv", "report.html", "spec.toml"):
        path = directory / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _about(spec: Spec) -> dict[str, str]:
    about = {"version": version(), "spec": specfile.dumps(spec), "plugins": loaded_plugins()}
    return about | {"measures": " ".join(STORED)}


def _same(store: Store, about: dict[str, str], directory: Path) -> None:
    """Refuse to mix two studies in one directory."""
    before = store.about()
    changed = [key for key in about if key in before and before[key] != about[key]]
    if not changed:
        return
    lines = [f"{directory}: holds another study; use another directory, or --fresh to start over. What differs:"]
    for key in changed:
        old, new = before[key].splitlines(), about[key].splitlines()
        difference = list(difflib.unified_diff(old, new, "there", "asked", n=0, lineterm=""))[2:]
        lines += [f"  {key}:", *(f"    {line}" for line in difference)]
    raise StoreError("\n".join(lines))
