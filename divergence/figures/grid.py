"""Where panels stand on a page. Every panel has its own title, so a grid may wrap.

Pictures carry a layout for wide, medium and narrow pages in ``layout.meta["layouts"]``, as the changes that turn one
into another: (path, value) pairs such as ``xaxis2.domain``. Lengths here are pixels.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from divergence.figures.panels import Panel, long

STRIP = ("gamma_star", "written")
"""What marks of the strip below curves are called in ``meta``."""

WIDTHS = {"narrow": 1, "medium": 2, "wide": 4}
"""Page → panels beside each other, at most."""

REFERENCE = 165
"""Width of an entry of the second legend, without its sample line."""

_PLOT = {"narrow": 260, "medium": 560, "wide": 900}
"""Width that a page has at least between its margins, where no names stand in the left one."""

_MARGIN = 62
"""Left margin without names."""

_PANEL, _LINE, _GAP, _BETWEEN, _BESIDE = 230, 18, 8, 84, 22
_KEY, _LETTER, _ROW = 42, 6.4, 20
"""Of legends: a sample line, a letter, a row."""


@dataclass(frozen=True)
class Contents:
    """What a grid holds. ``labels``: the legend's lines; ``references``: lines in the second legend.

    ``strip``: whether a strip with a line per label stands below each panel of curves; ``rows``: how many of these
    lines each panel has something on. ``along``, ``up``, ``beside``: titles of the horizontal axis, the measure and the
    strip.
    """

    panels: Sequence[Panel]
    labels: Sequence[str]
    references: int
    strip: bool
    along: str
    up: str
    beside: str
    rows: Sequence[int] = ()

    @property
    def curves(self) -> int:
        """Height of a panel without its strip."""
        curves = 0 if self.panels and all(panel.points for panel in self.panels) else _PANEL
        points = _LINE * len(self.labels) + 16 if any(panel.points for panel in self.panels) else 0
        return max(curves, points - self.below, 60)

    @property
    def below(self) -> int:
        """Height of a strip with all its lines."""
        return self.strip_of(len(self.labels)) if self.strip else 0

    def strip_of(self, rows: int) -> int:
        """Height of a strip of so many lines."""
        return _GAP + _LINE * rows + 8

    @property
    def lettered(self) -> bool:
        """Whether schemes are written beside the panels."""
        return self.strip or any(panel.points for panel in self.panels)

    @property
    def heading(self) -> int:
        """Height of the headings' further lines."""
        return 16 * max((panel.title.count("<br>") for panel in self.panels), default=0)


def layouts(contents: Contents) -> dict[str, dict[str, Any]]:
    """Changes of layout by page."""
    return {page: _layout(page, contents) for page in WIDTHS}


def applied(layout: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """A layout with changes made in it."""
    for path, value in changes.items():
        *steps, last = path.split(".")
        inside = layout
        for step in steps:
            inside = inside.setdefault(step, {})
        inside[last] = value
    return layout


def legend(contents: Contents) -> dict[str, Any]:
    """What the page needs to leave out of the legend the schemes that it does not show: rows by page, and sizes."""
    entries = _entries(contents)
    widths = {page: _width(page, contents) for page in WIDTHS}
    rows = {page: _legend_rows(width, entries) for page, width in widths.items()}
    return {"rows": rows, "width": widths, "key": _KEY, "letter": _LETTER, "row": _ROW}


def without(figure: go.Figure, left_out: Collection[str]) -> go.Figure:
    """A wide picture without the curves of some schemes, and without the rows of the legend that these would fill.

    γ* of every scheme stays to be read below the curves, as in the report, whose script does the same.
    """
    sizes = (figure.layout.meta or {}).get("legend")
    curves = [trace for trace in figure.data if trace.legend != "legend2" and trace.meta not in STRIP]
    for trace in curves:
        trace.visible = trace.legendgroup not in left_out
    if not sizes or not left_out:
        return figure
    named = [trace.name for trace in curves if trace.visible and trace.showlegend is not False]
    rows = _legend_rows(sizes["width"]["wide"], [_KEY + _LETTER * len(name) for name in named])
    spared, before = _ROW * (sizes["rows"]["wide"] - rows), figure.layout.height
    height = before - spared
    first, second = ((1 - one.y) * before for one in (figure.layout.legend, figure.layout.legend2))
    figure.update_layout(height=height, margin={"t": figure.layout.margin.t - spared})
    return figure.update_layout(legend={"y": 1 - first / height}, legend2={"y": 1 - (second - spared) / height})


def _layout(page: str, contents: Contents) -> dict[str, Any]:
    places = _places(contents.panels, WIDTHS[page])
    columns, rows = 1 + max((c for _, c in places), default=0), 1 + max((r for r, _ in places), default=0)
    lines = _lines(contents, places, rows)
    below = [contents.strip_of(most) if contents.strip else 0 for most in lines]
    steps = [contents.curves + strip + _BETWEEN + contents.heading for strip in below]
    inner = sum(steps) - _BETWEEN - contents.heading
    changes, height = _margins(page, contents, inner)
    gap = _BESIDE / _PLOT[page]
    width = (1 - gap * (columns - 1)) / columns
    for panel, (row, column) in zip(contents.panels, places, strict=True):
        left, last = column * (width + gap), (row + 1, column) not in places or page == "narrow"
        x = long(panel.x)
        title = contents.up if panel.points else contents.along
        changes |= {
            f"{x}.domain": [left, min(1.0, left + width)],
            f"{x}.title.text": title if last or _mixed(contents.panels) else "",
            f"{x}.fixedrange": page == "narrow",
        }
        changes |= _uprights(panel, contents, (sum(steps[:row]), below[row]), inner, column == 0, page)
        if contents.strip and not panel.points:
            changes[f"{long(panel.strip)}.range"] = [0.3 - lines[row], 0.7]
    return changes | {"height": height}


def _lines(contents: Contents, places: Sequence[tuple[int, int]], rows: int) -> list[int]:
    """Lines of the strips in each row of the grid: what the fullest of its panels needs."""
    found = [1] * rows
    for place, (row, _) in enumerate(places):
        found[row] = max(found[row], contents.rows[place] if contents.rows else len(contents.labels))
    return found


def _margins(page: str, contents: Contents, inner: int) -> tuple[dict[str, Any], int]:
    """Room for legends, headings and names; and the whole height."""
    left = _left(contents)
    width = _width(page, contents)
    first = 8 + _ROW * _legend_rows(width, _entries(contents))
    second = 8 + _ROW * _legend_rows(width, [_KEY + REFERENCE] * contents.references) if contents.references else 0
    top = 30 + first + second + 30 + contents.heading
    height = top + inner + 62
    side = {"xref": "container", "x": 0.01} if page == "narrow" else {"xref": "paper", "x": 0}
    changes = {f"{legend}.{key}": value for legend in ("legend", "legend2") for key, value in side.items()}
    changes |= {
        "margin.t": top,
        "margin.l": left,
        "legend.y": 1 - 30 / height,
        "legend2.y": 1 - (30 + first) / height,
        "dragmode": False if page == "narrow" else "zoom",
    }
    return changes, height


def _left(contents: Contents) -> int:
    """The left margin."""
    names = int(6.6 * max(map(len, contents.labels), default=0)) + 40
    return max(_MARGIN, names) if contents.lettered else _MARGIN


def _width(page: str, contents: Contents) -> int:
    """Where legends wrap: at the width of the plot, names or not."""
    return _PLOT[page] + _MARGIN - _left(contents)


def _entries(contents: Contents) -> list[float]:
    """Widths of the first legend's entries."""
    return [_KEY + _LETTER * len(label) for label in contents.labels]


def _uprights(
    panel: Panel, contents: Contents, row: tuple[int, int], inner: int, first: bool, page: str
) -> dict[str, Any]:
    """A panel's vertical axes: only a row's first is written on. ``row``: where it starts, how tall its strip is."""
    start, below = row
    foot = start + contents.curves
    whole = foot + (below if panel.points else 0)
    changes = _upright(panel.y, (start, whole), inner, "" if panel.points else contents.up, first, page)
    if contents.strip and not panel.points:
        span = (foot + _GAP, foot + below)
        changes |= _upright(panel.strip, span, inner, contents.beside, first, page)
    return changes


def _upright(axis: str, span: tuple[int, int], inner: int, title: str, first: bool, page: str) -> dict[str, Any]:
    return {
        f"{long(axis)}.domain": [max(0.0, 1 - span[1] / inner), 1 - span[0] / inner],
        f"{long(axis)}.title.text": title if first else "",
        f"{long(axis)}.showticklabels": first,
        f"{long(axis)}.fixedrange": page == "narrow",
    }


def _places(panels: Sequence[Panel], columns: int) -> list[tuple[int, int]]:
    """(row, column) of every panel: each scenario and overseer starts a row, and wraps.

    Where every row would have one panel they stand beside each other. Points among curves have rows of their own.
    """
    mixed, single = _mixed(panels), len({panel.row for panel in panels}) == len(panels)
    found: list[tuple[int, int]] = []
    row, column = -1, 0
    before: Panel | None = None
    for panel in panels:
        fresh = before is None or (panel.row != before.row and not single)
        alone = mixed and before is not None and (panel.points or before.points)
        if fresh or alone or column == columns:
            row, column = row + 1, 0
        found.append((row, column))
        before, column = panel, column + 1
    return found


def _mixed(panels: Sequence[Panel]) -> bool:
    return len({panel.points for panel in panels}) > 1


def _legend_rows(width: float, entries: Sequence[float]) -> int:
    """Rows that a legend of entries of these widths fills."""
    rows, used = 0, math.inf
    for entry in entries:
        if used + entry > width:
            rows, used = rows + 1, 0.0
        used += entry
    return rows
