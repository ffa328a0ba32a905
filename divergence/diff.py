"""Two studies side by side: what was changed between them, and what that did to harm and γ*.

Points are matched on the columns that both have; a field that only one of them sweeps is taken at its default there.
Where the two have one scenario, overseer or scheme each and these bear different names, they are matched all the same:
that is the change one wants to see. Where seeds and number of questions agree, luck is keyed alike and both are
resampled with the same weights, so differences are paired, question by question.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from divergence.build import FAMILIES, SpecError
from divergence.intervals import Crossing, Draws, crossing_draws
from divergence.settings import changed
from divergence.spec import Spec, focus
from divergence.study import Study

_ENDS = (2.5, 97.5)


@dataclass(frozen=True)
class Diff:
    """``changed``: one line per thing that differs. ``paired``: whether luck is shared.

    ``harm``: after less before at every point, with interval. ``stars``: γ* before and after, and their difference.
    """

    changed: list[str]
    paired: bool
    harm: pd.DataFrame
    stars: pd.DataFrame


def diff(before: Study, after: Study) -> Diff:
    """Compare two studies. Raises SpecError where they have no point in common."""
    old, new = _matched(before, after)
    keys = [name for name in old.keys.columns if name in new.keys.columns]
    places = {key: place for place, key in enumerate(_keys(new, keys))}
    both = [(place, places[key]) for place, key in enumerate(_keys(old, keys)) if key in places]
    if not both:
        raise SpecError(_nothing(before, after))
    first, second = ([pair[side] for pair in both] for side in (0, 1))
    (was, was_drawn), (now, now_drawn) = old.of("harm"), new.of("harm")
    low, high = np.percentile(now_drawn[second] - was_drawn[first], _ENDS, axis=1)
    harm = old.keys[keys].iloc[first].assign(before=was[first], after=now[second])
    harm = harm.assign(difference=harm["after"] - harm["before"], low=low, high=high).dropna(subset=["difference"])
    return Diff(
        changed=changed(before.about, after.about),
        paired=_luck(before.spec) == _luck(after.spec),
        harm=harm.reset_index(drop=True),
        stars=_stars(_only(old, first), _only(new, second), keys),
    )


def _matched(before: Study, after: Study) -> tuple[Draws, Draws]:
    """Both studies' points with the columns they share, and one name for what is matched under two."""
    old, new = _at(before, after), _at(after, before)
    for kind in ("scenario", "overseer", "scheme"):
        was, now = (list(dict.fromkeys(one.keys[kind])) for one in (old, new))
        if len(was) == len(now) == 1 and was != now:
            name = f"{was[0]} → {now[0]}"
            old, new = (replace(one, keys=one.keys.assign(**{kind: name})) for one in (old, new))
    return old, new


def _at(study: Study, other: Study) -> Draws:
    """A study's points; what it alone sweeps stands at its default and is no column."""
    found = study.draws
    columns = {axis.column for axis in other.spec.axes}
    alone = {name: value for name, value in focus(study.spec).items() if name not in columns}
    wanted = np.ones(len(found.keys), dtype=bool)
    for name, value in alone.items():
        wanted &= ((found.keys[name] == value) | found.keys[name].isna()).to_numpy()
    kept = _only(found, list(np.flatnonzero(wanted)))
    return replace(kept, keys=kept.keys.drop(columns=list(alone)))


def _only(found: Draws, rows: list[Any]) -> Draws:
    keys = found.keys.iloc[rows].reset_index(drop=True)
    return replace(found, keys=keys, means=found.means[rows], draws=found.draws[rows], costs=found.costs[rows])


def _keys(found: Draws, names: list[str]) -> list[tuple[Any, ...]]:
    """Every point's key; blanks are one value."""
    lines = found.keys[names].itertuples(index=False, name=None)
    return [tuple(None if isinstance(one, float) and np.isnan(one) else one for one in line) for line in lines]


def _stars(old: Draws, new: Draws, keys: list[str]) -> pd.DataFrame:
    """γ* before and after over the γ that both tried; no difference where one of them lies beyond."""
    names = [name for name in keys if name != "gameability"]
    now = {tuple(one.key[name] for name in names): one for one in crossing_draws(new)}
    lines = []
    for was in crossing_draws(old):
        key = tuple(was.key[name] for name in names)
        if key in now:
            lines.append(dict(zip(names, key, strict=True)) | _star(was, now[key]))
    return pd.DataFrame(lines)


def _star(was: Crossing, now: Crossing) -> dict[str, float]:
    line = {"before": was.star, "after": now.star, "max": min(was.top, now.top), "difference": now.star - was.star}
    with np.errstate(invalid="ignore"):
        moved = now.sampled - was.sampled
    known = np.isfinite(line["difference"]) and not np.isnan(moved).any()
    low, high = np.percentile(moved, _ENDS, method="nearest") if known else (np.nan, np.nan)
    return line | {"low": float(low), "high": float(high)}


def _luck(spec: Spec) -> tuple[int, int, int]:
    return spec.first_seed, spec.seeds, spec.questions


def _nothing(before: Study, after: Study) -> str:
    """What each of two studies without a common point has."""
    lines = ["the two studies have no point in common, so there is nothing to compare:"]
    for study in (before, after):
        there = [
            f"{kind}s {', '.join(one.label for one in study.spec.of(kind))}" for kind in FAMILIES if study.spec.of(kind)
        ]
        swept = [f"{axis.column} {', '.join(map(str, axis.values))}" for axis in study.spec.axes]
        lines.append(f"  {study.directory}: {'; '.join(there + swept)}")
    return "\n".join(lines)
