"""How columns are called in pictures: symbols, units, and values as people write them."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from divergence.measures import COSTS, MEASURES, REFERENCES, WORST
from divergence.office_trees import OFFICE
from divergence.spec import Spec
from overseers.human import Human
from scenarios.part import FieldNote, Part, notes

Fields = Mapping[str, FieldNote]
"""Column of a swept field → what it is."""

DEFAULT: Fields = {note.name: note for note in notes(Human)}

PROBABILITIES = frozenset(
    name
    for name in (*MEASURES, *WORST, *REFERENCES)
    if name not in ("divergence_js", "approval", "asd", "accuracy_difference")
)
UNITS = {
    **dict.fromkeys(PROBABILITIES, "probability"),
    "accuracy_difference": "probability",
    "divergence_js": "nats",
    "approval": "noise units",
    "asd": "nats",
    "human_minutes": "minutes",
    "elapsed_minutes": "minutes",
    "labels": "count",
    "office_accuracy": "probability",
}
MEANINGS = {**MEASURES, **WORST, **COSTS, **REFERENCES, **OFFICE}

EXPLAINED = ("gameability", "self_persuasion")
"""Fields whose letters every report explains."""

_LONGEST, _ENDING = 26, 10


def of_spec(spec: Spec) -> Fields:
    """The swept and drawn fields of a study by column, and the default overseer's beside them."""
    found = dict(DEFAULT)
    for axis in spec.varied:
        kind, *path = axis.path.split(".")
        for named in spec.of(kind):
            note = _note(named.part, path[1:] if path[0] == named.label and len(path) > 1 else path)
            if note is not None:
                found[axis.column] = note
                break
    return found


def _note(part: Part, path: list[str]) -> FieldNote | None:
    known = {note.name: note for note in notes(type(part))}
    if path[0] not in known:
        return None
    inner = getattr(part, path[0])
    if len(path) > 1:
        return _note(inner, path[1:]) if isinstance(inner, Part) else None
    return known[path[0]]


def several(column: pd.Series) -> bool:
    """Whether a column holds more than one value."""
    return len(column.unique()) > 1


def words(name: str) -> str:
    """A column's name as words; that of a field of one kind of part, ``kind.field``, as the field of that part."""
    kind, dot, field = name.partition(".")
    return (f"{field} of {kind}" if dot else name).replace("_", " ")


def value(number: Any) -> str:
    """A swept value as people write it; blank fields are a dash."""
    if number is None or (isinstance(number, float) and math.isnan(number)):
        return "–"
    if isinstance(number, bool):
        return "yes" if number else "no"
    if not isinstance(number, float):
        return str(number)
    return f"{number:.0f}" if 1e4 <= abs(number) < 1e15 else f"{number:.4g}"


def symbol(column: str, fields: Fields) -> str:
    """The letter of a swept field, or its name where it has none."""
    note = fields.get(column)
    return note.symbol if note is not None and note.symbol else words(column)


def called(column: str, fields: Fields) -> str:
    """A swept field in a sentence: its letter if that is explained (γ, λ), its name otherwise."""
    return symbol(column, fields) if column in EXPLAINED else words(column)


def axis_title(column: str, fields: Fields) -> str:
    """Name, symbol and unit of a swept field. Escaped: pictures read a little HTML."""
    note = fields.get(column)
    known = note.symbol if note is not None else ""
    unit = f" ({note.unit})" if note is not None and note.unit and note.unit not in words(column) else ""
    return escaped(f"{words(column)} {known}{unit}".replace("  ", " ").strip())


def measure_title(measure: str) -> str:
    """Name and unit of a measure."""
    unit = UNITS.get(measure, "")
    return escaped(f"{words(measure)} ({unit})" if unit else words(measure))


def escaped(text: str) -> str:
    """Text that a picture shows as it is, whatever is in it."""
    return html.escape(str(text), quote=False)


def plain(text: str) -> str:
    """A label cut to a length that legends can hold, before its end, which tells a trained scheme from its optimum."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - _ENDING - 1]}…{text[-_ENDING:]}"


def short(text: str) -> str:
    """A label cut to a length that legends can hold, escaped."""
    return escaped(plain(text))


def cost(number: float) -> str:
    """A cost as people write it."""
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.4g}"


def interval(mean: float, low: float, high: float, digits: int = 3) -> str:
    """A value with its 95 % interval."""
    if math.isnan(low) or math.isnan(high):
        return f"{mean:.{digits}f}"
    ends = [f"{end:.{digits}f}" if math.isfinite(end) else "∞" for end in (low, high)]
    return f"{mean:.{digits}f} [{ends[0]}, {ends[1]}]"
