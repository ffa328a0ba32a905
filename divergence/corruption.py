"""How far corruption gets, against bandwidth and quarantine delay: the phase diagram of §7 with its critical line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from divergence import style
from hch import events
from hch.corruption import Attack, critical_delay, spread
from hch.office import Office
from hch.timing import realised
from overseers.base import Overseer
from overseers.human import Human
from scenarios.base import Scenario

BANDWIDTHS = tuple(float(share) for share in np.linspace(0.1, 1.0, 10))
DELAYS = tuple(float(minutes) for minutes in np.linspace(2.0, 40.0, 10))


def phase(
    scenario: Scenario,
    human: Overseer | None = None,
    attack: Attack | None = None,
    bandwidths: Sequence[float] = BANDWIDTHS,
    delays: Sequence[float] = DELAYS,
    questions: int = 200,
    seed: int = 0,
    office: Office | None = None,
) -> pd.DataFrame:
    """One line per bandwidth and quarantine delay (minutes): ``corrupted`` share of humans, ``root``, ``leaves``.

    By default everybody has a desk, first thoughts are exponential and the root's human is corrupted to begin with, so
    that ``critical``, the delay at which R_0 = 1 at this bandwidth, holds exactly; R_0 counts infections downwards.
    ``root``: share of roots corrupted when they answer; ``leaves``: share of consultations in which a leaf is.
    """
    human = Human(think_family="exponential") if human is None else human
    attack = Attack(exposure=0.0, root_exposure=1.0) if attack is None else attack
    office = Office() if office is None else office
    trees = scenario.trees(seed, questions)
    times = events.lived(trees, human, office)
    made = realised(trees, human, office, times)
    lines = []
    for bandwidth in bandwidths:
        for delay in delays:
            own = replace(attack, bandwidth=bandwidth, quarantine_minutes=delay)
            told = spread(trees, times, made, own)
            lines.append(
                {
                    "bandwidth": bandwidth,
                    "delay": delay,
                    "corrupted": told.fraction,
                    "root": float(told.root.mean()),
                    "leaves": float((told.when[0] >= 0).any(axis=0).mean()),
                    "critical": critical_delay(own, trees.branching, human.think_minutes),
                }
            )
    return pd.DataFrame(lines)


def figure(table: pd.DataFrame) -> go.Figure:
    """The table of ``phase``: how often the attack reaches a leaf, and the line R_0 = 1."""
    grid = table.pivot_table(index="delay", columns="bandwidth", values="leaves")
    line = table.drop_duplicates("bandwidth").sort_values("bandwidth")
    line = line[np.isfinite(line["critical"])]
    heat = go.Heatmap(
        x=grid.columns,
        y=grid.index,
        z=grid.to_numpy(),
        zmin=0,
        zmax=1,
        colorscale="Blues",
        colorbar={"title": {"text": "share of trees<br>reached to a leaf"}},
        hovertemplate="bandwidth %{x:.2f}, delay %{y:.0f} min: %{z:.2f}<extra></extra>",
    )
    critical = go.Scatter(
        x=line["bandwidth"],
        y=line["critical"],
        mode="lines",
        name="R<sub>0</sub> = 1",
        line={"color": "#b00", "width": 3},
    )
    top = float(grid.index.max()) + float(grid.index.min())
    axes = {
        "xaxis": {"title": {"text": "bandwidth"}},
        "yaxis": {"title": {"text": "quarantine delay, minutes"}, "range": [0, top]},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom"},
    }
    return go.Figure([heat, critical], axes | {"template": style.template(), "showlegend": True, "height": 440})
