"""What the report says of the trees that were simulated in time (``office_trees.py``)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from scipy import special

from divergence import fragments as html
from divergence.cell import OPTIMUM
from divergence.consultation import changed
from divergence.figures import names
from divergence.figures.curves import curves
from divergence.office_trees import OFFICE
from divergence.study import Study
from scenarios.streams import Floats

Made = tuple[str, str, str, go.Figure | None, str, dict[str, tuple[str, str]]]
"""Name, title, words before, figure, how to read it, tables."""

WHO = "HCH in the office"
_BANDS = "Shaded bands are 95 % intervals, from how seeds differ."
_PLACE = ["scenario", "overseer", "gameability"]


def made(study: Study) -> list[Made]:
    """How long trees take in time, and their accuracy beside the exact recursion's; nothing where none was lived."""
    told = summary(study)
    if not len(told):
        return []
    share = told["measure"] == "office_accuracy"  # in scenarios with a truth alone
    return [_times(study, told[~share]), *([_accuracy(study, told[share])] if share.any() else [])]


def _times(study: Study, told: pd.DataFrame) -> Made:
    longest = "office_makespan_minutes"
    figure = curves(told, None, longest, names.of_spec(study.spec), ())
    tables = {"office": ("trees in time", html.csv(told))}
    title, before = "Trees in time: how long they take", f"<p>{html.text(_asked(study))}</p>"
    return ("office", title, before, figure, f"Up: {OFFICE[longest]}. {_BANDS}", tables)


def _accuracy(study: Study, told: pd.DataFrame) -> Made:
    exact = study.summary[study.summary["measure"] == "hch_accuracy"].assign(scheme=WHO, phase=OPTIMUM)
    beside = pd.concat([told, exact.drop_duplicates()], ignore_index=True)
    figure = curves(beside, None, "office_accuracy", names.of_spec(study.spec), ("hch_accuracy",))
    reading = (
        f"Higher is better. The wide grey line is HCH of the same humans unhurried, over all questions. {_BANDS} With "
        "few trees they are at least as wide as those of so many throws of a coin."
    )
    tables = {"office-accuracy": ("accuracy in time", html.csv(told))}
    return ("office-accuracy", "Trees in time: what they answer", "", figure, reading, tables)


def _asked(study: Study) -> str:
    """What was simulated."""
    asked = study.spec.office
    assert asked is not None
    return (
        f"The first {asked.trees} question(s) of every seed, all asked at once in an office ({changed(asked.office)}, "
        "but for what is swept): every human of HCH's trees is simulated, who waits for a desk, thinks, waits for "
        "sub-answers and draws an answer. It is HCH who answers here, not a scheme. Without deadlines and hurry time "
        "changes no answer, and accuracy is the exact recursion's but for the luck of so few trees."
    )


def summary(study: Study) -> pd.DataFrame:
    """The office's columns in the form of a study's summary: one line per point and measure.

    ``mean`` over seeds with ``low`` and ``high`` (95 %) by Student's t, blank with one seed. A share's are at least as
    far apart as Clopper and Pearson's for so many trees, as if they did not wait for one another. Every cell counts
    once, whatever the number of its schemes.
    """
    rows, asked = study.rows, study.spec.office
    place = [*_PLACE, *(name for name in study.spec.columns if name not in _PLACE)]
    known = [name for name in OFFICE if rows[name].notna().any()] if asked is not None and len(rows) else []
    if asked is None or not known:
        return pd.DataFrame(columns=[*place, "measure", "mean", "low", "high"])
    long = rows.drop_duplicates([*place, "seed"]).melt([*place, "seed"], known, "measure")
    told = long.groupby([*place, "measure"], sort=False, dropna=False)["value"].agg(["mean", "sem", "count"])
    told = told.dropna(subset=["mean"]).reset_index()
    seeds, half = told.pop("count"), told.pop("sem")
    half *= special.stdtrit(np.maximum(seeds - 1, 1), 0.975)
    told["low"], told["high"] = (told["mean"] - half).clip(lower=0), told["mean"] + half
    share = told["measure"] == "office_accuracy"
    low, high = _of_share(told.loc[share, "mean"].to_numpy(), (seeds[share] * asked.trees).to_numpy())
    told.loc[share, "low"] = np.fmin(told.loc[share, "low"].to_numpy(), low)
    told.loc[share, "high"] = np.minimum(np.fmax(told.loc[share, "high"].to_numpy(), high), 1.0)
    return told.assign(scheme=WHO, phase=OPTIMUM)


def _of_share(share: Floats, trees: Floats) -> tuple[Floats, Floats]:
    """Clopper and Pearson's 95 % interval of a share of so many trees."""
    right = share * trees
    wrong = trees - right
    low = np.where(right < 0.5, 0.0, special.betaincinv(np.maximum(right, 1), wrong + 1, 0.025))
    high = np.where(wrong < 0.5, 1.0, special.betaincinv(right + 1, np.maximum(wrong, 1), 0.975))
    return low, high
