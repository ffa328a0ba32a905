"""Sobol indices as bars: per field the first-order index and the total one, each with its interval."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from divergence import style
from divergence.figures import names

_ORDERS = {"first": ("first order: by itself", style.BLUE), "total": ("total: with all it does jointly", style.ORANGE)}
_FIELDS = ("field", "first", "first_low", "first_high", "total", "total_low", "total_high", "variance")
MOST = 24
"""Panels shown at most."""


def figure(table: pd.DataFrame, columns: int = 3) -> go.Figure:
    """A panel per scenario, overseer, scheme and swept point, fields from the most to the least important.

    ``columns``: at most so many panels stand beside each other.
    """
    keys = [name for name in table.columns if name not in _FIELDS]
    groups = [(key, own.dropna(subset=["first"])) for key, own in table.groupby(keys, sort=False, dropna=False)]
    groups = [(key, own) for key, own in groups if len(own)][:MOST]
    if not groups:
        words = {"text": "nothing varies", "showarrow": False, "xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5}
        return go.Figure(layout={"annotations": [words]})
    several = [name for name in keys if name == "scheme" or names.several(table[name])]
    columns = min(columns, len(groups))
    rows = -(-len(groups) // columns)
    titles = [_title(dict(zip(keys, key, strict=True)), several) for key, _ in groups]
    bars = max(len(own) for _, own in groups)
    height = 40 + 26 * bars
    found = make_subplots(
        rows, columns, subplot_titles=titles, shared_xaxes=True, horizontal_spacing=0.13,
        vertical_spacing=min(0.5, 50 / (rows * (height + 50))),
    )  # fmt: skip
    for place, (_, own) in enumerate(groups):
        own = own.sort_values("total")
        for order, (label, colour) in _ORDERS.items():
            error = {
                "array": own[f"{order}_high"] - own[order],
                "arrayminus": own[order] - own[f"{order}_low"],
                "thickness": 1.2,
                "width": 3,
            }
            bar = go.Bar(
                x=own[order],
                y=[names.axis_title(name, names.DEFAULT) for name in own["field"]],
                name=label,
                legendgroup=order,
                showlegend=place == 0,
                orientation="h",
                marker={"color": colour},
                error_x=error,
            )
            found.add_trace(bar, row=place // columns + 1, col=place % columns + 1)
    found.update_layout(
        template=style.template(),
        height=90 + rows * (height + 50),
        barmode="group",
        legend={
            "orientation": "h",
            "yanchor": "bottom",
            "y": 1.0 + 34 / (rows * (height + 50)),
            "traceorder": "normal",
        },
        margin={"l": 10, "r": 10, "t": 90, "b": 40},
    )
    low, high = min(0.0, float(table["first_low"].min())), max(1.0, float(table["total_high"].max()))
    air = 0.03 * (high - low)
    found.update_xaxes(range=[low - air, high + air])
    for place in range(max(0, len(groups) - columns), len(groups)):  # the lowest panel of every column
        found.update_xaxes(
            title="share of the variance", showticklabels=True, row=place // columns + 1, col=place % columns + 1
        )
    found.update_yaxes(automargin=True)
    return found


def _title(key: dict[str, object], several: list[str]) -> str:
    return ", ".join(
        str(key[name])
        if name in ("scenario", "overseer", "scheme")
        else f"{names.words(name)} {names.value(key[name])}"
        for name in several
    )
