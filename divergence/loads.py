"""When people are busy, beside a study's ranking (``[load]``): γ* of the core schemes against offered load.

A cell per scenario and overseer (``divergence/busy.py`` computes it), whatever else is swept at the parts' own value.
"""

from __future__ import annotations

from dataclasses import dataclass

from divergence.cell import Cell, Result, Row, gameability
from divergence.spec import Spec


@dataclass(frozen=True)
class LoadCell(Cell):
    """The lines of one scenario and overseer, from ``seeds`` batches of ``questions``; nothing is kept per question."""

    seeds: int = 1

    def run(self) -> Result:
        """A row per core scheme, way of asking and load."""
        from divergence import busy  # an event simulation, which other studies need not import

        table = busy.panel(
            self.scenario.part, self.overseer.part, self.seed, questions=self.questions, seeds=self.seeds
        )
        place = {"scenario": self.scenario.label, "overseer": self.overseer.label}
        lines = table.drop(columns="scenario").to_dict("records")
        return Result(self.index, tuple(Row(place | {str(key): line[key] for key in line}, b"") for line in lines), b"")


def cells(spec: Spec) -> list[Cell]:
    """A cell per scenario and overseer with a gameability, along which γ* is found."""
    asked = spec.load
    if asked is None:
        return []
    overseers = [named for named in spec.overseers if gameability(named.part) is not None]
    places = [(scenario, overseer) for scenario in spec.scenarios for overseer in overseers]
    return [
        LoadCell(index, *place, schemes=(), seed=spec.first_seed, questions=asked.questions, seeds=asked.seeds)
        for index, place in enumerate(places)
    ]
