"""Measures against gameability: a line per scheme, a panel per scenario and per value of what else is swept.

Where γ does not vary, the horizontal axis is another swept field; where nothing does, schemes stand side by side.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from divergence import style
from divergence.figures import names, panels
from divergence.figures.names import Fields
from divergence.figures.panels import Panel
from divergence.figures.stars import stars, strip
from divergence.figures.traces import reference_traces, scheme_traces, series, threshold

_UNIFIED = 8
"""Up to so many schemes one hover box lists all of them."""


def curves(
    summary: pd.DataFrame,
    crossings: pd.DataFrame | None = None,
    measure: str = "harm",
    fields: Fields = names.DEFAULT,
    references: tuple[str, ...] | None = None,
) -> go.Figure:
    """A measure against gameability with 95 % bands.

    ``summary`` and ``crossings`` are a study's. With ``crossings``, a strip below each panel shows γ* of every scheme
    with its interval. ``references``: measures drawn grey beside the schemes; by default what the measure is compared
    with. ``fields`` (see ``names.of_spec``) gives swept columns their symbols and units.
    """
    references = REFERENCES.get(measure, ()) if references is None else references
    axis = panels.along(summary)
    wanted = summary[summary["measure"].isin((measure, *references))]
    shown, note = panels.split(wanted, fields)
    labels = series(wanted[wanted["measure"] == measure])
    looks = style.looks(labels)
    found = stars(summary, crossings) if measure == "harm" and axis == "gameability" else []
    traces: list[Any] = []
    layout: dict[str, Any] = {}
    for panel in shown:
        at = _along(panel, axis)
        traces += reference_traces(panel, at, references, len(labels))
        traces += scheme_traces(panel, at, measure, looks)
        here = [star for star in found if star.at(panel.key)]
        if found:
            more, axes = strip(panel, here, looks)
            traces += more + threshold(panel, axis, summary)
            layout |= axes
        layout |= _axes(panel, at, axis, labels, _range(wanted), bool(found))
    titles = {
        "x": names.axis_title(axis, fields) if axis else "scheme",
        "y": names.measure_title(measure),
        "strip": "γ*" if found else "",
    }
    grey = len(references) + bool(found)
    pages = panels.layouts(shown, [names.short(label) for label in labels], grey, len(labels) if found else 0, titles)
    return _figure(traces, layout, shown, pages, note, len(labels))


def accuracy(summary: pd.DataFrame, fields: Fields = names.DEFAULT) -> go.Figure:
    """Accuracy of every scheme beside what it could be: HCH, its mode, HCH unpersuaded or without noise, chance."""
    return curves(summary, None, "accuracy", fields)


REFERENCES = {
    "harm": ("chance_harm",),
    "accuracy": (
        "hch_accuracy",
        "hch_mode_accuracy",
        "hch_noise_free_accuracy",
        "hch_unpersuaded_accuracy",
        "chance_accuracy",
    ),
}


def _along(panel: Panel, axis: str | None) -> str | None:
    """The column along a panel: none where its own lines do not vary (an overseer without γ)."""
    return axis if axis is not None and names.several(panel.lines[axis].dropna()) else None


def _range(wanted: pd.DataFrame) -> list[float]:
    """One scale for all panels: from nought (or less), with air above."""
    ends = wanted[["mean", "low", "high"]].to_numpy(dtype=np.float64)
    ends = ends[np.isfinite(ends)]
    low, high = (float(ends.min()), float(ends.max())) if len(ends) else (0.0, 1.0)
    low, high = min(low, 0.0), max(high, 0.0)
    air = 0.04 * (high - low or 1.0)
    return [low - air, high + air]


def _axes(
    panel: Panel, at: str | None, axis: str | None, labels: list[str], scale: list[float], stripped: bool
) -> dict[str, Any]:
    """A panel's axes but for what depends on the page."""
    x: dict[str, Any] = {"anchor": panel.strip if stripped else panel.y}
    if at is None:
        ticks = {"tickvals": list(range(len(labels))), "ticktext": [names.short(name) for name in labels]}
        x |= ticks | {"range": [-0.5, len(labels) - 0.5], "tickangle": -35, "showgrid": False}
    else:
        tried = panel.lines[at].dropna()
        low, high = float(tried.min()), float(tried.max())
        x |= {"range": [low - 0.02 * (high - low), high + 0.02 * (high - low)], "zeroline": False}
    return {panels.long(panel.x): x, panels.long(panel.y): {"anchor": panel.x, "range": scale, "nticks": 6}}


def _figure(
    traces: list[Any], layout: dict[str, Any], shown: list[Panel], pages: Any, note: str, schemes: int
) -> go.Figure:
    """Everything put together, laid out for a wide page."""
    headings = [
        {
            "text": panel.title,
            "xref": f"{panel.x} domain",
            "yref": f"{panel.y} domain",
            "x": 0,
            "y": 1,
            "xanchor": "left",
            "yanchor": "bottom",
            "yshift": 4,
            "showarrow": False,
            "font": {"size": 13},
        }
        for panel in shown
    ]
    if not shown:
        headings = [{"text": "no values", "showarrow": False, "xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5}]
    legend = {
        "orientation": "h",
        "xref": "paper",
        "x": 0,
        "xanchor": "left",
        "yref": "container",
        "yanchor": "top",
        "entrywidthmode": "pixels",
        "font": {"size": 12},
        "tracegroupgap": 0,
    }
    figure = go.Figure(
        data=traces,
        layout={
            **layout,
            "template": style.template(),
            "annotations": headings,
            "legend": legend,
            "legend2": legend | {"entrywidth": 200},
            "hovermode": "x unified" if schemes <= _UNIFIED else "closest",
            "margin": {"r": 14, "b": 62},
            "meta": {"layouts": pages, "note": note},
        },
    )
    figure.update_layout({path.replace(".", "_"): value for path, value in pages["wide"].items()})
    return figure
