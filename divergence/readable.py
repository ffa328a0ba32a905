"""What a ranking hangs on, as tables for people: text in every cell, nothing computed that is not in ``Grounds``.

γ* is written with a mark where a scheme has changed places with another: ``*`` settled, ``?`` not settled.
"""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from divergence.changes import ABLATIONS, UNCHANGED
from divergence.grounds import Grounds

DEPENDS = (0.1, 0.9)
"""Between these shares of the box, which of two schemes stays with HCH longer depends on the assumptions."""

_MOST_SCHEMES = 8
_MOST_MECHANISMS = 3
_WORTH_NAMING = 0.25

STAR, TAKEN = "γ* [95 %]", "what takes it away"
"""Heads of columns."""

Place = tuple[str, str]


def schemes(grounds: Grounds) -> list[str]:
    """The schemes that are shown: those of the box, or of the ablations; of very many, the first of each group."""
    for asked in (grounds.spec.shares, grounds.spec.ablations):
        if asked is not None and asked.schemes:
            return list(asked.schemes)
    groups = grounds.spec.groups
    every = [label for labels in groups.values() for label in labels]
    return every if len(every) <= _MOST_SCHEMES else [labels[0] for labels in groups.values()]


def at(table: pd.DataFrame, place: Place) -> pd.DataFrame:
    """A table's lines for one scenario and overseer."""
    if not len(table):
        return table
    return table[(table["scenario"] == place[0]) & (table["overseer"] == place[1])]


def ablations(grounds: Grounds, place: Place, shown: list[str] | None = None) -> pd.DataFrame:
    """γ* of every scheme (columns) under each change (lines)."""
    here = at(grounds.ablations, place)
    lines = []
    for change in (UNCHANGED, *(change.label for change in ABLATIONS)):
        own = here[here["change"] == change] if len(here) else here
        stars = {line["scheme"]: star(line, lowest(grounds)) for _, line in own.iterrows()}
        if stars:
            lines.append({"change": change} | {name: stars[name] for name in shown or stars if name in stars})
    return pd.DataFrame(lines).fillna("")


def fewer(grounds: Grounds) -> str:
    """That ablations are measured on fewer questions than the study, where they are."""
    asked, spec = grounds.spec.ablations, grounds.spec
    if asked is None or asked.seeds * asked.questions >= spec.seeds * spec.questions:
        return ""
    return (
        f", measured on {asked.seeds} seeds × {asked.questions:,} questions, fewer than the study's {spec.seeds} × "
        f"{spec.questions:,}: so γ* “{UNCHANGED}” may differ from γ* above."
    )


def load(grounds: Grounds, place: Place) -> list[str]:
    """γ* at the lightest load and at the heaviest, a line for each way of asking. γ is tried from 0 on."""
    here = at(grounds.load, place)
    if not len(here):
        return []
    least, most = here["load"].min(), here["load"].max()
    lines = []
    for bunched, own in here[here["load"].isin((least, most))].groupby("bunched"):
        each = own.sort_values("load").groupby("scheme", sort=False)
        said = {name: " → ".join(crossed(line, 0.0) for line in one.to_dict("records")) for name, one in each}
        asked = "all at once" if bunched else "one by one"
        lines.append(f"{asked}: " + ", ".join(f"{name} {said[name]}" for name in dict.fromkeys(here["scheme"])))
    return lines


def star(line: pd.Series, lowest: float) -> str:
    """γ*, or that it lies beyond what was tried, with its mark."""
    marks = [other for other in str(line["turned"]).split(", ") if other]
    mark = "" if not marks else "?" if all(other.endswith("?") for other in marks) else "*"
    return crossed(line, lowest) + mark


def lowest(grounds: Grounds) -> float:
    """The smallest γ that a study tries; -∞ where it tries one only, and no γ* is found."""
    axis = grounds.spec.gameability
    return -math.inf if axis is None else float(min(axis.values))


def crossed(line: Any, lowest: float) -> str:
    """γ* alone, or that it lies beyond what was tried. ``lowest``: the smallest γ tried."""
    return reached(line["gamma_star"], lowest, line["max"])


def reached(gamma: float, lowest: float, highest: float) -> str:
    """A γ* (or an end of its interval) among the γ tried: ``≤ 1`` if harm is there already at the first, ``> 4``."""
    if not math.isfinite(gamma):
        return f"> {highest:g}"
    return f"≤ {lowest:g}" if gamma <= lowest else f"{gamma:.2f}"


def shares(grounds: Grounds, place: Place) -> pd.DataFrame:
    """One line per pair of schemes: in what share of the box the order shown holds, and what decides it."""
    lines = [
        {
            "stays with HCH longer": line["a"],
            "than": line["b"],
            "share of the box": share(line),
            "of points": f"{line['points']}" + (f", {line['tied']} tied" if line["tied"] else ""),
            "so": so(float(line["share"])),
            "decided most by": deciding(line["decided_by"], line["effect"]),
        }
        for _, line in at(grounds.shares, place).iterrows()
    ]
    return pd.DataFrame(lines)


def share(line: pd.Series) -> str:
    """A share with its interval, in per cent."""
    if math.isnan(line["share"]):
        return "tied everywhere"
    return f"{percent(line['share'])} [{percent(line['low'])}, {percent(line['high'])}]"


def percent(value: float) -> str:
    """A share in per cent, without digits that mean nothing."""
    return f"{100 * value:.0f} %"


def so(value: float) -> str:
    """What a share says of an order."""
    if math.isnan(value):
        return "no order"
    return "depends" if DEPENDS[0] <= value <= DEPENDS[1] else "holds" if value > DEPENDS[1] else "the other way round"


def deciding(field: str, effect: float) -> str:
    """The field that decides an order most, and how much of the difference it explains by itself."""
    return f"`{field}` ({percent(effect)})" if field else "no field by itself"


def verdicts(grounds: Grounds, place: Place, shown: list[str] | None = None) -> pd.DataFrame:
    """One line per scheme: γ*, whether its optimum is HCH, and what takes it away."""
    lines = [
        {
            "scheme": line["scheme"],
            STAR: crossing(line, lowest(grounds)),
            f"HCH at γ = {line['gamma_default']:g}?": _hch(line["hch_default"], line["distance_default"]),
            "HCH at every γ?": _hch(line["hch"], line["furthest"]),
        }
        | ({TAKEN: _taken(grounds, (*place, line["scheme"]))} if grounds.spec.ablations is not None else {})
        for _, line in at(grounds.verdicts, place).iterrows()
        if shown is None or line["scheme"] in shown
    ]
    return pd.DataFrame(lines)


def crossing(line: Any, lowest: float) -> str:
    """γ* and its ends, of which each may be beyond the γ tried; – if there is none. ``lowest``: the smallest tried."""
    if "gamma_star" not in line or math.isnan(line["max"]):
        return "–"
    return spelt(line["gamma_star"], line["low"], line["high"], lowest, line["max"])


def spelt(gamma: float, low: float, high: float, lowest: float, highest: float) -> str:
    """γ* with its interval, or alone where all of it is beyond the γ tried, on one side."""
    star, *ends = (reached(one, lowest, highest) for one in (gamma, low, high))
    outside = low > highest or high <= lowest
    return star if outside else f"{star} [{ends[0]}, {ends[1]}]"


def _hch(word: str, distance: float) -> str:
    return word if word == "exactly" else f"{word} ({distance:.2f})"


def _taken(grounds: Grounds, scheme: tuple[str, str, str]) -> str:
    asked = grounds.spec.ablations
    if asked is not None and asked.schemes and scheme[2] not in asked.schemes:
        return "not tried"
    return ", ".join(mechanisms(grounds, scheme))


def mechanisms(grounds: Grounds, scheme: tuple[str, str, str]) -> list[str]:
    """The mechanisms without which most of a scheme's harm goes, the strongest first: ``planting 98 %``, …"""
    off = at(grounds.switches, scheme[:2])
    off = off[(off["scheme"] == scheme[2]) & (off["low"] > 0) & (off["removed"] >= _WORTH_NAMING)] if len(off) else off
    if not len(off):
        return []
    strongest = off.sort_values("removed", ascending=False, kind="stable").head(_MOST_MECHANISMS)
    return [f"{name} {percent(gone)}" for name, gone in zip(strongest["taken_by"], strongest["removed"], strict=True)]
