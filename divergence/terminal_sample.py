"""What a study of drawn points prints: harm over its draws, which no table by field could show."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from divergence import drawn, drawn_sections
from divergence.study import Study

_WORDS = ("scenario", "overseer", "scheme", "phase")


def show(study: Study, console: Console) -> None:
    """Mean harm of every scheme over the draws, and between which values 90 % of them lie."""
    sample = study.spec.sample
    if sample is None or not len(study.rows):
        return
    fields = ", ".join(sorted(one.column for one in sample.ranges))
    table = Table(
        title=f"harm over {study.rows['point'].nunique():,} draws of {fields}",
        title_justify="left",
        box=None,
        pad_edge=False,
    )
    heads, lines = drawn_sections.table(drawn.spread(study))
    for head in heads:
        table.add_column(head, justify="left" if head in _WORDS else "right")
    for line in lines:
        table.add_row(*line)
    console.print(table)
