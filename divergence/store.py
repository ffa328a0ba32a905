"""What a study keeps on disk: SQLite files, written by the parent process alone, a transaction per chunk of cells.

A cell is in the store whole or not at all, so an interrupted study continues where it stopped and nothing finished is
lost. Beside the rows stand the values per question, so intervals can be redrawn later.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from divergence.cell import Result

SCHEMA = 1
FILE = "results.sqlite"
ABLATIONS = "ablations.sqlite"
SHARES = "shares.sqlite"
FILES = (FILE, ABLATIONS, SHARES)
"""The study's own cells, and those of what its ranking hangs on."""

_TABLES = """
CREATE TABLE IF NOT EXISTS about (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS cells (cell INTEGER PRIMARY KEY, reference_values BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS rows (
    cell INTEGER NOT NULL, place INTEGER NOT NULL, row TEXT NOT NULL, question_values BLOB NOT NULL,
    PRIMARY KEY (cell, place)
) WITHOUT ROWID;
"""


class StoreError(ValueError):
    """The store cannot be used; the message says which file and what to do."""


class Store:
    """One file of a study's results in a directory. Open it, use it, close it (a context manager)."""

    def __init__(self, directory: Path, file: str = FILE, *, create: bool = False) -> None:
        self.path = directory / file
        if not create and not self.path.exists():
            raise StoreError(f"{directory}: no study here ({file} is missing)")
        try:
            if create:
                directory.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(self.path, timeout=30)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.executescript(_TABLES)
            self._check_schema()
        except (OSError, sqlite3.OperationalError) as error:
            raise StoreError(f"{directory}: cannot be written: {error}") from error
        except sqlite3.DatabaseError as error:
            raise StoreError(f"{self.path}: damaged ({error}); move it away, or start over with --fresh") from error

    def _check_schema(self) -> None:
        found = self.about().get("schema")
        if found is None:
            self.note({"schema": str(SCHEMA)})
        elif found != str(SCHEMA):
            raise StoreError(f"{self.path}: schema {found}, this version reads {SCHEMA}; use another directory")

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
        with self._db:
            self._db.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", notes.items())

    def done(self) -> set[int]:
        """Indices of the finished cells."""
        return {index for (index,) in self._read("SELECT cell FROM cells")}

    def add(self, results: Iterable[Result]) -> None:
        """Store finished cells in one transaction. Raises StoreError if the disk is full; what was there stays."""
        try:
            with self._db:
                for result in results:
                    self._db.execute("INSERT OR REPLACE INTO cells VALUES (?, ?)", (result.index, result.references))
                    self._db.executemany(
                        "INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?)",
                        (
                            (result.index, place, json.dumps(row.values, ensure_ascii=False), row.detail)
                            for place, row in enumerate(result.rows)
                        ),
                    )
        except sqlite3.OperationalError as error:
            raise StoreError(f"{self.path}: cannot be written ({error}); what was finished is kept") from error

    def rows(self) -> list[dict[str, Any]]:
        """All rows in the order of cells and schemes."""
        return [json.loads(row) for (row,) in self._read("SELECT row FROM rows ORDER BY cell, place")]

    def details(self) -> Iterator[tuple[dict[str, Any], bytes, bytes]]:
        """(row, values per question, references per question), in the same order."""
        query = (
            "SELECT row, question_values, reference_values FROM rows JOIN cells USING (cell) ORDER BY rows.cell, place"
        )
        for row, values, reference in self._read(query):
            yield json.loads(row), values, reference

    def _read(self, query: str) -> Iterator[tuple[Any, ...]]:
        try:
            with closing(self._db.execute(query)) as found:
                yield from found
        except sqlite3.DatabaseError as error:
            raise StoreError(f"{self.path}: damaged ({error}); move it away, or start over with --fresh") from error
