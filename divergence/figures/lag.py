"""Oversight that lags behind search, and labels that rest on old snapshots: harm over time, labels that turn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from divergence import style

_LOOKS = (style.Look(style.BLUE), style.Look(style.ORANGE, "dash"), style.Look(style.VERMILION, "dot"))


def lag(runs: Mapping[str, pd.DataFrame]) -> go.Figure:
    """Timelines of ``divergence.lag.lagging`` by name (up to three): harm against time."""
    traces = [
        go.Scatter(
            x=run["minutes"] / 60.0,
            y=run["harm"],
            name=name,
            mode="lines",
            line={"color": look.colour, "dash": look.dash},
            customdata=run["searched"],
            hovertemplate="%{y:.3f} after %{x:g} hours, n = %{customdata:,.0f}",
        )
        for (name, run), look in zip(runs.items(), _LOOKS, strict=False)
    ]
    return _figure(traces, "hours", "harm (probability)")


def turned(table: pd.DataFrame) -> go.Figure:
    """The table of ``divergence.lag.stale``: what happens, and what drift against margin says."""
    actual, meant = _LOOKS[0], style.Look(style.GREY, "dash")
    traces = [
        go.Scatter(x=table["latency"], y=table[column], name=name, line={"color": look.colour, "dash": look.dash})
        for column, name, look in (
            ("turned", "labels that turn", actual),
            ("critical", "past their critical latency", meant),
        )
    ]
    return _figure(traces, "age of the snapshot (minutes)", "share of questions")


def _figure(traces: list[Any], along: str, up: str) -> go.Figure:
    axes: dict[str, Any] = {"xaxis": {"title": {"text": along}}}
    axes |= {"yaxis": {"title": {"text": up}, "rangemode": "tozero"}}
    return go.Figure(traces, axes | {"template": style.template(), "height": 380})
