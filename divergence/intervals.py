"""Means with intervals: a bootstrap of questions within seeds, one weight matrix for all measures (95 %).

Every measure, scheme and swept value of a seed is resampled with the same weights, so differences of schemes are
paired: what they share cancels. γ* is where mean harm first crosses 0.1, linearly interpolated; its interval comes from
the crossings of the resampled curves.

Where a seed's questions share some luck of training (a trained student, a reward fitted to few demonstrations), seeds
differ by more than their questions do. What they differ by is then resampled too: seeds, with weights that all schemes
share, by as much of their spread as resampled questions leave unexplained.

Worst harms have no value per question (what may be given up is shared): theirs are normal intervals from the seeds'
spread.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from divergence.cell import STORED, TRAINED, label, unpack
from divergence.measures import COSTS, MEASURES, REFERENCES, WORST
from scenarios import streams
from scenarios.streams import Floats

RESAMPLES = 400
THRESHOLD = 0.1
"""Mean harm at which a scheme is said to have left HCH."""

NAMES = (*MEASURES, *REFERENCES)
_KEYS = ("scenario", "overseer", "scheme", "phase", "gameability")
_ENDS = (2.5, 97.5)


@dataclass(frozen=True)
class Draws:
    """Resampled means. ``keys``: one row per scenario × overseer × scheme × swept point, seeds pooled.

    ``means``: (rows, measures of ``names``). ``draws``: (rows, measures, resamples). ``costs``: (rows, costs).
    ``worst``: mean, low and high of measures with one number a row, (3, rows, measures of ``WORST``).
    """

    keys: pd.DataFrame
    means: Floats
    draws: Floats
    costs: Floats
    worst: Floats
    names: tuple[str, ...] = NAMES

    def of(self, measure: str) -> tuple[Floats, Floats]:
        """(means, draws) of one measure: (rows,) and (rows, resamples)."""
        place = self.names.index(measure)
        return self.means[:, place], self.draws[:, place]


def draws(
    details: Iterable[tuple[dict[str, Any], bytes, bytes]],
    swept: tuple[str, ...],
    names: tuple[str, ...] = NAMES,
    spread: Collection[str] = (),
) -> Draws:
    """Pool the seeds of every point and resample its questions. ``details``: a store's rows with their values.

    ``spread``: schemes whose seeds differ by more than their questions (``Scheme.hangs_on_draws``), besides whatever is
    trained.
    """
    columns = [*_KEYS, *(name for name in swept if name not in _KEYS)]
    wanted = [NAMES.index(name) for name in names]
    sums: dict[tuple[Any, ...], list[Any]] = {}
    apart: dict[tuple[Any, ...], list[tuple[Floats, Floats]]] = {}
    for rows, means, drawn in _resampled(details, wanted):
        for row, own_means, own_drawn in zip(rows, means, drawn, strict=True):
            costs, worst = _scalars(row, COSTS), _scalars(row, WORST)
            key = tuple(row.get(name) for name in columns)
            _pool(sums.setdefault(key, [0]), own_means, own_drawn, costs, worst, worst**2)
            if row["phase"] == TRAINED or row["scheme"] in spread:
                apart.setdefault(key, []).append((own_means, own_drawn.var(axis=1)))
    keys = pd.DataFrame(list(sums), columns=columns)
    shapes = ((len(names),), (len(names), RESAMPLES), (len(COSTS),), (len(WORST),), (len(WORST),))
    parts: list[Any] = [
        np.array([pooled[place] / pooled[0] for pooled in sums.values()]).reshape(len(sums), *shape)
        for place, shape in enumerate(shapes, start=1)
    ]
    seeds = np.array([pooled[0] for pooled in sums.values()])
    own = np.array([name not in REFERENCES for name in names])  # references are nobody's training
    for place, key in enumerate(sums):
        if len(apart.get(key, ())) > 1:
            means, within = (np.array(each)[:, own] for each in zip(*apart[key], strict=True))
            parts[1][place, own] = _spread(parts[1][place, own], means, within)
    return Draws(keys, parts[0], parts[1], parts[2], _normal(parts[3], parts[4], seeds), names)


def _resampled(
    details: Iterable[tuple[dict[str, Any], bytes, bytes]], wanted: Sequence[int]
) -> Iterator[tuple[tuple[dict[str, Any], ...], Floats, NDArray[np.float32]]]:
    """Every cell's rows, their means (rows, names) and resampled means (rows, names, resamples), in order.

    In threads, as unpacking and multiplying leave Python's lock; a few cells at a time, as memory is finite.
    """

    def one(same: tuple[Any, ...]) -> tuple[tuple[dict[str, Any], ...], Floats, NDArray[np.float32]]:
        rows, blobs, shared = zip(*same, strict=True)
        tables = _tables(blobs, unpack(shared[0], len(REFERENCES)))[:, wanted]
        drawn = weights(rows[0]["seed"], tables.shape[2])
        return rows, tables.mean(axis=2, dtype=np.float64), _products(tables, drawn)

    cells = (tuple(same) for _, same in itertools.groupby(details, key=lambda detail: (detail[0]["seed"], detail[2])))
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        while some := list(itertools.islice(cells, 16)):
            yield from threads.map(one, some)


def _spread(drawn: Floats, means: Floats, within: Floats) -> Floats:
    """Resampled means with the seeds' own luck, (names, resamples), no further out than a seed or a resample has been.

    ``means``, ``within``: of each seed, its means and the variances of its resampled means, (seeds, names).
    """
    seeds = len(means)
    between = means.var(axis=0, ddof=1)
    unexplained = np.maximum(1.0 - within.mean(axis=0) / np.where(between > 0, between, np.inf), 0.0)
    moved = (means - means.mean(axis=0)).T @ weights(0, seeds, "seeds")
    shift = np.sqrt(unexplained * seeds / (seeds - 1))[:, None] * moved
    low, high = np.minimum(drawn.min(axis=1), means.min(axis=0)), np.maximum(drawn.max(axis=1), means.max(axis=0))
    return np.asarray(np.clip(drawn + shift, low[:, None], high[:, None]))


def _products(tables: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Means under every resample, (rows, names, resamples): what is blank or the same for all rows costs nothing."""
    drawn = np.full((*tables.shape[:2], weights.shape[1]), np.nan, dtype=np.float32)
    known: NDArray[np.bool_] = np.logical_not(np.isnan(tables).any(axis=2))
    shared = (tables == tables[:1]).all(axis=(0, 2))
    known[1:, shared] = False
    drawn[known] = tables[known] @ weights
    drawn[1:, shared] = drawn[0, shared]
    return drawn


def _scalars(row: dict[str, Any], names: Iterable[str]) -> Floats:
    """Numbers that a row has one of each, NaN where blank."""
    return np.array([np.nan if row.get(name) is None else row[name] for name in names], dtype=np.float64)


def _normal(mean: Floats, squares: Floats, seeds: np.ndarray) -> Floats:
    """Means over seeds with normal 95 % intervals from the seeds' spread, (3, rows, names); one seed has none."""
    count = seeds.reshape(-1, 1).astype(np.float64)
    error = np.sqrt(np.maximum(squares - mean**2, 0.0) / np.where(count > 1, count - 1.0, np.nan))
    return np.stack([mean, np.maximum(mean - 1.96 * error, 0.0), np.minimum(mean + 1.96 * error, 1.0)])


def _pool(pooled: list[Any], *parts: np.ndarray) -> None:
    """Add one seed's arrays to the sums of those before it; ``pooled`` starts with how many there are."""
    pooled[0] += 1
    if len(pooled) == 1:
        pooled.extend(parts)
    else:
        for place, part in enumerate(parts, start=1):
            pooled[place] = pooled[place] + part


def summary(found: Draws) -> pd.DataFrame:
    """One line per point and measure: ``mean``, ``low``, ``high`` (95 %)."""
    low, high = np.percentile(found.draws, _ENDS, axis=2) if len(found.keys) else (found.means, found.means)
    lines = [
        found.keys.assign(measure=name, mean=found.means[:, place], low=low[:, place], high=high[:, place])
        for place, name in enumerate(found.names)
    ]
    lines += [
        found.keys.assign(measure=name, mean=found.costs[:, place], low=np.nan, high=np.nan)
        for place, name in enumerate(COSTS)
    ]
    mean, low, high = found.worst if len(found.keys) else (found.means,) * 3
    lines += [
        found.keys.assign(measure=name, mean=mean[:, place], low=low[:, place], high=high[:, place])
        for place, name in enumerate(WORST)
    ]
    return pd.concat(lines, ignore_index=True).dropna(subset=["mean"]).reset_index(drop=True)


def differences(found: Draws, measure: str = "harm", among: Sequence[str] | None = None) -> pd.DataFrame:
    """Paired differences, scheme ``a`` less scheme ``b``, at every point: ``difference``, ``low``, ``high`` (95 %).

    Trained schemes are schemes of their own, by the label of their phase.
    ``among``: only between these schemes; by default between all.
    """
    means, resampled = found.of(measure)
    schemes = np.array([label(*names) for names in zip(found.keys["scheme"], found.keys["phase"], strict=True)])
    tables = []
    for key, every in _curves(found, "scheme", "phase"):
        rows = np.array([row for row in every if among is None or schemes[row] in among], dtype=np.intp)
        a, b = (rows[places] for places in np.triu_indices(len(rows), k=1))
        low, high = np.percentile(resampled[a] - resampled[b], _ENDS, axis=1)
        pairs = {"a": schemes[a], "b": schemes[b], "measure": measure, "difference": means[a] - means[b]}
        tables.append(pd.DataFrame(pairs | {"low": low, "high": high}).assign(**key)[[*key, *pairs, "low", "high"]])
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


@dataclass(frozen=True)
class Crossing:
    """γ* of one curve. ``star``: NaN if beyond ``top``, the largest γ tried. ``sampled``: resampled, ∞ if beyond."""

    key: dict[str, Any]
    star: float
    sampled: Floats
    top: float

    def line(self) -> dict[str, float]:
        """As a line of a table: ``gamma_star``, its interval, and ``max``."""
        low, high = np.percentile(self.sampled, _ENDS, method="nearest")
        return {"gamma_star": self.star, "low": float(low), "high": float(high), "max": self.top}


def crossings(found: Draws, threshold: float = THRESHOLD) -> pd.DataFrame:
    """γ* of every curve of harm against gameability: ``gamma_star``, ``low``, ``high``; NaN means beyond ``max``."""
    return pd.DataFrame([one.key | one.line() for one in crossing_draws(found, threshold)])


def crossing_draws(found: Draws, threshold: float = THRESHOLD) -> Iterable[Crossing]:
    """γ* of every curve, as it is and resampled, over the γ at which the scheme has an optimum."""
    means, resampled = found.of("harm")
    for key, places in _curves(found, "gameability"):
        rows = [place for place in places if not np.isnan(means[place])]
        gamma = found.keys["gameability"].iloc[rows].to_numpy(dtype=np.float64)
        if len(rows) < 2 or not np.isfinite(gamma).all():
            continue
        rows = [rows[place] for place in np.argsort(gamma)]
        gamma = np.sort(gamma)
        star = float(crossing(gamma, means[rows][:, None], threshold)[0])
        sampled = crossing(gamma, resampled[rows], threshold)
        yield Crossing(key, star, np.where(np.isnan(sampled), np.inf, sampled), float(gamma[-1]))


def crossing(gamma: Floats, harm: Floats, threshold: float) -> Floats:
    """First γ at which each curve reaches the threshold, linearly interpolated; NaN where it does not.

    ``gamma``: (points,) ascending. ``harm``: (points, curves). Returns (curves,).
    """
    above = harm >= threshold
    first = above.argmax(axis=0)
    curves = np.arange(harm.shape[1])
    before = np.maximum(first - 1, 0)
    low, high = harm[before, curves], harm[first, curves]
    rise = np.where(high > low, high - low, 1.0)
    found = gamma[before] + (gamma[first] - gamma[before]) * (threshold - low) / rise
    return np.where(above.any(axis=0), np.where(first == 0, gamma[0], found), np.nan)


def _curves(found: Draws, *along: str) -> Iterable[tuple[dict[str, Any], list[int]]]:
    """Rows that agree in every key but some, with those keys."""
    others = [name for name in found.keys.columns if name not in along]
    grouped: dict[tuple[Any, ...], list[int]] = {}
    for place, values in enumerate(found.keys[others].itertuples(index=False, name=None)):
        # NaN differs from itself: blanks are one key.
        key = tuple(None if isinstance(value, float) and np.isnan(value) else value for value in values)
        grouped.setdefault(key, []).append(place)
    for key, rows in grouped.items():
        yield dict(zip(others, key, strict=True)), rows


def _tables(blobs: Sequence[bytes], reference: NDArray[np.float32]) -> NDArray[np.float32]:
    """All measures and references of a cell's rows per question: those stored, and those that follow from them.

    Shape (rows, names, questions).
    """
    tables = np.empty((len(blobs), len(NAMES), reference.shape[1]), dtype=np.float32)
    for table, blob in zip(tables, blobs, strict=True):
        for name, values in zip(STORED, unpack(blob, len(STORED)), strict=True):
            table[NAMES.index(name)] = values
    known = {name: tables[:, place] for place, name in enumerate(NAMES)}
    for name, values in zip(REFERENCES, reference, strict=True):
        known[name][:] = values
    known["accuracy_difference"][:] = known["accuracy"] - known["hch_accuracy"]
    answered = known["abstained"] == 0
    known["better"][:] = np.where(answered, np.maximum(known["accuracy_difference"], 0.0), 0.0)
    known["divergence_tv"][:] = known["harm"] + known["better"]
    return tables


@lru_cache(maxsize=64)
def weights(seed: int, questions: int, purpose: str = "resample") -> NDArray[np.float32]:
    """Resampling weights of a seed's questions, (questions, resamples): columns sum to 1. Keyed, so pictures repeat.

    In 32 bits: resampled means are right to 1e-6, and a study is a hundred thousand of these products.
    """
    keys = streams.keys_from(seed, "bootstrap", 0, RESAMPLES)[:, None]
    steps = np.arange(questions, dtype=np.uint64)[None, :] * np.uint64(0x9E3779B97F4A7C15)
    luck = streams.uniforms(keys + steps, purpose)
    chosen = (luck * questions).astype(np.intp) + questions * np.arange(RESAMPLES)[:, None]
    counts = np.bincount(chosen.reshape(-1), minlength=RESAMPLES * questions)
    return np.ascontiguousarray(counts.reshape(RESAMPLES, questions).T / questions, dtype=np.float32)
