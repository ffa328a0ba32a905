"""Where a study tries fields of which a whole grid would be too much: designs of ``n`` points in a box of ranges.

``random``: independent points. ``latin-hypercube``: every field's values fall one in each of ``n`` equal parts of its
range (McKay, Beckman and Conover 1979). ``sobol``: a scrambled Sobol sequence (Owen), whose first points are the same
whatever the number asked for. ``saltelli``: what Sobol indices need (Saltelli et al. 2010): two such samples ``A`` and
``B``, and for every field ``A`` with that field's values from ``B``; ``n·(fields + 2)`` points.

Points are a function of the design and its seed alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from divergence import box
from divergence.spec import Range, Spec
from scenarios.streams import Floats

Sampler = Callable[[int, int, int], Floats]
"""(points asked for, fields, seed) → (points, fields), each in [0, 1)."""

MOST_CELLS = 1_000_000
_WHAT = "seeds, swept values or drawn points"


def _random(points: int, fields: int, seed: int) -> Floats:
    return np.random.default_rng(seed).random((points, fields))


def _latin_hypercube(points: int, fields: int, seed: int) -> Floats:
    from scipy.stats import qmc  # takes most of a second, and workers have no need of it

    return np.asarray(qmc.LatinHypercube(d=fields, rng=seed).random(points))


def _sobol(points: int, fields: int, seed: int) -> Floats:
    from scipy.stats import qmc

    sequence = qmc.Sobol(d=fields, scramble=True, rng=seed)
    return np.asarray(sequence.random_base2(max(0, math.ceil(math.log2(points))))[:points])


def _saltelli(points: int, fields: int, seed: int) -> Floats:
    both = _sobol(points, 2 * fields, seed)
    a, b = both[:, :fields], both[:, fields:]
    mixed = np.tile(a, (fields, 1, 1))
    for which in range(fields):
        mixed[which, :, which] = b[:, which]
    return np.concatenate([a, b, *mixed])


DESIGNS: dict[str, Sampler] = {
    "random": _random,
    "latin-hypercube": _latin_hypercube,
    "sobol": _sobol,
    "saltelli": _saltelli,
}


def size(design: str, points: int, fields: int) -> int:
    """How many points a design has in the end."""
    return points * (fields + 2) if design == "saltelli" else points


def cells(spec: Spec) -> int:
    """How many cells a study has, at most: fewer where a scenario or overseer lacks a field."""
    draws = size(spec.sample.design, spec.sample.points, len(spec.sample.ranges)) if spec.sample else 1
    swept = math.prod(len(axis.values) for axis in spec.axes)
    return len(spec.scenarios) * len(spec.overseers) * swept * draws * spec.seeds


def too_many(spec: Spec) -> str:
    """Why a study cannot be planned, if it has more cells than anybody waits for; else nothing."""
    found = cells(spec)
    return "" if found <= MOST_CELLS else f"{found:,} cells; at most {MOST_CELLS:,} are permitted: lower {_WHAT}"


def points(design: str, count: int, seed: int, ranges: tuple[Range, ...]) -> list[tuple[Any, ...]]:
    """All points of a design, in order: what each field would be set to, one value per range."""
    unit = DESIGNS[design](count, len(ranges), seed)
    return [tuple(box.at(one, float(u)) for one, u in zip(ranges, row, strict=True)) for row in unit]
