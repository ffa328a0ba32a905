"""Log-odds of one claim against all others together."""

from __future__ import annotations

import numpy as np

from scenarios.streams import Floats


def log_odds(chance: Floats, claim: int) -> Floats:
    """``log P(claim) - log P(others)`` of a distribution (claims, …); by the others' sum, which keeps its digits."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(chance[claim]) - np.log(np.delete(chance, claim, axis=0).sum(axis=0)))
