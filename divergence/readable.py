"""What a ranking hangs on, as tables for people: text in every cell, nothing computed that is not in ``Grounds``.

γ* is written with a mark where a scheme has changed places with another: ``*`` settled, ``?`` not settled.
"""

from __future__ import annotations

import math

import pandas as pd

from divergence.changes import ABLATIONS, UNCHANGED
from divergence.grounds import Grounds

DEPENDS = (0.1, 0.9)
"""Between these shares of the box, which of two schemes stays with HCH longer depends on the assumptions."""

_MOST_SCHEMES = 8
_MOST_MECHANISMS = 3
_WORTH_NAMING = 0.25

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
        own = here[here["change"] == change].set_index("scheme") if len(here) else here
        if len(own):
            columns = [name for name in shown or list(own.index) if name in own.index]
            lines.append({"change": change} | {name: star(own.loc[name]) for name in columns})
    return pd.DataFrame(lines).fillna("")


def star(line: pd.Series) -> str:
    """γ*, or that it lies beyond what was tried, with its mark."""
    marks = [other for other in str(line["turned"]).split(", ") if other]
    mark = "" if not marks else "?" if all(other.endswith("?") for other in marks) else "*"
    return (f"> {line['max']:g}" if math.isnan(line["gamma_star"]) else f"{line['gamma_star']:.2f}") + mark


def shares(grounds: Grounds, place: Place) -> pd.DataFrame:
    """One line per pair of schemes: in what share of the box the order shown holds, and what decides it."""
    lines = [
        {
            "stays with HCH longer": line.a,
            "than": line.b,
            "share of the box": share(line.share, line.low, line.high),
            "of points": f"{line.points}" + (f", {line.tied} tied" if line.tied else ""),
            "so": so(float(line.share)),
            "decided most by": deciding(str(line.decided_by), float(line.effect)),
        }
        for line in at(grounds.shares, place).itertuples()
    ]
    return pd.DataFrame(lines)


def share(middle: object, low: object, high: object) -> str:
    """A share with its interval, in per cent."""
    if math.isnan(float(str(middle))):
        return "tied everywhere"
    return f"{percent(middle)} [{percent(low)}, {percent(high)}]"


def percent(value: object) -> str:
    """A share in per cent, without digits that mean nothing."""
    return f"{100 * float(str(value)):.0f} %"


def so(value: float) -> str:
    """What a share says of an order."""
    if math.isnan(value):
        return "no order"
    return "depends" if DEPENDS[0] <= value <= DEPENDS[1] else "holds" if value > DEPENDS[1] else "the other way round"


def deciding(field: str, effect: float) -> str:
    """The field that decides an order most, and how much of the difference it explains by itself."""
    return f"{field} ({percent(effect)})" if field else "no field by itself"


def verdicts(grounds: Grounds, place: Place, shown: list[str] | None = None) -> pd.DataFrame:
    """One line per scheme: γ*, whether its optimum is HCH, and what takes it away."""
    here = at(grounds.verdicts, place)
    lines = []
    for line in here.itertuples():
        if shown is None or line.scheme in shown:
            lines.append(
                {
                    "scheme": line.scheme,
                    "γ* [95 %]": _interval(line),
                    f"HCH at γ = {line.gamma_default:g}?": _hch(line.hch_default, line.distance_default),
                    "HCH at every γ?": _hch(line.hch, line.furthest),
                    "what takes it away": ", ".join(mechanisms(grounds, (*place, str(line.scheme)))),
                }
            )
    return pd.DataFrame(lines)


def _interval(line: object) -> str:
    beyond = f"> {getattr(line, 'max', math.nan):g}"
    middle, low, high = (float(getattr(line, name, math.nan)) for name in ("gamma_star", "low", "high"))
    if math.isnan(middle):
        return beyond
    return f"{middle:.2f} [{low:.2f}, {f'{high:.2f}' if math.isfinite(high) else beyond}]"


def _hch(word: object, distance: object) -> str:
    return str(word) if word == "exactly" else f"{word} ({float(str(distance)):.2f})"


def mechanisms(grounds: Grounds, scheme: tuple[str, str, str]) -> list[str]:
    """The mechanisms without which most of a scheme's harm goes, the strongest first: ``planting 98 %``, …"""
    off = at(grounds.switches, scheme[:2])
    off = off[(off["scheme"] == scheme[2]) & (off["low"] > 0) & (off["removed"] >= _WORTH_NAMING)] if len(off) else off
    if not len(off):
        return []
    strongest = off.sort_values("removed", ascending=False, kind="stable").head(_MOST_MECHANISMS)
    return [f"{name} {percent(gone)}" for name, gone in zip(strongest["taken_by"], strongest["removed"], strict=True)]
