"""What escapes supervision, measured and drawn."""

from __future__ import annotations

import numpy as np
import pytest

from distillers.deployment import Deployment, Drift
from divergence.deployment import drawn_drift, drawn_escapes, drifting, escapes


def test_what_escapes_meets_the_closed_form():
    table = escapes(lives=4000)
    error = (table["high"] - table["low"]) / (2 * 1.96)
    assert (np.abs(table["mean"] - table["expected"]) <= 4 * error + 1e-12).all()
    assert len(drawn_escapes(table).data) == 2


def test_retraining_keeps_drift_down():
    table = drifting(Deployment(answers=300, supervised=0.3, notices=2, retraining=10), Drift(rate=0.01))
    left = table["not noticed, or not retrained"].to_numpy()
    assert left == pytest.approx(1 - 0.99 ** np.arange(1, 301), abs=0.05)
    assert table["noticed and retrained"].iloc[-1] < 0.5 * left[-1]
    assert len(drawn_drift(table).data) == 2
