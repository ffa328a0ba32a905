"""A phase diagram: every square of the plane in the colour of its phase, and the points that were tried."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from divergence import style
from divergence.figures import names
from divergence.phase import TIED, Diagram, Plane, labels
from divergence.spec import Axis
from scenarios.streams import Floats

_PLAIN = {TIED: "#D9DDE2", "undefined": "#FFFFFF"}
_LEVEL = (style.SKY, style.VERMILION)
_TRANSPARENCY = 0.75
_PANEL, _BETWEEN = 390, 90
"""Heights in pixels: a panel, and the room to the one below."""


def figure(diagram: Diagram, columns: int = 3) -> go.Figure:
    """A panel per scenario and overseer, at most so many ``columns`` of them beside each other."""
    of, points = diagram.plane, diagram.points
    keys = list(diagram.leaves)
    colours = _colours(of, points)
    fields = names.of_spec(of.spec)
    several = len({overseer for _, overseer in keys}) > 1
    titles = [f"{scenario}, overseer {overseer}" if several else scenario for scenario, overseer in keys]
    columns = min(columns, max(1, len(keys)))
    rows = -(-len(keys) // columns) or 1
    inner = rows * (_PANEL + _BETWEEN) - _BETWEEN
    found = make_subplots(
        rows, columns, subplot_titles=titles, shared_yaxes=True, horizontal_spacing=0.03,
        vertical_spacing=_BETWEEN / inner,
    )  # fmt: skip
    order = list(colours)
    scale = [[(place + end) / len(order), colour] for place, colour in enumerate(colours.values()) for end in (0, 1)]
    for place, key in enumerate(keys):
        row, column = place // columns + 1, place % columns + 1
        own = points[(points["scenario"] == key[0]) & (points["overseer"] == key[1])]
        xs, ys = own[of.x.column].tolist(), own[of.y.column].tolist()
        squares = go.Heatmap(
            x=list(of.x.values), y=list(of.y.values), z=_filled(diagram, key, own, order), colorscale=scale,
            zmin=-0.5, zmax=len(order) - 0.5, showscale=False, opacity=_TRANSPARENCY, hoverinfo="skip",
        )  # fmt: skip
        found.add_trace(squares, row=row, col=column)
        tried = go.Scatter(
            x=xs, y=ys, mode="markers", showlegend=False, marker={"size": 3, "color": "#1F2328", "opacity": 0.55},
            text=[_told(line, of) for line in own.to_dict("records")], hovertemplate="%{text}<extra></extra>",
        )  # fmt: skip
        found.add_trace(tried, row=row, col=column)
    for phase, colour in colours.items():
        mark = {"symbol": "square", "size": 13, "color": colour, "opacity": _TRANSPARENCY}
        found.add_trace(go.Scatter(x=[None], y=[None], mode="markers", marker=mark, name=names.escaped(phase)))
    found.update_layout(
        template=style.template(),
        height=inner + 170,
        legend={"orientation": "h", "yanchor": "bottom", "y": 1 + 31 / inner},
        margin={"l": 70, "r": 14, "t": 110, "b": 60},
        hovermode="closest",
    )
    found.update_xaxes(title=names.axis_title(of.x.column, fields), showgrid=False, range=_ends(of.x))
    found.update_yaxes(showgrid=False, range=_ends(of.y))
    found.update_yaxes(title=names.axis_title(of.y.column, fields), col=1)
    return found


def _ends(axis: Axis) -> list[float]:
    first, second, *_, last = (*axis.values[:2], axis.values[-1])  # noqa: PD011
    return [first - (second - first) / 2, last + (second - first) / 2]


def _colours(of: Plane, points: pd.DataFrame) -> dict[str, str]:
    """Phase → colour: schemes as in every picture, in the study's order; two colours for below and above a level."""
    seen = list(dict.fromkeys(points["phase"])) if len(points) else []
    looks = style.looks(labels(of.spec))
    schemes = {label: looks[label].colour for label in labels(of.spec) if label in seen}
    others = sorted(phase for phase in seen if phase not in schemes and phase not in _PLAIN)
    levels = dict(zip(others, _LEVEL, strict=False))
    return schemes | levels | {phase: colour for phase, colour in _PLAIN.items() if phase in seen}


def _filled(diagram: Diagram, key: tuple[str, str], own: pd.DataFrame, order: list[str]) -> Floats:
    """The phase at every point of the finest grid: its own where it was tried, else that of the nearest corner."""
    across, up = diagram.plane.shape
    known = np.full((across, up), np.nan)
    known[own["i"], own["j"]] = [order.index(phase) for phase in own["phase"]]
    filled = known.copy()
    for i, j, side in diagram.leaves[key]:
        for a in range(i, i + side + 1):
            for b in range(j, j + side + 1):
                if np.isnan(known[a, b]):
                    filled[a, b] = known[i + side * (2 * (a - i) > side), j + side * (2 * (b - j) > side)]
    return filled.T


def _told(line: dict[Any, Any], of: Plane) -> str:
    """A point in words."""
    schemes = labels(of.spec)
    place = [f"{names.words(axis.column)} {names.value(line[axis.column])}" for axis in (of.x, of.y)]
    values = [f"{names.escaped(scheme)} {line[scheme]:.3f}" for scheme in schemes]
    return "<br>".join([f"<b>{names.escaped(line['phase'])}</b>", ", ".join(place), *values])
