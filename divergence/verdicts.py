"""Per scheme and scenario: γ*, whether the optimum is HCH, and what takes it away.

*Is it HCH?* By the mean total variation distance: exactly (below 1e-6), within ``EPSILON``, or not; at the overseer's
own γ (the nearest one tried) and over the whole sweep. Stochastic HCH errs by chance, so a scheme that is never wrong
is not HCH either: ``better`` says how much of the distance that is.

*What takes it away?* At the first γ tried at which mean harm has reached the threshold (where it never does, at the γ
of the most harm), every mechanism is switched off by itself, luck held, in the seeds and questions of the ablations:
appeal noise, rhetoric, search, rebuttal, planting (everywhere, and by level), rivals, depth, and the ratio of the two
discernments. HCH changes with them: what is compared is harm against the HCH of the same humans in the same world.
``removed`` is the harm that goes, as a share of what was there; below 0, harm is added. Its interval is paired. Below
``NOTHING`` there is no harm to explain. Shares need not add up to 1: mechanisms work together.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from divergence.cell import gameability
from divergence.changes import SAME, SWITCHES, UNCHANGED
from divergence.intervals import THRESHOLD, Draws
from divergence.spec import Spec
from scenarios.streams import Floats

EPSILON = 0.05
EXACT = 1e-6
"""Per-question values are kept in 32 bits."""

NOTHING = 0.01
_PLACE = ["scenario", "overseer", "scheme"]


def table(spec: Spec, summary: pd.DataFrame, crossings: pd.DataFrame, off: pd.DataFrame) -> pd.DataFrame:
    """One line per scenario, overseer and scheme.

    ``summary``, ``crossings``: a study's, at one point of what else is swept; ``off``: ``switches``. Columns:
    ``gamma_star`` with its interval and ``max``; ``hch`` over the sweep, ``hch_default`` at ``gamma_default`` with the
    distance and what it is made of there; ``gamma``, ``harm``, and the switch that ``removed`` most, with interval.
    """
    own_gamma = {one.label: gameability(one.part) for one in spec.overseers}
    lines = []
    for (scenario, overseer, scheme), own in summary.groupby(_PLACE, sort=False):
        values = own.dropna(subset=["gameability"]).pivot_table("mean", "gameability", "measure")
        if {"divergence_tv", "harm", "better"} <= set(values):
            place = {"scenario": scenario, "overseer": overseer, "scheme": scheme}
            lines.append(place | _standing(values, own_gamma[str(overseer)]))
    found = pd.DataFrame(lines)
    if len(found) and len(crossings):
        found = found.merge(crossings[[*_PLACE, "gamma_star", "low", "high", "max"]], on=_PLACE, how="left", sort=False)
    if len(found) and len(off):
        most = off.loc[off.groupby(_PLACE, sort=False)["removed"].idxmax()].rename(
            columns={"low": "removed_low", "high": "removed_high"}
        )
        found = found.merge(most, on=_PLACE, how="left", sort=False)
    return found


def _standing(values: pd.DataFrame, gamma: float | None) -> dict[str, float | str]:
    """Whether an optimum is HCH, over the sweep and at the default γ. ``values``: measures by γ."""
    tried = values.index.to_numpy(dtype=np.float64)
    default = float(tried[np.abs(tried - (tried[0] if gamma is None else gamma)).argmin()])
    there = {name: float(values[name][default]) for name in ("divergence_tv", "harm", "better")}
    return {
        "hch": called(float(values["divergence_tv"].max())),
        "furthest": float(values["divergence_tv"].max()),
        "gamma_default": default,
        "hch_default": called(there["divergence_tv"]),
        "distance_default": there["divergence_tv"],
        "harm_default": there["harm"],
        "better_default": there["better"],
    }


def called(distance: float) -> str:
    """``exactly``, ``within ε`` or ``no``."""
    return "exactly" if distance < EXACT else f"within {EPSILON:g}" if distance <= EPSILON else "no"


def switches(found: Draws) -> pd.DataFrame:
    """One line per scheme and mechanism: harm with it and ``without`` it at one γ, and the share ``removed``.

    ``found``: the ablations' harm, resampled. A mechanism that is off already has no line.
    """
    means, resampled = found.of("harm")
    lines = []
    names = ["scenario", "overseer", "scheme", "change"]
    places = found.keys.reset_index(names="row").groupby(names, sort=False)["row"]
    known = {key: rows.to_numpy() for key, rows in places}
    for (*place, change), rows in known.items():
        if change != UNCHANGED or np.isnan(means[rows]).any():
            continue
        at = _left(means[rows])
        gamma, harm = found.keys["gameability"].iloc[rows[at]], means[rows[at]]
        for switch in SWITCHES if harm >= NOTHING else ():
            other = known.get((*place, SAME.get(switch.label, switch.label)))
            if other is not None:
                without = other[at]
                removed = _removed(means[rows[at]], means[without])
                low, high = np.percentile(_removed(resampled[rows[at]], resampled[without]), (2.5, 97.5))
                lines.append((*place, gamma, harm, switch.label, means[without], float(removed), low, high))
    return pd.DataFrame(
        lines, columns=[*_PLACE, "gamma", "harm", "taken_by", "without", "removed", "low", "high"]
    ).dropna(subset=["removed"])


def _left(harm: Floats) -> int:
    """The first place where harm has reached the threshold, or where it is largest."""
    above = harm >= THRESHOLD
    return int(above.argmax() if above.any() else harm.argmax())


def _removed(harm: Floats, without: Floats) -> Floats:
    """Share of harm that goes; where a resample has none there is nothing to share."""
    return np.asarray(np.where(harm > 0, (harm - without) / np.where(harm > 0, harm, 1.0), 0.0))
