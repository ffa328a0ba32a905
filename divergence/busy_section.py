"""What a report says of busy humans: harm against offered load, with the numbers behind it."""

from __future__ import annotations

import pandas as pd

from divergence import fragments as html

_BEFORE = (
    "Episodes of supervision come at random to an office of ten people who hurry when work piles up (work planned "
    "at T minutes gets T / (1 + backlog per person)), and verify less in less time. Load is unhurried work per "
    "staff-minute, so at one load every scheme is given the same human-minutes; how its work comes differs: a "
    "debate's judgements follow one another, answers and ratings are asked for one by one. Labels "
    "are then averaged over the times people really took. Harm is against HCH of the same humans unhurried, at "
    "their own γ; intervals are 95 %, over questions. The trained models use no humans."
)


def section(table: pd.DataFrame) -> tuple[str, str, str, dict[str, tuple[str, str]]]:
    """(name, title, HTML, tables) as the report's other sections; the figure is ``figures.busy.figure``."""
    shown = table.pivot_table(index=["scenario", "scheme"], columns="load", values="mean", sort=False)
    heads = ["scenario", "scheme", *(f"load {load:g}" for load in shown.columns)]
    lines = [
        [*place, *(f"{harm:.3f}" for harm in harms)] for place, harms in zip(shown.index, shown.values, strict=True)
    ]
    numbers = table.to_csv(index=False, float_format="%.6g", lineterminator="\n")
    page = f"<p>{html.text(_BEFORE)}</p>{html.table(heads, lines)}"
    return "load", "When humans are busy", page, {"load": ("harm against load", numbers)}
