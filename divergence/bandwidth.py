"""Accuracy and corruption against bandwidth: low bandwidth carries fewer attacks, and less of each question (§7).

At bandwidth ``w`` a message of a corrupted human corrupts its reader with probability ``p·w``; every human's
discernment is ``κ·w^η`` (``overseers/corruptible.py``); and as a message holds less, questions are split into more
levels, ``log_b(1/w)`` more, rounded up. Corrupted humans answer what the attack wants (``hch/corruption.py``). Where
accuracy is best is a trade: without attacks it is at full bandwidth.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from divergence import style
from hch import batch, events
from hch.corruption import Attack, reproduction
from hch.office import Office
from overseers.base import Overseer
from overseers.corruptible import Corruptible
from overseers.human import Human
from scenarios.base import TreeScenario

BANDWIDTHS = (0.125, 0.1875, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.0)


def against_bandwidth(
    scenario: TreeScenario,
    human: Overseer | None = None,
    attack: Attack | None = None,
    bandwidths: Sequence[float] = BANDWIDTHS,
    exponent: float = 0.25,
    finer: bool = True,
    questions: int = 300,
    seed: int = 0,
    office: Office | None = None,
) -> pd.DataFrame:
    """One line per bandwidth. ``exponent``: η. ``finer``: whether low bandwidth takes more levels of questions.

    Columns: ``bandwidth``, ``depth``; ``accuracy`` of the roots' answers, with ``low`` and ``high`` (95 %, Wilson), and
    ``unattacked``, that of the same people under no attack; ``corrupted``, the share of all humans; ``root``, the share
    of roots corrupted when they answer; ``reproduction``, R_0 downwards if nobody is quarantined.
    """
    human = Human() if human is None else human
    attack = Attack() if attack is None else attack
    office = Office() if office is None else office
    lines = []
    for bandwidth in bandwidths:
        asked = _finer(scenario, bandwidth) if finer else scenario
        trees, own = asked.trees(seed, questions), replace(attack, bandwidth=bandwidth)
        reader = Corruptible(member=human, bandwidth=bandwidth, bandwidth_exponent=exponent, exposure=0.0)
        lived = events.run(trees, reader, office, attack=own)
        assert lived.infected is not None
        truth = trees.root.truth[0]
        accuracy = float((lived.answers[-1][0] == truth).mean())
        low, high = _wilson(accuracy, questions)
        calm = batch.answers(trees, reader) if not office.changes_answers else events.run(trees, reader, office).answers
        lines.append(
            {
                "bandwidth": bandwidth,
                "depth": asked.depth,
                "accuracy": accuracy,
                "low": low,
                "high": high,
                "unattacked": float((calm[-1][0] == truth).mean()),
                "corrupted": lived.infected.fraction,
                "root": float(lived.infected.root.mean()),
                "reproduction": reproduction(own, trees.branching, 1.0),
            }
        )
    return pd.DataFrame(lines)


def figure(table: pd.DataFrame) -> go.Figure:
    """The table of ``against_bandwidth``: accuracy with and without attacks, and how many are corrupted."""
    width = table["bandwidth"].to_numpy()
    around = np.concatenate([width, width[::-1]])
    band = np.concatenate([table["high"].to_numpy(), table["low"].to_numpy()[::-1]])
    lines = (
        ("unattacked", "accuracy, nobody attacks", "#0072b2", "dot"),
        ("accuracy", "accuracy under attack", "#0072b2", "solid"),
        ("root", "roots corrupted", "#d55e00", "solid"),
        ("corrupted", "humans corrupted", "#d55e00", "dot"),
    )
    shade = {"x": around, "y": band, "fill": "toself", "fillcolor": "rgba(0,114,178,0.15)", "line": {"width": 0}}
    traces: list[dict[str, Any]] = [
        {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "showlegend": False} | shade
    ]
    for column, name, colour, dash in lines:
        own: dict[str, Any] = {"type": "scatter", "x": width, "y": table[column], "name": name, "mode": "lines+markers"}
        own |= {"line": {"color": colour, "dash": dash}, "customdata": table["depth"]}
        traces.append(own | {"hovertemplate": "%{y:.3f} at bandwidth %{x:.2f}, depth %{customdata}"})
    layout = {
        "xaxis": {"title": {"text": "bandwidth"}, "rangemode": "tozero"},
        "shapes": [_edge(middle) for middle in _changes(table)],
        "annotations": [
            {"x": own["bandwidth"].mean(), "y": 1.07, "showarrow": False, "text": f"depth {depth}"}
            for depth, own in table.groupby("depth")
        ],
        "yaxis": {"title": {"text": "share of roots (or of humans)"}, "range": [0, 1.13]},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom"},
    }
    return go.Figure(traces, layout | {"template": style.template(), "height": 440})


def _edge(x: float) -> dict[str, Any]:
    line = {"color": "#999999", "dash": "dot", "width": 1}
    return {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper", "line": line}


def _changes(table: pd.DataFrame) -> list[float]:
    """Between which bandwidths questions are split into other numbers of levels."""
    line = table.sort_values("bandwidth")
    width, depth = line["bandwidth"].to_numpy(), line["depth"].to_numpy()
    return [float(middle) for middle in ((width[1:] + width[:-1]) / 2)[depth[1:] != depth[:-1]]]


def _finer(scenario: TreeScenario, bandwidth: float) -> TreeScenario:
    """The same questions in smaller parts, as many levels more as it takes to say each in so much less."""
    if scenario.branching == 1:
        return scenario
    more = math.ceil(math.log(1.0 / bandwidth) / math.log(scenario.branching) - 1e-9)
    return replace(scenario, depth=scenario.depth + more)


def _wilson(share: float, count: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson), which has width at 0 and 1 too."""
    z = 1.96
    centre = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z * math.sqrt(share * (1 - share) / count + z**2 / (4 * count**2)) / (1 + z**2 / count)
    return centre - half, centre + half
