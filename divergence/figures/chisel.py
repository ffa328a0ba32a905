"""The chisel's timeline: harm of sampled training beside the argmax, and when exploits are found and taken."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from divergence import style
from divergence.chisel import ARGMAX, EXPECTED, SAMPLED, START

_LOOKS = {
    SAMPLED: style.Look(style.BLUE, "solid"),
    EXPECTED: style.Look(style.SKY, "dash"),
    ARGMAX: style.Look(style.VERMILION, "dashdot"),
    START: style.Look(style.GREY, "dot"),
}
_SHARES = {
    "found": ("exploits found", style.Look(style.ORANGE, "solid")),
    "taken": ("exploits taken", style.Look(style.VERMILION, "dash")),
    "tampering": ("chance of tampering", style.Look(style.PURPLE, "dot")),
}


def figure(table: pd.DataFrame) -> go.Figure:
    """The timeline of ``divergence.chisel.chiselled`` as two panels: harm above, shares below."""
    traces: list[Any] = []
    for name, look in _LOOKS.items():
        own = table[table["line"] == name].sort_values("step")
        steps = own["step"].to_numpy()
        if name in (SAMPLED, EXPECTED):
            traces.append(_band(steps, own["low"].to_numpy(), own["high"].to_numpy(), look, name))
        traces.append(_trace(steps, own["harm"].to_numpy(), name, look, "y", "legend"))
    sampled = table[table["line"] == SAMPLED].sort_values("step")
    for column, (name, look) in _SHARES.items():
        if sampled[column].notna().any():
            line = _trace(sampled["step"].to_numpy(), sampled[column].to_numpy(), name, look, "y2", "legend2")
            traces.append(line | {"line": line["line"] | {"shape": "hv"}})
    top, last = float(table["high"].max()) or 1.0, 1.01 * float(table["step"].max())
    legend = {"orientation": "h", "x": 0, "xanchor": "left", "yanchor": "bottom"}
    layout = {
        "xaxis": {"title": {"text": "step (one rated answer a question)"}, "anchor": "y2", "range": [0, last]},
        "yaxis": {"title": {"text": "harm (probability)"}, "domain": [0.56, 1.0], "range": [-0.02 * top, 1.06 * top]},
        "yaxis2": {"title": {"text": "share"}, "domain": [0.0, 0.40], "range": [-0.02, 1.02]},
        "legend": legend | {"y": 1.02},
        "legend2": legend | {"y": 0.41},
        "height": 560,
        "margin": {"l": 60, "r": 14, "t": 60, "b": 60},
        "hovermode": "x unified",
    }
    return go.Figure(traces, layout | {"template": style.template()})


def _band(steps: np.ndarray, low: np.ndarray, high: np.ndarray, look: style.Look, name: str) -> dict[str, Any]:
    around, edge = np.concatenate([steps, steps[::-1]]), np.concatenate([high, low[::-1]])
    shade = {"type": "scatter", "x": around, "y": edge, "fill": "toself", "fillcolor": look.faint()}
    return shade | {
        "line": {"width": 0},
        "hoverinfo": "skip",
        "showlegend": False,
        "legendgroup": name,
        "mode": "lines",
    }


def _trace(x: np.ndarray, y: np.ndarray, name: str, look: style.Look, axis: str, legend: str) -> dict[str, Any]:
    drawn = {"type": "scatter", "mode": "lines", "x": x, "y": y, "name": name, "yaxis": axis, "legend": legend}
    return drawn | {"line": {"color": look.colour, "dash": look.dash}, "legendgroup": name, "hovertemplate": "%{y:.3f}"}
