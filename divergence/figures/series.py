"""Training over time, ways to organise it beside each other: what is learnt, and how busy people are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from divergence import style
from divergence.figures import names
from divergence.figures.grid import WIDTHS

_ROWS = {
    "all_accuracy": "accuracy, all",
    "accuracy": "accuracy, roots",
    "queue": "labels waiting",
    "age": "snapshots' age (min)",
}

_COLOURS = (style.BLUE, style.VERMILION, style.GREEN, style.ORANGE, style.PURPLE, style.SKY)
MOST = len(_COLOURS)


def figure(runs: Mapping[str, pd.DataFrame], along: str = "elapsed_minutes") -> go.Figure:
    """Tables of ``divergence.series.series`` by name (up to six) as a figure; ``along``: elapsed_minutes or
    human_minutes.
    """
    looks = {name: style.Look(colour) for name, colour in zip(runs, _COLOURS, strict=False)}
    traces: list[Any] = []
    layout: dict[str, Any] = {}
    share, gap = 1.0 / len(_ROWS), 0.05
    for row, (column, title) in enumerate(_ROWS.items()):
        end = "" if row == 0 else str(row + 1)
        top = 1.0 - row * share
        layout[f"yaxis{end}"] = {"domain": [top - share + gap, top], "title": {"text": title}, "rangemode": "tozero"}
        for name, run in runs.items():
            line = {"color": looks[name].colour, "dash": looks[name].dash, "width": 2}
            place = {"type": "scatter", "mode": "lines", "yaxis": f"y{end}", "legendgroup": name}
            told = {"name": names.plain(name), "showlegend": row == 0, "hovertemplate": "%{y:.3g}"}
            traces.append(place | told | {"x": run[along], "y": run[column], "line": line})
    last = f"y{len(_ROWS)}"
    layout["xaxis"] = {"title": {"text": names.words(along)}, "anchor": last, "rangemode": "tozero"}
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "xanchor": "left"}
    shape = {"height": 720, "margin": {"l": 70, "r": 14, "t": 50, "b": 60}, "legend": legend, "hovermode": "x unified"}
    shape["meta"] = {"layouts": {page: {"height": 720} for page in WIDTHS}, "note": ""}
    return go.Figure(traces, layout | shape | {"template": style.template()})
