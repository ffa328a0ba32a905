"""A study and its results: run it in a directory, continue it, load it again, look at it as tables.

A directory holds one study. The same study continues there and finished cells are not computed again; another study,
version or plug-in in the same directory is refused with the difference shown.
"""

from __future__ import annotations

import hashlib
import itertools
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from errno import ENOENT
from functools import cached_property
from pathlib import Path

import pandas as pd

from divergence import intervals, plan, pool, specfile
from divergence.build import SpecError
from divergence.cell import STORED, Cell, Failure
from divergence.curves import TABLES as CURVES
from divergence.curves import Learning
from divergence.grounds import TABLES, Grounds
from divergence.intervals import Draws
from divergence.plugins import loaded_plugins
from divergence.settings import changed
from divergence.spec import Spec
from divergence.store import FILE, FILES, Store, StoreError, writing
from divergence.version import version

_SHOWN = 10
"""How many differences from another study are listed."""

Progress = Callable[[int, int], None]
"""Called with (cells done, cells in all) as a study proceeds."""
Failed = Callable[[Failure], None]
"""Called with each cell that failed."""
Resumed = Callable[[int, int], None]
"""Called with (cells kept, cells in all) where a study continues. A cell that was being computed starts anew."""


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


def run(
    spec: Spec,
    out: Path | None = None,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    fresh: bool = False,
    retry: bool = False,
    progress: Progress | None = None,
    failed: Failed | None = None,
    resumed: Resumed | None = None,
) -> Study:
    """Run a study, or what is left of it, with its ablations and the points of its box if it asks for them.

    ``scheduler``: address of a dask scheduler (``tcp://…``) whose workers compute, instead of processes here.
    ``retry``: compute cells again that failed before. Writes ``results.sqlite`` (``ablations.sqlite``,
    ``shares.sqlite``), ``results.csv`` and ``spec.toml``. A cell that fails is kept with its error, and the others go
    on. Raises SpecError, StoreError or PoolError. On KeyboardInterrupt everything finished is kept.
    """
    workers = pool.workers_of(workers)
    everything = plan.everything(spec)
    if scheduler is None:
        plan.check_memory(itertools.chain(*everything.values()), workers)
    directory = out if out is not None else Path(default_name(spec))
    with only_writer(directory), pool.engine(workers, scheduler) as engine:
        continues = (directory / FILE).exists() and not fresh
        asked = begin(spec, directory, fresh=fresh)
        for file, cells in everything.items():  # first of all, so that others can see how much there is to do
            if cells:
                with Store(directory, file, create=True) as store:
                    store.note(asked | {"cells": str(len(cells)), "workers": str(engine.workers)})
                    if retry:
                        store.forget_failures()
        if continues and resumed is not None:
            resumed(_kept(directory, everything), sum(map(len, everything.values())))
        _compute_all(directory, everything, engine, progress or (lambda *_: None), failed or (lambda _: None))
        study = Study(directory, spec, asked)
        (directory / "spec.toml").write_text(asked["spec"], encoding="utf-8")
        _not_all_failed(study)
        write_csv(study)
    return study


@contextmanager
def only_writer(directory: Path) -> Iterator[None]:
    """Be the only one who writes a study in a directory, which is made if need be.

    Raises StoreError, before anything is written, if the directory has no study but files that one would overwrite:
    they are somebody's own. The same if somebody else is writing there.
    """
    maps = [
        path
        for map_ in ("phase", "sensitivity")
        for end in ("csv", "html")
        for path in directory.glob(f"{map_}-*.{end}")
    ]
    foreign = sorted(path.name for path in (*_files(directory), *maps) if path.exists())
    if foreign and not any((directory / file).exists() for file in FILES):  # ``begin`` asks these what they are
        raise StoreError(
            f"{directory}: holds no study, but files that a study would overwrite ({', '.join(foreign)}); "
            "use another directory"
        )
    with writing(directory):
        yield


def begin(spec: Spec, directory: Path, *, fresh: bool = False) -> dict[str, str]:
    """Note in a directory which study it holds, and return that. Raises StoreError if it holds another."""
    if fresh:
        discard(directory)
    asked = about(spec)
    for file in FILES:  # all of them, before anything is written
        if (directory / file).exists():
            with Store(directory, file) as store:
                _same(store, asked, directory)
    with Store(directory, create=True) as store:
        store.note(asked)
    return asked


def _kept(directory: Path, everything: dict[str, list[Cell]]) -> int:
    """How many cells are finished."""
    kept = 0
    for file, cells in everything.items():
        if cells:
            with Store(directory, file) as store:
                kept += len(store.done() & {one.index for one in cells})
    return kept


def _compute_all(
    directory: Path, everything: dict[str, list[Cell]], engine: pool.Engine, tell: Progress, failed: Failed
) -> None:
    """Compute the cells that are in no store yet, and tell how many are dealt with as they come in."""
    done, total = 0, sum(len(cells) for cells in everything.values())
    for file, cells in everything.items():
        if cells:
            with Store(directory, file, create=True) as store:
                for dealt_with in compute(store, cells, engine, failed):
                    tell(done + dealt_with, total)
            done += len(cells)


def compute(store: Store, cells: list[Cell], engine: pool.Engine, failed: Failed) -> Iterator[int]:
    """Compute the cells that a store does not have, and say how many are dealt with as they come in."""
    known = store.done() | {failure.index for failure in store.failures()}
    todo = [one for one in cells if one.index not in known]
    dealt_with = len(cells) - len(todo)
    yield dealt_with
    for outcomes in engine(plan.chunks(todo)):
        store.add(outcomes)
        dealt_with += len(outcomes)
        for outcome in outcomes:
            if isinstance(outcome, Failure):
                failed(outcome)
        yield dealt_with


def _not_all_failed(study: Study) -> None:
    """A study of which nothing came out is an error."""
    with Store(study.directory) as store:
        failures = store.failures()
        if failures and not store.done():
            raise StoreError(
                f"{study.directory}: all {len(failures)} cells failed; the first: {failures[0].error}; "
                f"'hch status {study.directory} --errors' shows where, --retry computes them again"
            )


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
        give = " ".join(f"--plugin {line.split()[0]}" for line in sorted(missing))
        raise StoreError(f"{directory}: made with a plug-in that is not loaded as it was then: give {give}") from error


def write_csv(study: Study) -> None:
    """``results.csv``: the rows, with numbers spelt so that reading gives the same bits back."""
    write_table(study.rows, study.directory / "results.csv")


def write_tables(study: Study) -> None:
    """All numbers behind the pictures: ``results.csv``, ``summary.csv``, and what the ranking hangs on if asked for."""
    write_csv(study)
    write_table(study.summary, study.directory / "summary.csv")
    for name, table in (study.grounds.tables() | study.learning.tables()).items():
        write_table(table, study.directory / f"{name}.csv")


def write_table(table: pd.DataFrame, path: Path) -> None:
    """A table as CSV: whole, or not there."""
    with whole(path) as temporary:
        table.to_csv(temporary, index=False)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Where to write what is to be at ``path``, whole or not at all. Raises OSError that names ``path``."""
    temporary = path.with_name(f"{path.name}.part")
    try:
        if not path.parent.is_dir():
            raise FileNotFoundError(ENOENT, "there is no such directory", str(path.parent))
        yield temporary
        temporary.replace(path)
    except OSError as error:  # a full disk, say
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise OSError(error.errno, f"cannot be written: {error.strerror or error}", str(path)) from error


def default_name(spec: Spec) -> str:
    """The directory a study goes to if none is named: the same study, version and plug-ins, the same directory."""
    text = "\n".join(f"{key}={value}" for key, value in sorted(about(spec).items()))
    return f"hch-{hashlib.sha256(text.encode()).hexdigest()[:10]}"


def discard(directory: Path) -> None:
    """Remove a study's files from a directory (and nothing else in it).

    The file that says which study it is goes last: whoever is killed half-way leaves what is refused to any other.
    """
    for path in reversed(_files(directory)):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _files(directory: Path) -> list[Path]:
    """What a study writes into its directory, whether it is there or not (but for maps over fields), ``FILE`` first."""
    stores = [file + ending for file in FILES for ending in ("", "-shm", "-wal")]
    tables = [f"{name}.csv" for name in ("results", "summary", *TABLES, *CURVES)]
    return [directory / name for name in (*stores, *tables, "report.html", "spec.toml")]


def about(spec: Spec) -> dict[str, str]:
    """What identifies a study in a store: its specification, the version and the plug-ins that compute it."""
    known = {"version": version(), "spec": specfile.dumps(spec), "plugins": loaded_plugins()}
    return known | {"measures": " ".join(STORED)}


def _same(store: Store, asked: dict[str, str], directory: Path) -> None:
    """Refuse to mix two studies in one directory."""
    before = store.about()
    if "spec" not in before and store.done():
        raise StoreError(f"{store.path}: does not say of which study it is; move it away, or start over with --fresh")
    if all(before.get(key, value) == value for key, value in asked.items()):
        return
    lines = changed(before, asked)
    shown = [f"  {line}" for line in lines[:_SHOWN]]
    if len(lines) > _SHOWN:
        shown.append(f"  … and {len(lines) - _SHOWN} more")
    told = f"{directory}: holds another study; use another directory, or start over (fresh=True, or --fresh)"
    raise StoreError("\n".join(["what differs from the study there:", *shown, told]))
