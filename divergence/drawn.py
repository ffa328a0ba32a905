"""A study of drawn points as tables: how harm spreads over its draws, and its mean along every drawn field.

One draw's harm is the mean over its seeds. Along a field draws stand in bins of as equal numbers as can be (a value
each, where there are no more than bins); a bin's interval is the mean ± 1.96 standard errors over its draws, whatever
their other fields are: it says how well the mean over the box is known.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from divergence.cell import label
from divergence.spec import Range, focus
from divergence.study import Study

BINS = 8
KEYS = ("scenario", "overseer", "scheme", "phase")
_TWO_SIDED = 1.96


def fixed(study: Study) -> dict[str, Any]:
    """What swept fields are held at where draws are looked at: the part's own value if tried, else the middle one."""
    at = focus(study.spec)
    if study.spec.gameability is not None:
        at["gameability"] = study.spec.gameability.nearest(None)
    return at


def harms(study: Study, at: dict[str, Any]) -> pd.DataFrame:
    """A line per draw and scheme: its fields, and ``harm``, the mean over seeds, where swept fields are held ``at``."""
    rows = study.rows
    for column, value in at.items():
        rows = rows[rows[column].isna() | (rows[column] == value)]
    drawn = [one.column for one in _ranges(study)]
    keys = [name for name in dict.fromkeys([*KEYS, *drawn, "point"]) if name in rows]
    found = rows.groupby(keys, sort=False, dropna=False)["harm"].mean().dropna().reset_index()
    return found.assign(
        line=[label(scheme, phase) for scheme, phase in zip(found["scheme"], found["phase"], strict=True)]
    )


def spread(study: Study) -> pd.DataFrame:
    """Mean harm of every scheme over the draws, its 5th and 95th percentile, at every swept point."""
    rows = study.rows
    drawn = {one.column for one in _ranges(study)}
    keys = [name for name in (*KEYS, "gameability", *study.spec.columns) if name in rows]
    keys = [name for name in dict.fromkeys(keys) if name not in drawn and name != "point"]
    keys = [name for name in keys if name in KEYS or len(rows[name].unique()) > 1]
    harm = rows.groupby([*keys, "point"], sort=False, dropna=False)["harm"].mean()
    found = harm.groupby(level=keys, sort=False, dropna=False).describe(percentiles=[0.05, 0.95]).reset_index()
    return found.rename(columns={"5%": "low", "95%": "high", "count": "draws"})[[*keys, "draws", "mean", "low", "high"]]


def binned(study: Study, draws: pd.DataFrame) -> pd.DataFrame:
    """Mean harm along every drawn field, with intervals: a line per scenario, overseer, field, scheme and bin.

    ``value``: the mean of the field in the bin, or the word.
    """
    lines = []
    for one in _ranges(study):
        if one.column not in draws:
            continue
        there = draws.dropna(subset=[one.column])
        for keys, own in there.groupby([*KEYS, "line"], sort=False):
            lines += [
                dict(zip((*KEYS, "line"), keys, strict=True)) | {"field": one.column} | part for part in _bins(one, own)
            ]
    return pd.DataFrame(lines, columns=[*KEYS, "line", "field", "value", "mean", "low", "high", "draws"])


def _bins(one: Range, own: pd.DataFrame) -> list[dict[str, Any]]:
    values = own[one.column]
    if one.chosen or values.nunique() <= BINS:
        groups: list[tuple[Any, pd.DataFrame]] = list(own.groupby(one.column, sort=not one.chosen))
    else:
        order = values.rank(method="first").to_numpy() - 1
        groups = [
            (part[one.column].mean(), part)
            for _, part in own.groupby((order * BINS // len(own)).astype(int), sort=True)
        ]
    return [{"value": value} | _mean(part["harm"].to_numpy()) for value, part in groups]


def _mean(harm: np.ndarray) -> dict[str, Any]:
    """A mean over draws with its interval; of one draw, none."""
    mean, count = float(harm.mean()), len(harm)
    error = _TWO_SIDED * float(harm.std(ddof=1)) / np.sqrt(count) if count > 1 else float("nan")
    return {"mean": mean, "low": mean - error, "high": mean + error, "draws": count}


def _ranges(study: Study) -> tuple[Range, ...]:
    return study.spec.sample.ranges if study.spec.sample is not None else ()
