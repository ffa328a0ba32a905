"""The phase diagram: below the critical line an attack dies out, above it reaches the leaves."""

from __future__ import annotations

import numpy as np

from divergence.corruption import figure, phase
from hch.corruption import Attack
from scenarios.ledger import Ledger


def test_the_critical_line_parts_dying_out_from_spreading():
    attack = Attack(infectivity=1.0, exposure=0.0, root_exposure=1.0)
    table = phase(Ledger(claims=2, depth=8), attack=attack, questions=60, bandwidths=(0.4, 0.7, 1.0))
    below, above = table[table["delay"] < table["critical"] * 0.5], table[table["delay"] > table["critical"] * 2]
    assert len(below) >= 5
    assert len(above) >= 5
    assert below["leaves"].mean() < 0.2 < 0.6 < above["leaves"].mean()
    assert np.isinf(table.loc[table["bandwidth"] == 0.4, "critical"]).all()
    assert {trace.type for trace in figure(table).data} == {"heatmap", "scatter"}
