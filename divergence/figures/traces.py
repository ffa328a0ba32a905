"""The marks of a panel: a line, band or point per scheme, grey lines for references and the threshold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from divergence import style
from divergence.figures import names
from divergence.figures.panels import Panel
from divergence.intervals import THRESHOLD
from divergence.style import Look


def series(summary: pd.DataFrame) -> list[str]:
    """Labels of the lines: schemes, in order of appearance, trained ones apart from their optima."""
    pairs = summary[["scheme", "phase"]].drop_duplicates().itertuples(index=False, name=None)
    return [label(scheme, phase) for scheme, phase in pairs]


def label(scheme: str, phase: str) -> str:
    """The name of a line."""
    return str(scheme) if phase == "optimum" else f"{scheme} ({phase})"


def scheme_traces(panel: Panel, axis: str | None, measure: str, looks: dict[str, Look]) -> list[Any]:
    lines = panel.lines[panel.lines["measure"] == measure]
    places = {name: place for place, name in enumerate(looks)}
    bands, drawn = [], []
    for (scheme, phase), own in lines.groupby(["scheme", "phase"], sort=False):
        name = label(str(scheme), str(phase))
        if axis is None:
            drawn.append(_point(panel, name, looks[name], own, places[name]))
            continue
        own = own.dropna(subset=[axis]).sort_values(axis)
        bands += _band(panel, name, looks[name], own, axis)
        drawn.append(_line(panel, name, looks[name], own, axis))
    return bands + drawn


def _common(panel: Panel, name: str) -> dict[str, Any]:
    return {"type": "scatter", "xaxis": panel.x, "yaxis": panel.y, "legendgroup": name, "name": names.short(name)}


def _line(panel: Panel, name: str, look: Look, own: pd.DataFrame, axis: str) -> dict[str, Any]:
    return _common(panel, name) | {
        "x": own[axis].to_numpy(dtype=np.float64),
        "y": own["mean"].to_numpy(),
        "mode": "lines+markers",
        "line": {"color": look.colour, "dash": look.dash, "width": 2.2},
        "marker": {"symbol": look.marker, "size": 6, "color": look.colour},
        "showlegend": panel.number == 0,
        "text": _texts(own),
        "hovertemplate": "%{text}",
    }


def _band(panel: Panel, name: str, look: Look, own: pd.DataFrame, axis: str) -> list[Any]:
    """The 95 % band, where there is one."""
    own = own[np.isfinite(own["low"]) & np.isfinite(own["high"])]
    if len(own) < 2:
        return []
    x = own[axis].to_numpy(dtype=np.float64)
    edges = {
        "x": np.concatenate([x, x[::-1]]),
        "y": np.concatenate([own["high"].to_numpy(), own["low"].to_numpy()[::-1]]),
        "mode": "lines",
        "line": {"width": 0},
        "fill": "toself",
        "fillcolor": look.faint(),
        "hoverinfo": "skip",
        "showlegend": False,
    }
    return [_common(panel, name) | edges]


def _point(panel: Panel, name: str, look: Look, own: pd.DataFrame, place: int) -> dict[str, Any]:
    """One scheme where nothing varies along the axis: its mean with its interval."""
    mean = own["mean"].to_numpy()
    return _common(panel, name) | {
        "x": np.full(len(own), float(place)),
        "y": mean,
        "mode": "markers",
        "marker": {"symbol": look.marker, "size": 10, "color": look.colour},
        "error_y": {
            "type": "data",
            "array": np.nan_to_num(own["high"].to_numpy() - mean),
            "arrayminus": np.nan_to_num(mean - own["low"].to_numpy()),
            "symmetric": False,
            "color": look.colour,
            "thickness": 1.5,
        },
        "showlegend": panel.number == 0,
        "text": _texts(own),
        "hovertemplate": "%{text}",
    }


def _texts(own: pd.DataFrame) -> list[str]:
    return [names.interval(*line) for line in own[["mean", "low", "high"]].itertuples(index=False, name=None)]


def reference_traces(panel: Panel, axis: str | None, references: tuple[str, ...], schemes: int) -> list[Any]:
    """Grey lines; HCH's own is wide and pale, for schemes may lie on it."""
    traces = []
    for measure in references:
        own = panel.lines[panel.lines["measure"] == measure]
        title, look = style.REFERENCES[measure]
        if axis is None:
            x, y = np.array([-0.5, schemes - 0.5]), np.repeat(own["mean"].to_numpy()[:1], 2)
        else:
            own = own.dropna(subset=[axis]).drop_duplicates(axis).sort_values(axis)
            x, y = own[axis].to_numpy(dtype=np.float64), own["mean"].to_numpy()
        wide = measure == "hch_accuracy"
        traces.append(_grey(panel, title, look, wide) | {"x": x, "y": y, "hovertemplate": "%{y:.3f}", "meta": measure})
    return traces


def _grey(panel: Panel, title: str, look: Look, wide: bool = False) -> dict[str, Any]:
    line = {"color": look.faint(0.45) if wide else look.colour, "dash": look.dash, "width": 8 if wide else 1.6}
    return _common(panel, title) | {
        "name": title,
        "mode": "lines",
        "line": line,
        "legend": "legend2",
        "showlegend": panel.number == 0,
    }


def threshold(panel: Panel, axis: str | None, summary: pd.DataFrame) -> list[Any]:
    """The harm at which a scheme is said to have left HCH."""
    tried = summary[axis].dropna()
    ends = {"x": [float(tried.min()), float(tried.max())], "y": [THRESHOLD, THRESHOLD], "hoverinfo": "skip"}
    look = Look(style.GREY, "solid")
    trace = _grey(panel, f"harm {THRESHOLD:g}: reached at γ*", look) | ends
    return [trace | {"line": {"color": style.GREY, "width": 0.8}}]
