"""What a report says of trees that were simulated in time (``office_trees``): how often they are right, and when."""

from __future__ import annotations

import pandas as pd

from divergence import fragments as html
from divergence.consultation import changed
from divergence.figures import names
from divergence.figures.names import Fields
from divergence.office_trees import OFFICE, OfficeTrees
from divergence.study import Study

_MOST = 40
"""Lines shown at most; the CSV has all."""

Made = tuple[str, str, str, dict[str, tuple[str, str]]]


def made(study: Study, fields: Fields) -> list[Made]:
    """The section as (name, title, HTML, tables); nothing where no tree was simulated."""
    asked = study.spec.office
    if asked is None or not len(study.rows):
        return []
    keys = ["scenario", "overseer", *dict.fromkeys(axis.column for axis in study.spec.axes)]
    keys = [name for name in keys if not name.startswith("scheme.") and study.rows[name].notna().any()]
    columns = [name for name in (*OFFICE, "hch_accuracy") if study.rows[name].notna().any()]
    once = study.rows.drop_duplicates([*keys, "seed"])  # HCH lives in the office: schemes bear the same numbers
    found = once.groupby(keys, sort=False, dropna=False)[columns].agg(["mean", "min", "max"])
    lines = [
        [*(names.value(value) for value in (key if isinstance(key, tuple) else (key,)))]
        + [_spread(line[name], 2 if "accuracy" in name else 0) for name in columns]
        for key, line in list(found.iterrows())[:_MOST]
    ]
    heads = [names.called(name, fields) for name in keys] + [_HEADS[name] for name in columns]
    flat = found.set_axis(list(map("_".join, found.columns)), axis=1).reset_index()
    more = f"<p>{_MOST} of {len(found)} points are shown; the CSV has all.</p>" if len(found) > _MOST else ""
    before = f"<p>{html.text(_words(asked))}</p>{html.table(heads, lines)}{more}"
    return [("office", "Trees in time", before, {"office": ("trees in time", html.csv(flat))})]


_HEADS = {
    "office_accuracy": "true answers (share)",
    "office_makespan_minutes": "minutes until all are answered",
    "office_minutes": "minutes of work a tree",
    "hch_accuracy": "HCH, unhurried and exact",
}


def _words(asked: OfficeTrees) -> str:
    return (
        f"The first {asked.trees} trees of every cell were also lived through in time, all asked at once, by simulated "
        f"humans in an office ({changed(asked.office)}). Who answers is HCH of those humans, so no scheme enters. "
        "Means over seeds; in brackets the least and the most of a seed: few trees say little about a probability."
    )


def _spread(line: pd.Series, digits: int) -> str:
    mean, low, high = (f"{line[end]:,.{digits}f}" for end in ("mean", "min", "max"))
    return mean if low == high else f"{mean} ({low} to {high})"
