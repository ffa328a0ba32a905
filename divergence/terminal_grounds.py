"""What a study prints below its ranking: verdicts, ablations, and in sentences what the ranking hangs on."""

from __future__ import annotations

import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from divergence import readable, sentences
from divergence.grounds import Grounds
from divergence.readable import Place


def show(grounds: Grounds, place: Place, console: Console) -> None:
    """Print what is known beyond the ranking itself; nothing of what the study did not ask for."""
    _show_order(grounds, place, console)
    lines = readable.load(grounds, place)
    if lines:
        least, most = grounds.load["load"].min(), grounds.load["load"].max()
        console.print(f"γ* when people are busy, offered load {least:g} → {most:g}, work asked for", style="dim")
        for line in lines:
            console.print(Text(f"  {line}"))


def _show_order(grounds: Grounds, place: Place, console: Console) -> None:
    shown = readable.schemes(grounds)
    tables = (
        (
            "is it HCH (in brackets: mean total variation distance from it), and what takes it away (harm removed by "
            "switching off one mechanism)?",
            readable.verdicts,
        ),
        (
            "γ* under one change at a time (* changed places with another scheme; ? not settled)"
            + readable.fewer(grounds),
            readable.ablations,
        ),
    )
    if place not in sentences.places(grounds) or not (len(grounds.ablations) or len(grounds.shares)):
        return
    for title, made in tables:
        table = made(grounds, place, shown)
        if len(table):
            console.print(Text(title if title.endswith(("?", ".")) else f"{title}:"), style="dim")
            console.print(_table(table, console.width))
    console.print("what the ranking hangs on:", style="dim")
    for sentence in sentences.orders(grounds, place, shown):
        console.print(Text(f"  {sentence}"))


def _table(shown: pd.DataFrame, width: int) -> Table:
    """Schemes and γ* in one piece; where heads are too wide for the console, they break at hyphens."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    wide = sum(max(len(str(name)), *shown[name].str.len()) + 2 for name in shown.columns) - 2 > width
    for place, name in enumerate(map(str, shown.columns)):
        words = place == 0 or name == readable.TAKEN
        whole = place == 0 or name == readable.STAR
        head = name.replace("-", "-\n") if wide else name
        table.add_column(head, justify="left" if words else "right", no_wrap=whole)
    for line in shown.itertuples(index=False):
        table.add_row(*map(str, line))
    return table
