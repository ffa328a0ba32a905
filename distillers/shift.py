"""What differs between the questions that a student is trained on and those it is deployed on (MODEL.md §5).

The scenario of a study is what is met at deployment; training's is the same, with the same luck, but for what is added
here to some of its fields. So HCH and the optimum of the objective are deployment's, whatever the shift.
"""

from __future__ import annotations

from dataclasses import fields

import pydantic

from scenarios.base import Scenario
from scenarios.part import Part, PartError, explain, field, notes, part


@part
class Shift(Part):
    """Training's questions less deployment's, field by field."""

    depth: int = field(0, "levels more in training", unit="levels", ge=-24, le=24)
    plant_rate: float = field(0.0, "more planting in training", unit="probability", ge=-1, le=1)
    plant_strength: float = field(
        0.0, "more appeal of what is planted, in training", unit="noise units", ge=-100, le=100
    )
    appeal_noise: float = field(0.0, "more spread of appeal in training", unit="noise units", ge=-100, le=100)
    truth_bonus: float = field(0.0, "more appeal of truth in training", unit="noise units", ge=-100, le=100)

    def of(self, scenario: Scenario) -> Scenario:
        """The scenario of training. Raises ``PartError`` where it cannot be had."""
        moved = {one.name: getattr(self, one.name) for one in fields(self) if getattr(self, one.name)}
        if not moved:
            return scenario
        there = {note.name for note in notes(type(scenario))}
        if missing := sorted(set(moved) - there):
            raise PartError(f"training.shift.{missing[0]}: scenario '{scenario.part_name()}' has no such field")
        shifted = {name: round(getattr(scenario, name) + more, 12) for name, more in moved.items()}
        try:
            moved_there: Scenario = type(scenario)(**{name: getattr(scenario, name) for name in there} | shifted)
            return moved_there
        except pydantic.ValidationError as error:
            raise PartError(
                "; ".join(line for _, line in explain(error, "training.shift: the scenario of training"))
            ) from error
