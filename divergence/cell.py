"""One cell of a study: a scenario, an overseer and a seed, with every scheme measured under the same luck."""

from __future__ import annotations

import time
import traceback
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from distillers.learners.base import Trainable
from distillers.training import Training
from divergence.measures import COSTS, MEASURES, REFERENCES, WORST, Measured, brief, measure, near, references, target
from divergence.office_trees import OFFICE, OfficeTrees, in_time
from divergence.trained import trained
from hch.setting import Setting
from overseers.base import Overseer
from scenarios.base import Scenario
from scenarios.part import held
from scenarios.streams import Floats
from scenarios.trees import Trees

STORED = tuple(name for name in MEASURES if name not in ("better", "divergence_tv", "accuracy_difference"))
"""Measures kept per question. The others follow from these and HCH's accuracy, question by question."""


@dataclass(frozen=True)
class Named:
    """A part and the label that its rows bear.

    ``where``: for a scheme, the only values of swept fields at which it is measured, as (column, values) pairs.
    """

    label: str
    part: Any
    where: tuple[tuple[str, tuple[Any, ...]], ...] = ()

    def at(self, point: dict[str, Any]) -> bool:
        """Whether it is measured at a point (column → value); a field that is not swept there is no obstacle."""
        return all(point.get(column) is None or point[column] in values for column, values in self.where)


OPTIMUM, TRAINED = "optimum", "trained"
PHASES = (OPTIMUM, TRAINED)


def measured(named: Named, phase: str) -> bool:
    """Whether a scheme can be measured in a phase: not every one can be trained."""
    return phase == OPTIMUM or isinstance(named.part, Trainable)


def label(scheme: str, phase: str) -> str:
    """What a scheme is called in tables and pictures in one of its phases."""
    return str(scheme) if phase == OPTIMUM else f"{scheme} ({phase})"


@dataclass(frozen=True)
class Cell:
    """What one cell computes. ``point``: the swept fields' values, as (column, value) pairs.

    ``brief``: only distances from HCH, the rest blank. ``training``: how schemes are trained, if they are to be;
    ``optima``: whether their optima are measured. ``office``: how many trees are simulated in time besides.
    """

    index: int
    scenario: Named
    overseer: Named
    schemes: tuple[Named, ...]
    seed: int
    questions: int
    point: tuple[tuple[str, Any], ...] = ()
    brief: bool = False
    office: OfficeTrees | None = None
    training: Training | None = None
    optima: bool = True

    def run(self) -> Result:
        """Measure every scheme; other kinds of cell compute something else."""
        return run(self)


@dataclass(frozen=True)
class Row:
    """One line of results, and the per-question values behind it (compressed)."""

    values: dict[str, Any]
    detail: bytes = field(repr=False)


@dataclass(frozen=True)
class Result:
    """A finished cell: a row per scheme, the references per question (compressed), the seconds it took."""

    index: int
    rows: tuple[Row, ...]
    references: bytes = field(repr=False)
    seconds: float = field(default=0.0, compare=False)


@dataclass(frozen=True)
class Failure:
    """A cell that could not be computed. ``error``: one line; ``trace``: where in the code."""

    index: int
    error: str
    trace: str = field(default="", repr=False)


Outcome = Result | Failure


def attempt(cell: Cell) -> Outcome:
    """A cell's result, or its error: one part that breaks somewhere must not end a study of many cells."""
    start = time.perf_counter()
    try:
        return replace(cell.run(), seconds=time.perf_counter() - start)
    except MemoryError:  # no fault of the cell's
        raise
    except Exception as error:  # whatever a part of somebody's own may raise
        told = str(error) or "no message"
        return Failure(cell.index, f"{type(error).__name__}: {told}", traceback.format_exc())


def run(cell: Cell) -> Result:
    """Measure every scheme of a cell."""
    setting = Setting(_trees(cell.scenario.part, cell.seed, cell.questions), cell.overseer.part, cell.seed)
    to = near(setting) if cell.brief else target(setting)
    compared = {"hch_accuracy": to.hch_accuracy} if cell.brief else references(setting, to)
    found = [
        (named, OPTIMUM, brief(named.part, setting, to) if cell.brief else measure(named.part, setting, to))
        for named in cell.schemes
        if cell.optima
    ]
    if cell.training is not None:
        taught = _taught(cell, setting)
        found += [
            (named, TRAINED, trained(named.part, cell.training, taught, setting, to, cell.brief))
            for named in cell.schemes
            if measured(named, TRAINED)
        ]
    shared: dict[str, float | None] = dict.fromkeys(REFERENCES) | _means(compared)
    lived = in_time(setting.trees, setting.human, cell.office) if cell.office else {}
    shared |= {name: lived.get(name) for name in OFFICE}
    rows = tuple(_row(cell, named, phase, own, shared) for named, phase, own in found)
    return Result(cell.index, rows, _packed(compared, REFERENCES, cell.questions))


def _taught(cell: Cell, setting: Setting) -> Setting:
    """What schemes are trained on; deployment's own questions where nothing is shifted."""
    assert cell.training is not None
    scenario = cell.training.shift.of(cell.scenario.part)
    return (
        setting
        if scenario == cell.scenario.part
        else replace(setting, trees=_trees(scenario, cell.seed, cell.questions))
    )


@lru_cache(maxsize=2)
def _trees(scenario: Scenario, seed: int, questions: int) -> Trees:
    """Trees are drawn once and shared by all schemes and overseers of a scenario and seed."""
    return scenario.trees(seed, questions)


def _row(cell: Cell, named: Named, phase: str, measured: Measured, shared: dict[str, float | None]) -> Row:
    values: dict[str, Any] = {
        "scenario": cell.scenario.label,
        "overseer": cell.overseer.label,
        "scheme": named.label,
        "phase": phase,
        "gameability": gameability(cell.overseer.part),
        **{column: value for column, value in cell.point if column != "gameability" or value is not None},
        "seed": cell.seed,
        "questions": cell.questions,
        "status": measured.status,
    }
    values |= dict.fromkeys(MEASURES) | _means(measured.values)
    values |= {name: measured.worst.get(name) for name in WORST}
    values |= {name: getattr(measured.episode, name) if measured.episode else None for name in COSTS}
    return Row(values | shared, _packed(measured.values, STORED, cell.questions))


def _packed(values: dict[str, Floats], names: Iterable[str], questions: int) -> bytes:
    """Per-question values in the order of their names, NaN where there are none."""
    nothing = np.full(questions, np.nan)
    return pack([values.get(name, nothing) for name in names])


def gameability(overseer: Overseer) -> float | None:
    """γ of an overseer, or of the overseer it wraps; None where it has no such field."""
    steps = gameability_steps(overseer)
    return None if steps is None else float(attrgetter(".".join(steps))(overseer))


def gameability_steps(overseer: Overseer) -> list[str] | None:
    """The fields that lead to γ, of an overseer or of the one it wraps; None where nobody has it."""
    values = held(overseer)
    if "gameability" in values:
        return ["gameability"]
    found = ((name, gameability_steps(inner)) for name, inner in values.items() if isinstance(inner, Overseer))
    return next(([name, *steps] for name, steps in found if steps is not None), None)


def _means(values: dict[str, Floats]) -> dict[str, float]:
    """The mean over questions of each measure."""
    if not values:
        return {}
    return dict(zip(values, np.stack(list(values.values())).mean(axis=1).tolist(), strict=True))


def pack(columns: list[Floats]) -> bytes:
    """Columns of per-question values as compressed 32-bit floats, bytes of equal significance together."""
    table = np.ascontiguousarray(columns, dtype=np.float32)
    planes = table.view(np.uint8).reshape(-1, 4).T
    return zlib.compress(planes.tobytes(), 1)


def unpack(blob: bytes, columns: int) -> NDArray[np.float32]:
    """The inverse of ``pack``: (columns, questions). Raises ValueError on a damaged blob."""
    try:
        planes = np.frombuffer(zlib.decompress(blob), dtype=np.uint8).reshape(4, -1)
    except zlib.error as error:
        raise ValueError(f"damaged per-question values: {error}") from error
    return np.ascontiguousarray(planes.T).view(np.float32).reshape(columns, -1)
