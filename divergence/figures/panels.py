"""How a table becomes a grid of panels: a row per scenario and overseer, a column per value of what else is swept.

Panels in which something varies hold curves; where nothing does, schemes stand below each other as points.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from divergence.figures import names
from divergence.figures.names import Fields

KEYS = ("scenario", "overseer", "scheme", "phase", "gameability", "measure", "mean", "low", "high")
MOST_POINTS = 6
MOST_ROWS = 12
_HEADING = 34
"""Letters in a line above a panel."""


@dataclass(frozen=True)
class Panel:
    """One panel. ``row``: its scenario and overseer, counted. ``lines``: its part of the summary.

    ``axis``: the column along it, None where its lines do not vary.
    """

    number: int
    row: int
    title: str
    key: dict[str, Any]
    lines: pd.DataFrame
    axis: str | None

    @property
    def points(self) -> bool:
        """Whether nothing varies here (an overseer without γ among others)."""
        return self.axis is None

    @property
    def x(self) -> str:
        return _axis("x", self.number)

    @property
    def y(self) -> str:
        return _axis("y", 2 * self.number)

    @property
    def strip(self) -> str:
        """The axis of the strip below the curves, where there is one."""
        return _axis("y", 2 * self.number + 1)


def _axis(letter: str, number: int) -> str:
    return letter if number == 0 else f"{letter}{number + 1}"


def long(axis: str) -> str:
    """``x2`` → ``xaxis2``."""
    return f"{axis[0]}axis{axis[1:]}"


def along(summary: pd.DataFrame) -> str | None:
    """What the horizontal axis shows: γ if it varies, else the numeric swept field with most values, else nothing."""
    candidates = ["gameability", *swept(summary)]
    varied = {name: summary[name].dropna().nunique() for name in candidates if _numeric(summary.get(name))}
    if varied.get("gameability", 0) > 1:
        return "gameability"
    best = max(varied, key=lambda name: varied[name], default=None)
    return best if best is not None and varied[best] > 1 else None


def _numeric(column: pd.Series | None) -> bool:
    if column is None or pd.api.types.is_bool_dtype(column):
        return False
    present = column.dropna()
    return len(present) > 0 and all(
        isinstance(v, int | float) and not isinstance(v, bool) for v in present.unique().tolist()
    )


def swept(summary: pd.DataFrame) -> list[str]:
    """Columns of swept fields but γ."""
    return [name for name in summary.columns if name not in KEYS]


def split(summary: pd.DataFrame, fields: Fields) -> tuple[list[Panel], str]:
    """The panels of a summary, and a note on what is left out (empty if nothing is)."""
    axis = along(summary)
    rows = list(summary.groupby(["scenario", "overseer"], sort=False, dropna=False))
    several = names.several(summary["overseer"])
    notes = []
    if len(rows) > MOST_ROWS:
        notes.append(f"{MOST_ROWS} of {len(rows)} pairs of scenario and overseer are shown.")
    found: list[Panel] = []
    for row, ((scenario, overseer), lines) in enumerate(rows[:MOST_ROWS]):
        others = [name for name in swept(lines) if name != axis and names.several(lines[name])]
        groups = list(lines.groupby(others, sort=False, dropna=False)) if others else [((), lines)]
        kept = _thinned(len(groups))
        if len(kept) < len(groups):
            notes.append(f"{scenario}: {len(kept)} of {len(groups)} combinations of the swept fields are shown.")
        for place in kept:
            values, part = groups[place]
            point = dict(zip(others, values, strict=True))
            key = {"scenario": scenario, "overseer": overseer} | point
            title = _title(str(scenario), str(overseer) if several else "", point, part, axis, fields)
            own = axis if axis is not None and names.several(part[axis].dropna()) else None
            found.append(Panel(len(found), row, title, key, part, own))
    return found, " ".join([*dict.fromkeys(notes), "The numbers below hold all of them." if notes else ""]).strip()


def parted(table: pd.DataFrame, column: str, told: Callable[[Any], str], axis: str) -> list[Panel]:
    """A row per scenario and overseer, a panel per value of a column; ``told``: what its title says of the value."""
    found: list[Panel] = []
    if not len(table):
        return found
    several = names.several(table["overseer"])
    rows: dict[tuple[str, str], int] = {}
    keys: Any
    for keys, lines in table.groupby(["scenario", "overseer", column], sort=False, dropna=False):
        scenario, overseer, value = keys
        row = rows.setdefault((str(scenario), str(overseer)), len(rows))
        parts = [f"<b>{names.short(str(scenario))}</b>", names.short(str(overseer)) if several else "", told(value)]
        key = {"scenario": scenario, "overseer": overseer, column: value}
        found.append(Panel(len(found), row, " · ".join(part for part in parts if part), key, lines, axis))
    return found


def _thinned(count: int) -> list[int]:
    return sorted({round(place) for place in np.linspace(0, count - 1, min(count, MOST_POINTS))})


def _title(
    scenario: str, overseer: str, point: dict[str, Any], lines: pd.DataFrame, axis: str | None, fields: Fields
) -> str:
    shown = {names.called(name, fields): value for name, value in point.items()}
    gamma = lines["gameability"].dropna().unique()
    if axis != "gameability" and len(gamma) == 1:
        shown = {names.symbol("gameability", fields): float(gamma[0])} | shown
    parts = [names.short(overseer)] if overseer else []
    parts += [names.escaped(f"{name} = {names.value(value)}") for name, value in shown.items()]
    return _wrapped(names.short(scenario), parts)


def _wrapped(first: str, parts: Sequence[str]) -> str:
    """A heading in lines that fit above a panel."""
    text, used = f"<b>{first}</b>", len(first)
    for part in parts:
        fits = used + len(part) + 3 <= _HEADING
        text += (" · " if fits else "<br>") + part
        used = used + len(part) + 3 if fits else len(part)
    return text


def heading(text: str, x: str, y: str) -> dict[str, Any]:
    """A title above a panel, from its left edge."""
    place = {"xref": f"{x} domain", "yref": f"{y} domain", "x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom"}
    return place | {"text": text, "showarrow": False, "yshift": 4, "align": "left", "font": {"size": 13}}
