"""What a ranking hangs on, as a specification asks for it: tables ``[ablations]``, ``[shares]``, ``[box]``, ``[load]``.

The box declares which assumptions are plausible: ``path = [low, high]`` for a number, ``path = ["one", "another", …]``
for words. Numbers are evenly plausible between the ends; whole numbers from 1 upwards are counts, and evenly plausible
on a logarithmic scale. Whether a field is a whole number is the part's affair, not the spelling's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from divergence.build import SpecError, nearest
from divergence.paths import apply, clash, reached, value
from divergence.plain import by_path, columns, finite, toml, whole
from divergence.spec import Ablations, Load, Range, Shares, Spec

KEYS = ("ablations", "shares", "box", "load")
_MOST_POINTS = 2**16
_MOST_QUESTIONS = 1_000_000


def parsed(spec: Spec, table: dict[str, Any], name: str, wrong: list[str]) -> Spec:
    """The study with what its text asks beside the ranking; mistakes are added to ``wrong``."""
    box = ranges(table.get("box", {}), spec, f"{name}: box", wrong, _refused)
    spec = replace(
        spec,
        box=box,
        ablations=_ablations(table, spec, name, wrong),
        shares=_shares(table, spec, name, wrong),
        load=_load(table, name, wrong),
    )
    if spec.shares is not None and not box:
        wrong.append(f"{name}: shares: needs a [box] of plausible assumptions")
    for key, asked in (("ablations", spec.ablations), ("shares", spec.shares)):
        if asked is not None and spec.gameability is None and not wrong:
            wrong.append(f"{name}: {key}: needs a sweep of gameability with two values or more, to find γ* along it")
    return spec


def lines(spec: Spec) -> list[str]:
    """These tables as TOML, each only if it is there."""
    found: list[str] = []
    if spec.ablations is not None:
        asked = spec.ablations
        found += ["", "[ablations]", f"questions = {asked.questions}", f"seeds = {asked.seeds}"]
        found += [f"schemes = {toml(asked.schemes)}"]
    if spec.shares is not None:
        found += ["", "[shares]", f"points = {spec.shares.points}", f"questions = {spec.shares.questions}"]
        found += [f"schemes = {toml(spec.shares.schemes)}"]
    if spec.box:
        found += ["", "[box]", *(f'"{one.path}" = {toml(list(one.values))}' for one in spec.box)]
    if spec.load is not None:
        found += ["", "[load]", f"questions = {spec.load.questions}", f"seeds = {spec.load.seeds}"]
    return found


def _ablations(table: dict[str, Any], spec: Spec, name: str, wrong: list[str]) -> Ablations | None:
    given = table_of(table, "ablations", ("questions", "seeds", "schemes"), name, wrong)
    if given is None:
        return None
    where, default = f"{name}: ablations", Ablations()
    return Ablations(
        questions=whole(given, "questions", default.questions, 1, _MOST_QUESTIONS, where, wrong),
        seeds=whole(given, "seeds", default.seeds, 1, 1000, where, wrong),
        schemes=_labels(given, spec, where, wrong),
    )


def _shares(table: dict[str, Any], spec: Spec, name: str, wrong: list[str]) -> Shares | None:
    given = table_of(table, "shares", ("points", "questions", "schemes"), name, wrong)
    if given is None:
        return None
    where, default = f"{name}: shares", Shares()
    return Shares(
        points=whole(given, "points", default.points, 1, _MOST_POINTS, where, wrong),
        questions=whole(given, "questions", default.questions, 1, _MOST_QUESTIONS, where, wrong),
        schemes=_labels(given, spec, where, wrong),
    )


def _load(table: dict[str, Any], name: str, wrong: list[str]) -> Load | None:
    given = table_of(table, "load", ("questions", "seeds"), name, wrong)
    if given is None:
        return None
    where, default = f"{name}: load", Load()
    return Load(
        questions=whole(given, "questions", default.questions, 1, _MOST_QUESTIONS, where, wrong),
        seeds=whole(given, "seeds", default.seeds, 1, 1000, where, wrong),
    )


def _labels(given: dict[str, Any], spec: Spec, where: str, wrong: list[str]) -> tuple[str, ...]:
    """Labels of the study's schemes."""
    known = [named.label for named in spec.schemes]
    labels = given.get("schemes", [])
    if not isinstance(labels, list):
        wrong.append(f"{where}.schemes: must be a list of the study's schemes, not {labels!r}")
        return ()
    strange = [label for label in labels if label not in known]
    wrong.extend(
        f"{where}.schemes: no scheme is called {label!r}{nearest(label, known)}; there are: {', '.join(known)}"
        for label in strange
    )
    return tuple(label for label in labels if label not in strange)


def table_of(table: dict[str, Any], key: str, known: tuple[str, ...], name: str, wrong: list[str]) -> Any:
    """One table, or None if it is not there (or is none)."""
    given = table.get(key)
    if given is None:
        return None
    if not isinstance(given, dict):
        wrong.append(f"{name}: {key}: must be a table with {', '.join(known)}")
        return None
    wrong.extend(
        f"{name}: {key}.{one}: no such key{nearest(one, known)}; permitted: {', '.join(known)}"
        for one in given
        if one not in known
    )
    return given


def _refused(path: str) -> str:
    return "γ is what γ* is found along; it is swept at every point" if path.endswith("gameability") else ""


def ranges(
    table: Any, spec: Spec, where: str, wrong: list[str], refused: Callable[[str], str], beside: Sequence[str] = ()
) -> tuple[Range, ...]:
    """Fields with the range that each may take. ``where``: the table's place; ``wrong``: mistakes are added to it.

    ``refused``: why a path may not be here, or nothing. ``beside``: paths that have columns in the same results.
    """
    if not isinstance(table, dict):
        wrong.append(f"{where}: must be a table of paths, each with [low, high]")
        return ()
    flat = by_path(table, where, wrong)
    named = columns([*beside, *flat])
    found: list[Range] = []
    for path, given in flat.items():
        here = f'{where}."{path}"'
        try:
            if reason := refused(path):
                raise SpecError(f"{here}: {reason}")
            found.append(Range(path, named[path], values_of(spec, path, given, here)))
            for one in found[-1].values:
                apply(spec, {path: one}, here)
            if other := clash(spec, path, [*beside, *(one.path for one in found[:-1])]):
                raise SpecError(f'{here}: sets a field that "{other}" sets too')
        except SpecError as error:
            wrong.extend(error.mistakes)
    return tuple(found)


def values_of(spec: Spec, path: str, given: Any, where: str) -> tuple[Any, ...]:
    """The ends of a range as numbers of the field's kind, or words. Raises SpecError."""
    if isinstance(given, list) and len(given) > 1 and all(isinstance(one, str) for one in given):
        return tuple(given)
    numbers = isinstance(given, list) and len(given) == 2 and all(finite(n) for n in given)
    if not numbers:
        raise SpecError(f'{where}: give [low, high], or words: ["one", "another"]')
    if not given[0] < given[1]:
        raise SpecError(f"{where}: [low, high] must have low < high, not {given}")
    apply(spec, {path: given[0]}, where)
    if reached(spec, path) and isinstance(value(spec, path), float):
        return tuple(float(n) for n in given)
    return tuple(given)
