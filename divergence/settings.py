"""What two studies are set to differently, from what their stores say of them: no part need be loaded."""

from __future__ import annotations

import tomllib
from typing import Any

from divergence.build import FAMILIES
from divergence.plain import flatten, toml

_ABSENT = "not there"


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """``what: before → after`` for everything that differs; ``before``, ``after``: what stores say (``study.about``).

    A part that only one of them has is one line.
    """
    tables = [tomllib.loads(about.get("spec", "")) for about in (before, after)]
    alone = {kind for kind in FAMILIES if all(len(table.get(kind, ())) == 1 for table in tables)}
    was, now = ({**_about(about), **_facts(table, alone)} for about, table in zip((before, after), tables, strict=True))
    names = [name for name in dict.fromkeys([*was, *now]) if was.get(name) != now.get(name)]
    alone_in = [
        name.removesuffix("type") for name in names if name.endswith(".type") and not (name in was and name in now)
    ]
    gone = [front for front in alone_in if not any(front != other and front.startswith(other) for other in alone_in)]
    lines = {f"{front}type": front.removesuffix(".") for front in gone}  # the rest of such a part need not be told
    names = [name for name in names if name in lines or not name.startswith(tuple(gone))]
    return [f"{lines.get(name, name)}: {was.get(name, _ABSENT)} → {now.get(name, _ABSENT)}" for name in names]


def _about(about: dict[str, str]) -> dict[str, str]:
    """What computes a study, beside its specification."""
    plugins = [f"{name} {digest[:8]}" for name, digest in map(str.split, about.get("plugins", "").splitlines())]
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
