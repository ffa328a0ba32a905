"""What a study prints: harm by scheme and gameability, γ*, and the paired differences that matter."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from divergence import readable, spec, terminal_grounds, wording
from divergence.cell import label
from divergence.figures import names
from divergence.intervals import RESAMPLES, THRESHOLD
from divergence.measures import MEASURES
from divergence.study import Study

_COLUMNS = 5
_CELL, _STAR = 15, 19
"""Characters that a column of numbers takes, and that of γ*."""

_MOST_COMPARED = 8
_FEW = 8
_PLAIN = ("harm", "better", "accuracy", "deceived", "gamed")


def show(study: Study, console: Console) -> None:
    """Print a study: one block per scenario and overseer, at the default value of whatever else is swept."""
    at = focus(study)
    explained: dict[str, str] = {}
    printed: set[float] = set()
    summary, crossings = (_labelled(_at(table, at)) for table in (study.summary, study.crossings))
    differences = _at(study.differences(among=compared(study)), at)
    for (scenario, overseer), block in summary.groupby(["scenario", "overseer"], sort=False):
        here = {"scenario": scenario, "overseer": overseer}
        console.print()
        console.print(_title(str(scenario), str(overseer), at), style="bold")
        tried = sorted(block["gameability"].dropna().unique())
        if len(tried) > 1:
            measure = "harm" if "harm" in set(block["measure"]) else "quality"
            explained |= {measure: MEASURES[measure]}
            stars = _at(crossings, here)
            indent = 2 * _many(study.spec.groups)
            gammas = _gammas(tried, _room(console, block, indent + (_STAR if len(stars) else 0)))
            printed |= set(gammas)
            console.print(_harm_table(block, stars, gammas, study.spec.groups, measure))
            _show_differences(console, _at(differences, here), stars)
        else:
            printed |= set(tried)
            shown = _PLAIN[: _room(console, block, 0)]
            explained |= {name: MEASURES[name] for name in shown}
            console.print(_plain_table(block, shown))
        terminal_grounds.show(study.grounds, (str(scenario), str(overseer)), console)
        _show_problems(console, _at(study.rows, here))
    console.print()
    for line in _elsewhere(study.spec, at, printed):
        console.print(Text(line))
    explained["±"] = f"half of the 95 % interval ({RESAMPLES} resamples of the questions)"
    if len(crossings):
        explained["γ*"] = f"gameability at which mean harm first reaches {THRESHOLD:g}"
    for name, meaning in explained.items():
        console.print(Text(f"{name}: {meaning}"), style="dim")


def _room(console: Console, block: pd.DataFrame, taken: int) -> int:
    """How many columns of numbers a table has room for beside its schemes, so that none is cut."""
    schemes = max((len(str(name)) for name in block["scheme"].unique()), default=0)
    return max(1, (console.width - schemes - taken) // _CELL)


def _elsewhere(asked: spec.Spec, at: dict[str, Any], shown: set[float]) -> list[str]:
    """Where the other values of a swept field are, of which one alone is printed (of γ those ``shown``)."""
    found = []
    for axis in asked.axes:
        here = shown if axis.column == "gameability" else [at[axis.column]]
        others = [names.value(value) for value in axis.reported if value not in here]
        if others:
            told = ", ".join(others) if len(others) <= _FEW else f"{others[0]} to {others[-1]} ({len(others)} values)"
            found.append(f"other {axis.column}: {told}: see summary.csv and the report")
    return found


def focus(study: Study) -> dict[str, Any]:
    """For every swept field but γ: its default where that was tried, else the middle value."""
    return spec.focus(study.spec)


def _at(table: pd.DataFrame, at: dict[str, Any]) -> pd.DataFrame:
    """The lines with these values; a field that a part does not have (blank) is no obstacle."""
    for column, value in at.items():
        if column in table:
            table = table[(table[column] == value) | table[column].isna()]
    return table


def _labelled(table: pd.DataFrame) -> pd.DataFrame:
    """Schemes by what they are called in each phase."""
    if not len(table):
        return table
    return table.assign(scheme=[label(*names) for names in zip(table["scheme"], table["phase"], strict=True)])


def _title(scenario: str, overseer: str, at: dict[str, Any]) -> str:
    others = "".join(f", {column} = {names.value(value)}" for column, value in at.items())
    return f"{scenario}, overseer {overseer}{others}"


def _gammas(tried: list[float], room: int) -> list[float]:
    """As many gameabilities as there is room for, evenly spread over those tried, whole numbers first.

    Where few fit, the smallest is left out, at which little happens.
    """
    most = min(room, _COLUMNS)
    whole = [gamma for gamma in tried if float(gamma).is_integer()]
    chosen = whole if 2 <= len(whole) <= _COLUMNS else tried
    first = 0 if most > 2 else len(chosen) / (most + 1)
    places = np.unique(np.linspace(first, len(chosen) - 1, most).round().astype(int))
    return [float(chosen[place]) for place in places]


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("scheme", no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _harm_table(
    block: pd.DataFrame, crossings: pd.DataFrame, gammas: list[float], groups: dict[str, list[str]], measure: str
) -> Table:
    """Harm of every scheme, group by group; many schemes get a heading for each group."""
    table = _table(*(f"γ = {gamma:g}" for gamma in gammas), *(["γ* [95 %]"] if len(crossings) else []))
    table.title = None if measure == "harm" else "quality: claims here are good by degrees"
    harm = block[block["measure"] == measure]
    stars = crossings.set_index("scheme") if len(crossings) else pd.DataFrame()
    many = _many(groups)
    for group, schemes in groups.items():
        if many:
            table.add_row(Text(group, style="dim italic"))
        for scheme in schemes:
            own = harm[harm["scheme"] == scheme].set_index("gameability")
            cells = [_interval(own.loc[gamma]) if gamma in own.index else "" for gamma in gammas]
            star = readable.crossing(stars.loc[scheme], float(own.index.min())) if scheme in stars.index else ""
            table.add_row(("  " if many else "") + scheme, *cells, *([star] if len(crossings) else []))
    return table


def compared(study: Study) -> list[str]:
    """The schemes whose differences are shown: all, or where there are many the first of each group."""
    groups = study.spec.groups
    return [label for labels in groups.values() for label in (labels[:1] if _many(groups) else labels)]


def _many(groups: dict[str, list[str]]) -> bool:
    """Whether schemes are so many that each group has a heading, and its first one speaks for it."""
    return sum(map(len, groups.values())) > _MOST_COMPARED


def _plain_table(block: pd.DataFrame, shown: Sequence[str]) -> Table:
    table = _table(*shown)
    for scheme, own in block.groupby("scheme", sort=False):
        lines = own.set_index("measure")
        table.add_row(str(scheme), *(_interval(lines.loc[name]) if name in lines.index else "" for name in shown))
    return table


def _interval(line: Any) -> str:
    return f"{line['mean']:.3f} ±{(line['high'] - line['low']) / 2:.3f}"


def _show_differences(console: Console, differences: pd.DataFrame, crossings: pd.DataFrame) -> None:
    """Neighbours in the ranking, at the γ tried nearest to the middle of the crossings."""
    if not len(crossings) or not len(differences):
        return
    stars = crossings["gamma_star"].dropna().to_numpy(dtype=np.float64)
    if not len(stars):
        return
    tried = differences["gameability"].unique()
    gamma = tried[np.abs(tried - np.median(stars)).argmin()]
    here = differences[differences["gameability"] == gamma]
    lines = _neighbours(here)
    if lines:
        console.print(f"at γ = {gamma:g}, paired differences in harm between neighbours:", style="dim")
        for a, b, mean, low, high in lines:
            settled = "" if low > 0 else "  (equal)" if low == high == 0 else "  (not settled)"
            console.print(Text(f"  {a} − {b}: {mean:+.3f} [{low:+.3f}, {high:+.3f}]{settled}"))


def _neighbours(here: pd.DataFrame) -> list[tuple[str, str, float, float, float]]:
    """Schemes with an optimum in order of harm, each less the next one: (a, b, difference, low, high)."""
    here = here.dropna(subset=["difference"])
    columns = (here[name].tolist() for name in ("a", "b", "difference", "low", "high"))
    pairs = {(a, b): (mean, low, high) for a, b, mean, low, high in zip(*columns, strict=True)}
    both = pairs | {(b, a): (-mean, -high, -low) for (a, b), (mean, low, high) in pairs.items()}
    schemes = list(dict.fromkeys(name for pair in both for name in pair))
    ranked = sorted(schemes, key=lambda s: -sum(both[s, other][0] for other in schemes if other != s))
    return [(a, b, *both[a, b]) for a, b in itertools.pairwise(ranked)]


def _show_problems(console: Console, rows: pd.DataFrame) -> None:
    """Rows that are not numbers say why."""
    for (scheme,), status, some in wording.failures(rows, ["scheme"]):
        console.print(Text(f"  {scheme}: {status} ({len(some)} row{'s' * (len(some) > 1)})", style="yellow"))
