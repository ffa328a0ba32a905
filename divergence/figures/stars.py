"""γ*: where each scheme leaves HCH, as a ring on its curve and a point with its interval in a strip below."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from divergence import readable
from divergence.figures import names, panels
from divergence.figures.panels import Panel
from divergence.figures.traces import label, ticks
from divergence.intervals import THRESHOLD
from divergence.style import Look


@dataclass(frozen=True)
class Star:
    """γ* of one curve. ``gamma``, ``low``, ``high``: infinite where harm does not reach the threshold.

    ``first``, ``last``: the smallest and the largest γ tried at which the scheme has a value.
    """

    key: dict[str, Any]
    label: str
    gamma: float
    low: float
    high: float
    first: float
    last: float

    def at(self, key: dict[str, Any]) -> bool:
        """Whether the curve is in the panel of that scenario, overseer and swept values."""
        return all(_same(self.key.get(name), value) for name, value in key.items())

    @property
    def text(self) -> str:
        """The value as pictures write it."""
        return readable.reached(self.gamma, self.first, self.last)

    @property
    def spelt(self) -> str:
        """The value and its interval."""
        return readable.spelt(self.gamma, self.low, self.high, self.first, self.last)

    @property
    def inside(self) -> bool:
        """Whether harm reaches the threshold between two γ tried."""
        return math.isfinite(self.gamma) and self.gamma > self.first


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) or (bool(pd.isna(one)) and bool(pd.isna(other)))


def stars(summary: pd.DataFrame, crossings: pd.DataFrame | None) -> list[Star]:
    """Every curve that has values: a scheme without an optimum has not stayed with HCH, it is nowhere."""
    if crossings is None or not len(crossings):
        return []
    keys = [name for name in crossings.columns if name not in ("gamma_star", "low", "high", "max")]
    harm = summary[summary["measure"] == "harm"]
    tried = harm.groupby(keys, dropna=False, sort=False)["gameability"].agg(first="min", last="max").reset_index()
    found = crossings.merge(tried, on=keys, how="inner").dropna(subset=["last"])
    return [
        Star(
            {name: line[name] for name in keys},
            label(str(line["scheme"]), str(line["phase"])),
            _end(line["gamma_star"]),
            _end(line["low"]),
            _end(line["high"]),
            float(line["first"]),
            float(line["last"]),
        )
        for line in found.to_dict("records")
    ]


def _end(value: float) -> float:
    return math.inf if math.isnan(value) else float(value)


def strip(panel: Panel, here: list[Star], looks: dict[str, Look]) -> tuple[list[Any], dict[str, Any]]:
    """Traces and axis of γ* below a panel: a line per scheme, the first on top."""
    labels = list(looks)
    gammas = panel.lines["gameability"].dropna()
    span = float(gammas.min()), float(gammas.max())
    traces: list[Any] = []
    for star in here:
        look, row = looks[star.label], -labels.index(star.label)
        traces += [_mark(panel, star, look, row), _written(panel, star, row, span)]
        if star.inside:
            traces.append(_ring(panel, star, look))
    axis = {
        "anchor": panel.x,
        **ticks(labels),
        "tickfont": {"size": 11},
        "showgrid": False,
        "zeroline": False,
        "title": {"standoff": 2},
    }
    return traces, {panels.long(panel.strip): axis}


def _common(panel: Panel, star: Star, y: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "xaxis": panel.x,
        "yaxis": y,
        "legendgroup": star.label,
        "name": names.short(star.label),
        "showlegend": False,
    }


def _mark(panel: Panel, star: Star, look: Look, row: int) -> dict[str, Any]:
    """A point with its interval; where γ* is beyond the γ tried, an arrow at that edge."""
    x = min(star.gamma, star.last)
    symbol = look.marker if star.inside else "triangle-left" if math.isfinite(star.gamma) else "triangle-right"
    return _common(panel, star, panel.strip) | {
        "x": [x],
        "y": [row],
        "mode": "markers",
        "cliponaxis": False,
        "marker": {"symbol": symbol, "size": 8, "color": look.colour},
        "error_x": _ends(star, x, look),
        "text": [star.spelt],
        "hovertemplate": "γ* %{text}",
        "meta": "gamma_star",
    }


def _written(panel: Panel, star: Star, row: int, span: tuple[float, float]) -> dict[str, Any]:
    """The value beside the interval, on the side that has room."""
    low, high = (min(star.low, star.last), min(star.high, star.last))
    right = high - span[0] < 0.8 * (span[1] - span[0])
    return _common(panel, star, panel.strip) | {
        "x": [high if right else low],
        "y": [row],
        "mode": "text",
        "text": [f"   {star.text}" if right else f"{star.text}   "],
        "textposition": "middle right" if right else "middle left",
        "textfont": {"size": 11},
        "hoverinfo": "skip",
        "meta": "written",
    }


def _ends(star: Star, x: float, look: Look) -> dict[str, Any]:
    low, high = min(star.low, star.last), min(star.high, star.last)
    return {
        "type": "data",
        "symmetric": False,
        "array": [max(0.0, high - x)],
        "arrayminus": [max(0.0, x - low)],
        "color": look.colour,
        "thickness": 1.5,
        "width": 3,
    }


def _ring(panel: Panel, star: Star, look: Look) -> dict[str, Any]:
    """The place on the curve."""
    return _common(panel, star, panel.y) | {
        "x": [star.gamma],
        "y": [THRESHOLD],
        "mode": "markers",
        "marker": {"symbol": "circle-open", "size": 11, "color": look.colour, "line": {"width": 2}},
        "hoverinfo": "skip",
        "meta": "ring",
    }
