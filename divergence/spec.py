"""A study as text: which scenarios, overseers and schemes, which fields are swept, how many seeds and questions.

A specification is TOML. Every name in it becomes an object here, once; what comes out is checked whole, and every
mistake is reported with its place. ``dumps`` writes a complete specification (every default spelt out) that ``loads``
reads back to the same study.
"""

from __future__ import annotations

import difflib
import json
import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pydantic

from distillers.base import Scheme
from divergence.cell import Named
from overseers.base import Overseer
from scenarios import part as parts
from scenarios.base import Scenario
from scenarios.part import Part

FAMILIES: dict[str, tuple[type[Part], str]] = {
    "scenario": (Scenario, "scenarios"),
    "overseer": (Overseer, "overseers"),
    "scheme": (Scheme, "distillers"),
}
"""Kinds of parts, and the packages that are walked for them."""

MOST_VALUES = 1000
MOST_CELLS = 1_000_000
_KEYS = ("questions", "seeds", "first_seed", "scenario", "overseer", "scheme", "sweep")


class SpecError(ValueError):
    """What is wrong with a study, one line a mistake, each with its place and what is permitted."""

    def __init__(self, *mistakes: str) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True)
class Axis:
    """One swept field: ``path`` names it in the study, ``column`` in the results, ``values`` are tried in turn."""

    path: str
    column: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Spec:
    """A study. ``seeds`` batches of ``questions`` root questions each; seeds are numbered from ``first_seed``."""

    scenarios: tuple[Named, ...]
    overseers: tuple[Named, ...]
    schemes: tuple[Named, ...]
    axes: tuple[Axis, ...] = ()
    questions: int = 500
    seeds: int = 8
    first_seed: int = 0


def read(path: Path) -> Spec:
    """The study in a TOML file. Raises SpecError naming the file and the place."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(f"{path}: cannot be read: {error}") from error
    return loads(text, str(path))


def loads(text: str, name: str = "spec") -> Spec:
    """The study in a TOML text; ``name`` starts each complaint."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SpecError(f"{name}: not valid TOML: {error}") from error
    return parse(table, name)


def parse(table: dict[str, Any], name: str = "spec") -> Spec:
    """The study in a table of plain values. All mistakes are collected before SpecError is raised."""
    wrong = [
        f"{name}: unknown key '{key}'{nearest(key, _KEYS)}; permitted: {', '.join(_KEYS)}"
        for key in table
        if key not in _KEYS
    ]
    found = {kind: _family(table.get(kind), kind, name, wrong) for kind in FAMILIES}
    spec = Spec(
        scenarios=found["scenario"],
        overseers=found["overseer"],
        schemes=found["scheme"],
        questions=_whole(table, "questions", 500, 1, 1_000_000, name, wrong),
        seeds=_whole(table, "seeds", 8, 1, 100_000, name, wrong),
        first_seed=_whole(table, "first_seed", 0, 0, 2**62, name, wrong),
    )
    spec = replace(spec, axes=_axes(table.get("sweep", {}), spec, name, wrong))
    if wrong:
        raise SpecError(*wrong)
    return spec


def nearest(word: str, known: Any) -> str:
    """A hint for a misspelt word: the nearest known one, or nothing."""
    close = difflib.get_close_matches(str(word), [str(k) for k in known], n=1, cutoff=0.5)
    return f" (did you mean '{close[0]}'?)" if close else ""


def build(kind: str, table: Any, where: str) -> Part:
    """One part from its table (``type`` and fields). Raises SpecError with every mistake in it."""
    family, package = FAMILIES[kind]
    known = parts.find(family, package)
    if not isinstance(table, dict) or not isinstance(table.get("type"), str):
        raise SpecError(f"{where}: needs a type, one of: {', '.join(sorted(known))}")
    chosen = known.get(table["type"])
    if chosen is None:
        listed = ", ".join(sorted(known))
        raise SpecError(
            f"{where}: unknown {kind} '{table['type']}'{nearest(table['type'], known)}; there are: {listed}"
        )
    given = {key: value for key, value in table.items() if key not in ("type", "name")}
    notes = {note.name: note for note in parts.notes(chosen)}
    wrong = [
        f"{where}.{key}: {chosen.part_name()} has no such field{nearest(key, notes)}; permitted: {', '.join(notes)}"
        for key in given
        if key not in notes
    ]
    values: dict[str, Any] = {}
    for key, value in given.items():
        try:
            values[key] = build(kind, value, f"{where}.{key}") if isinstance(value, dict) else value
        except SpecError as error:
            wrong.extend(error.mistakes)
    if wrong:
        raise SpecError(*wrong)
    return make(chosen, values, where)


PartKind = TypeVar("PartKind", bound=Part)


def make(cls: type[PartKind], values: dict[str, Any], where: str) -> PartKind:
    """Construct a part, complaints as SpecError with the permitted range."""
    try:
        return cls(**values)
    except pydantic.ValidationError as error:
        permitted = {note.name: note.permitted for note in parts.notes(cls)}
        lines = parts.explain(error, where)
        named = [line.removeprefix(f"{where}.").split(":")[0].split(".")[0] for line in lines]
        raise SpecError(
            *(
                f"{line}; permitted: {permitted[key]}" if key in permitted else line
                for line, key in zip(lines, named, strict=True)
            )
        ) from error


def _family(tables: Any, kind: str, name: str, wrong: list[str]) -> tuple[Named, ...]:
    """All parts of one kind: a table, or an array of tables; a study without any gets the defaults."""
    if tables is None:
        tables = [{"type": "human"}] if kind == "overseer" else None
    if isinstance(tables, dict):
        tables = [tables]
    if not isinstance(tables, list) or not tables:
        wrong.append(f"{name}: at least one [[{kind}]] with a type is needed")
        return ()
    made: list[Named] = []
    for number, table in enumerate(tables):
        where = f"{name}: {kind}[{number}]" if len(tables) > 1 else f"{name}: {kind}"
        try:
            built = build(kind, table, where)
        except SpecError as error:
            wrong.extend(error.mistakes)
            continue
        label = table.get("name", built.part_name())
        if not isinstance(label, str) or not label:
            wrong.append(f"{where}.name: must be text, not {label!r}")
        elif label in [other.label for other in made]:
            wrong.append(f"{where}: a second {kind} called '{label}': give it a name of its own, name = \"…\"")
        else:
            made.append(Named(label, built))
    return tuple(made)


def _whole(table: dict[str, Any], key: str, default: int, low: int, high: int, name: str, wrong: list[str]) -> int:
    value = table.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        wrong.append(f"{name}: {key}: must be a whole number from {low} to {high}, not {value!r}")
        return default
    return value


def _axes(table: Any, spec: Spec, name: str, wrong: list[str]) -> tuple[Axis, ...]:
    if not isinstance(table, dict):
        wrong.append(f"{name}: sweep: must be a table of paths and values")
        return ()
    flat = dict(_flatten(table))
    columns = _columns(list(flat))
    axes: list[Axis] = []
    for path, given in flat.items():
        where = f'{name}: sweep."{path}"'
        try:
            axis = Axis(path, columns[path], _values(given, where))
            for value in axis.values:
                apply(spec, {path: value}, where)
            axes.append(axis)
        except SpecError as error:
            wrong.extend(error.mistakes)
    if int(np.prod([len(axis.values) for axis in axes], dtype=object)) > MOST_CELLS:
        wrong.append(f"{name}: sweep: more than {MOST_CELLS:,} points; fewer values or fewer swept fields are needed")
    return tuple(axes)


def _flatten(table: dict[str, Any], front: str = "") -> list[tuple[str, Any]]:
    """Dotted paths, whether a key was written quoted or as nested tables. A range is a value, not a table of paths."""
    found: list[tuple[str, Any]] = []
    for key, value in table.items():
        path = f"{front}.{key}" if front else key
        if isinstance(value, dict) and not ({"from", "to", "steps"} & set(value)):
            found.extend(_flatten(value, path))
        else:
            found.append((path, value))
    return found


_TAKEN = frozenset(
    {"scenario", "overseer", "scheme", "phase", "seed", "questions", "status", "harm", "better", "accuracy"}
)


def _columns(paths: list[str]) -> dict[str, str]:
    """The last part of each path; where two would be the same, or a column has that name, the last two."""
    last = [path.rsplit(".", 1)[-1] for path in paths]
    return {
        path: short if last.count(short) == 1 and short not in _TAKEN else ".".join(path.split(".")[-2:])
        for path, short in zip(paths, last, strict=True)
    }


def _values(given: Any, where: str) -> tuple[Any, ...]:
    if isinstance(given, list) and given:
        values = tuple(given)
    elif isinstance(given, dict):
        values = _range(given, where)
    else:
        raise SpecError(f"{where}: give a list of values, or {{ from = …, to = …, steps = … }}")
    if len(values) > MOST_VALUES:
        raise SpecError(f"{where}: {len(values)} values; at most {MOST_VALUES} are permitted")
    if len(set(map(repr, values))) < len(values):
        raise SpecError(f"{where}: a value occurs twice")
    return values


def _range(given: dict[str, Any], where: str) -> tuple[float, ...]:
    numbers = [given.get(key) for key in ("from", "to")]
    steps = given.get("steps")
    fine = all(isinstance(n, int | float) and not isinstance(n, bool) and np.isfinite(n) for n in numbers)
    if set(given) != {"from", "to", "steps"} or not fine:
        raise SpecError(f"{where}: a range is {{ from = number, to = number, steps = whole number }}")
    if isinstance(steps, bool) or not isinstance(steps, int) or not 2 <= steps <= MOST_VALUES:
        raise SpecError(f"{where}.steps: must be a whole number from 2 to {MOST_VALUES}, not {steps!r}")
    low, high = (float(n) for n in numbers if n is not None)
    if low == high:
        raise SpecError(f"{where}: from and to are equal")
    return tuple(float(value) for value in np.round(np.linspace(low, high, steps), 12))


def apply(spec: Spec, point: dict[str, Any], where: str = "sweep") -> Spec:
    """The study with some fields set. A path is ``overseer.field``, ``scheme.label.field``, ``overseer.member.field`` …

    Without a label, the field is set in every part of the kind that has it. Raises SpecError if none has.
    """
    for path, value in point.items():
        kind, *rest = path.split(".")
        if kind not in FAMILIES or not rest:
            raise SpecError(f"{where}: a path starts with scenario., overseer. or scheme., and ends with a field")
        group = f"{kind}s"
        named: tuple[Named, ...] = getattr(spec, group)
        labels = [one.label for one in named]
        only, steps = (rest[0], rest[1:]) if rest[0] in labels and len(rest) > 1 else (None, rest)
        wanted = [one for one in named if only in (None, one.label) and _has(one.part, steps)]
        if not wanted and named:
            known = sorted({note.name for one in named for note in parts.notes(type(one.part))})
            raise SpecError(
                f"{where}: no {kind} has a field '{'.'.join(steps)}'{nearest(steps[-1], known)}; permitted: {', '.join(known)}"
            )
        chosen = {one.label for one in wanted}
        changed = tuple(
            Named(one.label, _set(one.part, steps, value, where)) if one.label in chosen else one for one in named
        )
        spec = replace(spec, **{group: changed})
    return spec


def _has(part: Part, steps: list[str]) -> bool:
    if steps[0] not in {spec.name for spec in fields(part)}:  # type: ignore[arg-type]
        return False
    inner = getattr(part, steps[0])
    return len(steps) == 1 or (isinstance(inner, Part) and _has(inner, steps[1:]))


def _set(part: Part, steps: list[str], value: Any, where: str) -> Part:
    values = {spec.name: getattr(part, spec.name) for spec in fields(part)}  # type: ignore[arg-type]
    if len(steps) > 1:
        value = _set(values[steps[0]], steps[1:], value, where)
    return make(type(part), values | {steps[0]: value}, where)


def dumps(spec: Spec) -> str:
    """A complete specification: every field of every part spelt out, in TOML that ``loads`` reads back."""
    lines = [f"questions = {spec.questions}", f"seeds = {spec.seeds}", f"first_seed = {spec.first_seed}"]
    for kind in FAMILIES:
        for named in getattr(spec, f"{kind}s"):
            table = parts.as_table(named.part)
            first = {"type": table.pop("type"), "name": named.label}
            lines += ["", f"[[{kind}]]", *(f"{key} = {_toml(value)}" for key, value in (first | table).items())]
    if spec.axes:
        lines += ["", "[sweep]"]
        lines += [f'"{axis.path}" = {_toml(list(axis.values))}' for axis in spec.axes]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(inner) for inner in value) + "]"
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value, ensure_ascii=False)
