"""Files that are written whole or are not there, and what they may be called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import ENOENT
from pathlib import Path

import pandas as pd


def spelt(text: str) -> str:
    """Text as part of a file's name, whatever is in it."""
    return re.sub(r"[^\w-]+", "-", text).strip("-")


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
