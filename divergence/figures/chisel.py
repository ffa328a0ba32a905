"""The chisel's timeline: harm of sampled training beside the argmax, and when exploits are found and taken."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from divergence import style
from divergence.chisel import ARGMAX, EXPECTED, LINES, SAMPLED, START
from divergence.figures import panels
from divergence.figures.curves import assembled
from divergence.figures.grid import Contents
from divergence.figures.panels import Panel
from divergence.style import Look

_LOOKS = {
    SAMPLED: Look(style.BLUE, "solid"),
    EXPECTED: Look(style.SKY, "dash"),
    ARGMAX: Look(style.VERMILION, "dashdot"),
    START: Look(style.GREY, "dot"),
}
_SHARES = {
    "found": ("exploits found", Look(style.ORANGE, "solid")),
    "taken": ("exploits taken", Look(style.VERMILION, "longdash")),
    "tampering": ("chance of tampering", Look(style.PURPLE, "dot")),
}


def figure(table: pd.DataFrame) -> go.Figure:
    """The timeline of ``divergence.chisel.chiselled``: harm in one panel, shares in another."""
    above = Panel(0, 0, "<b>harm</b>", {}, table, "step")
    below = Panel(1, 1, "<b>exploits and tampering, share</b>", {}, table[table["line"] == SAMPLED], "step")
    traces = [trace for name in LINES for trace in _line(above, name)]
    traces += [trace for column in _SHARES for trace in _share(below, column)]
    contents = Contents(
        panels=(above, below),
        labels=LINES,
        references=len(_SHARES),
        strip=False,
        along="step (one rated answer a question)",
        up="",
        beside="",
    )
    top, last = max(float(table["high"].max()), 0.01), float(table["step"].max())
    axes: dict[str, Any] = {}
    for panel, scale in ((above, [-0.03 * top, 1.06 * top]), (below, [-0.03, 1.03])):
        axes[panels.long(panel.x)] = {"anchor": panel.y, "range": [-0.01 * last, 1.01 * last], "zeroline": False}
        axes[panels.long(panel.y)] = {"anchor": panel.x, "range": scale, "nticks": 6, "showticklabels": True}
    made = assembled(traces, axes, contents, "")
    made.update_layout({panels.long(below.y): {"showticklabels": True}})
    for layout in made.layout.meta["layouts"].values():
        layout[f"{panels.long(below.y)}.showticklabels"] = True  # its scale is another
    return made


def _line(panel: Panel, name: str) -> list[dict[str, Any]]:
    """Harm of one way to train, with its band where it was measured on these questions."""
    own, look = panel.lines[panel.lines["line"] == name].sort_values("step"), _LOOKS[name]
    steps, low, high = (own[column].to_numpy(float) for column in ("step", "low", "high"))
    common = {"type": "scatter", "mode": "lines", "xaxis": panel.x, "yaxis": panel.y, "legendgroup": name, "name": name}
    edges = {"x": np.concatenate([steps, steps[::-1]]), "y": np.concatenate([high, low[::-1]])}
    filled = {"fill": "toself", "fillcolor": look.faint(), "line": {"width": 0}, "hoverinfo": "skip"}
    line = {"color": look.colour, "dash": look.dash, "width": 2.2}
    drawn = {"x": steps, "y": own["harm"].to_numpy(float), "line": line, "hovertemplate": "%{y:.3f}"}
    bands = [common | edges | filled | {"showlegend": False}] if name in (SAMPLED, EXPECTED) else []
    return [*bands, common | drawn]


def _share(panel: Panel, column: str) -> list[dict[str, Any]]:
    own, (name, look) = panel.lines.sort_values("step"), _SHARES[column]
    if not own[column].notna().any():
        return []
    place = {"type": "scatter", "mode": "lines", "xaxis": panel.x, "yaxis": panel.y, "legend": "legend2"}
    line = {"color": look.colour, "dash": look.dash, "width": 2.2, "shape": "hv"}
    values = {"x": own["step"].to_numpy(float), "y": own[column].to_numpy(float), "line": line}
    return [place | values | {"legendgroup": name, "name": name, "hovertemplate": "%{y:.3f}"}]
