"""Harm along every drawn field: a dot per draw, and per scheme the mean in bins of draws, a panel per field."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from divergence import style
from divergence.drawn import BINS
from divergence.figures import names, panels
from divergence.figures.curves import assembled
from divergence.figures.grid import Contents
from divergence.figures.names import Fields
from divergence.figures.panels import Panel
from divergence.figures.traces import once
from divergence.spec import Range
from divergence.style import Look

_MOST_DOTS = 3000
"""In a panel; where there would be more, the lines stand alone."""
_WIDE = 10
"""Counts that span so many times their least value are drawn on a logarithmic scale, as they are drawn by lot."""
_WORD = 0.6
"""Width on which schemes stand beside each other at a word; words are 1 apart."""


def drawn(draws: pd.DataFrame, means: pd.DataFrame, ranges: tuple[Range, ...], fields: Fields) -> go.Figure:
    """A panel per scenario, overseer and field. ``draws``, ``means``: of ``divergence.drawn``."""
    labels = [str(line) for line in dict.fromkeys(draws["line"])] if len(draws) else []
    looks = style.looks(labels)
    shown = _panels(draws, means, ranges, fields)
    by_column = {one.column: one for one in ranges}
    contents = Contents(
        panels=[panel for panel, _ in shown],
        labels=[names.plain(line) for line in labels],
        references=0,
        strip=False,
        along="the field above each panel",
        up="harm (probability)",
        beside="",
    )
    traces: list[Any] = []
    axes: dict[str, Any] = {}
    top = min(1.03, 1.05 * float(draws["harm"].max()) + 0.02) if len(draws) else 1.0
    for panel, dots in shown:
        one = by_column[panel.key["field"]]
        traces += _dots(panel, one, dots, looks) + _means(panel, one, looks)
        axes |= _axes(panel, one, top)
    note = "" if all(len(dots) <= _MOST_DOTS for _, dots in shown) else f"Dots are left out beyond {_MOST_DOTS:,}."
    return assembled(once(traces), axes, contents, note)


def _panels(
    draws: pd.DataFrame, means: pd.DataFrame, ranges: tuple[Range, ...], fields: Fields
) -> list[tuple[Panel, pd.DataFrame]]:
    """Panels with the draws that belong to each."""
    found: list[tuple[Panel, pd.DataFrame]] = []
    if not len(means):
        return found
    several = names.several(means["overseer"])
    for row, (keys, own) in enumerate(means.groupby(["scenario", "overseer"], sort=False)):
        scenario, overseer = (str(key) for key in keys)
        dots = draws[(draws["scenario"] == scenario) & (draws["overseer"] == overseer)]
        for one in ranges:
            lines = own[own["field"] == one.column]
            if not len(lines):
                continue
            parts = [f"<b>{names.short(scenario)}</b>", *([names.short(overseer)] if several else [])]
            title = " · ".join([*parts, names.axis_title(one.column, fields)])
            key = {"scenario": scenario, "overseer": overseer, "field": one.column}
            found.append((Panel(len(found), row, title, key, lines, "value"), dots.dropna(subset=[one.column])))
    return found


def _dots(panel: Panel, one: Range, draws: pd.DataFrame, looks: dict[str, Look]) -> list[dict[str, Any]]:
    if len(draws) > _MOST_DOTS:
        return []
    return [
        _common(panel, str(line))
        | {
            "x": _places(one, own[one.column], str(line), looks),
            "y": own["harm"].to_numpy(),
            "mode": "markers",
            "showlegend": False,
        }
        | {"marker": {"size": 3.5, "color": looks[str(line)].colour, "opacity": 0.3}, "hoverinfo": "skip"}
        for line, own in draws.groupby("line", sort=False)
    ]


def _means(panel: Panel, one: Range, looks: dict[str, Look]) -> list[dict[str, Any]]:
    found = []
    for line, own in panel.lines.groupby("line", sort=False):
        look = looks[str(line)]
        mean = own["mean"].to_numpy()
        told = [names.interval(*ends) for ends in own[["mean", "low", "high"]].itertuples(index=False, name=None)]
        whiskers = {"array": np.nan_to_num(own["high"].to_numpy() - mean), "color": look.colour, "thickness": 1.3}
        found.append(
            _common(panel, str(line))
            | {
                "x": _places(one, own["value"], str(line), looks),
                "y": mean,
                "mode": "markers" if one.chosen else "lines+markers",
            }
            | {"line": {"color": look.colour, "dash": look.dash, "width": 2.2}, "error_y": {"type": "data"} | whiskers}
            | {"marker": {"symbol": look.marker, "size": 7, "color": look.colour}}
            | {"text": told, "hovertemplate": "%{text}"}
        )
    return found


def _places(one: Range, found: pd.Series, line: str, looks: dict[str, Look]) -> list[float]:
    """Where values stand: numbers where they are, words one after another, schemes beside each other at a word."""
    if not one.chosen:
        return [float(each) for each in found]
    beside = _WORD * ((list(looks).index(line) + 0.5) / len(looks) - 0.5)
    words = list(_ends(one))
    return [words.index(each) + beside for each in found]


def _ends(one: Range) -> tuple[Any, ...]:
    """Both ends of a range, or its words."""
    return one.values  # noqa: PD011


def _common(panel: Panel, line: str) -> dict[str, Any]:
    place = {"type": "scatter", "xaxis": panel.x, "yaxis": panel.y}
    return place | {"legendgroup": line, "name": names.short(line), "showlegend": True}


def _axes(panel: Panel, one: Range, top: float) -> dict[str, Any]:
    x: dict[str, Any] = {"anchor": panel.y, "zeroline": False}
    ends = _ends(one)
    if one.chosen:
        x |= {"tickvals": list(range(len(ends))), "ticktext": [names.short(word) for word in ends]}
        x |= {"range": [-0.5, len(ends) - 0.5]}
    elif all(isinstance(end, int) for end in ends) and ends[0] >= 1 and ends[-1] >= _WIDE * ends[0]:
        x |= {"type": "log", "range": [np.log10(ends[0]) - 0.05, np.log10(ends[1]) + 0.05], "dtick": 1}
    else:
        air = 0.03 * (ends[1] - ends[0])
        x |= {"range": [float(ends[0] - air), float(ends[1] + air)]}
    return {
        panels.long(panel.x): x,
        panels.long(panel.y): {"anchor": panel.x, "range": [-0.03, top], "nticks": 6},
    }


READING = (
    "A panel per drawn field. Small dots are draws, one per scheme; marks are means over draws that are neighbours in "
    f"the field ({BINS} bins of as equal numbers as can be; a mark per word or value where these are few), the other "
    "fields being wherever they were drawn; whiskers are 95 % intervals of these means. A line that stays level says "
    "that the field, by itself, does not matter on average; dots far from their line say that others do."
)
