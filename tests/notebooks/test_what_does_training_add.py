"""The notebook on training runs, follows its sliders, and shows what closed forms say."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("marimo")

NAME = "n8_what_does_training_add"
pytestmark = pytest.mark.slow


def test_it_runs_and_shows_what_it_says(notebook):
    found = notebook.started(NAME)
    best = found["learnt"].sort_values("budget").groupby("scheme")["harm"].last()
    first = found["learnt"].sort_values("budget").groupby("scheme")["harm"].first()
    assert (best < first).all()
    runs = found["runs"]
    assert runs["asynchronous"]["elapsed_minutes"].iloc[-1] < runs["in step"]["elapsed_minutes"].iloc[-1]
    assert found["carved"].exploits > 0
    theory, simulated = (trace.y for trace in found["seen"].data)
    np.testing.assert_allclose(simulated, theory, rtol=0.2, atol=1e-9)


@pytest.mark.parametrize("end", [0, -1])
def test_every_figure_follows_the_sliders(notebook, end):
    before = notebook.started(NAME)
    moved = {key: notebook.turned(value, end) for key, value in notebook.knobs(before).items()}
    after = notebook.opened(NAME).run(defs=moved)[1]
    drawn = notebook.data(before)
    assert drawn
    for figure, shown in drawn.items():
        assert figure[0] == "seen" or shown != notebook.data(after)[figure], figure


def test_gameability_that_sets_in_late_does_less(notebook):
    ends = {}
    for onset in (0, 400):
        carving = notebook.turned(notebook.started(NAME)["carving"], onset=onset)
        table = notebook.opened(NAME).run(defs={"carving": carving})[1]["carved"].timeline
        ends[onset] = table[table["line"] == "policy gradient"]["harm"].iloc[-1]
    assert ends[400] < 0.5 * ends[0]
