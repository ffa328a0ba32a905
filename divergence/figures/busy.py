"""Harm against offered load: a line per scheme with its 95 % band, a panel per scenario."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from divergence import style
from divergence.figures import names

_GAP = 0.08


def figure(table: pd.DataFrame) -> go.Figure:
    """The table of ``divergence.busy.harm_against_load`` as a figure."""
    scenarios = list(dict.fromkeys(table["scenario"]))
    looks = style.looks(list(dict.fromkeys(table["scheme"])))
    width = (1 - _GAP * (len(scenarios) - 1)) / len(scenarios)
    traces: list[Any] = []
    layout: dict[str, Any] = {"annotations": []}
    for number, scenario in enumerate(scenarios):
        end, left = "" if number == 0 else str(number + 1), number * (width + _GAP)
        here = table[table["scenario"] == scenario]
        for scheme, look in looks.items():
            own = here[here["scheme"] == scheme].sort_values("load")
            traces += _line(scheme, own, look, f"x{end}", f"y{end}", first=number == 0)
        layout[f"xaxis{end}"] = {"domain": [left, left + width], "anchor": f"y{end}", "rangemode": "tozero"}
        layout[f"xaxis{end}"] |= {"title": {"text": "offered load (unhurried work per staff-minute)"}}
        layout[f"yaxis{end}"] = {"anchor": f"x{end}", "range": [0, 1], "showticklabels": number == 0}
        layout["annotations"].append(
            {"text": f"<b>{names.short(scenario)}</b>", "x": left + width / 2, "y": 1.0, "yanchor": "bottom"}
            | {"xref": "paper", "yref": "paper", "showarrow": False}
        )
    layout["yaxis"]["title"] = {"text": "harm against unhurried HCH"}
    legend = {"orientation": "h", "y": 1.12, "yanchor": "bottom", "x": 0}
    shape = {"height": 420, "margin": {"l": 60, "r": 14, "t": 90, "b": 60}, "legend": legend}
    return go.Figure(traces, layout | shape | {"template": style.template()})


def _line(scheme: str, own: pd.DataFrame, look: style.Look, x: str, y: str, first: bool) -> list[dict[str, Any]]:
    """One scheme's band and line."""
    load = own["load"].to_numpy()
    around = np.concatenate([load, load[::-1]])
    band = np.concatenate([own["high"].to_numpy(), own["low"].to_numpy()[::-1]])
    axes = {"type": "scatter", "xaxis": x, "yaxis": y, "legendgroup": scheme}
    shade = {"x": around, "y": band, "fill": "toself", "fillcolor": look.faint(), "line": {"width": 0}}
    line = {"x": load, "y": own["mean"].to_numpy(), "mode": "lines+markers", "name": names.plain(scheme)}
    line |= {"line": {"color": look.colour, "dash": look.dash}, "showlegend": first, "customdata": own["kept"]}
    said = "%{y:.3f} at load %{x:g}<br>%{customdata:.0%} of discernment left"
    return [
        axes | shade | {"mode": "lines", "hoverinfo": "skip", "showlegend": False},
        axes | line | {"hovertemplate": said},
    ]
