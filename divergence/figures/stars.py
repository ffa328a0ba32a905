"""γ*: where each scheme leaves HCH, as a ring on its curve and a point with its interval in a strip below."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from divergence.figures import names, panels
from divergence.figures.panels import Panel
from divergence.figures.traces import label, ticks
from divergence.intervals import THRESHOLD
from divergence.style import Look


@dataclass(frozen=True)
class Star:
    """γ* of one curve. ``gamma``, ``low``, ``high``: infinite where harm does not reach the threshold.

    ``last``: the largest γ tried at which the scheme has a value.
    """

    key: dict[str, Any]
    label: str
    gamma: float
    low: float
    high: float
    last: float

    def at(self, key: dict[str, Any]) -> bool:
        """Whether the curve is in the panel of that scenario, overseer and swept values."""
        return all(_same(self.key.get(name), value) for name, value in key.items())

    @property
    def text(self) -> str:
        """The value as pictures write it."""
        return f"{self.gamma:.2f}" if math.isfinite(self.gamma) else f"> {self.last:g}"

    @property
    def spelt(self) -> str:
        """The value and its interval."""
        if math.isinf(self.low):
            return self.text
        high = f"{self.high:.2f}" if math.isfinite(self.high) else f"> {self.last:g}"
        return f"{self.text} [{self.low:.2f}, {high}]"


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) or (bool(pd.isna(one)) and bool(pd.isna(other)))


def stars(summary: pd.DataFrame, crossings: pd.DataFrame | None) -> list[Star]:
    """Every curve that has values: a scheme without an optimum has not stayed with HCH, it is nowhere."""
    if crossings is None or not len(crossings):
        return []
    keys = [name for name in crossings.columns if name not in ("gamma_star", "low", "high", "max")]
    harm = summary[summary["measure"] == "harm"]
    last = harm.groupby(keys, dropna=False, sort=False)["gameability"].max().reset_index(name="last")
    found = crossings.merge(last, on=keys, how="inner").dropna(subset=["last"])
    return [
        Star(
            {name: line[name] for name in keys},
            label(str(line["scheme"]), str(line["phase"])),
            _end(line["gamma_star"]),
            _end(line["low"]),
            _end(line["high"]),
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
        if math.isfinite(star.gamma):
            traces.append(_ring(panel, star, look))
    axis = {
        "anchor": panel.x,
        "range": [0.3 - len(labels), 0.7],
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
    """A point with its interval; beyond the last γ an arrow at the edge."""
    inside = math.isfinite(star.gamma)
    x = star.gamma if inside else star.last
    return _common(panel, star, panel.strip) | {
        "x": [x],
        "y": [row],
        "mode": "markers",
        "cliponaxis": False,
        "marker": {"symbol": look.marker if inside else "triangle-right", "size": 8, "color": look.colour},
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
