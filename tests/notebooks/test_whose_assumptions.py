"""The notebook on assumptions runs with its sliders where they start and moved, and shows what a study would."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("marimo")

from divergence import phase, phase_run, running, sensitivity
from notebooks.n7_whose_assumptions import app

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def started():
    return app.run()[1]


def moved(dictionary, **values):
    import marimo as mo

    def at(name, knob):
        value = values.get(name, knob.value)
        if isinstance(knob, mo.ui.slider):
            return mo.ui.slider(steps=knob.steps, value=value)
        if isinstance(knob, mo.ui.switch):
            return mo.ui.switch(value=value)
        return mo.ui.dropdown(list(knob.options), value=value)

    return mo.ui.dictionary({name: at(name, knob) for name, knob in dictionary.elements.items()})


def test_indices_are_those_of_a_study(started, tmp_path):
    """Run through the store as ``hch sensitivity`` does, they are the same."""
    spec = sensitivity.prepared(started["asked"], 64, started["RANGES"])
    told = sensitivity.table(spec, running.run(spec, tmp_path, workers=1).rows, "harm")
    np.testing.assert_allclose(started["indices"]["total"], told["total"], rtol=1e-12)
    assert (started["indices"].groupby("scheme")["total"].max() > 0.2).all()


def test_the_diagram_is_that_of_a_study(started, tmp_path):
    plane = phase.plane(started["swept"], 1)
    told = phase_run.run(plane, tmp_path, "harm", phase.winner("harm"), workers=1)
    keys = ["i", "j"]
    here = started["diagram"].points.sort_values(keys).reset_index(drop=True)
    assert here["phase"].tolist() == told.points.sort_values(keys)["phase"].tolist()


def test_knobs_move_both_pictures(started):
    knobs = moved(started["knobs"], gamma=3.5, points=16, scenario="majority")
    plane = moved(started["plane_knobs"], beside="κ, what verified support weighs", imitation=True, refine=0)
    found = app.run(defs={"knobs": knobs, "plane_knobs": plane})[1]
    assert found["hangs"].to_json() != started["hangs"].to_json()
    shown, fields = set(found["hangs"].data[0].y), [path.split(".")[1].replace("_", " ") for path in found["RANGES"]]
    assert len(shown) == len(fields)
    assert all(any(label.startswith(field) for label in shown) for field in fields)  # a symbol and a unit may follow
    assert found["boundary"].to_json() != started["boundary"].to_json()
    assert set(found["diagram"].points["phase"]) <= {"imitation", "tied"}  # nobody does less harm than HCH itself
    assert "imitation" in set(found["diagram"].points["phase"])


def test_axes_are_named(started):
    assert started["boundary"].layout.xaxis.title.text.startswith("gameability")
    assert "self persuasion" in started["boundary"].layout.yaxis.title.text
