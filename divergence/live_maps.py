"""Sobol indices and phase diagrams in memory, for notebooks: this process computes, nothing is written.

The same designs, cells and tables as ``hch sensitivity`` and ``hch phase``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pandas as pd

from divergence import cell, phase, plan, sensitivity
from divergence.cell import Cell
from divergence.phase import Diagram, Naming
from divergence.spec import Spec


def rows(cells: Iterable[Cell]) -> pd.DataFrame:
    """What a study's rows would be, distances from HCH alone."""
    return pd.DataFrame([row.values for one in cells for row in cell.run(replace(one, brief=True)).rows])  # noqa: PD011


def indices(spec: Spec, points: int, fields: dict[str, Any], measure: str = "harm") -> pd.DataFrame:
    """Sobol indices of a measure for fields (path → [low, high] or words). Raises SpecError on bad input."""
    drawn = sensitivity.prepared(spec, points, fields)
    cells = plan.cells(drawn)
    plan.check_memory(cells, 1)
    return sensitivity.table(drawn, rows(cells), measure)


def diagram(spec: Spec, refine: int, name: Naming, measure: str = "harm") -> Diagram:
    """The phase diagram of the two fields that a study sweeps, refined along the boundary. Raises SpecError."""
    plane = phase.plane(spec, refine)
    places = phase.by_place(plane)
    plan.check_memory((one for cells in places.values() for one in cells), 1)
    found, tried = pd.DataFrame(), set[phase.Place]()
    while True:
        wanted, known = phase.wanted(plane, found, measure, name)
        todo = [one for place in sorted(wanted - tried) for one in places[place]]
        if not todo:
            return known
        tried |= wanted
        found = pd.concat([found, rows(todo)], ignore_index=True)
