"""What one supervised episode costs: human minutes, elapsed minutes, labels; a bar per scheme."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from divergence import style
from divergence.figures import names
from divergence.figures.grid import applied
from divergence.figures.panels import heading
from divergence.figures.traces import label, series, ticks
from divergence.measures import COSTS

_BAR, _TITLE, _FOOT = 22, 50, 48
_COLUMNS = {"narrow": 1, "medium": 3, "wide": 3}
_GAP = 0.05
_ROOM = {"narrow": 1.5, "medium": 1.5, "wide": 1.3}
"""How far an axis goes beyond the longest bar or whisker, for the number at its end."""


def costs(summary: pd.DataFrame) -> go.Figure:
    """Bars per scheme, a row per scenario and overseer. Where swept fields change a cost, whiskers span its values."""
    wanted = spans(summary)
    labels = series(wanted)
    looks = style.looks(labels)
    rows = list(wanted.groupby(["scenario", "overseer"], sort=False, dropna=False))
    several = names.several(summary["overseer"])
    cells = [
        (row, column, _heading(str(key[0]), str(key[1]) if several else "", measure), measure, lines)
        for row, (key, lines) in enumerate(rows)
        for column, measure in enumerate(COSTS)
    ]
    traces: list[Any] = []
    layout: dict[str, Any] = {}
    longest: list[float] = []
    for number, (_, _, title, measure, lines) in enumerate(cells):
        x, y = (letter if number == 0 else f"{letter}{number + 1}" for letter in "xy")
        own = lines[lines["measure"] == measure]
        traces += [one | {"xaxis": x, "yaxis": y} for one in (_bars(own, labels, looks), _written(own, labels))]
        layout |= _axes(number, x, y, labels, measure)
        longest.append(float(own["max"].max()) if len(own) else 0.0)
        layout.setdefault("annotations", []).append(heading(title, x, y))
    pages = {page: _page(page, labels, [cell[:2] for cell in cells], longest) for page in _COLUMNS}
    whole = layout | {
        "template": style.template(),
        "showlegend": False,
        "margin": {"r": 14, "t": _TITLE, "b": _FOOT},
        "meta": {"layouts": pages, "note": ""},
    }
    return go.Figure(traces, applied(whole, pages["wide"]))


def _heading(scenario: str, overseer: str, measure: str) -> str:
    place = " · ".join([f"<b>{names.short(scenario)}</b>"] + ([names.short(overseer)] if overseer else []))
    return f"{place}<br>{names.words(measure)}"


def spans(summary: pd.DataFrame) -> pd.DataFrame:
    """Every cost of every scheme: its mean, least and most over the swept points."""
    wanted = summary[summary["measure"].isin(tuple(COSTS))]
    keys = ["scenario", "overseer", "scheme", "phase", "measure"]
    return wanted.groupby(keys, sort=False, dropna=False)["mean"].agg(["mean", "min", "max"]).reset_index()


def _bars(own: pd.DataFrame, labels: list[str], looks: dict[str, style.Look]) -> dict[str, Any]:
    """One cost of all schemes: the mean over the swept points, and its range where it varies."""
    present = [label(scheme, phase) for scheme, phase in zip(own["scheme"], own["phase"], strict=True)]
    mean, low, high = (own[end].to_numpy(dtype=np.float64) for end in ("mean", "min", "max"))
    varied = bool((high - low > 1e-9 * np.abs(mean)).any())
    whiskers = {"type": "data", "symmetric": False, "array": high - mean, "arrayminus": mean - low}
    return {
        "type": "bar",
        "orientation": "h",
        "x": mean,
        "y": [-labels.index(name) for name in present],
        "marker": {"color": [looks[name].colour for name in present]},
        "hovertext": [
            f"{names.escaped(name)}: {names.cost(number)}" for name, number in zip(present, mean, strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "error_x": whiskers if varied else None,
    }


def _written(own: pd.DataFrame, labels: list[str]) -> dict[str, Any]:
    """The means as numbers, beyond bars and whiskers."""
    present = [label(scheme, phase) for scheme, phase in zip(own["scheme"], own["phase"], strict=True)]
    return {
        "type": "scatter",
        "mode": "text",
        "x": own["max"].to_numpy(dtype=np.float64),
        "y": [-labels.index(name) for name in present],
        "text": [f" {names.cost(number)}" for number in own["mean"]],
        "textposition": "middle right",
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def _axes(number: int, x: str, y: str, labels: list[str], measure: str) -> dict[str, Any]:
    """Schemes stand on the vertical axis, the first on top."""
    end = "" if number == 0 else str(number + 1)
    return {
        f"xaxis{end}": {
            "anchor": y,
            "nticks": 5,
            "title": {"text": names.measure_title(measure) if measure == "labels" else names.UNITS[measure]},
        },
        f"yaxis{end}": {"anchor": x, "range": [0.6 - len(labels), 0.6], "showgrid": False, "zeroline": False}
        | ticks(labels),
    }


def _page(page: str, labels: list[str], cells: list[tuple[int, int]], longest: list[float]) -> dict[str, Any]:
    """Domains of all panels on a wide or narrow page; bars start at nought and leave room for their numbers."""
    columns = _COLUMNS[page]
    places = cells if columns > 1 else [(number, 0) for number in range(len(cells))]
    rows = 1 + max((row for row, _ in places), default=0)
    tall, between = _BAR * len(labels) + 10, _TITLE + _FOOT
    inner = rows * tall + (rows - 1) * between
    width = (1 - _GAP * (columns - 1)) / columns
    changes: dict[str, Any] = {
        "height": inner + _TITLE + _FOOT,
        "margin.l": 30 + int(7.4 * max((len(names.short(name)) for name in labels), default=0)),
        "dragmode": False if page == "narrow" else "zoom",
    }
    for number, (row, column) in enumerate(places):
        end = "" if number == 0 else str(number + 1)
        start = row * (tall + between)
        changes |= {
            f"xaxis{end}.domain": [column * (width + _GAP), min(1.0, column * (width + _GAP) + width)],
            f"xaxis{end}.range": [0, _ROOM[page] * longest[number] or 1.0],
            f"xaxis{end}.fixedrange": page == "narrow",
            f"yaxis{end}.domain": [max(0.0, 1 - (start + tall) / inner), 1 - start / inner],
            f"yaxis{end}.showticklabels": column == 0,
            f"yaxis{end}.fixedrange": page == "narrow",
        }
    return changes
