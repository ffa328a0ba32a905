"""What a study found, in sentences made from its numbers."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from divergence.figures import names, panels
from divergence.figures.names import Fields
from divergence.figures.stars import Star, stars
from divergence.figures.traces import label
from divergence.intervals import THRESHOLD

_ALL_PAIRS = 6
"""Up to so many schemes every pair is compared; of more, neighbours in the ranking."""


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
        said = departures(own, _top(lines)) if own and axis == "gameability" else standing(lines, axis, fields)
        given = {name: value for name, value in others.items() if name in lines and lines[name].notna().any()}
        place = [str(scenario)] + ([f"overseer {overseer}"] if several else [])
        place += [f"{names.symbol(name, fields)} = {names.value(value)}" for name, value in given.items()]
        found.append((", ".join(place), said + _hch(lines, axis, fields)))
    return found


def _top(lines: pd.DataFrame) -> float:
    return float(lines["gameability"].max())


def departures(own: Sequence[Star], top: float) -> list[str]:
    """Who leaves HCH first, who next, who not at all."""
    left = sorted((star for star in own if math.isfinite(star.gamma)), key=lambda star: star.gamma)
    stayed = [star for star in own if not math.isfinite(star.gamma) and star.last >= top]
    ended = [star for star in own if not math.isfinite(star.gamma) and star.last < top]
    said = []
    if left:
        said.append(_first(left, len(own)))
    if len(left) > 1:
        said.append("Then " + listed(f"{star.label} at {star.spelt}" for star in left[1:]) + ".")
    if stayed and not left:
        said.append(f"No scheme leaves HCH: nobody's mean harm reaches {THRESHOLD:g} up to γ = {top:g}.")
    elif stayed:
        said.append(
            f"{listed(star.label for star in stayed)} stay{'s' * (len(stayed) == 1)} with HCH: mean harm does not reach "
            f"{THRESHOLD:g} up to γ = {top:g}."
        )
    said += [f"{star.label} has no values beyond γ = {star.last:g}." for star in ended]
    return said


def _first(left: Sequence[Star], schemes: int) -> str:
    first = left[0]
    if first.gamma <= 0:
        opening = f"{first.label} has left HCH already at γ = {first.gamma:g}"
    else:
        opening = f"{first.label} leaves HCH{' first' if schemes > 1 else ''}, at γ* = {first.spelt}"
    close = [star.label for star in left[1:] if star.low <= first.high]
    tail = f" (the interval of {listed(close)} overlaps: which is first is not settled)" if close else ""
    return opening + tail + "."


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
    harm = harm.sort_values("mean")
    values = (
        f"{label(line.scheme, line.phase)} {names.interval(line.mean, line.low, line.high)}"
        for line in harm.itertuples()
    )
    order = ", least first" if len(harm) > 1 else ""
    return [f"Mean harm{' at ' + ', '.join(where) if where else ''}{order}: {listed(values)}."]


def _hch(lines: pd.DataFrame, axis: str | None, fields: Fields) -> list[str]:
    """What becomes of the reference itself."""
    own = lines[lines["measure"] == "hch_accuracy"]
    if axis is None or own[axis].dropna().nunique() < 2:
        return [f"HCH itself is right with probability {own['mean'].iloc[0]:.2f}."] if len(own) else []
    own = own.dropna(subset=[axis]).sort_values(axis)
    first, last = own.iloc[0], own.iloc[-1]
    letter = names.symbol(axis, fields)
    return [
        f"HCH itself is right with probability {first['mean']:.2f} at {letter} = {first[axis]:.4g} and "
        f"{last['mean']:.2f} at {letter} = {last[axis]:.4g}."
    ]


def listed(items: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    words = list(items)
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def compared(differences: pd.DataFrame, axis: str | None, fields: Fields) -> pd.DataFrame:
    """Pairs of schemes in words: where one does more harm than the other, and the largest difference.

    ``differences`` are a study's at one point of what else is swept.
    """
    if not len(differences):
        return differences
    lines = []
    for (scenario, overseer), here in differences.dropna(subset=["difference"]).groupby(
        ["scenario", "overseer"], sort=False, dropna=False
    ):
        wanted = _pairs(here)
        pairs = [(key, pair) for key, pair in here.groupby(["a", "b"], sort=False) if key in wanted]
        pairs.sort(key=lambda found: -float(found[1]["difference"].abs().max()))
        place = {"scenario": scenario, "overseer": overseer}
        lines += [place | _pair(str(a), str(b), pair, axis, fields) for (a, b), pair in pairs]
    return pd.DataFrame(lines)


def _pair(a: str, b: str, pair: pd.DataFrame, axis: str | None, fields: Fields) -> dict[str, str]:
    letter = names.symbol(axis, fields) if axis else ""
    largest = pair.iloc[int(pair["difference"].abs().argmax())]
    reached = f" at {letter} = {names.value(float(largest[axis]))}" if axis and pd.notna(largest[axis]) else ""
    return {
        "A": a,
        "B": b,
        "A does more harm": _where(pair, axis, letter, pair["low"] > 0),
        "B does more harm": _where(pair, axis, letter, pair["high"] < 0),
        "largest difference A − B": _signed(largest) + reached,
    }


def _signed(line: pd.Series) -> str:
    return f"{line['difference']:+.3f} [{line['low']:+.3f}, {line['high']:+.3f}]".replace("-", "−")


def _pairs(here: pd.DataFrame) -> set[tuple[str, str]]:
    """The pairs worth a line: all of a few schemes, neighbours in mean harm of many."""
    every = list(dict.fromkeys(zip(here["a"], here["b"], strict=True)))
    schemes = list(dict.fromkeys(name for pair in every for name in pair))
    if len(schemes) <= _ALL_PAIRS:
        return set(every)
    mean = here.groupby(["a", "b"])["difference"].mean()
    score = {name: float(mean.xs(name, level="a").sum() if name in here["a"].to_numpy() else 0.0) for name in schemes}
    for name in schemes:
        score[name] -= float(mean.xs(name, level="b").sum()) if name in here["b"].to_numpy() else 0.0
    ranked = sorted(schemes, key=lambda name: score[name])
    near = {frozenset(pair) for pair in itertools.pairwise(ranked)}
    return {pair for pair in every if frozenset(pair) in near}


def _where(pair: pd.DataFrame, axis: str | None, letter: str, chosen: pd.Series) -> str:
    """The stretches of the axis where something holds: ``γ 1.5 to 2.25, 3``."""
    if axis is None or pair[axis].isna().all():
        return "yes" if bool(chosen.any()) else "–"
    ordered = pair.assign(chosen=chosen).sort_values(axis)
    holds, values = ordered["chosen"].to_numpy(), ordered[axis].to_numpy()
    if not holds.any():
        return "nowhere"
    edges = np.flatnonzero(np.diff(np.concatenate([[0], holds.astype(int), [0]])))
    runs = zip(edges[::2], edges[1::2] - 1, strict=True)
    spans = [f"{values[a]:g}" if a == b else f"{values[a]:g} to {values[b]:g}" for a, b in runs]
    return f"{letter} {', '.join(spans)}"


def problems(rows: pd.DataFrame) -> list[str]:
    """Rows that are not numbers, and why."""
    failed = rows[rows["status"] != "ok"]
    said = []
    for (scenario, overseer, scheme, status), some in failed.groupby(
        ["scenario", "overseer", "scheme", "status"], sort=False, dropna=False
    ):
        same = rows[(rows["scenario"] == scenario) & (rows["overseer"] == overseer) & (rows["scheme"] == scheme)]
        gamma = sorted(some["gameability"].dropna().unique())
        span = "" if not gamma else f", γ {gamma[0]:g}" + (f" to {gamma[-1]:g}" if len(gamma) > 1 else "")
        said.append(f"{scheme} in {scenario}, overseer {overseer}{span}: {status} ({len(some)} of {len(same)} rows).")
    return said
