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
from divergence.figures.curves import assembled
from divergence.figures.grid import Contents
from divergence.figures.panels import Panel
from divergence.figures.traces import once
from divergence.study import Study
from divergence.style import Look
from divergence.worst_curves import worst_curves

_NOTE = (
    "ε is the share of what training gains over answers at random that a model may give up; the leftmost end of a line "
    "is near the harm of the optimum itself. Whatever else the study sweeps is at the value tried that "
    "is nearest its part's own."
)


def worst(curves: Study | pd.DataFrame) -> go.Figure:
    """Worst harm against ``ε``, a line per scheme, a panel per scenario, overseer and γ.

    ``curves``: a table of ``worst_curves``, or a study, whose curves are then worked out (seconds).
    """
    table = worst_curves(curves.spec) if isinstance(curves, Study) else curves
    shown = panels.parted(table, "gameability", _gamma, "epsilon")
    labels = [str(label) for label in dict.fromkeys(table["scheme"])] if len(table) else []
    looks = style.looks(labels)
    contents = Contents(
        panels=shown,
        labels=[names.plain(label) for label in labels],
        references=1,
        strip=False,
        along="share ε of the objective given up",
        up="worst harm (probability)",
        beside="",
    )
    axes = {name: axis for panel in shown for name, axis in _axes(panel).items()}
    return assembled(once([trace for panel in shown for trace in _traces(panel, looks)]), axes, contents, _NOTE)


def _gamma(value: float | None) -> str:
    return "" if value is None or np.isnan(value) else f"γ = {names.value(float(value))}"


def _traces(panel: Panel, looks: dict[str, Look]) -> list[dict[str, Any]]:
    """A line with its band per scheme, and Pinsker's bound behind them."""
    traces: list[dict[str, Any]] = []
    bound = panel.lines.dropna(subset=["bound"]).drop_duplicates("epsilon")
    if len(bound):
        line = {"color": style.GREY, "dash": "dash", "width": 1.6}
        drawn = {"x": bound["epsilon"].to_numpy(), "y": bound["bound"].to_numpy(), "line": line, "legend": "legend2"}
        traces.append(_common(panel, "Pinsker (imitation)") | drawn | {"hovertemplate": "%{y:.3f}"})
    for scheme, own in panel.lines.groupby("scheme", sort=False):
        traces += _scheme(panel, str(scheme), looks[str(scheme)], own)
    return traces


def _scheme(panel: Panel, label: str, look: Look, own: pd.DataFrame) -> list[dict[str, Any]]:
    x, low, high = (own[name].to_numpy(dtype=np.float64) for name in ("epsilon", "low", "high"))
    bands = []
    if np.isfinite(low).all():
        edges = {"x": np.concatenate([x, x[::-1]]), "y": np.concatenate([high, low[::-1]])}
        filled = {"fill": "toself", "fillcolor": look.faint(), "line": {"width": 0}, "hoverinfo": "skip"}
        bands = [_common(panel, label) | edges | filled | {"showlegend": False}]
    told = [names.interval(*one) for one in own[["mean", "low", "high"]].itertuples(index=False, name=None)]
    line = (
        _common(panel, label)
        | {"x": x, "y": own["mean"].to_numpy(), "mode": "lines+markers", "text": told}
        | {"line": {"color": look.colour, "dash": look.dash, "width": 2.2}, "hovertemplate": "%{text}"}
        | {"marker": {"symbol": look.marker, "size": 6, "color": look.colour}}
    )
    return [*bands, line]


def _common(panel: Panel, name: str) -> dict[str, Any]:
    place = {"type": "scatter", "mode": "lines", "xaxis": panel.x, "yaxis": panel.y}
    return place | {"legendgroup": name, "name": names.short(name), "showlegend": True}


def _axes(panel: Panel) -> dict[str, Any]:
    x = {"anchor": panel.y, "type": "log", "dtick": 1, "exponentformat": "none", "zeroline": False}
    y = {"anchor": panel.x, "range": [-0.03, 1.03], "nticks": 6}
    return {panels.long(panel.x): x, panels.long(panel.y): y}
