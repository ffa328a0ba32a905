"""Parts by name: what is known, and one part from its table, every mistake named with its place."""

from __future__ import annotations

import difflib
import inspect
from typing import Any, TypeVar

import pydantic

from distillers.base import Scheme
from distillers.learners.examples import Examples
from distillers.learners.ways import Learning
from distillers.shift import Shift
from distillers.students.base import Student
from distillers.training import Training
from overseers.base import Overseer
from scenarios import part as parts
from scenarios.base import Scenario
from scenarios.part import Part

PartKind = TypeVar("PartKind", bound=Part)

FAMILIES: dict[str, tuple[type[Part], str]] = {
    "scenario": (Scenario, "scenarios"),
    "overseer": (Overseer, "overseers"),
    "scheme": (Scheme, "distillers"),
    "training": (Training, "distillers"),
}
"""Kinds of parts, and the packages that are walked for them."""

INNER: dict[str, tuple[type[Part], str]] = {
    "student": (Student, "distillers.students"),
    "learning": (Learning, "distillers.learners"),
    "example": (Examples, "distillers.learners"),
    "shift": (Shift, "distillers"),
}
"""Kinds of parts that are only ever fields of others."""

KINDS = FAMILIES | INNER
"""All of them."""


class SpecError(ValueError):
    """What is wrong with a study, one line a mistake, each with its place and what is permitted."""

    def __init__(self, *mistakes: str) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


def nearest(word: str, known: Any) -> str:
    """A hint for a misspelt word: the nearest known one, or nothing."""
    close = difflib.get_close_matches(str(word), [str(k) for k in known], n=1, cutoff=0.5)
    return f" (did you mean '{close[0]}'?)" if close else ""


def build(kind: str, table: Any, where: str) -> Part:
    """One part from its table (``type`` and fields). Raises SpecError with every mistake in it."""
    family, package = KINDS[kind]
    known = parts.find(family, package)
    if not isinstance(table, dict) or not isinstance(table.get("type"), str):
        raise SpecError(f"{where}: needs a type, one of: {', '.join(sorted(known))}")
    chosen = known.get(table["type"])
    if chosen is None:
        listed = ", ".join(sorted(known))
        raise SpecError(
            f"{where}: unknown {kind} '{table['type']}'{nearest(table['type'], known)}; there are: {listed}"
        )
    given = {key: value for key, value in table.items() if key not in ("type", "name", "where")}
    notes = {note.name: note for note in parts.notes(chosen)}
    wrong = [
        f"{where}.{key}: {chosen.part_name()} has no such field{nearest(key, notes)}; permitted: {', '.join(notes)}"
        for key in given
        if key not in notes
    ]
    values: dict[str, Any] = {}
    for key, value in given.items():
        if key not in notes:
            continue
        try:
            inner = _kind_of(notes[key].kind, kind)
            values[key] = build(inner, value, f"{where}.{key}") if isinstance(value, dict) else value
        except SpecError as error:
            wrong.extend(error.mistakes)
    if wrong:
        raise SpecError(*wrong)
    return make(chosen, values, where)


def _kind_of(hint: Any, kind: str) -> str:
    """The kind of part that a field of this type holds; ``kind``, its holder's, where the field holds none."""
    return next(
        (name for name, (family, _) in KINDS.items() if inspect.isclass(hint) and issubclass(hint, family)), kind
    )


def make(cls: type[PartKind], values: dict[str, Any], where: str, within: str = "") -> PartKind:
    """Construct a part, complaints as SpecError with the permitted range.

    TOML has lists where parts have tuples. ``within``: the field that ``where`` names, if it does name one.
    """
    try:
        return cls(**{key: tuple(value) if isinstance(value, list) else value for key, value in values.items()})
    except pydantic.ValidationError as error:
        permitted = {note.name: f"; permitted: {note.permitted}" for note in parts.notes(cls)}
        found = parts.explain(error, where, within)
        raise SpecError(*(line + permitted.get(name, "") for name, line in found)) from error
