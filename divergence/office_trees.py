"""A few trees of every cell lived through in time, one simulated human per question (``hch/events.py``).

What a study's exact tables leave out: how long it takes, and what people with too few desks, deadlines or hurry answer.
The trees are the first of the cell's, so schemes and gameabilities share their luck; who answers is HCH of the cell's
humans, so all schemes of a cell have the same columns.
"""

from __future__ import annotations

from dataclasses import dataclass

from hch import events
from hch.office import Office
from overseers.base import Overseer
from overseers.pace import TICKS_PER_MINUTE
from scenarios.trees import Trees

OFFICE = {
    "office_accuracy": "share of simulated HCH trees that answer the truth",
    "office_makespan_minutes": "time until the last of the simulated trees is answered, all asked at once, minutes",
    "office_minutes": "human work in one simulated tree, minutes",
}
"""Columns, one number a cell. Blank unless a study asks for ``office_trees``."""


@dataclass(frozen=True)
class OfficeTrees:
    """How many trees are simulated in a cell, and the office they are answered in."""

    trees: int
    office: Office


def in_time(trees: Trees, human: Overseer, asked: OfficeTrees) -> dict[str, float]:
    """The columns for one cell's trees. Raises ``Deadlock`` where an office has too few desks to go on."""
    some = trees.first(asked.trees)
    told = events.run(some, human, asked.office)
    found = {
        "office_makespan_minutes": float(told.finish.max()) / TICKS_PER_MINUTE,
        "office_minutes": float(told.work.mean()) / TICKS_PER_MINUTE,
    }
    if some.root.grades is None:
        found["office_accuracy"] = float((told.answers[-1][0] == some.root.truth[0]).mean())
    return found
