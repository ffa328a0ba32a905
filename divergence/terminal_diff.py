"""Two studies side by side, printed: what was changed on top, then harm and γ* before and after."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from divergence import readable
from divergence.diff import Diff

_GAMMAS = 5
_HARM_WIDTH, _OTHER_WIDTH = 15, 48
"""Characters that a column of harm takes, and all others together."""

_NO_COLUMN = ("scheme", "gameability", "before", "after", "difference", "low", "high", "max", "phase")


def show(found: Diff, console: Console) -> None:
    """Print a comparison of two studies, a block for every point that both have but for scheme and γ."""
    console.print("what differs:", style="bold")
    for line in found.changed or ["nothing"]:
        console.print(Text(f"  {line}"))
    names = [name for name in found.harm.columns if name not in _NO_COLUMN]
    for key, block in found.harm.groupby(names, sort=False, dropna=False):
        stars = found.stars
        for name, value in zip(names, key, strict=True):
            stars = stars[(stars[name] == value) | stars[name].isna()] if len(stars) else stars
        given = [f"{name} = {value}" for name, value in zip(names[2:], key[2:], strict=True) if value == value]
        console.print()
        console.print(", ".join([f"{key[0]}, overseer {key[1]}", *given]), style="bold")
        console.print(_table(block, stars, max(1, min(_GAMMAS, (console.width - _OTHER_WIDTH) // _HARM_WIDTH))))
    paired = "paired, for luck is shared" if found.paired else "not paired, for seeds or questions differ"
    console.print(f"\nafter less before, ± half of the 95 % interval ({paired}).  γ*: before → after.", style="dim")


def _table(block: pd.DataFrame, stars: pd.DataFrame, most: int) -> Table:
    tried = np.sort(block["gameability"].dropna().unique())
    places = np.unique(np.linspace(0, len(tried) - 1, min(most, len(tried))).round().astype(int))
    gammas = tried[places] if len(tried) else [math.nan]
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("scheme", no_wrap=True)
    for gamma in gammas:
        table.add_column("harm" if math.isnan(gamma) else f"γ = {gamma:g}", justify="right", no_wrap=True)
    table.add_column("γ*", justify="right", no_wrap=True)
    table.add_column("change of γ*", justify="right", no_wrap=True)
    for scheme, own in block.groupby("scheme", sort=False):
        cells = [_difference(own[own["gameability"].eq(gamma) | own["gameability"].isna()]) for gamma in gammas]
        moved = stars[stars["scheme"] == scheme] if len(stars) else stars
        table.add_row(
            str(scheme), *cells, *(_star(moved.iloc[0], own["gameability"].min()) if len(moved) else ("", ""))
        )
    return table


def _difference(lines: pd.DataFrame) -> str:
    if not len(lines):
        return ""
    return _change(lines.iloc[0], 3)


def _star(line: pd.Series, lowest: float) -> tuple[str, str]:
    """γ* before and after, and the difference where both are known. ``lowest``: the smallest γ that both tried."""
    ends = [readable.reached(line[name], lowest, line["max"]) for name in ("before", "after")]
    if (line[["before", "after"]] <= lowest).any() or not math.isfinite(line["difference"]):
        return " → ".join(ends), ""
    sure = math.isfinite(line["low"]) and math.isfinite(line["high"])
    return " → ".join(ends), _change(line, 2) if sure else f"{line['difference']:+.2f}"


def _change(line: pd.Series, digits: int) -> str:
    return f"{line['difference']:+.{digits}f} ±{(line['high'] - line['low']) / 2:.{digits}f}"
