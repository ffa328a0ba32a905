"""What one supervised episode costs: human minutes, elapsed minutes, labels; a bar per scheme."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from divergence import style
from divergence.figures import names
from divergence.figures.traces import series
from divergence.measures import COSTS

_BAR, _TITLE, _FOOT = 22, 34, 48
_COLUMNS = {"narrow": 1, "medium": 3, "wide": 3}
_GAP = 0.05


def costs(summary: pd.DataFrame) -> go.Figure:
    """Bars per scheme, a row per scenario and overseer. Where swept fields change a cost, whiskers span its values."""
    wanted = summary[summary["measure"].isin(tuple(COSTS))]
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
    for number, (_, _, heading, measure, lines) in enumerate(cells):
        x, y = (letter if number == 0 else f"{letter}{number + 1}" for letter in "xy")
        traces.append(_bars(lines[lines["measure"] == measure], labels, looks) | {"xaxis": x, "yaxis": y})
        layout |= _axes(number, x, y, labels, measure)
        layout.setdefault("annotations", []).append(_annotation(heading, x, y))
    pages = {page: _page(page, len(labels), [cell[:2] for cell in cells]) for page in _COLUMNS}
    figure = go.Figure(
        traces,
        layout
        | {
            "template": style.template(),
            "showlegend": False,
            "margin": {"r": 14, "t": _TITLE, "b": _FOOT},
            "meta": {"layouts": pages, "note": ""},
        },
    )
    figure.update_layout({path.replace(".", "_"): value for path, value in pages["wide"].items()})
    return figure


def _heading(scenario: str, overseer: str, measure: str) -> str:
    place = " · ".join([f"<b>{names.escaped(scenario)}</b>"] + ([names.escaped(overseer)] if overseer else []))
    return f"{place} · {names.words(measure)}"


def _bars(lines: pd.DataFrame, labels: list[str], looks: dict[str, style.Look]) -> dict[str, Any]:
    """One cost of all schemes: the mean over the swept points, and its range where it varies."""
    by = {name: own["mean"] for name, own in _by_label(lines)}
    present = [name for name in labels if name in by]
    mean = np.array([by[name].mean() for name in present])
    low, high = (np.array([getattr(by[name], end)() for name in present]) for end in ("min", "max"))
    varied = bool(len(mean)) and bool((high - low > 1e-9 * np.abs(mean)).any())
    return {
        "type": "bar",
        "orientation": "h",
        "x": mean,
        "y": [-labels.index(name) for name in present],
        "marker": {"color": [looks[name].colour for name in present]},
        "text": [f"{number:,.4g}" for number in mean],
        "textposition": "outside",
        "cliponaxis": False,
        "customdata": [names.escaped(name) for name in present],
        "hovertemplate": "%{customdata}: %{text}<extra></extra>",
        "error_x": {"type": "data", "symmetric": False, "array": high - mean, "arrayminus": mean - low}
        if varied
        else None,
    }


def _by_label(lines: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    grouped = lines.groupby(["scheme", "phase"], sort=False)
    return [(series(own)[0], own) for _, own in grouped]


def _axes(number: int, x: str, y: str, labels: list[str], measure: str) -> dict[str, Any]:
    """Bars start at nought; schemes stand on the vertical axis, the first on top."""
    end = "" if number == 0 else str(number + 1)
    ticks = {"tickvals": [-place for place in range(len(labels))], "ticktext": [names.short(name) for name in labels]}
    return {
        f"xaxis{end}": {
            "anchor": y,
            "rangemode": "tozero",
            "nticks": 5,
            "title": {"text": names.measure_title(measure) if measure == "labels" else names.UNITS[measure]},
        },
        f"yaxis{end}": {"anchor": x, "range": [0.6 - len(labels), 0.6], "showgrid": False, "zeroline": False} | ticks,
    }


def _annotation(text: str, x: str, y: str) -> dict[str, Any]:
    place = {"xref": f"{x} domain", "yref": f"{y} domain", "x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom"}
    return place | {"text": text, "showarrow": False, "yshift": 2, "font": {"size": 13}}


def _page(page: str, schemes: int, cells: list[tuple[int, int]]) -> dict[str, Any]:
    """Domains of all panels on a wide or narrow page."""
    columns = _COLUMNS[page]
    places = cells if columns > 1 else [(number, 0) for number in range(len(cells))]
    rows = 1 + max((row for row, _ in places), default=0)
    tall, between = _BAR * schemes + 10, _TITLE + _FOOT
    inner = rows * tall + (rows - 1) * between
    width = (1 - _GAP * (columns - 1)) / columns
    changes: dict[str, Any] = {
        "height": inner + _TITLE + _FOOT,
        "margin.l": 175,
        "dragmode": False if page == "narrow" else "zoom",
    }
    for number, (row, column) in enumerate(places):
        end = "" if number == 0 else str(number + 1)
        start = row * (tall + between)
        changes |= {
            f"xaxis{end}.domain": [column * (width + _GAP), min(1.0, column * (width + _GAP) + width)],
            f"xaxis{end}.fixedrange": page == "narrow",
            f"yaxis{end}.domain": [max(0.0, 1 - (start + tall) / inner), 1 - start / inner],
            f"yaxis{end}.showticklabels": column == 0,
            f"yaxis{end}.fixedrange": page == "narrow",
        }
    return changes
