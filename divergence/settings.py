"""What two studies are set to differently, from what their stores say of them: no part need be loaded."""

from __future__ import annotations

import tomllib
from typing import Any

from divergence.build import FAMILIES
from divergence.plain import flatten, toml

_ABSENT = "not there"


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """``what: before → after`` for everything that differs.

    ``before``, ``after``: what stores say of a study (``directory.about``). A part that only one has is one line.
    """
    was, now = _settings(before, after)
    names = [name for name in was | now if was.get(name) != now.get(name)]
    parts = _in_one_alone(names, was.keys() & now.keys())
    whole = {f"{part}.type": part for part in parts}  # the line that tells of such a part; the rest of it is not told
    within = tuple(f"{part}." for part in parts)
    told = [name for name in names if name in whole or not name.startswith(within)]
    return [f"{whole.get(name, name)}: {was.get(name, _ABSENT)} → {now.get(name, _ABSENT)}" for name in told]


def _in_one_alone(names: list[str], in_both: set[str]) -> list[str]:
    """The parts that only one study has, of ``names`` that differ; not the parts within such a part."""
    found = [name.removesuffix(".type") for name in names if name.endswith(".type") and name not in in_both]
    return [part for part in found if not any(part.startswith(f"{other}.") for other in found)]


def _settings(*studies: dict[str, str]) -> list[dict[str, str]]:
    """All that studies are set to, by name. Of a kind of which each has one part, that part needs no label."""
    tables = [tomllib.loads(about.get("spec", "")) for about in studies]
    alone = {kind for kind in FAMILIES if all(len(table.get(kind, ())) == 1 for table in tables)}
    return [_about(about) | _facts(table, alone) for about, table in zip(studies, tables, strict=True)]


def _about(about: dict[str, str]) -> dict[str, str]:
    """What computes a study, beside its specification."""
    told = (line.rpartition(" ") for line in about.get("plugins", "").splitlines())
    plugins = [f"{name} {digest[:8]}" for name, _, digest in told]
    measures = about.get("measures", "")
    return {"version": about.get("version", ""), "plug-ins": ", ".join(plugins) or "none", "measures kept": measures}


def _facts(table: dict[str, Any], alone: set[str]) -> dict[str, str]:
    """Everything in a specification, by name. ``alone``: kinds of which there is one part, which needs no label."""
    found: dict[str, str] = {}
    for name, given in table.items():
        if name in FAMILIES:
            for part in given:
                front = name if name in alone else f"{name}.{part['name']}"
                found |= _flat(front, {key: value for key, value in part.items() if key != "name"})
        elif name == "sweep":
            found |= {f"sweep of {path}": ", ".join(map(_spelt, values)) for path, values in given.items()}
        else:
            found |= _flat(name, given)
    return found


def _flat(front: str, given: Any) -> dict[str, str]:
    """A value, or the values of a table, by dotted path."""
    if not isinstance(given, dict):
        return {front: _spelt(given)}
    return {f"{front}.{path}": _spelt(value) for path, value in flatten(given)}


def _spelt(value: Any) -> str:
    return value if isinstance(value, str) else toml(value)
