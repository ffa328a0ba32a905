"""What there is: every scenario, overseer, scheme and way to train, with fields, symbols, units and ranges."""

from __future__ import annotations

import inspect
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table

from divergence.build import KINDS
from hch.corruption import Attack
from hch.office import Office
from scenarios import part as parts
from scenarios.part import Part

AROUND: tuple[type[Part], ...] = (Office, Attack)
"""What people of any kind may be in: how they are organised, and what corrupts them."""


def as_records() -> dict[str, list[dict[str, Any]]]:
    """Kind → parts, each with ``name``, ``summary`` and ``fields``: what programs read."""
    return {f"{kind}s": [_record(cls) for cls in _known(kind)] for kind in KINDS}


def show(console: Console) -> None:
    """Print a table per part."""
    for kind in KINDS:
        for cls in _known(kind):
            console.print(f"\n[bold]{kind} {cls.part_name()}[/bold]  {_summary(cls)}")
            console.print(_table(cls))
    for cls in AROUND:
        console.print(f"\n[bold]{cls.part_name()}[/bold]  {_summary(cls)}  (hch tree --set {cls.part_name()}.FIELD=…)")
        console.print(_table(cls))


def _known(kind: str) -> list[type[Part]]:
    family, package = KINDS[kind]
    return [cls for _, cls in sorted(parts.find(family, package).items())]


def _summary(cls: type[Part]) -> str:
    return (inspect.getdoc(cls) or "").splitlines()[0]


def _record(cls: type[Part]) -> dict[str, Any]:
    rows = []
    for note in parts.notes(cls):
        row = {key: value for key, value in asdict(note).items() if key != "kind"}
        if isinstance(note.default, Part):
            row["default"] = parts.as_table(note.default)
        rows.append(row)
    return {"name": cls.part_name(), "summary": _summary(cls), "fields": rows}


def _table(cls: type[Part]) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    for note in parts.notes(cls):
        unit = f" [{note.unit}]" if note.unit else ""
        table.add_row(
            "   ", note.name, note.symbol, typed(note.default), note.permitted, note.meaning + unit.replace("[", "\\[")
        )
    return table


def typed(value: Any) -> str:
    """A value as one would type it in a study or after ``--set``; of nothing, the word none."""
    if isinstance(value, Part):
        return value.part_name()
    if value is None or value == ():
        return "none"
    if isinstance(value, tuple):
        return f"[{', '.join(map(typed, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and float(f"{value:g}") == value:
        return f"{value:g}".replace("e+0", "e").replace("e-0", "e-")
    return str(value)
