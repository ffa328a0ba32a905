"""Which field a measure hangs on over a range of each: Sobol indices (Sobol 1993; Saltelli et al. 2010).

With ``Y`` the measure, all fields independent and uniform on their ranges (counts: uniform in logarithm),

    first order  S_i = Var(E[Y | X_i]) / Var(Y),        total  T_i = E[Var(Y | X_~i)] / Var(Y):

the share of the variance that goes when ``X_i`` is known, and the share that stays when all others are known. Every
point has the same seeds, so that luck is no source of variance. Intervals (95 %) are a bootstrap over points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from divergence import specbox
from divergence.build import SpecError
from divergence.cell import label
from divergence.measures import BRIEF, COSTS, MEASURES, REFERENCES, WORST
from divergence.office_trees import OFFICE
from divergence.paths import apply, clash
from divergence.plain import columns
from divergence.spec import Range, Sample, Spec
from scenarios.streams import Floats

_INDICES = ("first", "first_low", "first_high", "total", "total_low", "total_high")
_RESAMPLES = 499
_KEYS = ("scenario", "overseer", "scheme", "gameability")


def prepared(spec: Spec, points: int, fields: dict[str, Any]) -> Spec:
    """The study at the points that Sobol indices need: ``points·(fields + 2)`` of them, ``points`` a power of 2.

    ``fields``: path → [low, high] or words; none means the study's own ``[sample.fields]``, else its ``[box]``.
    """
    if points < 2 or points & (points - 1):
        raise SpecError(f"--points {points}: must be a power of 2 from 2 on")
    ranges = _ranges(spec, fields) or (spec.sample.ranges if spec.sample else spec.box)
    if not ranges:
        raise SpecError(
            "sensitivity to what? Give --field PATH=[LOW, HIGH], or [sample.fields] or a [box] in the study"
        )
    drawn = {one.path for one in ranges}
    axes = tuple(axis for axis in spec.axes if axis.path not in drawn)
    for axis in axes:
        if other := clash(spec, axis.path, drawn):
            raise SpecError(f'--field {other}: sets a field that the sweep of "{axis.path}" sets too')
    sample = Sample("saltelli", points, spec.sample.seed if spec.sample else 0, ranges)
    return replace(spec, axes=axes, sample=sample, ablations=None, shares=None, box=())


def _ranges(spec: Spec, fields: dict[str, Any]) -> tuple[Range, ...]:
    named = columns(list(fields))
    found = []
    for path, given in fields.items():
        values = specbox.values_of(spec, path, given, f"--field {path}")
        for value in values:
            apply(spec, {path: value}, f"--field {path}")
        found.append(Range(path, named[path], values))
    return tuple(found)


def check_measure(measure: str, spec: Spec) -> None:
    """Raises SpecError if there is no such measure in results, or none in this study's."""
    known = (*MEASURES, *WORST, *COSTS, *REFERENCES, *OFFICE)
    if measure not in known:
        raise SpecError(f"--measure {measure}: there are: {', '.join(known)}")
    if spec.brief and measure not in (*BRIEF, *OFFICE, "hch_accuracy"):
        raise SpecError(f"--measure {measure}: a study with brief = true leaves it blank; brief = false is needed")
    if measure in OFFICE and spec.office is None:
        raise SpecError(f"--measure {measure}: no trees are simulated in time: office_trees = 10, say, is needed")


def table(spec: Spec, rows: pd.DataFrame, measure: str) -> pd.DataFrame:
    """One line per scenario × overseer × scheme × swept point and field, with both indices and their intervals.

    Blank where the measure does not vary, or is undefined at some point, or where a cell failed. A scheme that is
    trained is one of its own.
    """
    check_measure(measure, spec)
    sample = spec.sample
    if sample is None or not len(rows):
        return pd.DataFrame()
    drawn = [one.column for one in sample.ranges]
    keys = [name for name in dict.fromkeys((*_KEYS, *spec.columns)) if name not in (*drawn, "point")]
    rows = rows.assign(scheme=[label(*names) for names in zip(rows["scheme"], rows["phase"], strict=True)])
    lines = []
    for key, own in rows.groupby(keys, sort=False, dropna=False):
        theirs = [name for name in drawn if own[name].notna().any()]
        if not theirs:
            continue  # a scenario or overseer with none of the fields
        points = own.groupby("point")[measure]
        whole = points.mean().where(points.size() == spec.seeds)  # where a seed is missing luck would tell on it
        values = whole.reindex(range(sample.points * (len(drawn) + 2))).to_numpy(dtype=np.float64)
        for place, found in _indices(values, sample.points).items():
            if drawn[place] in theirs:
                lines.append((*key, drawn[place], *found, float(np.var(values[: 2 * sample.points]))))
    return pd.DataFrame(lines, columns=[*keys, "field", *_INDICES, "variance"])


def _indices(values: Floats, points: int) -> dict[int, Sequence[float]]:
    """Both indices of every field with their intervals; ``values`` in the design's order: A, B, A with B's i-th."""
    from scipy.stats import bootstrap, sobol_indices  # takes most of a second

    fields = len(values) // points - 2
    a, b, mixed = values[:points], values[points : 2 * points], values[2 * points :].reshape(fields, 1, points)
    if not np.isfinite(values).all() or np.ptp(values) < 1e-12:
        return {place: [np.nan] * len(_INDICES) for place in range(fields)}
    twice = np.concatenate([mixed, mixed]) if fields == 1 else mixed  # SciPy's arithmetic wants two fields or more

    def both(which: NDArray[np.intp]) -> Floats:
        chosen = {"f_A": a[None, which], "f_B": b[None, which], "f_AB": twice[..., which]}
        found: Any = sobol_indices(func=chosen, n=points)  # type: ignore[arg-type]  # a dict is a mapping
        return np.concatenate([found.first_order[:fields], found.total_order[:fields]])

    everything = np.arange(points)
    spread = bootstrap(
        [everything], both, vectorized=False, n_resamples=_RESAMPLES, method="percentile", rng=np.random.default_rng(0)
    ).confidence_interval
    named = np.stack([both(everything), spread.low, spread.high]).reshape(3, 2, fields)  # [end, order, field]
    return {place: [float(x) for x in named[:, :, place].T.ravel()] for place in range(fields)}
