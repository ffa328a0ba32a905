"""What a study found, in sentences made from its numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pandas as pd

from divergence.figures import names, panels
from divergence.figures.names import Fields
from divergence.figures.stars import Star, stars
from divergence.figures.traces import label
from divergence.intervals import THRESHOLD

MANY = 6
"""Up to so many schemes all are named; of more the first and the last."""


def at(table: pd.DataFrame, point: dict[str, Any]) -> pd.DataFrame:
    """The lines with these values; a field that a part does not have (blank) is no obstacle."""
    for column, value in point.items():
        if column in table:
            table = table[(table[column] == value) | table[column].isna()]
    return table


def findings(
    summary: pd.DataFrame, crossings: pd.DataFrame, point: dict[str, Any], fields: Fields
) -> list[tuple[str, list[str]]]:
    """(place, sentences) for every scenario and overseer at one point of what else is swept."""
    axis = panels.along(summary)
    others = {name: value for name, value in point.items() if name != axis}
    here = at(summary, others)
    several = names.several(summary["overseer"])
    left = stars(here, at(crossings, others)) if len(crossings) else []
    found = []
    for (scenario, overseer), lines in here.groupby(["scenario", "overseer"], sort=False, dropna=False):
        own = [star for star in left if star.at({"scenario": scenario, "overseer": overseer})]
        said = departures(own, _tried(lines)) if own and axis == "gameability" else standing(lines, axis, fields)
        given = {name: value for name, value in others.items() if name in lines and lines[name].notna().any()}
        place = [str(scenario)] + ([f"overseer {overseer}"] if several else [])
        place += [f"{names.called(name, fields)} = {names.value(value)}" for name, value in given.items()]
        found.append((", ".join(place), said + _hch(lines, axis, fields)))
    return found


def _tried(lines: pd.DataFrame) -> tuple[float, float]:
    return float(lines["gameability"].min()), float(lines["gameability"].max())


def departures(own: Sequence[Star], tried: tuple[float, float]) -> list[str]:
    """Who leaves HCH first, who next, who not at all. ``tried``: the smallest and largest γ."""
    left = sorted((star for star in own if math.isfinite(star.gamma)), key=lambda star: star.gamma)
    never = [star for star in own if not math.isfinite(star.gamma)]
    stayed = [star.label for star in never if star.last >= tried[1]]
    said = [_first(left, len(own), tried[0])] if left else []
    if len(left) > 1:
        said.append("Then " + listed(_few([f"{star.label} at {star.spelt}" for star in left[1:]])) + ".")
    if stayed and not left:
        said.append(f"No scheme leaves HCH: nobody's mean harm reaches {THRESHOLD:g} up to γ = {tried[1]:g}.")
    elif stayed:
        said.append(f"Mean harm stays below {THRESHOLD:g} up to γ = {tried[1]:g} for {listed(stayed)}.")
    said += [f"No values beyond γ = {star.last:g} for {star.label}." for star in never if star.last < tried[1]]
    return said


def _first(left: Sequence[Star], schemes: int, lowest: float) -> str:
    first = left[0]
    close = [star.label for star in left[1:] if star.low <= first.high]
    opening = "First to leave HCH is" if schemes > 1 else "HCH is left by"
    place = f"at γ* = {first.spelt}"
    if first.gamma <= lowest:
        place = f"whose mean harm is {THRESHOLD:g} or more already at γ = {lowest:g}, the smallest tried"
    tail = f" (not settled: its interval overlaps that of {listed(_few(close))})" if close else ""
    return f"{opening} {first.label}, {place}{tail}."


def _few(items: list[str]) -> list[str]:
    """All of a few items; of many the first and the last."""
    if len(items) <= MANY:
        return items
    return [*items[: MANY - 2], f"{len(items) - MANY + 1} more", items[-1]]


def standing(lines: pd.DataFrame, axis: str | None, fields: Fields) -> list[str]:
    """Where no γ* is defined: every scheme's harm, least first, at the first point tried."""
    harm = lines[lines["measure"] == "harm"].dropna(subset=["mean"])
    if not len(harm):
        return ["No scheme has a value here."]
    where = []
    if axis is not None and harm[axis].notna().any():
        first = harm[axis].dropna().iloc[0]
        harm = harm[harm[axis] == first]
        where.append(f"{names.symbol(axis, fields)} = {names.value(first)}")
    gamma = harm["gameability"].dropna().unique()
    if axis != "gameability" and len(gamma) == 1:
        where.insert(0, f"γ = {gamma[0]:g}")
    records: list[dict[Any, Any]] = harm.sort_values("mean").to_dict("records")
    values = [
        f"{label(line['scheme'], line['phase'])} {names.interval(line['mean'], line['low'], line['high'])}"
        for line in records
    ]
    order = ", least first" if len(harm) > 1 else ""
    return [f"Mean harm{' at ' + ', '.join(where) if where else ''}{order}: {listed(_few(values))}."]


def _hch(lines: pd.DataFrame, axis: str | None, fields: Fields) -> list[str]:
    """What becomes of the reference itself."""
    own = lines[lines["measure"] == "hch_accuracy"]
    if axis is None or own[axis].dropna().nunique() < 2:
        return [f"HCH itself is right with probability {own['mean'].iloc[0]:.2f}."] if len(own) else []
    own = own.dropna(subset=[axis]).sort_values(axis)
    first, last = own.iloc[0], own.iloc[-1]
    letter = names.symbol(axis, fields)
    return [
        f"HCH itself is right with probability {first['mean']:.2f} at {letter} = {names.value(float(first[axis]))} and "
        f"{last['mean']:.2f} at {letter} = {names.value(float(last[axis]))}."
    ]


def listed(items: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    words = list(items)
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def problems(rows: pd.DataFrame) -> list[str]:
    """Rows that are not numbers, and why."""
    said = []
    for (scenario, overseer, scheme), status, some in failures(rows, ["scenario", "overseer", "scheme"]):
        same = rows[(rows["scenario"] == scenario) & (rows["overseer"] == overseer) & (rows["scheme"] == scheme)]
        gamma = sorted(some["gameability"].dropna().unique())
        span = "" if not gamma else f", γ {gamma[0]:g}" + (f" to {gamma[-1]:g}" if len(gamma) > 1 else "")
        said.append(f"{scheme} in {scenario}, overseer {overseer}{span}: {status} ({len(some)} of {len(same)} rows).")
    return said


def failures(rows: pd.DataFrame, keys: list[str]) -> Iterator[tuple[tuple[str, ...], str, pd.DataFrame]]:
    """(keys' values, why, the rows) of rows that are not numbers; reasons that differ in numbers alone are one."""
    failed = rows[rows["status"] != "ok"]
    kind = failed["status"].str.replace(r"\d[\d.,]*", "#", regex=True)
    for (*key, _), some in failed.groupby([*keys, kind], sort=False, dropna=False):
        reasons = some["status"].unique()
        yield tuple(map(str, key)), reasons[0] + (", and others like it" if len(reasons) > 1 else ""), some
