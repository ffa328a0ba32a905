"""Harm against human minutes, a line per scheme with its 95 % band; and the frontier, what no scheme beats.

A panel per scenario and overseer; budgets are on a logarithmic axis.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from divergence import style
from divergence.competition import frontier as unbeaten
from divergence.figures import names, panels
from divergence.figures.curves import assembled
from divergence.figures.grid import Contents
from divergence.figures.panels import Panel
from divergence.figures.traces import once
from divergence.style import Look

_PLACE = ["scenario", "overseer"]
_FRONT = "no scheme is better"


def learning(curves: pd.DataFrame, measure: str = "harm") -> go.Figure:
    """The table of ``divergence.learning.curves`` as a figure; ``measure``: harm or accuracy."""

    def drawn(panel: Panel, looks: dict[str, Look]) -> list[dict[str, Any]]:
        traces = [] if measure == "harm" else [_level(panel, "hch_accuracy", "HCH")]
        for scheme, own in panel.lines.groupby("scheme", sort=False):
            traces += _scheme(panel, str(scheme), own.sort_values("human_minutes"), measure, looks[str(scheme)])
        return traces

    return _figure(curves, drawn, measure, references=int(measure != "harm"))


def frontier(curves: pd.DataFrame) -> go.Figure:
    """All budgets of all schemes faintly, and joined by steps what no scheme beats on as small a budget."""
    best = unbeaten(curves)

    def drawn(panel: Panel, looks: dict[str, Look]) -> list[dict[str, Any]]:
        front = best[(best[_PLACE] == pd.Series(panel.key)[_PLACE]).all(axis=1)]
        end = front.tail(1).assign(human_minutes=panel.lines["human_minutes"].max())
        steps = {"color": style.GREY, "width": 2, "shape": "hv"}
        traces = [
            _points(panel, _FRONT, pd.concat([front, end]), {"mode": "lines", "line": steps, "legend": "legend2"})
        ]
        for scheme, own in panel.lines.groupby("scheme", sort=False):
            look = looks[str(scheme)]
            mark = {"color": look.colour, "symbol": look.marker}
            won = front[front["scheme"] == scheme]
            faint, clear = {"marker": mark | {"size": 7, "opacity": 0.3}}, {"marker": mark | {"size": 13}}
            traces += [_points(panel, str(scheme), own, faint | {"showlegend": not len(won)})]
            traces += [_points(panel, str(scheme), won, clear)] if len(won) else []
        return traces

    return _figure(curves, drawn, "harm", references=1)


def _figure(curves: pd.DataFrame, drawn: Any, measure: str, references: int) -> go.Figure:
    shown = _panels(curves)
    labels = [str(label) for label in dict.fromkeys(curves["scheme"])]
    looks = style.looks(labels)
    contents = Contents(
        panels=shown,
        labels=[names.plain(label) for label in labels],
        references=references,
        strip=False,
        along="human minutes",
        up=names.measure_title(measure),
        beside="",
    )
    top = max(float(np.nanmax(curves[[measure, f"{measure}_high"]].to_numpy())), 0.05)
    axes: dict[str, Any] = {}
    for panel in shown:
        axes[panels.long(panel.x)] = {"anchor": panel.y, "type": "log", "dtick": 1, "zeroline": False}
        axes[panels.long(panel.y)] = {"anchor": panel.x, "range": [-0.03 * top, 1.05 * top], "nticks": 6}
    made = assembled(once([trace for panel in shown for trace in drawn(panel, looks)]), axes, contents, "")
    return made.update_layout(hovermode="closest")


def _panels(curves: pd.DataFrame) -> list[Panel]:
    several = names.several(curves["overseer"])
    found: list[Panel] = []
    for place, lines in curves.groupby(_PLACE, sort=False):
        scenario, overseer = (str(name) for name in place)
        title = " · ".join([f"<b>{names.short(scenario)}</b>", *([names.short(overseer)] if several else [])])
        key = {"scenario": scenario, "overseer": overseer}
        found.append(Panel(len(found), len(found), title, key, lines, "human_minutes"))
    return found


def _scheme(panel: Panel, label: str, own: pd.DataFrame, measure: str, look: Look) -> list[dict[str, Any]]:
    """A line with its band."""
    x, low, high = (own[name].to_numpy(float) for name in ("human_minutes", f"{measure}_low", f"{measure}_high"))
    edges = {"x": np.concatenate([x, x[::-1]]), "y": np.concatenate([high, low[::-1]])}
    filled = {"fill": "toself", "fillcolor": look.faint(), "line": {"width": 0}, "hoverinfo": "skip"}
    line = {"x": x, "y": own[measure].to_numpy(float), "mode": "lines+markers", "customdata": _told(own)}
    line |= {"line": {"color": look.colour, "dash": look.dash, "width": 2.2}, "hovertemplate": _SAID}
    line |= {"marker": {"symbol": look.marker, "size": 6, "color": look.colour}}
    common = _common(panel, label)
    return [common | {"mode": "lines"} | edges | filled | {"showlegend": False}, common | line]


_SAID = (
    "%{fullData.name}: %{y:.3f} for %{x:,.0f} minutes<br>"
    "%{customdata[0]:,.0f} labels, made in %{customdata[1]:,.0f} minutes<extra></extra>"
)


def _told(own: pd.DataFrame) -> np.ndarray:
    return own[["labels", "elapsed_minutes"]].to_numpy(float)


def _level(panel: Panel, column: str, name: str) -> dict[str, Any]:
    """A grey line across: what does not depend on the budget."""
    minutes = panel.lines["human_minutes"]
    line = {"x": [minutes.min(), minutes.max()], "y": [panel.lines[column].iloc[0]] * 2, "mode": "lines"}
    look = {"line": {"color": style.GREY, "dash": "dot"}, "legend": "legend2", "hoverinfo": "skip"}
    return _common(panel, name) | line | look


def _points(panel: Panel, label: str, own: pd.DataFrame, how: dict[str, Any]) -> dict[str, Any]:
    place = {"x": own["human_minutes"].to_numpy(float), "y": own["harm"].to_numpy(float), "mode": "markers"}
    return _common(panel, label) | place | {"customdata": _told(own), "hovertemplate": _SAID} | how


def _common(panel: Panel, name: str) -> dict[str, Any]:
    place = {"type": "scatter", "xaxis": panel.x, "yaxis": panel.y}
    return place | {"legendgroup": name, "name": names.short(name), "showlegend": True}
