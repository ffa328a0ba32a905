"""Every notebook runs, with its sliders where they start and at both ends, and shows what theory says it should."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from divergence import sweep
from divergence.notebook_commands import notebooks

pytestmark = pytest.mark.slow

NAMES = [one.path.stem for one in notebooks()]
WHAT_IS_HCH, APPROVAL, DEBATE, GOODHART, OWN = NAMES[:5]
PACKAGED = NAMES[:4]


@pytest.mark.parametrize("name", PACKAGED)
@pytest.mark.parametrize("end", [0, -1])
def test_every_figure_follows_the_sliders(notebook, name, end):
    before = notebook.started(name)
    after = notebook.opened(name).run(
        defs={key: notebook.turned(value, end) for key, value in notebook.knobs(before).items()}
    )[1]
    assert notebook.data(before)
    for figure, drawn in notebook.data(before).items():
        assert drawn != notebook.data(after)[figure], figure


@pytest.mark.parametrize("name", PACKAGED)
def test_every_axis_that_is_shown_has_a_title(notebook, name):
    import plotly.graph_objects as go

    for value in notebook.started(name).values():
        for figure in value if isinstance(value, list) else [value]:
            if isinstance(figure, go.Figure):
                shown = [axis for axis in figure.select_xaxes() if axis.visible is not False]
                assert all(axis.title.text for axis in shown)


def test_simulation_and_recursion_agree_in_the_first(notebook):
    found = notebook.started(WHAT_IS_HCH)
    error = np.sqrt(found["exact"] * (1 - found["exact"]) / 500)
    assert np.all(np.abs(found["drawn"] - found["exact"]) < 4 * error)
    safe = notebook.run(WHAT_IS_HCH, itself=0.0, gamma=4.0)["exact"]
    assert safe == pytest.approx(notebook.run(WHAT_IS_HCH, gamma=0.0)["exact"], abs=1e-12)  # HCH depends on λγ alone


def stars(found):
    return found["now"].crossings.set_index("scheme")["gamma_star"]


def test_the_order_of_the_second_turns_with_self_persuasion(notebook):
    before, after = stars(notebook.started(APPROVAL)), stars(notebook.run(APPROVAL, itself=1.0))
    assert before["approval"] < before["approval-frozen"]
    assert after["approval"] > after["approval-frozen"]
    assert np.isnan(before["imitation"])
    assert (
        stars(notebook.run(APPROVAL, search=1))["approval"] < before["approval"]
    )  # normal tails: search makes arguments alike


def test_the_leaf_that_decides_has_the_margin_of_the_whole(notebook):
    for question in range(3):
        found = notebook.run(DEBATE, question=question)
        leaf = next(place for height, place in found["path"] if height == 0)
        weakest = found["margins"][0][found["answers"][0][leaf, 0], leaf, 0]
        assert weakest == found["margins"][-1][found["answers"][-1][0, 0], 0, 0]


def test_goodharts_curve_meets_the_closed_forms(notebook):
    pressed = notebook.started(GOODHART)["pressed"]
    for family, wanted in (("normal", 1.24874), ("laplace", 0.9251), ("student_t", 0.8710)):
        curves = dict(pressed(family, 3.0, 1.0, 0.0))
        assert curves["best-of-n"].loc[16, "quality"] == pytest.approx(wanted, abs=1e-4)
        assert len(curves["kl-regularised"]) == {"normal": 9, "laplace": 6, "student_t": 0}[family]


def test_the_fifth_in_a_process_of_its_own():
    """Its classes are parts like any other and would be found by every test after it."""
    tests = Path(__file__).with_name("own_parts.py")
    command = [sys.executable, "-m", "pytest", "-q", "-m", "", "-p", "no:cacheprovider", "-p", "xdist", "-n", "0", "-o"]
    ran = subprocess.run(
        [*command, "addopts=--import-mode=importlib", tests], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return sweep(
        {
            "questions": 40,
            "seeds": 2,
            "scenario": [{"type": "ledger", "depth": 2}, {"type": "majority", "depth": 2}],
            "scheme": [{"type": "imitation"}, {"type": "approval"}, {"type": "debate"}],
            "sweep": {"overseer.gameability": [0.0, 1.5, 3.0], "overseer.self_persuasion": [0.0, 0.5, 1.0]},
        },
        tmp_path_factory.mktemp("explored"),
        workers=1,
    )


def test_explore_runs_live(notebook):
    found = notebook.opened("explore").run()[1]
    assert len(found["tables"].crossings) == 5
    moved = notebook.turned(found["knobs"], overseer="panel", plant_rate=0.0)
    after = notebook.opened("explore").run(defs={"knobs": moved})[1]
    assert notebook.data(found).keys() == notebook.data(after).keys()
    assert all(drawn != notebook.data(after)[name] for name, drawn in notebook.data(found).items())


def test_explore_shows_a_study_as_it_is(notebook, small):
    found = notebook.opened("explore").run(defs={"directory": str(small.directory)})[1]
    knobs = notebook.turned(found["knobs"], scenario="majority", self_persuasion=1.0)
    shown = (
        notebook.opened("explore").run(defs={"directory": str(small.directory), "knobs": knobs})[1]["tables"].summary
    )
    there = small.summary.query("scenario == 'majority' and self_persuasion == 1.0")
    assert sorted(shown["mean"]) == sorted(there["mean"])
