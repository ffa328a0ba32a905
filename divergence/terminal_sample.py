"""What a study of drawn points prints: harm over its draws, which no table by field could show."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from divergence.figures import names
from divergence.study import Study

_KEYS = ("scenario", "overseer", "scheme", "gameability")


def show(study: Study, console: Console) -> None:
    """Mean harm of every scheme over the draws, and between which values 90 % of them lie."""
    sample, rows = study.spec.sample, study.rows
    if sample is None or not len(rows):
        return
    drawn = {one.column for one in sample.ranges}
    keys = [name for name in (*_KEYS, *study.spec.columns) if name in rows and name not in drawn and name != "point"]
    keys = [name for name in dict.fromkeys(keys) if name in _KEYS[:3] or rows[name].nunique() > 1]
    table = Table(
        title=f"harm over {rows['point'].nunique():,} draws of {', '.join(sorted(drawn))}", title_justify="left"
    )
    for name in (*keys, "mean", "5 %", "95 %"):
        table.add_column(name, justify="left" if name in _KEYS[:3] else "right")
    harm = rows.groupby([*keys, "point"], sort=False, dropna=False)["harm"].mean()
    spread = harm.groupby(level=keys, sort=False, dropna=False).describe(percentiles=[0.05, 0.95]).reset_index()
    for line in spread.to_dict("records"):
        values = [line[name] for name in ("mean", "5%", "95%")]
        spelt = ["–" if value != value else f"{value:.3f}" for value in values]  # undefined in this scenario
        table.add_row(*(names.value(line[key]) for key in keys), *spelt)
    console.print(table)
