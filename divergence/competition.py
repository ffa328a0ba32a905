"""Competitiveness: how much human time a scheme needs to be as good, and what safety costs in it (MODEL.md §5).

*Minutes to reach* a level of harm or accuracy: the least human time at which a seed's learning curve gets there,
interpolated between budgets in log minutes. The **alignment tax** of a scheme over another is the ratio of the two, a
geometric mean over seeds with a 95 % interval (Student's t of the paired log ratios). The **frontier** is what no
scheme beats: less harm for as little human time.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import special

from divergence.learning import BUDGET, PLACE
from scenarios.streams import Floats

LOWER = frozenset({"harm", "deceived", "divergence_tv"})
"""Measures of which less is better."""


def minutes_to(rows: pd.DataFrame, level: float, measure: str = "harm") -> pd.DataFrame:
    """One line per scenario, overseer, scheme and seed: ``minutes`` to reach a level, infinite if no budget does, and
    ``cheaper``: whether the smallest budget tried reaches it, so that less might do.

    ``rows``: one line per budget and seed with ``human_minutes`` and the measure.
    """
    lines = []
    for key, own in rows.dropna(subset=[measure]).groupby([*PLACE, "seed"], sort=False):
        curve = own.sort_values("human_minutes")
        at = reach(curve["human_minutes"].to_numpy(float), curve[measure].to_numpy(float), level, measure in LOWER)
        lines.append((*key, at, at == curve["human_minutes"].iloc[0]))
    return pd.DataFrame(lines, columns=[*PLACE, "seed", "minutes", "cheaper"])


def reach(minutes: Floats, values: Floats, level: float, lower: bool) -> float:
    """Where a curve first reaches a level, (budgets,) both; ``lower``: whether it has to fall to it."""
    there = values <= level if lower else values >= level
    if not there.any():
        return np.inf
    place = int(there.argmax())
    if not place:
        return float(minutes[0])
    share = (level - values[place - 1]) / (values[place] - values[place - 1])
    return float(np.exp(np.interp(share, [0.0, 1.0], np.log(minutes[place - 1 : place + 1]))))


def taxes(found: pd.DataFrame, over: str | None = None) -> pd.DataFrame:
    """One line per scenario, overseer and scheme: ``minutes`` (geometric mean over seeds that reach it), ``reached``
    (share of seeds), ``cheaper`` (whether in some seed less might do), and ``tax`` with ``low``, ``high``: the ratio to
    ``over``, by default the cheapest scheme there.

    Ratios are blank unless both reach it in every seed; with one seed they have no interval.
    """
    lines = []
    for place, here in found.groupby([*PLACE[:2]], sort=False):
        table = here.pivot_table(index="seed", columns="scheme", values="minutes", sort=False)
        logs = np.log(table)
        mean = logs.mean()
        reached = np.isfinite(logs)
        whole = mean[reached.all()]
        other = over if over is not None else (str(whole.idxmin()) if len(whole) else None)
        for scheme in table.columns:
            some = logs[scheme][reached[scheme]]
            line = {"minutes": np.exp(some.mean()) if len(some) else np.inf, "reached": reached[scheme].mean()}
            line["cheaper"] = bool(here.loc[here["scheme"] == scheme, "cheaper"].any())
            ratio = (np.nan,) * 3
            if other in whole.index and scheme in whole.index:
                ratio = _ratio((logs[scheme] - logs[other]).to_numpy(float))
            names = dict(zip(PLACE, (*place, scheme), strict=True))
            lines.append(names | line | {"over": other} | dict(zip(("tax", "low", "high"), ratio, strict=True)))
    return pd.DataFrame(lines, columns=[*PLACE, "minutes", "reached", "cheaper", "over", "tax", "low", "high"])


def _ratio(logs: Floats) -> tuple[float, float, float]:
    """Geometric mean of ratios with its 95 % interval."""
    mean, seeds = float(logs.mean()), logs.size
    if seeds < 2:
        return float(np.exp(mean)), np.nan, np.nan
    half = float(special.stdtrit(seeds - 1, 0.975)) * float(logs.std(ddof=1)) / np.sqrt(seeds)
    return float(np.exp(mean)), float(np.exp(mean - half)), float(np.exp(mean + half))


def frontier(curves: pd.DataFrame, measure: str = "harm") -> pd.DataFrame:
    """The lines of learning curves that nothing beats: no scheme is better on as small a budget.

    Per scenario and overseer, in order of budgets.
    """
    kept = []
    for _, here in curves.groupby([*PLACE[:2]], sort=False):
        ordered = here.assign(_good=here[measure] if measure in LOWER else -here[measure])
        ordered = ordered.sort_values([BUDGET, "_good"])
        best = ordered["_good"].cummin().shift(fill_value=np.inf)
        kept.append(ordered[ordered["_good"] < best].drop(columns="_good"))
    return pd.concat(kept, ignore_index=True) if kept else curves
