"""What a report says of training: the error budget with its numbers, and what the sources would call each part."""

from __future__ import annotations

import pandas as pd

from divergence import fragments as html

_BEFORE = (
    "What was trained is wrong for several reasons at once. Going from HCH to it, one idealisation is given up at a "
    "time: the objective (what perfect training would give instead of HCH), the model class (the best that this "
    "student can hold), finite data and optimisation, and that training's questions are those of deployment. Each "
    "part is the harm that is added by its step, so that the parts add up to the whole. A part may be negative: where "
    "the objective is bad, training that stops short of its optimum does less harm. In the last two columns, false "
    "answers are split by whether the optimum of training would give them, too (imitation's is HCH, which errs itself)."
)

READINGS = (
    ("objective", "outer", "outer", "what may be reinforced", "outer: the training signal"),
    ("model class", "neither: capability", "inner: optimisation", "limits of what is learned", "neither: capability"),
    (
        "finite data and optimisation",
        "neither: capability",
        "inner: optimisation",
        "what was in fact reinforced",
        "neither: capability",
    ),
    (
        "distribution shift",
        "inner: generalisation",
        "outer: the wrong distribution",
        "what was in fact reinforced",
        "inner: generalisation",
    ),
)
"""Part of the budget, and what OAIA, IAOA, IODH and WIO would call it, as we read them."""

_HEADS = (
    "part",
    "Hubinger (2020)",
    "Wentworth (2020)",
    "Turner (2022)",
    "Leike (2022)",
)
_SOURCES = (
    "Hubinger, Outer alignment and imitative amplification; Wentworth, “Inner alignment failures” which are actually "
    "outer alignment failures; Turner, Inner and outer alignment decompose one hard problem into two extremely hard "
    "problems; Leike, Why I'm optimistic about our alignment approach."
)


def before(budget: pd.DataFrame, failures: pd.DataFrame) -> str:
    """The text above the figure. ``budget``: ``figures.error_budget.table``; ``failures``: measure by scheme."""
    said = html.table(
        ["scenario", "scheme", "harm", "of which the objective", "objective failures", "capability failures"],
        _lines(budget, failures),
    )
    labelled = (
        "<p>Which of these parts is a failure of outer alignment, and which of inner, depends on whose definition is "
        "taken (as we read them):</p>"
    )
    return f"<p>{html.text(_BEFORE)}</p>{said}{labelled}{html.table(_HEADS, READINGS)}<p>{html.text(_SOURCES)}</p>"


def _lines(budget: pd.DataFrame, failures: pd.DataFrame) -> list[list[str]]:
    keys = ["scenario", "overseer", "scheme"]
    parts = budget.pivot_table("mean", keys, "part", sort=False)
    kinds = failures.pivot_table("mean", keys, "measure", sort=False)
    both = parts.join(kinds).reset_index()
    values = both[["harm", "objective", "objective_failure", "capability_failure"]].to_numpy()
    return [
        [str(scenario), str(scheme), *(f"{value:.3f}" for value in own)]
        for scenario, scheme, own in zip(both["scenario"], both["scheme"], values, strict=True)
    ]
