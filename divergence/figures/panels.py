"""How a table becomes a grid of panels: a row per scenario and overseer, a column per value of what else is swept.

Every panel has its own title, so a grid may wrap: pictures carry a layout for wide, medium and narrow pages in
``layout.meta["layouts"]``, as the changes that turn one into another.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from divergence.figures import names
from divergence.figures.names import Fields

KEYS = ("scenario", "overseer", "scheme", "phase", "gameability", "measure", "mean", "low", "high")
MOST_POINTS = 6
MOST_ROWS = 12
WIDTHS = {"narrow": 1, "medium": 2, "wide": 4}
"""Page → panels beside each other, at most."""

_PANEL, _LINE, _GAP, _BETWEEN, _BESIDE = 230, 18, 8, 84, 22
_PLOT = {"narrow": 250, "medium": 560, "wide": 900}
"""Pixels of plot that a page has at least, between its margins."""


@dataclass(frozen=True)
class Panel:
    """One panel. ``row``: its scenario and overseer, counted. ``lines``: its part of the summary."""

    number: int
    row: int
    title: str
    key: dict[str, Any]
    lines: pd.DataFrame

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
    return len(present) > 0 and all(isinstance(v, int | float) and not isinstance(v, bool) for v in present.unique())


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
            found.append(Panel(len(found), row, title, key, part))
    return found, " ".join([*dict.fromkeys(notes), "The numbers below hold all of them." if notes else ""]).strip()


def _thinned(count: int) -> list[int]:
    return sorted({round(place) for place in np.linspace(0, count - 1, min(count, MOST_POINTS))})


def _title(
    scenario: str, overseer: str, point: dict[str, Any], lines: pd.DataFrame, axis: str | None, fields: Fields
) -> str:
    shown = {names.symbol(name, fields): value for name, value in point.items()}
    gamma = lines["gameability"].dropna().unique()
    if axis != "gameability" and len(gamma) == 1:
        shown = {names.symbol("gameability", fields): float(gamma[0])} | shown
    parts = [f"<b>{names.escaped(scenario)}</b>"] + ([names.escaped(overseer)] if overseer else [])
    return " · ".join(parts + [names.escaped(f"{name} = {names.value(value)}") for name, value in shown.items()])


def layouts(panels: Sequence[Panel], labels: Sequence[str], references: int, strip: int, titles: dict[str, str]) -> Any:
    """Changes of layout by page. ``labels``: the legend's lines; ``references``: lines of the second legend.

    ``strip``: lines of the strip below each panel (0: none). ``titles``: of the ``x`` and ``y`` axes and the ``strip``.
    """
    return {page: _layout(page, panels, labels, references, strip, titles) for page in WIDTHS}


def _layout(
    page: str, panels: Sequence[Panel], labels: Sequence[str], references: int, strip: int, titles: dict[str, str]
) -> dict[str, Any]:
    places = _places(panels, WIDTHS[page])
    columns, rows = 1 + max((c for _, c in places), default=0), 1 + max((r for r, _ in places), default=0)
    below = _GAP + _LINE * strip + 8 if strip else 0
    inner = rows * (_PANEL + below) + (rows - 1) * _BETWEEN
    legend = 24 * _legend_rows(page, len(labels), _entry(labels))
    second = 24 * _legend_rows(page, references, 200)
    top = 34 + legend + second + 30
    left = max(62, 7 * max(map(len, labels), default=0) + 34) if strip else 62
    height = top + inner + 62
    changes: dict[str, Any] = {
        "height": height,
        "margin.t": top,
        "margin.l": left,
        "legend.y": 1 - 30 / height,
        "legend2.y": 1 - (30 + legend) / height,
        "dragmode": False if page == "narrow" else "zoom",
    }
    gap = _BESIDE / _PLOT[page]
    width = (1 - gap * (columns - 1)) / columns
    for panel, (row, column) in zip(panels, places, strict=True):
        start = row * (_PANEL + below + _BETWEEN)
        tall = [(start, start + _PANEL), (start + _PANEL + _GAP, start + _PANEL + below)]
        vertical = [[max(0.0, 1 - foot / inner), 1 - head / inner] for head, foot in tall]
        left_edge = column * (width + gap)
        changes |= {
            f"{long(panel.x)}.domain": [left_edge, min(1.0, left_edge + width)],
            f"{long(panel.x)}.title.text": "" if (row + 1, column) in places else titles["x"],
            f"{long(panel.x)}.fixedrange": page == "narrow",
            **_upright(long(panel.y), vertical[0], titles["y"], column == 0, page),
        }
        if strip:
            changes |= _upright(long(panel.strip), vertical[1], titles["strip"], column == 0, page)
    return changes


def _upright(axis: str, domain: list[float], title: str, first: bool, page: str) -> dict[str, Any]:
    """A vertical axis: only the first of a row is written on."""
    return {
        f"{axis}.domain": domain,
        f"{axis}.title.text": title if first else "",
        f"{axis}.showticklabels": first,
        f"{axis}.fixedrange": page == "narrow",
    }


def _places(panels: Sequence[Panel], columns: int) -> list[tuple[int, int]]:
    """(row, column) of every panel: each scenario and overseer starts a row, and wraps."""
    found: list[tuple[int, int]] = []
    row, column, before = -1, 0, None
    for panel in panels:
        fresh = panel.row != before and not _single(panels)
        if fresh or column == columns or row < 0:
            row, column = row + 1, 0
        found.append((row, column))
        before, column = panel.row, column + 1
    return found


def _single(panels: Sequence[Panel]) -> bool:
    """Whether every row has one panel, so that rows may stand beside each other."""
    return len({panel.row for panel in panels}) == len(panels)


def _entry(labels: Sequence[str]) -> int:
    """Width of a legend's entry, pixels of text."""
    return int(7.2 * max(map(len, labels), default=8)) + 8


def _legend_rows(page: str, entries: int, width: int) -> int:
    return math.ceil(entries / max(1, _PLOT[page] // (width + 44)))
