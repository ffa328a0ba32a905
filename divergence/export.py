"""A study's tables as files: CSV beside its results; for other programs CSV or Parquet, by the file's ending."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from divergence.build import SpecError
from divergence.cell import STORED, unpack
from divergence.files import whole, write_table
from divergence.measures import REFERENCES
from divergence.store import Store
from divergence.study import Study


def write_csv(study: Study) -> None:
    """``results.csv``: the rows, with numbers spelt so that reading gives the same bits back."""
    write_table(study.rows, study.directory / "results.csv")


def write_tables(study: Study) -> None:
    """All numbers behind the pictures: ``results.csv``, ``summary.csv``, and what the ranking hangs on if asked for."""
    write_csv(study)
    write_table(study.summary, study.directory / "summary.csv")
    for name, table in (study.grounds.tables() | study.learning.tables()).items():
        write_table(table, study.directory / f"{name}.csv")


def questions(study: Study) -> pd.DataFrame:
    """One line per row of results and root question: the values behind every mean."""
    found: list[pd.DataFrame] = []
    if not len(study.rows):
        return study.rows
    keys = list(study.rows.columns)
    keys = keys[: keys.index("questions")]
    with Store(study.directory) as store:
        for row, values, reference in store.details():
            own, compared = unpack(values, len(STORED)), unpack(reference, len(REFERENCES))
            lines = pd.DataFrame({key: [row.get(key)] * own.shape[1] for key in keys})
            lines["question"] = np.arange(own.shape[1])
            measured = zip((*STORED, *REFERENCES), (*own, *compared), strict=True)
            found.append(lines.assign(**dict(measured)))
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


TABLES: dict[str, Callable[[Study], pd.DataFrame]] = {
    "rows": lambda study: study.rows,
    "summary": lambda study: study.summary,
    "crossings": lambda study: study.crossings,
    "differences": lambda study: study.differences(),
    "questions": questions,
}


def export(study: Study, table: str, path: Path) -> int:
    """Write one of a study's tables to ``path`` (``.csv`` or ``.parquet``); returns its number of lines.

    Raises SpecError for an unknown table or ending, or where Parquet needs its extra.
    """
    if table not in TABLES:
        raise SpecError(f"--table {table}: there are: {', '.join(TABLES)}")
    if path.suffix not in (".csv", ".parquet"):
        raise SpecError(f"{path}: must end in .csv or .parquet")
    found = TABLES[table](study)
    if path.suffix == ".csv":
        write_table(found, path)
        return len(found)
    try:
        with whole(path) as temporary:
            found.to_parquet(temporary, index=False, engine="pyarrow")
    except ImportError as error:
        raise SpecError("Parquet needs the extra 'parquet': pip install 'hch-divergence[parquet]'") from error
    return len(found)
