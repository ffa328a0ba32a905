"""The laws arguments are drawn from, as survival functions and densities at scale 1, centred on 0.

Selection among many draws lives in the upper tail, where only the survival function keeps its digits. All three laws
are symmetric. Student's survival function is slow to compute, so it is read from a table in ``asinh z`` by cubic
Hermite interpolation of its logarithm (relative error below 1e-11, checked by a test).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import special

from scenarios.rhetoric import QUANTILES
from scenarios.streams import Floats


@dataclass(frozen=True)
class Law:
    """A symmetric law. Both functions take (z, ν) and broadcast over z; ``smooth``: no kink at 0."""

    survival: Callable[[Floats, float], Floats]
    density: Callable[[Floats, float], Floats]
    smooth: bool = True


def upper(family: str, freedom: float, chance: float) -> float:
    """The point above which a law has ``chance`` of its mass; ``0 < chance < 1``."""
    return -float(QUANTILES[family](np.log(np.array([chance])), freedom)[0])


def _normal_survival(z: Floats, freedom: float) -> Floats:
    return np.asarray(special.ndtr(-z))


def _normal_density(z: Floats, freedom: float) -> Floats:
    return np.asarray(np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi))


def _laplace_survival(z: Floats, freedom: float) -> Floats:
    half = 0.5 * np.exp(-np.abs(z))
    return np.where(z > 0.0, half, 1.0 - half)


def _laplace_density(z: Floats, freedom: float) -> Floats:
    return np.asarray(0.5 * np.exp(-np.abs(z)))


def _student_density(z: Floats, freedom: float) -> Floats:
    peak = special.gammaln((freedom + 1.0) / 2.0) - special.gammaln(freedom / 2.0) - 0.5 * np.log(np.pi * freedom)
    return np.asarray(np.exp(peak - 0.5 * (freedom + 1.0) * np.log1p(z * z / freedom)))


_CELLS = 1 << 14
_REACH = 60.0
"""The table ends at ``sinh 60`` ≈ 6e25 standard units, or where the law's mass leaves double precision."""


@lru_cache(maxsize=16)
def _student_table(freedom: float) -> tuple[float, Floats, Floats]:
    """A step, and at its multiples of ``asinh z`` from 0: log survival, and the slope of that × step."""
    coarse = np.linspace(0.0, _REACH, 601)
    step = float(coarse[special.stdtr(freedom, -np.sinh(coarse)) > 1e-290][-1]) / _CELLS
    z = np.sinh(step * np.arange(_CELLS + 1))
    survival = special.stdtr(freedom, -z)
    slope = -_student_density(z, freedom) * np.sqrt(1.0 + z * z) / survival
    return step, np.log(survival), slope * step


def _student_survival(z: Floats, freedom: float) -> Floats:
    step, values, slopes = _student_table(freedom)
    place = np.arcsinh(np.abs(z)) / step
    np.minimum(place, _CELLS - 1e-6, out=place)
    cell = place.astype(np.intp)
    s = place - cell
    r = 1.0 - s
    left, right = values.take(cell), values.take(cell + 1)
    curve = slopes.take(cell) * r - slopes.take(cell + 1) * s
    log_tail = r * r * (1.0 + 2.0 * s) * left + s * s * (1.0 + 2.0 * r) * right + s * r * curve
    tail = np.exp(log_tail)
    return np.where(z > 0.0, tail, 1.0 - tail)


LAWS: dict[str, Law] = {
    "normal": Law(_normal_survival, _normal_density),
    "laplace": Law(_laplace_survival, _laplace_density, smooth=False),
    "student_t": Law(_student_survival, _student_density),
}
"""By family name, as in ``scenarios.rhetoric.QUANTILES``."""
