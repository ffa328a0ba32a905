"""Schemes compared in pairs under common luck: where one does more harm than the other."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from divergence.figures import names
from divergence.figures.names import Fields

MANY = 6
"""Up to so many schemes every pair is compared; of more, neighbours in the ranking of which something is settled."""


def chosen(differences: pd.DataFrame) -> pd.DataFrame:
    """The lines of the pairs worth comparing. ``differences`` are a study's at one point of what else is swept."""
    if not len(differences):
        return differences
    found = []
    for _, here in differences.dropna(subset=["difference"]).groupby(["scenario", "overseer"], sort=False):
        wanted = _pairs(here)
        kept = [pair for key, pair in here.groupby(["a", "b"], sort=False) if key in wanted]
        if len(_schemes(here)) > MANY:
            kept = [pair for pair in kept if ((pair["low"] > 0) | (pair["high"] < 0)).any()]
        found += sorted(kept, key=lambda pair: -float(pair["difference"].abs().max()))
    return pd.concat(found, ignore_index=True) if found else differences.iloc[:0]


def compared(differences: pd.DataFrame, axis: str | None, fields: Fields) -> pd.DataFrame:
    """Chosen pairs in words: where one does more harm than the other, and the largest difference."""
    if not len(differences):
        return differences
    keys = ["scenario", "overseer", "a", "b"]
    return pd.DataFrame(
        [
            {"scenario": scenario, "overseer": overseer} | _pair(str(a), str(b), pair, axis, fields)
            for (scenario, overseer, a, b), pair in differences.groupby(keys, sort=False)
        ]
    )


def _pair(a: str, b: str, pair: pd.DataFrame, axis: str | None, fields: Fields) -> dict[str, str]:
    letter = names.symbol(axis, fields) if axis else ""
    largest = pair.iloc[int(pair["difference"].abs().argmax())]
    reached = f" at {letter} = {names.value(float(largest[axis]))}" if axis and pd.notna(largest[axis]) else ""
    return {
        "A": a,
        "B": b,
        "A does more harm": _where(pair, axis, letter, pair["low"] > 0),
        "B does more harm": _where(pair, axis, letter, pair["high"] < 0),
        "largest difference A − B": _signed(largest) + reached,
    }


def _signed(line: pd.Series) -> str:
    return f"{line['difference']:+.3f} [{line['low']:+.3f}, {line['high']:+.3f}]".replace("-", "−")


def _pairs(here: pd.DataFrame) -> set[tuple[str, str]]:
    """The pairs worth a line: all of a few schemes, neighbours in mean harm of many."""
    every = set(zip(here["a"], here["b"], strict=True))
    schemes = _schemes(here)
    if len(schemes) <= MANY:
        return every
    mean = here.groupby(["a", "b"])["difference"].mean()
    score = {name: float(mean.xs(name, level="a").sum() if name in here["a"].to_numpy() else 0.0) for name in schemes}
    for name in schemes:
        score[name] -= float(mean.xs(name, level="b").sum()) if name in here["b"].to_numpy() else 0.0
    ranked = sorted(schemes, key=lambda name: score[name])
    near = {frozenset(pair) for pair in itertools.pairwise(ranked)}
    return {pair for pair in every if frozenset(pair) in near}


def _schemes(here: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys([*here["a"], *here["b"]]))


def _where(pair: pd.DataFrame, axis: str | None, letter: str, chosen: pd.Series) -> str:
    """The stretches of the axis where something holds: ``γ 1.5 to 2.25, 3``."""
    if axis is None or pair[axis].isna().all():
        return "yes" if bool(chosen.any()) else "–"
    ordered = pair.assign(chosen=chosen).sort_values(axis)
    holds, values = ordered["chosen"].to_numpy(), ordered[axis].to_numpy()
    if not holds.any():
        return "nowhere"
    edges = np.flatnonzero(np.diff(np.concatenate([[0], holds.astype(int), [0]])))
    runs = zip(edges[::2], edges[1::2] - 1, strict=True)
    spans = [f"{values[a]:g}" if a == b else f"{values[a]:g} to {values[b]:g}" for a, b in runs]
    return f"{letter} {', '.join(spans)}"
