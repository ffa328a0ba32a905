"""How a notebook shows a figure and its sliders: readable on a phone, no logo, no button that sends data away."""

from __future__ import annotations

from typing import Any

import marimo as mo
import pandas as pd
import plotly.graph_objects as go

from divergence import readable, style

CONFIG = {name: value for name, value in style.CONFIG.items() if name != "responsive"}
"""Marimo resizes figures itself; both together leave them without height."""

_TOP, _AXIS, _ROW = 60, 62, 22
"""Pixels: room for buttons and a heading, for the horizontal axis with its title, and a row of the legend."""


def picture(figure: go.Figure, height: int = 440) -> Any:
    """A figure of one panel, its legend below it, where it wraps to any width. ``height`` in pixels."""
    shown = sum(trace.showlegend is not False for trace in figure.data)
    below = _ROW * (1 + shown // 2)
    legend = {"orientation": "h", "x": 0, "xref": "paper", "xanchor": "left", "yref": "paper", "yanchor": "top"}
    figure.update_traces(legend="legend", selector={"legend": "legend2"})
    figure.update_layout(
        template=style.template(mo.app_meta().theme or "light"),
        legend=legend | {"y": -_AXIS / (height - _AXIS - _TOP), "entrywidth": None},
        height=height + below,
        margin={"t": _TOP, "b": _AXIS + below, "r": 14},
        dragmode=False,
        meta=None,
    )
    return mo.ui.plotly(figure, config=CONFIG)


def controls(knobs: Any) -> Any:
    """Sliders below each other, each with what it does; on a phone the words wrap under the slider."""
    return mo.vstack(list(knobs.elements.values()), gap=0.6)


def beside(left: Any, right: Any) -> Any:
    """Two things next to each other where there is room; on a phone, one below the other."""
    grown = ((left, "flex: 1 1 20rem"), (right, "flex: 2 1 34rem"))
    columns = [f'<div style="{grows}; min-width: min(100%, 18rem)">{shown}</div>' for shown, grows in grown]
    return mo.Html(f'<div style="display: flex; flex-wrap: wrap; gap: 2rem">{"".join(columns)}</div>')


def departures(lowest: float, /, **crossings: pd.DataFrame) -> pd.DataFrame:
    """γ* of every scheme with its interval: a column for each table of crossings, which have the same schemes.

    ``lowest``: the smallest γ tried.
    """
    columns = {
        f"γ* {name}": [readable.crossing(line, lowest) for line in table.to_dict("records")]
        for name, table in crossings.items()
    }
    schemes = next(iter(crossings.values()))["scheme"].tolist()
    return pd.DataFrame(columns, index=schemes)
