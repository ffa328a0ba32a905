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
from divergence.figures.grid import REFERENCE, Contents, applied, layouts, legend
from divergence.figures.names import Fields
from divergence.figures.panels import Panel, heading
from divergence.figures.stars import stars, strip
from divergence.figures.traces import once, reference_traces, scheme_traces, series, threshold, ticks, truth

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
    rows = []
    for panel in shown:
        traces += reference_traces(panel, references, len(labels)) + scheme_traces(panel, measure, looks)
        layout |= _axes(panel, labels, _range(wanted), bool(found))
        here = [star for star in found if star.at(panel.key)]
        if found and not panel.points:
            more, axes = strip(panel, here, looks)
            traces += [*more, threshold(panel, len(labels))]
            layout |= axes
        last = max((labels.index(star.label) for star in here), default=-1)
        rows.append(len(labels) if panel.points else last + 1)
        if measure == "accuracy":
            traces.append(truth(panel, len(labels)))
    contents = Contents(
        panels=shown,
        labels=[names.plain(label) for label in labels],
        references=len(references) + bool(found) + (measure == "accuracy"),
        strip=bool(found),
        along=names.axis_title(axis, fields) if axis else "",
        up=names.measure_title(measure),
        beside="γ*",
        rows=rows,
    )
    return assembled(once(traces), layout, contents, note)


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


def _range(wanted: pd.DataFrame) -> list[float]:
    """One scale for all panels: from nought (or less), with air above."""
    ends = wanted[["mean", "low", "high"]].to_numpy(dtype=np.float64)
    ends = ends[np.isfinite(ends)]
    low, high = (float(ends.min()), float(ends.max())) if len(ends) else (0.0, 1.0)
    low, high = min(low, 0.0), max(high, 0.0)
    air = 0.04 * (high - low or 1.0)
    return [low - air, high + air]


def _axes(panel: Panel, labels: list[str], scale: list[float], stripped: bool) -> dict[str, Any]:
    """A panel's axes but for what depends on the page."""
    if panel.axis is None:
        rows = {"range": [0.4 - len(labels), 0.6], "showgrid": False, "zeroline": False} | ticks(labels)
        return {
            panels.long(panel.x): {"anchor": panel.y, "range": scale, "nticks": 6},
            panels.long(panel.y): {"anchor": panel.x} | rows,
        }
    tried = panel.lines[panel.axis].dropna()
    low, high = float(tried.min()), float(tried.max())
    air = 0.02 * (high - low)
    foot = panel.strip if stripped else panel.y
    return {
        panels.long(panel.x): {"anchor": foot, "range": [low - air, high + air], "zeroline": False},
        panels.long(panel.y): {"anchor": panel.x, "range": scale, "nticks": 6},
    }


def assembled(traces: list[Any], layout: dict[str, Any], contents: Contents, note: str) -> go.Figure:
    """Everything put together, laid out for a wide page."""
    shown = contents.panels
    pages = layouts(contents)
    headings = [heading(panel.title, panel.x, panel.y) for panel in shown]
    if not shown:
        headings = [{"text": "no values", "showarrow": False, "xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5}]
    entries = {
        "orientation": "h",
        "xanchor": "left",
        "yref": "container",
        "yanchor": "top",
        "entrywidthmode": "pixels",
        "font": {"size": 12},
        "tracegroupgap": 0,
    }
    crowded = len(contents.labels) > _UNIFIED or any(panel.points for panel in shown)
    whole = {
        **layout,
        "template": style.template(),
        "annotations": headings,
        "legend": entries,
        "legend2": entries | {"entrywidth": REFERENCE},
        "hovermode": "closest" if crowded else "x unified",
        "margin": {"r": 14, "b": 62},
        "meta": {"layouts": pages, "legend": legend(contents), "note": note},
    }
    return go.Figure(traces, applied(whole, pages["wide"]))
