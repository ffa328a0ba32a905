"""In what share of a box of plausible assumptions does each pair of schemes stand in the order shown?

At every point of the box (``box.py``) and at up to nine γ of the study's sweep, harm is measured with one seed of its
own. Of two schemes the one with the larger γ* stays with HCH longer; where neither leaves it, the one with less mean
harm over those γ; where that is the same, they are tied. The order shown is the study's own by the same rule. A share
is the points in that order among those at which both schemes have values and are not tied; its interval is Wilson's,
95 %. A point's order carries the noise of its few questions, which draws shares towards a half.

Which assumption decides a pair: with ``D`` the difference of the two γ* (beyond the sweep counts as its end), the
first-order effect of a field is ``Var(E[D | field]) / Var(D)``, the field's values in four bins of equal size, less
what chance would give (adjusted R²). A field is named where an F test of its bins, corrected for the number of fields,
has p < 0.05.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from divergence import box
from divergence.cell import Cell
from divergence.intervals import THRESHOLD, crossing
from divergence.paths import apply, reached
from divergence.spec import Axis, Spec
from scenarios.streams import Floats

MOST_GAMMAS = 9
_BINS = 4
_SAME = 1e-9
"""Mean harms nearer than this are the same."""
_PLACE = ["scenario", "overseer"]
_COLUMNS = [*_PLACE, "a", "b", "share", "low", "high", "points", "tied", "decided_by", "effect"]


def cells(spec: Spec) -> list[Cell]:
    """Every point of the box at a few gameabilities; what a part has no field for stays blank."""
    asked, axis = spec.shares, spec.gameability
    if asked is None or axis is None or not spec.box:
        return []
    drawn = list(enumerate(box.points(spec, asked.points)))
    tried = replace(spec.among(asked.schemes), axes=())
    found: list[Cell] = []
    for scenario in spec.scenarios:
        for point, values in drawn:
            for overseer in spec.overseers:
                one = replace(tried, scenarios=(scenario,), overseers=(overseer,))
                if reached(one, axis.path):
                    found += _at(len(found), one, point, values, axis)
    return found


def _at(index: int, one: Spec, point: int, values: tuple[Any, ...], axis: Axis) -> list[Cell]:
    """The cells of one point, each γ in turn."""
    known = [value if reached(one, assumed.path) else None for assumed, value in zip(one.box, values, strict=True)]
    given = {assumed.path: value for assumed, value in zip(one.box, known, strict=True) if value is not None}
    columns = (("point", point), *((assumed.column, value) for assumed, value in zip(one.box, known, strict=True)))
    seed, questions = one.first_seed + point, one.shares.questions if one.shares else 0
    one = apply(one, given)
    found: list[Cell] = []
    for gamma in thinned(axis.values):
        here = apply(one, {axis.path: gamma})
        parts = (here.scenarios[0], here.overseers[0], here.schemes)
        found.append(Cell(index + len(found), *parts, seed, questions, columns, brief=True))
    return found


def thinned(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """At most nine values in ascending order, evenly spread over those tried, both ends kept."""
    ordered = sorted(values)
    places = np.unique(np.linspace(0, len(ordered) - 1, min(len(ordered), MOST_GAMMAS)).round().astype(int))
    return tuple(ordered[place] for place in places)


def points(rows: pd.DataFrame) -> pd.DataFrame:
    """One line per point and scheme: what was assumed, ``gamma_star`` (NaN beyond ``max``) and ``mean_harm``."""
    if not len(rows):
        return pd.DataFrame()
    measures = rows.columns[rows.columns.get_loc("seed") :]
    keys = [name for name in rows.columns if name not in {*measures, "gameability", "phase"}]
    lines = []
    for key, own in rows.groupby(keys, sort=False, dropna=False):
        own = own.sort_values("gameability")
        harm, gamma = own["harm"].to_numpy(dtype=np.float64), own["gameability"].to_numpy(dtype=np.float64)
        if not np.isnan(harm).any():
            star = float(crossing(gamma, harm[:, None], THRESHOLD)[0])
            lines.append((*key, star, gamma[-1], harm.mean()))
    return pd.DataFrame(lines, columns=[*keys, "gamma_star", "max", "mean_harm"])


@dataclass(frozen=True)
class Standing:
    """How one scheme fares at several points: γ* (∞ if beyond ``top``) and mean harm over γ, (points,) each."""

    star: Floats
    harm: Floats
    top: float

    def above(self, other: Standing) -> Floats:
        """1 where this scheme stays with HCH longer than the other, -1 where it leaves first, 0 where they are tied."""
        later = np.sign(np.nan_to_num(self.star, posinf=1e9) - np.nan_to_num(other.star, posinf=1e9))
        less = other.harm - self.harm
        return np.where(later != 0, later, np.where(np.abs(less) > _SAME, np.sign(less), 0.0))

    def longer(self, other: Standing) -> Floats:
        """``D``: how much longer, in γ; beyond the sweep counts as its end."""
        return np.minimum(self.star, self.top) - np.minimum(other.star, self.top)


def table(found: pd.DataFrame, shown: dict[tuple[str, str], list[str]], assumed: tuple[str, ...]) -> pd.DataFrame:
    """One line per pair: the share of points at which ``a`` stays with HCH longer than ``b``, as the study shows.

    ``found``: ``points``. ``shown``: schemes by scenario and overseer, those that stay longest first. ``assumed``: the
    box's columns.
    """
    lines = []
    for place, schemes in shown.items():
        if not len(found):
            break
        here = found[(found["scenario"] == place[0]) & (found["overseer"] == place[1])]
        own = {name: some.set_index("point") for name, some in here.groupby("scheme", sort=False)}
        for a, b in itertools.combinations([name for name in schemes if name in own], 2):
            both = own[a].index.intersection(own[b].index)
            first, second = own[a].loc[both], own[b].loc[both]
            if len(both):
                order = _standing(first).above(_standing(second))
                apart = _standing(first).longer(_standing(second))
                lines.append((*place, a, b, *_share(order), *decided(apart, first[list(assumed)])))
    return pd.DataFrame(lines, columns=_COLUMNS)


def ranking(found: pd.DataFrame) -> dict[tuple[str, str], list[str]]:
    """Schemes in the order shown, those that stay with HCH longest first, by scenario and overseer.

    ``found``: lines with ``gamma_star`` (NaN beyond ``max``) and ``mean_harm``, one per scheme.
    """
    ranked: dict[tuple[str, str], list[str]] = {}
    for (scenario, overseer), own in found.groupby(_PLACE, sort=False):
        stars = own["gamma_star"].fillna(np.inf).tolist()
        scores = zip([-star for star in stars], own["mean_harm"].round(9).tolist(), range(len(own)), strict=True)
        names = own["scheme"].tolist()
        ranked[str(scenario), str(overseer)] = [names[place] for *_, place in sorted(scores)]
    return ranked


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    z = 1.959963984540054
    middle = (hits + z**2 / 2) / (trials + z**2)
    half = z / (trials + z**2) * np.sqrt(hits * (trials - hits) / trials + z**2 / 4)
    return float(max(0.0, middle - half)), float(min(1.0, middle + half))


def _share(order: Floats) -> tuple[float, float, float, int, int]:
    """Share and interval of the points at which ``order`` is 1 among those at which it is not 0; points, and ties."""
    hits, apart = int((order > 0).sum()), int((order != 0).sum())
    low, high = wilson(hits, apart) if apart else (0.0, 1.0)
    return (hits / apart if apart else np.nan), low, high, len(order), len(order) - apart


def _standing(lines: pd.DataFrame) -> Standing:
    star = lines["gamma_star"].to_numpy(dtype=np.float64)
    harm = lines["mean_harm"].to_numpy(dtype=np.float64)
    return Standing(np.where(np.isnan(star), np.inf, star), harm, float(lines["max"].iloc[0]))


def decided(apart: Floats, assumed: pd.DataFrame) -> tuple[str, float]:
    """The field with the largest first-order effect on ``D``, and that effect; none where none stands out."""
    best, largest = "", np.nan
    fields = [str(name) for name in assumed if len(assumed[name].dropna().unique()) > 1]
    total = float(((apart - apart.mean()) ** 2).sum())
    for name in fields if total > 0 else []:
        bins = _binned(assumed[name])
        means = np.array([apart[bins == one].mean() for one in np.unique(bins)])
        counts = np.array([(bins == one).sum() for one in np.unique(bins)])
        free, left = len(counts) - 1, len(apart) - len(counts)
        between = float((counts * (means - apart.mean()) ** 2).sum())
        if free < 1 or left < 1:
            continue
        within = max(total - between, 1e-12 * total)
        effect = 1.0 - within / total * (len(apart) - 1) / left
        likely = float(special.fdtrc(free, left, between / free / (within / left))) * len(fields)
        if likely < 0.05 and not effect <= largest:
            best, largest = name, effect
    return best, float(largest)


def _binned(values: pd.Series) -> Floats:
    """Words by themselves; numbers in four bins of equal size, equal numbers together."""
    if not pd.api.types.is_numeric_dtype(values):
        return pd.factorize(values)[0].astype(np.float64)
    edges = np.quantile(values.to_numpy(dtype=np.float64), np.linspace(0, 1, _BINS + 1)[1:-1])
    return np.searchsorted(edges, values.to_numpy(dtype=np.float64), side="right").astype(np.float64)
