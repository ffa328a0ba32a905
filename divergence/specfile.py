"""A study as text. Every name in it becomes an object here, once; what comes out is checked whole.

A specification is TOML. All its mistakes are reported together, each with its place. ``dumps`` writes a complete
specification (every default spelt out) that ``loads`` reads back to the same study.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from distillers.training import Training
from divergence import design, specbox, specoffice, specsample
from divergence.build import FAMILIES, SpecError, build, nearest
from divergence.cell import OPTIMUM, PHASES, TRAINED, Named, measured
from divergence.paths import apply, clash, fields_of, within
from divergence.plain import by_path, columns, finite, plain, toml, whole
from divergence.spec import Axis, Spec
from scenarios import part as parts

MOST_VALUES = 1000
LAST_SEED = 2**62
_KEYS = (
    "questions",
    "seeds",
    "first_seed",
    "brief",
    "scenario",
    "overseer",
    "scheme",
    "phases",
    "training",
    "sweep",
    *specbox.KEYS,
    *specsample.KEYS,
    *specoffice.KEYS,
)


def read(path: Path) -> Spec:
    """The study in a TOML file. Raises SpecError naming the file and the place."""
    try:
        text = path.read_text(encoding="utf-8-sig")  # some editors begin files with a mark
    except OSError as error:
        raise SpecError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
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
    """The study in a table of plain values (or NumPy's). All mistakes are collected before SpecError is raised."""
    table = plain(table)
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
        questions=whole(table, "questions", 500, 1, 1_000_000, name, wrong),
        seeds=whole(table, "seeds", 8, 1, 100_000, name, wrong),
        first_seed=whole(table, "first_seed", 0, 0, LAST_SEED, name, wrong),
        brief=_switch(table, "brief", name, wrong),
        phases=_phases(table, name, wrong),
        trainings=found["training"],
    )
    spec = _trainable(spec, name, wrong)
    spec = specoffice.parsed(spec, table, name, wrong)
    spec = replace(spec, axes=_axes(table.get("sweep", {}), spec, name, wrong))
    spec = specbox.parsed(spec, table, name, wrong)
    spec = specsample.parsed(spec, table, name, wrong)
    wrong.extend(_nowhere(spec, name))
    if refused := design.too_many(spec):
        wrong.append(f"{name}: {refused}")
    if wrong:
        raise SpecError(*wrong)
    return spec


def _switch(table: dict[str, Any], key: str, name: str, wrong: list[str]) -> bool:
    """true or false; false if it is not there."""
    given = table.get(key, False)
    if not isinstance(given, bool):
        wrong.append(f"{name}: {key}: must be true or false, not {given!r}")
    return given is True


def _phases(table: dict[str, Any], name: str, wrong: list[str]) -> tuple[str, ...]:
    """What is measured of schemes: some of ``PHASES``."""
    given = table.get("phases", [OPTIMUM])
    if not isinstance(given, list) or not given or any(given.count(one) > 1 or one not in PHASES for one in given):
        wrong.append(f"{name}: phases: must be a list of one or more of {', '.join(PHASES)}, not {given!r}")
        return (OPTIMUM,)
    return tuple(phase for phase in PHASES if phase in given)


def _trainable(spec: Spec, name: str, wrong: list[str]) -> Spec:
    """The study with a way to train, if it trains."""
    if len(spec.trainings) > 1:
        wrong.append(f"{name}: training: one is permitted, not {len(spec.trainings)}; sweep its fields to try several")
    if TRAINED not in spec.phases:
        return spec
    if spec.schemes and not any(measured(named, TRAINED) for named in spec.schemes):
        wrong.append(f"{name}: phases: none of the schemes can be trained")
    return spec if spec.trainings else replace(spec, trainings=(Named("training", Training()),))


def _family(tables: Any, kind: str, name: str, wrong: list[str]) -> tuple[Named, ...]:
    """All parts of one kind: a table, or an array of tables; a study without any gets the defaults."""
    if tables is None and kind == "training":
        return ()
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
            built = build(kind, {"type": "training"} | table if kind == "training" else table, where)
        except SpecError as error:
            wrong.extend(error.mistakes)
            continue
        label = table.get("name", built.part_name())
        only = _where(table.get("where", {}), kind, where, wrong)
        if not isinstance(label, str) or not label or _unwritable(label):
            wrong.append(f"{where}.name: must be text, not {label!r}")
        elif label in [other.label for other in made]:
            wrong.append(f"{where}: a second {kind} called '{label}': give it a name of its own, name = \"…\"")
        else:
            made.append(Named(label, built, only))
    wrong.extend(_twofold(made, kind, name))
    return tuple(made)


def _unwritable(text: str) -> bool:
    """Whether text has what UTF-8 cannot write."""
    return text != text.encode("utf-8", "ignore").decode()


def _twofold(made: list[Named], kind: str, name: str) -> list[str]:
    """Labels by which a path could mean a part, or the part in a field of another."""
    inner = {field for one in made for field in within(one.part)}
    return [
        f"{name}: {kind} '{one.label}': is a field's name too ({kind}.{one.label}.…): give it another name"
        for one in made
        if one.label in inner
    ]


def _where(given: Any, kind: str, where: str, wrong: list[str]) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    """A scheme's ``where = { column = [values] }``: the only swept values at which it is measured."""
    plain = isinstance(given, dict) and all(
        isinstance(values, list) and values and all(isinstance(value, str | bool) or finite(value) for value in values)
        for values in given.values()
    )
    if not plain or (given and kind != "scheme"):
        wrong.append(f"{where}.where: for schemes alone, and must be {{ column = [values, …], … }}")
        return ()
    return tuple((column, tuple(values)) for column, values in given.items())


def _nowhere(spec: Spec, name: str) -> list[str]:
    """What is wrong with schemes' ``where``: columns that nothing can be swept by, or values that are not tried."""
    columns = {*fields_of(spec), *spec.columns}
    tried = {axis.column: axis.values for axis in spec.axes}
    drawn = {one.column for one in spec.sample.ranges} if spec.sample else set()
    wrong = []
    for label, column, values in ((one.label, *only) for one in spec.schemes for only in one.where):
        where = f"{name}: scheme '{label}': where.{column}"
        if column not in columns:
            wrong.append(f"{where}: nobody has such a field{nearest(column, columns)}")
        elif column in drawn:
            wrong.append(f"{where}: is drawn, so no scheme can be measured at some of its values only")
        elif column in tried and not {*values} & {*tried[column]}:
            wrong.append(f"{where}: none of its values is swept: {', '.join(map(str, tried[column]))}")
    return wrong


def _axes(table: Any, spec: Spec, name: str, wrong: list[str]) -> tuple[Axis, ...]:
    if not isinstance(table, dict):
        wrong.append(f"{name}: sweep: must be a table of paths and values")
        return ()
    flat = by_path(table, f"{name}: sweep", wrong)
    named = columns(list(flat))
    axes: list[Axis] = []
    for path, given in flat.items():
        where = f'{name}: sweep."{path}"'
        try:
            axis = Axis(path, named[path], _values(given, where))
            for value in axis.values:
                apply(spec, {path: value}, where)
            if other := clash(spec, path, [axis.path for axis in axes]):
                raise SpecError(f'{where}: sets a field that "{other}" sets too')
            axes.append(axis)
        except SpecError as error:
            wrong.extend(error.mistakes)
    return tuple(axes)


def _values(given: Any, where: str) -> tuple[Any, ...]:
    if isinstance(given, list) and given:
        values = tuple(tuple(one) if isinstance(one, list) else one for one in given)
    elif isinstance(given, dict):
        values = _range(given, where)
    else:
        raise SpecError(f"{where}: give a list of values, or {{ from = …, to = …, steps = … }}")
    if len(values) > MOST_VALUES:
        raise SpecError(f"{where}: {len(values)} values; at most {MOST_VALUES} are permitted")
    numbers = [one for one in values if finite(one)]  # 1 and 1.0 are one value
    others = [repr(one) for one in values if not finite(one)]
    if len({*numbers}) < len(numbers) or len({*others}) < len(others):
        raise SpecError(f"{where}: a value occurs twice")
    return values


def _range(given: dict[str, Any], where: str) -> tuple[float, ...]:
    numbers = [given.get(key) for key in ("from", "to")]
    steps = given.get("steps")
    fine = all(finite(n) for n in numbers)
    if set(given) != {"from", "to", "steps"} or not fine:
        raise SpecError(f"{where}: a range is {{ from = number, to = number, steps = whole number }}")
    if isinstance(steps, bool) or not isinstance(steps, int) or not 2 <= steps <= MOST_VALUES:
        raise SpecError(f"{where}.steps: must be a whole number from 2 to {MOST_VALUES}, not {steps!r}")
    low, high = (float(n) for n in numbers if n is not None)
    if low == high:
        raise SpecError(f"{where}: from and to are equal")
    return tuple(float(value) for value in np.round(np.linspace(low, high, steps), 12))


def dumps(spec: Spec) -> str:
    """A complete specification: every field of every part spelt out, in TOML that ``loads`` reads back."""
    lines = [f"questions = {spec.questions}", f"seeds = {spec.seeds}", f"first_seed = {spec.first_seed}"]
    lines += ["brief = true"] if spec.brief else []
    office_key, office = specoffice.lines(spec)
    lines += office_key
    lines += [f"phases = {toml(list(spec.phases))}"] if spec.phases != (OPTIMUM,) else []
    for kind in FAMILIES:
        for named in spec.of(kind):
            table = parts.as_table(named.part)
            first = {"type": table.pop("type"), "name": named.label}
            if named.where:
                first["where"] = {column: list(values) for column, values in named.where}
            lines += ["", f"[[{kind}]]", *(f"{key} = {toml(value)}" for key, value in (first | table).items())]
    if spec.axes:
        lines += ["", "[sweep]"]
        lines += [f'"{axis.path}" = {toml(list(axis.values))}' for axis in spec.axes]
    lines += specbox.lines(spec) + specsample.lines(spec) + office
    return "\n".join(lines) + "\n"
