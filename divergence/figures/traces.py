"""The marks of a panel: a line, band or point per scheme, grey lines for references and the threshold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from divergence import style
from divergence.cell import label as label
from divergence.figures import names
from divergence.figures.panels import Panel
from divergence.intervals import THRESHOLD
from divergence.style import Look
from scenarios.streams import Floats

_MANY = 8
"""Bands of more schemes than this are paler, for they lie on each other."""


def series(summary: pd.DataFrame) -> list[str]:
    """Labels of the lines: schemes, in order of appearance, trained ones apart from their optima."""
    pairs = summary[["scheme", "phase"]].drop_duplicates().itertuples(index=False, name=None)
    return [label(scheme, phase) for scheme, phase in pairs]


def ticks(labels: Sequence[str]) -> dict[str, Any]:
    """Schemes below each other, the first on top: row 0, −1, −2 …"""
    return {"tickvals": [-row for row in range(len(labels))], "ticktext": [names.short(name) for name in labels]}


def scheme_traces(panel: Panel, measure: str, looks: dict[str, Look]) -> list[Any]:
    """A line with its band, or a point with its interval, for every scheme of a panel."""
    lines = panel.lines[panel.lines["measure"] == measure]
    places = {name: place for place, name in enumerate(looks)}
    bands, drawn = [], []
    for (scheme, phase), own in lines.groupby(["scheme", "phase"], sort=False):
        name = label(str(scheme), str(phase))
        if panel.axis is None:
            drawn.append(_point(panel, name, looks[name], own, -places[name]))
            continue
        own = own.dropna(subset=[panel.axis]).sort_values(panel.axis)
        bands += _band(panel, name, looks[name], own, 0.18 if len(looks) <= _MANY else 0.06)
        drawn.append(_line(panel, name, looks[name], own))
    return bands + drawn


def _common(panel: Panel, name: str) -> dict[str, Any]:
    return {"type": "scatter", "xaxis": panel.x, "yaxis": panel.y, "legendgroup": name, "name": names.short(name)}


def _line(panel: Panel, name: str, look: Look, own: pd.DataFrame) -> dict[str, Any]:
    return _common(panel, name) | {
        "x": own[panel.axis].to_numpy(dtype=np.float64),
        "y": own["mean"].to_numpy(),
        "mode": "lines+markers",
        "line": {"color": look.colour, "dash": look.dash, "width": 2.2},
        "marker": {"symbol": look.marker, "size": 6, "color": look.colour},
        "text": _texts(own),
        "hovertemplate": "%{text}",
    }


def _band(panel: Panel, name: str, look: Look, own: pd.DataFrame, share: float) -> list[Any]:
    """The 95 % band, where there is one."""
    own = own[np.isfinite(own["low"]) & np.isfinite(own["high"])]
    if len(own) < 2:
        return []
    x = own[panel.axis].to_numpy(dtype=np.float64)
    edges = {
        "x": np.concatenate([x, x[::-1]]),
        "y": np.concatenate([own["high"].to_numpy(), own["low"].to_numpy()[::-1]]),
        "mode": "lines",
        "line": {"width": 0},
        "fill": "toself",
        "fillcolor": look.faint(share),
        "hoverinfo": "skip",
        "showlegend": False,
    }
    return [_common(panel, name) | edges]


def _point(panel: Panel, name: str, look: Look, own: pd.DataFrame, row: int) -> dict[str, Any]:
    """One scheme where nothing varies: its mean with its interval, on a row of its own."""
    mean = own["mean"].to_numpy()
    return _common(panel, name) | {
        "x": mean,
        "y": np.full(len(own), float(row)),
        "mode": "markers",
        "marker": {"symbol": look.marker, "size": 10, "color": look.colour},
        "error_x": {
            "type": "data",
            "array": np.nan_to_num(own["high"].to_numpy() - mean),
            "arrayminus": np.nan_to_num(mean - own["low"].to_numpy()),
            "symmetric": False,
            "color": look.colour,
            "thickness": 1.5,
        },
        "text": _texts(own),
        "hovertemplate": "%{text}",
    }


def _texts(own: pd.DataFrame) -> list[str]:
    return [names.interval(*line) for line in own[["mean", "low", "high"]].itertuples(index=False, name=None)]


def reference_traces(panel: Panel, references: tuple[str, ...], schemes: int) -> list[Any]:
    """Grey lines; HCH's own is wide and pale, for schemes may lie on it."""
    traces = []
    for measure in references:
        own = panel.lines[panel.lines["measure"] == measure]
        title, look = style.REFERENCES[measure]
        if panel.axis is None:
            across, level = _span(panel, schemes), np.repeat(own["mean"].to_numpy()[:1], 2)
        else:
            own = own.dropna(subset=[panel.axis]).drop_duplicates(panel.axis).sort_values(panel.axis)
            across, level = own[panel.axis].to_numpy(dtype=np.float64), own["mean"].to_numpy()
        grey = _grey(panel, title, look, wide=measure == "hch_accuracy") | _placed(panel, across, level)
        traces.append(grey | {"hovertemplate": "%{x:.3f}" if panel.points else "%{y:.3f}", "meta": measure})
    return traces


def threshold(panel: Panel, schemes: int) -> dict[str, Any]:
    """The harm at which a scheme is said to have left HCH."""
    return _level(panel, schemes, f"harm {THRESHOLD:g}: reached at γ*", THRESHOLD)


def truth(panel: Panel, schemes: int) -> dict[str, Any]:
    """Who is always right."""
    return _level(panel, schemes, "the truth", 1.0)


def once(traces: list[Any]) -> list[Any]:
    """The same marks, each name in the legend where it first occurs."""
    seen: set[str] = set()
    for trace in traces:
        if trace.get("showlegend", True):
            trace["showlegend"] = trace["legendgroup"] not in seen
            seen.add(trace["legendgroup"])
    return traces


def _grey(panel: Panel, title: str, look: Look, wide: bool = False) -> dict[str, Any]:
    line = {"color": look.faint(0.45) if wide else look.colour, "dash": look.dash, "width": 8 if wide else 1.6}
    return _common(panel, f"reference: {title}") | {"name": title, "mode": "lines", "line": line, "legend": "legend2"}


def _level(panel: Panel, schemes: int, title: str, height: float) -> dict[str, Any]:
    """A thin line from side to side (of points: from top to bottom)."""
    trace = _grey(panel, title, Look(style.GREY)) | _placed(panel, _span(panel, schemes), np.repeat(height, 2))
    return trace | {"hoverinfo": "skip", "line": {"color": style.GREY, "width": 0.8}}


def _placed(panel: Panel, across: Floats, level: Floats) -> dict[str, Any]:
    return {"x": level, "y": across} if panel.points else {"x": across, "y": level}


def _span(panel: Panel, schemes: int) -> Floats:
    """Both ends of what a panel's schemes are spread along."""
    if panel.axis is None:
        return np.array([0.5 - schemes, 0.5])
    tried = panel.lines[panel.axis].dropna().to_numpy(dtype=np.float64)
    return np.array([tried.min(), tried.max()])
