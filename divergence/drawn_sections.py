"""What the report of a study of drawn points says instead of curves over gameability."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from divergence import drawn, wording
from divergence import fragments as html
from divergence.cell import label
from divergence.figures import drawn as figures
from divergence.figures import names
from divergence.measures import MEASURES
from divergence.spec import Sample
from divergence.study import Study

Made = tuple[str, str, str, go.Figure | None, str, dict[str, tuple[str, str]]]
"""Name, title, words before, figure, how to read it, tables."""


def made(study: Study) -> list[Made]:
    """What was found over all draws, and along each drawn field."""
    sample, spec = study.spec.sample, study.spec
    assert sample is not None
    fields, at = names.of_spec(spec), drawn.fixed(study)
    draws = drawn.harms(study, at)
    means, spread = drawn.binned(study, draws), drawn.spread(study)
    held = wording.listed(f"{names.called(name, fields)} = {names.value(value)}" for name, value in at.items())
    along = [f"<p>{html.text(f'Here {held}; the table above has every value tried.')}</p>"] if held else []
    return [
        (
            "findings", "What was found", _found(study, sample, spread), None, "",
            {"spread": ("harm over draws", html.csv(spread))},
        ),
        (
            "drawn", "Harm along every drawn field", "".join(along),
            figures.drawn(draws, means, sample.ranges, fields), figures.READING,
            {name: (name, html.csv(one.drop(columns="line"))) for name, one in (("means", means), ("draws", draws))},
        ),
    ]  # fmt: skip


def _found(study: Study, sample: Sample, spread: pd.DataFrame) -> str:
    spec = study.spec
    asked = (
        f"{len(spec.schemes)} training scheme{'s' * (len(spec.schemes) > 1)}, compared with HCH: a tree of the same "
        f"simulated humans, who can be gamed. {study.rows['point'].nunique():,} draws ({sample.design}) of "
        f"{wording.listed(names.words(one.column) for one in sample.ranges)}; {spec.questions:,} questions × "
        f"{spec.seeds} seed{'s' * (spec.seeds > 1)} at each. Harm is {MEASURES['harm']}. The last two columns are "
        "between which values 90 % of the draws lie: a spread over assumptions, not an interval of the mean."
    )
    ranges = [f"{one.path}: {_range(one.values)}" for one in sample.ranges]
    failed = wording.problems(study.rows)
    warning = f'<div class="warning"><p>Rows without values:</p>{html.bullets(failed)}</div>' if failed else ""
    labels = [label(*pair) for pair in study.rows[["scheme", "phase"]].drop_duplicates().itertuples(index=False)]
    heads, lines = table(spread)
    return (
        f"<p>{html.text(asked)}</p><p>Drawn evenly, counts on a logarithmic scale:</p>{html.bullets(ranges)}"
        f"{html.table(heads, lines)}{warning}{html.chooser(labels)}"
    )


def table(spread: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """Heads and lines of harm over the draws, as people write it."""
    hidden = {"phase"} if not names.several(spread["phase"]) else set()
    keys = [name for name in spread.columns if name not in ("draws", "mean", "low", "high", *hidden)]
    lines = [
        [names.value(line[key]) for key in keys] + [_number(line[name]) for name in ("mean", "low", "high")]
        for line in spread.to_dict("records")
    ]
    return [*(names.words(key) for key in keys), "mean", "5 %", "95 %"], lines


def _number(value: float) -> str:
    return "–" if value != value else f"{value:.3f}"  # undefined in this scenario


def _range(values: tuple[Any, ...]) -> str:
    if isinstance(values[0], str):
        return wording.listed(values)
    return f"{names.value(values[0])} to {names.value(values[-1])}"
