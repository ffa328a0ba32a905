"""Fitting a conditional logit, ``P(a) ∝ exp θ·φ(a)``: learned rewards and log-linear students (McFadden 1974)."""

from __future__ import annotations

import numpy as np

from scenarios.streams import Floats

_ROUNDING = 1e-13
"""A slope that is smaller, by the size of what is summed, says nothing: where nobody errs, likelihood is this flat."""


def fit(features: Floats, targets: Floats, precision: float, start: Floats | None = None) -> Floats:
    """Weights ``θ`` of a conditional logit, ``P(a) ∝ exp θ·φ(a)``, by penalised maximum likelihood.

    ``features``: (weights, claims, rows). ``targets``: (claims, rows), how often each claim was chosen.
    ``precision``: of a Gaussian prior around 0. ``start``: weights to begin with. The objective is concave; Newton's
    steps, halved until they gain, reach its top. Raises ``ArithmeticError`` if they do not.
    """
    total = targets.sum(axis=0)
    flat = features.reshape(len(features), -1)
    sizes, wanted = np.abs(flat), flat @ targets.reshape(-1)

    def gained(weights: Floats) -> tuple[float, Floats]:
        scores = (weights @ flat).reshape(targets.shape)
        top = scores.max(axis=0)
        log_sums = top + np.log(np.exp(scores - top).sum(axis=0))
        gain = weights @ wanted - log_sums @ total - 0.5 * precision * weights @ weights
        return float(gain), np.exp(scores - log_sums) * total

    weights = np.zeros(len(features)) if start is None else start
    gain, expected = gained(weights)
    for _ in range(200):
        slope = wanted - flat @ expected.reshape(-1) - precision * weights
        if (np.abs(slope) <= _ROUNDING * (sizes @ expected.reshape(-1))).all():
            return weights
        means = (features * expected).sum(axis=1)
        spread = (flat * expected.reshape(-1)) @ flat.T - (means / np.where(total > 0, total, 1.0)) @ means.T
        step = np.linalg.solve(spread + (precision + 1e-12) * np.eye(len(weights)), slope)
        if float(slope @ step) < 1e-18 * max(1.0, abs(gain)):
            return weights
        new_gain, new_expected = gained(weights + step)
        while new_gain < gain and float(np.abs(step).max()) > 1e-12:
            step /= 2
            new_gain, new_expected = gained(weights + step)
        weights, gain, expected = weights + step, new_gain, new_expected
    raise ArithmeticError("the fit did not converge in 200 Newton steps")
