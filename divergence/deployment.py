"""After deployment, measured: what escapes supervision, and how long a model that is left behind does harm (§5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from distillers.deployment import Deployment, Drift, Turncoat, deploy
from divergence import style
from scenarios import streams

SHARES = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
_MENDED, _LEFT = "noticed and retrained", "not noticed, or not retrained"


def escapes(
    shares: Sequence[float] = SHARES, deployment: Deployment | None = None, lives: int = 2000, seed: int = 0
) -> pd.DataFrame:
    """One line per supervised share: ``mean`` false answers of a turncoat that nobody saw, ``low``, ``high`` (95 %,
    normal, over lives), and ``expected``, ``(1 - s)/s``. Deployments are long enough for all but one life in 10⁹.
    """
    keys, lines = streams.keys_from(seed, "deployment", 0, lives), []
    for share in shares:
        long = 1 if share == 1.0 else int(np.ceil(np.log(1e-9) / np.log1p(-share)))
        own = replace(deployment or Deployment(), supervised=share, answers=long, retraining=0, notices=1)
        found = deploy(own, Turncoat(), keys).undetected
        half = 1.96 * found.std() / np.sqrt(lives)
        ends = {"mean": found.mean(), "low": found.mean() - half, "high": found.mean() + half}
        lines.append({"supervised": share} | ends | {"expected": (1 - share) / share})
    return pd.DataFrame(lines)


def drifting(deployment: Deployment, drift: Drift, lives: int = 2000, seed: int = 0) -> pd.DataFrame:
    """Share of false answers by answer: ``noticed and retrained``, and ``not noticed, or not retrained``."""
    keys = streams.keys_from(seed, "deployment", 0, lives)
    rules = {
        _MENDED: replace(deployment, retrains=True, notices=max(1, deployment.notices)),
        _LEFT: replace(deployment, retrains=False),
    }
    found = {name: deploy(rule, drift, keys).false.mean(axis=1) for name, rule in rules.items()}
    return pd.DataFrame({"answer": np.arange(deployment.answers)} | found)


def drawn_escapes(table: pd.DataFrame) -> go.Figure:
    """``escapes`` as a picture: lives simulated, and the closed form."""
    spread = {"type": "data", "array": table["high"] - table["mean"]}
    look: dict[str, Any] = {"mode": "markers", "marker": {"color": style.BLUE, "size": 9}, "error_y": spread}
    line: dict[str, Any] = {"mode": "lines", "line": {"color": style.GREY, "dash": "dash"}, "hoverinfo": "skip"}
    traces = [
        go.Scatter(x=table["supervised"], y=table["expected"], name="(1 - s)/s", **line),
        go.Scatter(x=table["supervised"], y=table["mean"], name="simulated lives", **look),
    ]
    axes: dict[str, Any] = {
        "xaxis": {"title": {"text": "supervised share s"}, "type": "log", "tickvals": table["supervised"]}
    }
    axes |= {"yaxis": {"title": {"text": "false answers that nobody saw"}, "rangemode": "tozero"}}
    return go.Figure(traces, axes | {"template": style.template(), "height": 380})


def drawn_drift(table: pd.DataFrame) -> go.Figure:
    """``drifting`` as a picture."""
    colours, dashes = {_MENDED: style.BLUE, _LEFT: style.VERMILION}, {_MENDED: "solid", _LEFT: "dash"}
    traces = [
        go.Scatter(x=table["answer"], y=table[name], name=name, line={"color": colours[name], "dash": dashes[name]})
        for name in colours
    ]
    axes: dict[str, Any] = {"xaxis": {"title": {"text": "answers since deployment"}}}
    axes |= {"yaxis": {"title": {"text": "share of answers that are false"}, "rangemode": "tozero"}}
    return go.Figure(traces, axes | {"template": style.template(), "height": 380})
