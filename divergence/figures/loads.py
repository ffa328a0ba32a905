"""γ* against offered load: a line per scheme with its 95 % band, its work asked for one by one, and bunched."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from divergence import readable, style
from divergence.figures import names, panels
from divergence.figures.curves import assembled
from divergence.figures.grid import Contents
from divergence.figures.panels import Panel
from divergence.figures.traces import once
from divergence.style import Look

_NOTE = "An open triangle at the upper edge: harm does not reach 0.1 at any γ tried. γ is tried from 0 to that edge."
_WAYS = {False: "asked one by one", True: "asked all at once"}


def loads(table: pd.DataFrame) -> go.Figure:
    """γ* of the core schemes against load, a row of panels per scenario and overseer.

    ``table``: lines of ``divergence.busy.panel``, with or without a column ``overseer``.
    """
    table = table if "overseer" in table else table.assign(overseer="human")
    shown = panels.parted(table, "bunched", lambda bunched: _WAYS[bool(bunched)], "load")
    labels = [str(label) for label in dict.fromkeys(table["scheme"])] if len(table) else []
    looks = style.looks(labels)
    contents = Contents(
        panels=shown,
        labels=[names.plain(label) for label in labels],
        references=0,
        strip=False,
        along="offered load (unhurried work per staff-minute)",
        up="γ*, where harm reaches 0.1",
        beside="",
    )
    axes = {name: axis for panel in shown for name, axis in _axes(panel).items()}
    return assembled(once([trace for panel in shown for trace in _traces(panel, looks)]), axes, contents, _NOTE)


def _traces(panel: Panel, looks: dict[str, Look]) -> list[dict[str, Any]]:
    """A line with its band per scheme."""
    traces: list[dict[str, Any]] = []
    for scheme, own in panel.lines.groupby("scheme", sort=False):
        traces += _scheme(panel, str(scheme), looks[str(scheme)], own.sort_values("load"))
    return traces


def _scheme(panel: Panel, label: str, look: Look, own: pd.DataFrame) -> list[dict[str, Any]]:
    load, star, most = (own[name].to_numpy(dtype=np.float64) for name in ("load", "gamma_star", "max"))
    low, high = (np.minimum(own[name].to_numpy(dtype=np.float64), most) for name in ("low", "high"))
    beyond = np.isnan(star)
    common = {"type": "scatter", "xaxis": panel.x, "yaxis": panel.y, "legendgroup": label, "name": names.short(label)}
    edges = {"x": np.concatenate([load, load[::-1]]), "y": np.concatenate([high, low[::-1]])}
    filled = {"mode": "lines", "fill": "toself", "fillcolor": look.faint(), "line": {"width": 0}, "hoverinfo": "skip"}
    line = {
        "x": load,
        "y": np.where(beyond, most, star),
        "mode": "lines+markers",
        "line": {"color": look.colour, "dash": look.dash, "width": 2.2},
        "marker": {"symbol": look.marker, "size": 7, "color": look.colour},
        "text": [_told(one) for one in own.to_dict("records")],
        "hovertemplate": "%{text}",
    }
    over = {"x": load[beyond], "y": most[beyond], "mode": "markers", "hoverinfo": "skip", "showlegend": False}
    over |= {"marker": {"symbol": "triangle-up-open", "size": 14, "color": look.colour}}
    return [common | edges | filled | {"showlegend": False}, common | line | {"showlegend": True}, common | over]


def _told(line: dict[Any, Any]) -> str:
    waited = f"{line['waiting']:.1f} min wait for a desk"
    return f"{readable.crossing(line, 0.0)}, {line['kept']:.0%} of discernment left, {waited}"


def _axes(panel: Panel) -> dict[str, Any]:
    load, most = panel.lines["load"].to_numpy(dtype=np.float64), float(panel.lines["max"].max())
    air = 0.03 * load.max()
    x = {"anchor": panel.y, "range": [0, load.max() + air], "zeroline": False, "tickvals": sorted(set(load.tolist()))}
    y = {"anchor": panel.x, "range": [-0.03 * most, 1.06 * most], "nticks": 6}
    return {panels.long(panel.x): x, panels.long(panel.y): y}
