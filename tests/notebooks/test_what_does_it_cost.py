"""The notebook on costs runs, and shows what the office does."""

from __future__ import annotations

import pytest

pytest.importorskip("marimo")

from notebooks.n6_what_does_it_cost import app


@pytest.mark.slow
def test_it_runs_and_load_takes_from_every_scheme():
    found = app.run()[1]
    table = found["table"].set_index(["scheme", "load"])["kept"]
    for scheme in found["table"]["scheme"].unique():
        assert table[scheme, 2.0] < table[scheme, 0.25]
    assert found["phases"]["leaves"].between(0.0, 1.0).all()
    assert (found["accuracies"]["accuracy"] <= found["accuracies"]["unattacked"]).all()
