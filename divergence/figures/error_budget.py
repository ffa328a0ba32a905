"""The error budget of trained schemes: a bar per part of their harm, with intervals, and what the parts add up to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from distillers.error_budget import PARTS
from divergence import style
from divergence.cell import TRAINED
from divergence.figures import names
from divergence.figures.grid import applied
from divergence.figures.panels import heading
from divergence.figures.traces import ticks

CALLED = {
    "objective": "objective",
    "model_class": "model class",
    "finite_data": "finite data and optimisation",
    "shift": "distribution shift",
}
_COLOURS = dict(zip(PARTS, (style.VERMILION, style.BLUE, style.SKY, style.PURPLE), strict=True))
_ROW, _TOP, _FOOT, _LEGEND = 84, 40, 56, 34
_COLUMNS = {"narrow": 1, "medium": 1, "wide": 2}
_GAP = 0.06
_BAR = 0.18


def error_budget(budget: pd.DataFrame) -> go.Figure:
    """A panel per scenario and overseer. ``budget``: ``table`` of a summary."""
    labels = list(dict.fromkeys(budget["scheme"]))
    panels = list(budget.groupby(["scenario", "overseer"], sort=False, dropna=False))
    several = names.several(budget["overseer"])
    traces: list[Any] = []
    layout: dict[str, Any] = {"annotations": []}
    for number, ((scenario, overseer), lines) in enumerate(panels):
        x, y = (letter if number == 0 else f"{letter}{number + 1}" for letter in "xy")
        traces += [
            _bars(lines, part, place, labels) | {"xaxis": x, "yaxis": y, "showlegend": number == 0}
            for place, part in enumerate(PARTS)
        ]
        traces.append(_total(lines, labels) | {"xaxis": x, "yaxis": y, "showlegend": number == 0})
        title = f"<b>{names.short(str(scenario))}</b>" + (f" · {names.short(str(overseer))}" if several else "")
        layout["annotations"].append(heading(title, x, y))
        end = "" if number == 0 else str(number + 1)
        layout[f"xaxis{end}"] = {"anchor": y, "title": {"text": "harm that is added (probability)"}, "zeroline": True}
        rows = {"range": [0.5 - len(labels), 0.5], "showgrid": False, "zeroline": False}
        layout[f"yaxis{end}"] = {"anchor": x} | rows | ticks(labels)
    pages = {page: _page(page, labels, len(panels)) for page in _COLUMNS}
    whole = layout | {
        "template": style.template(),
        "barmode": "overlay",
        "legend": {"orientation": "h", "x": 0, "y": 1, "yref": "container", "yanchor": "top"},
        "margin": {"r": 14, "t": _TOP + _LEGEND, "b": _FOOT},
        "meta": {"layouts": pages, "note": f"At γ = {budget['gameability'].iloc[0]:g}." if len(budget) else ""},
    }
    return go.Figure(traces, applied(whole, pages["wide"]))


def table(summary: pd.DataFrame) -> pd.DataFrame:
    """The lines of the budget at the γ in the middle of those tried: ``part`` is a part's name, or ``harm`` for all."""
    wanted = {f"harm_{part}": part for part in PARTS} | {"harm": "harm"}
    lines = summary[(summary["phase"] == TRAINED) & summary["measure"].isin(list(wanted))]
    gamma = np.sort(lines["gameability"].dropna().unique())
    if len(gamma):
        lines = lines[lines["gameability"] == gamma[len(gamma) // 2]]
    lines = lines.assign(part=lines["measure"].map(wanted))
    return lines[["scenario", "overseer", "scheme", "gameability", "part", "mean", "low", "high"]]


def _bars(lines: pd.DataFrame, part: str, place: int, labels: list[str]) -> dict[str, Any]:
    """One part of every scheme's budget."""
    own = lines[lines["part"] == part]
    rows = np.array([-labels.index(name) for name in own["scheme"]], dtype=np.float64)
    return {
        "type": "bar",
        "orientation": "h",
        "name": CALLED[part],
        "legendgroup": part,
        "y": rows + _BAR * (2 - place),
        "width": 0.9 * _BAR,
        "marker": {"color": _COLOURS[part]},
        **_measured(own),
    }


def _total(lines: pd.DataFrame, labels: list[str]) -> dict[str, Any]:
    """What the parts add up to."""
    own = lines[lines["part"] == "harm"]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "harm: their sum",
        "legendgroup": "harm",
        "y": [-labels.index(name) - 2 * _BAR for name in own["scheme"]],
        "marker": {"color": style.GREY, "symbol": "diamond", "size": 9},
        **_measured(own),
    }


def _measured(own: pd.DataFrame) -> dict[str, Any]:
    mean, low, high = (own[end].to_numpy(dtype=np.float64) for end in ("mean", "low", "high"))
    texts = [names.interval(*values) for values in zip(mean, low, high, strict=True)]
    whiskers = {"type": "data", "symmetric": False, "array": high - mean, "arrayminus": mean - low, "thickness": 1.2}
    return {
        "x": mean,
        "error_x": whiskers | {"color": style.GREY},
        "customdata": [[names.escaped(str(name)), text] for name, text in zip(own["scheme"], texts, strict=True)],
        "hovertemplate": "%{customdata[0]}, %{fullData.name}: %{customdata[1]}<extra></extra>",
    }


def _page(page: str, labels: list[str], panels: int) -> dict[str, Any]:
    """Domains of all panels on a wide or narrow page."""
    columns = min(_COLUMNS[page], max(1, panels))
    rows = -(-max(1, panels) // columns)
    tall, between = _ROW * len(labels), _TOP + _FOOT
    inner = rows * tall + (rows - 1) * between
    width = (1 - _GAP * (columns - 1)) / columns
    top = _TOP + _LEGEND * (3 if page == "narrow" else 1)  # the legend wraps
    changes: dict[str, Any] = {
        "height": inner + top + _FOOT,
        "margin.t": top,
        "margin.l": 30 + int(7.4 * max((len(names.short(name)) for name in labels), default=0)),
        "dragmode": False if page == "narrow" else "zoom",
    }
    for number in range(panels):
        row, column = divmod(number, columns)
        end, start = "" if number == 0 else str(number + 1), row * (tall + between)
        changes |= {
            f"xaxis{end}.domain": [column * (width + _GAP), min(1.0, column * (width + _GAP) + width)],
            f"yaxis{end}.domain": [max(0.0, 1 - (start + tall) / inner), 1 - start / inner],
            f"yaxis{end}.showticklabels": column == 0,
        }
    return changes
