"""What a study keeps on disk: SQLite files, written by the parent process alone, a transaction per chunk of cells.

A cell is in the store whole or not at all, so an interrupted study continues where it stopped and nothing finished is
lost. Beside the rows stand the values per question, so intervals can be redrawn later. A cell that failed is kept with
its error, apart from those that are finished.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from divergence.cell import Failure, Outcome

SCHEMA = 2
FILE = "results.sqlite"
ABLATIONS = "ablations.sqlite"
SHARES = "shares.sqlite"
LOAD = "load.sqlite"
LEARNING = "learning.sqlite"
FILES = (FILE, ABLATIONS, SHARES, LOAD, LEARNING)
"""The study's own cells, and those of what it asks beside its ranking: of what that hangs on, load, learning curves."""

LOCK = "writer.lock"
"""Held, by SQLite's own locking, for as long as somebody writes in the directory; the system frees it at any death."""

_TABLES = """
CREATE TABLE IF NOT EXISTS about (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS cells (cell INTEGER PRIMARY KEY, seconds REAL NOT NULL, reference_values BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS failures (cell INTEGER PRIMARY KEY, error TEXT NOT NULL, trace TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS rows (
    cell INTEGER NOT NULL, place INTEGER NOT NULL, row TEXT NOT NULL, question_values BLOB NOT NULL,
    PRIMARY KEY (cell, place)
);
"""


class StoreError(ValueError):
    """The store cannot be used; the message says which file and what to do."""


@contextmanager
def writing(directory: Path) -> Iterator[None]:
    """Be the only one who writes in a directory, which is made if need be. Raises StoreError if somebody else is."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = sqlite3.connect(directory / LOCK, timeout=0.5, isolation_level=None)  # somebody may be looking
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{directory}: cannot be written: {error}") from error
    with closing(lock):
        try:
            lock.execute("PRAGMA journal_mode=OFF")  # nothing is ever written in it
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise StoreError(
                    f"{directory}: somebody else is writing there: wait until that study ends, or use another directory"
                ) from error
            raise StoreError(f"{directory}: cannot be written: {error}") from error
        yield


def is_written(directory: Path) -> bool:
    """Whether a study is running in a directory just now."""
    if not (directory / LOCK).exists():
        return False
    try:
        with closing(sqlite3.connect(_uri(directory / LOCK, "mode=ro"), timeout=0, uri=True)) as lock:
            lock.execute("SELECT count(*) FROM sqlite_master").fetchone()  # reading is open to all but beside a writer
    except sqlite3.OperationalError as error:
        return "locked" in str(error)
    return False


def _uri(path: Path, how: str) -> str:
    return f"{path.resolve().as_uri()}?{how}"


def _connected(path: Path) -> sqlite3.Connection:
    """A connection to a file. Where nothing can be written, SQLite has to be told that nobody else writes either."""
    log = path.with_name(f"{path.name}-wal")
    if path.exists() and not os.access(path.parent, os.W_OK) and not log.exists():
        return sqlite3.connect(_uri(path, "mode=ro&immutable=1"), uri=True)
    return sqlite3.connect(path, timeout=30)


class Store:
    """One file of a study's results in a directory. Open it, use it, close it (a context manager)."""

    def __init__(self, directory: Path, file: str = FILE, *, create: bool = False) -> None:
        self.path = directory / file
        if not create and not self.path.exists():
            raise StoreError(f"{directory}: no study here ({file} is missing)")
        try:
            if create:
                directory.mkdir(parents=True, exist_ok=True)
            self._db = _connected(self.path)
            self._prepare()
        except (OSError, sqlite3.OperationalError) as error:
            raise StoreError(f"{directory}: cannot be written: {error}") from error
        except sqlite3.DatabaseError as error:
            raise self._damaged(error) from error

    def _prepare(self) -> None:
        """Tables in a new file; a file of another version is told before anything in it is changed."""
        new = not self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if new:
            self._db.execute("PRAGMA journal_mode=WAL")
        else:
            found = self.about().get("schema", "unknown")
            if found != str(SCHEMA):
                raise StoreError(
                    f"{self.path}: schema {found}, this version reads {SCHEMA}; use another directory, or --fresh"
                )
        self._db.execute("PRAGMA synchronous=NORMAL")
        if new:
            self._db.executescript(
                f"BEGIN; {_TABLES} INSERT OR IGNORE INTO about VALUES ('schema', '{SCHEMA}'); COMMIT;"
            )

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()

    def about(self) -> dict[str, str]:
        """What the study is: its specification, version and plug-ins, by key."""
        return dict(self._read("SELECT key, value FROM about"))

    def note(self, notes: dict[str, str]) -> None:
        """Add to what the study is. Raises StoreError if it cannot be written."""
        try:
            with self._db:
                self._db.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", notes.items())
        except sqlite3.OperationalError as error:
            raise self._unwritten(error) from error

    def done(self) -> set[int]:
        """Indices of the finished cells."""
        return {index for (index,) in self._read("SELECT cell FROM cells")}

    def failures(self) -> list[Failure]:
        """The cells that failed, each with its error."""
        return [Failure(*found) for found in self._read("SELECT cell, error, trace FROM failures ORDER BY cell")]

    def seconds(self) -> float | None:
        """What a cell took on average, by the worker's clock; None while none is finished."""
        ((mean,),) = self._read("SELECT avg(seconds) FROM cells")
        return None if mean is None else float(mean)

    def add(self, outcomes: Iterable[Outcome]) -> None:
        """Store a chunk of cells in one transaction. Raises StoreError if the disk is full; what was there stays."""
        try:
            with self._db:
                for outcome in outcomes:
                    self._drop(outcome.index)
                    self._insert(outcome)
        except sqlite3.OperationalError as error:
            raise self._unwritten(error) from error

    def forget_failures(self) -> None:
        """Let the cells that failed be computed again."""
        try:
            with self._db:
                self._db.execute("DELETE FROM failures")
        except sqlite3.OperationalError as error:
            raise self._unwritten(error) from error

    def copy(self, other: Store, places: dict[int, int]) -> int:
        """Take finished cells of another store that this one does not have; returns how many.

        ``places``: the index that a cell has there → the one it has here.
        """
        try:
            self._db.execute("ATTACH ? AS other", (str(other.path),))
            with self._db:
                self._db.execute("CREATE TEMP TABLE places (there INTEGER PRIMARY KEY, here INTEGER)")
                self._db.executemany("INSERT INTO places VALUES (?, ?)", places.items())
                wanted = "JOIN places ON cell = there WHERE here NOT IN (SELECT cell FROM main.cells)"
                self._db.execute(
                    f"INSERT INTO main.rows SELECT here, place, row, question_values FROM other.rows {wanted}"
                )
                found = f"SELECT here, seconds, reference_values FROM other.cells {wanted}"
                taken = self._db.execute(f"INSERT INTO main.cells {found}").rowcount
                self._db.execute("DELETE FROM main.failures WHERE cell IN (SELECT cell FROM main.cells)")
                self._db.execute("DROP TABLE places")
            self._db.execute("DETACH other")
        except sqlite3.OperationalError as error:
            raise self._unwritten(error) from error
        return taken

    def _drop(self, index: int) -> None:
        for table in ("cells", "rows", "failures"):
            self._db.execute(f"DELETE FROM {table} WHERE cell = ?", (index,))

    def _insert(self, outcome: Outcome) -> None:
        if isinstance(outcome, Failure):
            self._db.execute("INSERT INTO failures VALUES (?, ?, ?)", (outcome.index, outcome.error, outcome.trace))
            return
        self._db.execute("INSERT INTO cells VALUES (?, ?, ?)", (outcome.index, outcome.seconds, outcome.references))
        self._db.executemany(
            "INSERT INTO rows VALUES (?, ?, ?, ?)",
            (
                (outcome.index, place, json.dumps(row.values, ensure_ascii=False), row.detail)
                for place, row in enumerate(outcome.rows)
            ),
        )

    def rows(self) -> list[dict[str, Any]]:
        """All rows in the order of cells and schemes."""
        return [self._row(row) for (row,) in list(self._read("SELECT row FROM rows ORDER BY cell, place"))]

    def details(self) -> Iterator[tuple[dict[str, Any], bytes, bytes]]:
        """(row, values per question, references per question), in the same order."""
        query = (
            "SELECT row, question_values, reference_values FROM rows JOIN cells USING (cell) ORDER BY rows.cell, place"
        )
        for row, values, reference in self._read(query):
            yield self._row(row), values, reference

    def _row(self, text: str) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads(text)
        except ValueError as error:
            raise self._damaged(error) from error
        return found

    def _read(self, query: str) -> Iterator[tuple[Any, ...]]:
        try:
            with closing(self._db.execute(query)) as found:
                yield from found
        except sqlite3.DatabaseError as error:
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> StoreError:
        return StoreError(f"{self.path}: damaged ({error}); move it away, or start over with --fresh")

    def _unwritten(self, error: Exception) -> StoreError:
        return StoreError(f"{self.path}: cannot be written ({error}); what was finished is kept")
