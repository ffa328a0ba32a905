"""Plain values of a specification: whole numbers, dotted paths, the columns they are reported in, TOML text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

_LARGEST = 1e18
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def whole(table: dict[str, Any], key: str, default: int, low: int, high: int, name: str, wrong: list[str]) -> int:
    """A whole number within limits; what is wrong with it is added to ``wrong``."""
    value = table.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        wrong.append(f"{name}: {key}: must be a whole number from {low} to {high}, not {value!r}")
        return default
    return value


def finite(value: Any) -> bool:
    """Whether a value is a number that sums can be made with; NaN, infinities and what comes near them are not."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LARGEST


def flatten(table: dict[str, Any], front: str = "") -> list[tuple[str, Any]]:
    """Dotted paths, whether a key was written quoted or as nested tables. A range is a value, not a table of paths."""
    found: list[tuple[str, Any]] = []
    for key, value in table.items():
        path = f"{front}.{key}" if front else str(key)
        if isinstance(value, dict) and value and not ({"from", "to", "steps"} & set(value)):
            found.extend(flatten(value, path))
        else:
            found.append((path, value))
    return found


def by_path(table: dict[str, Any], where: str, wrong: list[str]) -> dict[str, Any]:
    """Values by dotted path; a path that is written twice, as one key and as nested tables, is a mistake."""
    pairs = flatten(table)
    found = dict(pairs)
    written = [path for path, _ in pairs]
    wrong.extend(f'{where}."{path}": is written twice' for path in found if written.count(path) > 1)
    return found


_ROW = {"scenario", "overseer", "scheme", "phase", "seed", "questions", "status", "harm", "better", "accuracy"}
_ROW |= {"human_minutes", "elapsed_minutes", "labels"}
_BESIDE = {"change", "point", "gamma_star", "mean_harm"}
_TAKEN = frozenset(_ROW | _BESIDE)


def columns(paths: list[str]) -> dict[str, str]:
    """The last part of each path; where two would be the same, or a column has that name, the last two."""
    last = [path.rsplit(".", 1)[-1] for path in paths]
    return {
        path: short if last.count(short) == 1 and short not in _TAKEN else ".".join(path.split(".")[-2:])
        for path, short in zip(paths, last, strict=True)
    }


def plain(value: Any) -> Any:
    """A value as TOML has it: what NumPy makes of numbers as numbers, arrays and tuples as lists, all the way down."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def reported(value: Any) -> Any:
    """A value as it stands in results: a list as TOML text, for a column holds plain values."""
    return toml(value) if isinstance(value, list | tuple) else value


def toml(value: Any) -> str:
    """A plain value as TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml(inner) for inner in value) + "]"
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")  # which TOML wants escaped


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else toml(key)
