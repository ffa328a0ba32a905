"""Pieces of the report's page: tables, buttons, swatches. Everything that comes from outside is escaped here."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from divergence import style
from divergence.cell import Named
from divergence.figures import names
from divergence.spec import Axis, Range, Spec
from scenarios.part import Part, notes

_MOST_VALUES = 8
_MOST_IN_A_LINE = 10
_DASHES = {"solid": "", "dash": "6 3", "dot": "2 3", "dashdot": "6 3 2 3", "longdash": "9 3", "longdashdot": "9 3 2 3"}


def text(value: Any) -> str:
    """Anything as text of a page."""
    return html.escape(str(value))


_UNBROKEN = re.compile(r"\[[-+−<>≤∞\d.,% ]+\]|[-+−\d.]+ %|[<>≤] [\d.]+|\S+ = [-\d.]*\d")
"""Intervals, shares and bounds: a line must not end within."""


def prose(value: Any) -> str:
    """Text for reading: numbers keep together with what belongs to them, and names of fields look like code."""
    kept = _UNBROKEN.sub(lambda found: found[0].replace(" ", "\u00a0"), str(value))
    return re.sub(r"`(\w+)`", r"<code>\1</code>", text(kept))


def table(heads: Sequence[str], lines: Iterable[Sequence[Any]]) -> str:
    """A table that scrolls by itself where the page is narrow."""
    head = "".join(f'<th scope="col">{text(name)}</th>' for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{prose(cell)}</td>" for cell in line) + "</tr>" for line in lines)
    inside = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="scroll whole" tabindex="0">{inside}</div>'


def csv(lines: pd.DataFrame) -> str:
    """The numbers behind a picture or a table, as they are downloaded."""
    return str(lines.to_csv(index=False, float_format="%.6g", lineterminator="\n"))


def bullets(items: Iterable[str]) -> str:
    """A list of sentences."""
    return "<ul>" + "".join(f"<li>{prose(item)}</li>" for item in items) + "</ul>"


def numbers(tables: dict[str, str]) -> str:
    """The numbers behind a figure: a table to fold out and a button each. ``tables``: identity → title."""
    holders = "".join(
        f'<h3>{text(title)}</h3><div class="scroll" tabindex="0" data-table="{text(name)}"></div>'
        for name, title in tables.items()
    )
    return f"<details data-lazy><summary>The numbers behind this</summary>{holders}</details>"


def buttons(figure: str | None, tables: dict[str, str]) -> str:
    """Downloads: the picture, and the numbers behind it."""
    made = [f'<button type="button" data-do="svg" data-name="{text(figure)}">Download SVG</button>'] if figure else []
    made += [
        f'<button type="button" data-do="csv" data-name="{text(name)}">Download CSV{_of(title, tables)}</button>'
        for name, title in tables.items()
    ]
    return f'<div class="actions">{"".join(made)}</div>'


def _of(title: str, tables: dict[str, str]) -> str:
    return f" ({text(title)})" if len(tables) > 1 else ""


def chooser(labels: Sequence[str], off: Collection[str] = (), groups: Mapping[str, Sequence[str]] | None = None) -> str:
    """Which schemes the curves show; those that are ``off`` at first can be ticked. Many are ticked group by group."""
    boxes = {
        label: f'<label><input type="checkbox"{"" if label in off else " checked"} value="{text(label)}">'
        f"{swatch(look)} {text(label)}</label>"
        for label, look in style.looks(labels).items()
    }
    grouped = groups if groups and len(labels) > _MOST_IN_A_LINE else {"": labels}
    lines = []
    for group, own in grouped.items():
        whole = f'<button type="button" data-do="group" title="all of them, or none">{text(group)}</button>'
        line = " ".join(boxes[label] for label in own if label in boxes)
        lines.append(f'<div class="group">{whole}<div>{line}</div></div>' if group else line)
    every = {"all": "All", "none": "None"} | ({"first": "As at first"} if off else {})
    buttons = "".join(f'<button type="button" data-do="{what}">{name}</button> ' for what, name in every.items())
    return (
        '<fieldset id="schemes"><legend>Schemes shown in the curves below</legend>'
        f"{''.join(lines)} {buttons}</fieldset>"
    )


def swatch(look: style.Look) -> str:
    """A short piece of a scheme's line."""
    return (
        '<svg width="34" height="10" aria-hidden="true"><line x1="1" y1="5" x2="33" y2="5" '
        f'stroke="{look.colour}" stroke-width="3" stroke-dasharray="{_DASHES[look.dash]}"/></svg>'
    )


def parts(kind: str, named: Sequence[Named], spec: Spec) -> str:
    """Every part of a kind with all its fields."""
    return "".join(_part(kind, one, spec) for one in named)


def _part(kind: str, one: Named, spec: Spec) -> str:
    kinds = type(one.part)
    alias = "" if one.label == kinds.part_name() else f" ({kinds.part_name()})"
    meaning = (kinds.__doc__ or "").strip().splitlines()[:1]
    lines = _fields(one.part, "", {one.path: one for one in spec.varied}, (f"{kind}.", f"{kind}.{one.label}."))
    heads = ("field", "symbol", "value", "unit", "permitted", "meaning")
    shown = table(heads, lines) if lines else '<p class="soft">No fields.</p>'
    return f'<div class="panel"><h3>{text(one.label + alias)}</h3><p>{text(" ".join(meaning))}</p>{shown}</div>'


def _fields(part: Part, inside: str, swept: dict[str, Axis | Range], starts: tuple[str, ...]) -> list[list[Any]]:
    lines: list[list[Any]] = []
    for note in notes(type(part)):
        name, value = f"{inside}{note.name}", getattr(part, note.name)
        axis = next((swept[start + name] for start in reversed(starts) if start + name in swept), None)
        lines.append([name, note.symbol or "–", _value(value, axis), note.unit or "–", note.permitted, note.meaning])
        if isinstance(value, Part):
            lines += _fields(value, f"{name}.", swept, starts)
    return lines


def _value(value: Any, axis: Axis | Range | None) -> str:
    if isinstance(axis, Range):
        ends = [names.value(one) for one in axis.values]  # noqa: PD011 (not pandas)
        return "drawn: " + (", ".join(ends) if axis.chosen else " to ".join(ends))
    if axis is not None:
        values = [names.value(one) for one in axis.reported]
        many = len(values) > _MOST_VALUES
        return f"swept: {len(values)} values, {values[0]} to {values[-1]}" if many else "swept: " + ", ".join(values)
    return value.part_name() if isinstance(value, Part) else names.value(value)
