"""Worst harm against ``ε``: how harmful a model can be whose objective is that close to its maximum.

OAIA's argument in one picture: if every model that is nearly optimal for imitation is nearly harmless, and some that is
nearly optimal for approval is not, the first is aligned as an objective and the second is not. Pinsker's bound on what
a log score allows is dashed. The picture is free to come out against the argument.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from divergence import style
from divergence.figures import names, panels
from divergence.figures.panels import Panel
from divergence.study import Study
from divergence.style import Look
from divergence.worst_curves import worst_curves

_BOUND = "Pinsker's bound for imitation"
_NOTE = (
    "ε is the share of what training gains over answers at random that a model may give up; the leftmost end of a line "
    "is near the harm of the optimum itself."
)


def worst(curves: Study | pd.DataFrame) -> go.Figure:
    """Worst harm against ``ε``, a line per scheme, a panel per scenario, overseer and γ.

    ``curves``: a table of ``worst_curves``, or a study, whose curves are then worked out (seconds).
    """
    table = worst_curves(curves.spec) if isinstance(curves, Study) else curves
    shown = _panels(table)
    labels = list(dict.fromkeys(table["scheme"])) if len(table) else []
    looks = style.looks(labels)
    traces = [trace for panel in shown for trace in _traces(panel, looks)]
    titles = {"x": "share ε of the objective given up", "y": "worst harm (probability)", "strip": ""}
    pages = panels.layouts(shown, [names.short(label) for label in labels], 1, 0, titles)
    axes = {name: axis for panel in shown for name, axis in _axes(panel).items()}
    figure = go.Figure(traces, axes | _layout(shown, pages))
    figure.update_layout({path.replace(".", "_"): value for path, value in pages["wide"].items()})
    return figure


def _panels(table: pd.DataFrame) -> list[Panel]:
    found: list[Panel] = []
    if not len(table):
        return found
    several = names.several(table["overseer"])
    rows: dict[tuple[str, str], int] = {}
    keys: Any
    for keys, lines in table.groupby(["scenario", "overseer", "gameability"], sort=False, dropna=False):
        scenario, overseer, gamma = keys
        row = rows.setdefault((str(scenario), str(overseer)), len(rows))
        parts = [f"<b>{names.escaped(str(scenario))}</b>", *([names.escaped(str(overseer))] if several else [])]
        parts += [] if pd.isna(gamma) else [f"γ = {names.value(float(gamma))}"]
        key = {"scenario": scenario, "overseer": overseer, "gameability": gamma}
        found.append(Panel(len(found), row, " · ".join(parts), key, lines))
    return found


def _traces(panel: Panel, looks: dict[str, Look]) -> list[dict[str, Any]]:
    """A line with its band per scheme, and the bound behind them."""
    traces: list[dict[str, Any]] = []
    bound = panel.lines.dropna(subset=["bound"]).drop_duplicates("epsilon")
    if len(bound):
        line = {"color": style.GREY, "dash": "dash", "width": 1.6}
        drawn = {"x": bound["epsilon"].to_numpy(), "y": bound["bound"].to_numpy(), "line": line, "legend": "legend2"}
        traces.append(_common(panel, _BOUND) | drawn | {"hovertemplate": "%{y:.3f}"})
    for scheme, own in panel.lines.groupby("scheme", sort=False):
        look, label = looks[str(scheme)], str(scheme)
        x, low, high = (own[name].to_numpy(dtype=np.float64) for name in ("epsilon", "low", "high"))
        if np.isfinite(low).all():
            edges = {"x": np.concatenate([x, x[::-1]]), "y": np.concatenate([high, low[::-1]])}
            filled = {"fill": "toself", "fillcolor": look.faint(), "line": {"width": 0}, "hoverinfo": "skip"}
            traces.append(_common(panel, label) | edges | filled | {"showlegend": False})
        told = [names.interval(*one) for one in own[["mean", "low", "high"]].itertuples(index=False, name=None)]
        traces.append(
            _common(panel, label)
            | {"x": x, "y": own["mean"].to_numpy(), "mode": "lines+markers", "text": told}
            | {"line": {"color": look.colour, "dash": look.dash, "width": 2.2}, "hovertemplate": "%{text}"}
            | {"marker": {"symbol": look.marker, "size": 6, "color": look.colour}}
        )
    return traces


def _common(panel: Panel, name: str) -> dict[str, Any]:
    place = {"type": "scatter", "mode": "lines", "xaxis": panel.x, "yaxis": panel.y}
    return place | {"legendgroup": name, "name": names.short(name), "showlegend": panel.number == 0}


def _axes(panel: Panel) -> dict[str, Any]:
    x = {"anchor": panel.y, "type": "log", "dtick": 1, "exponentformat": "power", "zeroline": False}
    return {
        panels.long(panel.x): x,
        panels.long(panel.y): {"anchor": panel.x, "range": [-0.03, 1.03], "nticks": 6},
    }


def _layout(shown: list[Panel], pages: Any) -> dict[str, Any]:
    """Headings and legends; the legend of the bound stands below that of the schemes."""
    place = {"x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom", "yshift": 4, "showarrow": False}
    headings: list[dict[str, Any]] = [
        {"text": panel.title, "xref": f"{panel.x} domain", "yref": f"{panel.y} domain", "font": {"size": 13}} | place
        for panel in shown
    ]
    if not shown:
        middle = {"xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5, "showarrow": False}
        headings = [{"text": "no scheme has an objective"} | middle]
    legend = {"orientation": "h", "xref": "paper", "x": 0, "xanchor": "left", "yref": "container", "yanchor": "top"}
    legend |= {"entrywidthmode": "pixels", "font": {"size": 12}, "tracegroupgap": 0}
    return {
        "template": style.template(),
        "annotations": headings,
        "legend": legend,
        "legend2": legend | {"entrywidth": 200},
        "hovermode": "x unified",
        "margin": {"r": 14, "b": 62},
        "meta": {"layouts": pages, "note": _NOTE},
    }
