"""Points of the box of plausible assumptions: a scrambled Sobol sequence (Owen), keyed by the study's first seed.

The first ``n`` points are the same whatever the number asked for, so 64 points are the first of 256.
"""

from __future__ import annotations

import math
from typing import Any

from divergence.spec import Range, Spec


def points(spec: Spec, count: int) -> list[tuple[Any, ...]]:
    """The first points of a study's box, one value per range each: what a field would be set to."""
    from scipy.stats import qmc  # takes most of a second, and workers have no need of it

    sequence = qmc.Sobol(d=len(spec.box), scramble=True, rng=spec.first_seed)
    unit = sequence.random_base2(max(0, math.ceil(math.log2(count))))[:count]
    return [tuple(at(one, float(u)) for one, u in zip(spec.box, row, strict=True)) for row in unit]


def at(one: Range, u: float) -> Any:
    """The value at a share ``u`` in [0, 1) of a range."""
    if one.chosen:
        return one.values[int(u * len(one.values))]
    low, high = one.values
    if isinstance(low, float):
        return low + u * (high - low)
    if low < 1:
        return min(high, low + math.floor(u * (high - low + 1)))
    return min(high, math.floor(low * ((high + 1) / low) ** u))
