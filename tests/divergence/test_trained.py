"""The phase ``trained`` in a study: its rows, its spec, what is printed and drawn, what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from divergence import api, cell, plan, report, running, sections, specfile, terminal
from divergence.build import SpecError
from divergence.cell import TRAINED
from divergence.figures import error_budget

TEXT = """
questions = 20
seeds = 2
phases = ["optimum", "trained"]
[[scenario]]
type = "ledger"
depth = 1
[[scheme]]
type = "imitation"
[[scheme]]
type = "approval"
name = "by gradient"
learning = { type = "from-rewards", exploration = 0.1 }
[[scheme]]
type = "approval-frozen"
[training]
human_minutes = 4000.0
batch = 20
student = { type = "log-linear", capacity = 1 }
[sweep]
"overseer.gameability" = [0.0, 2.0, 3.0]
"training.human_minutes" = [1000.0, 4000.0]
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return running.run(specfile.loads(TEXT), tmp_path_factory.mktemp("trained"), workers=1)


def test_trained_rows_say_what_training_took(made):
    rows = made.rows
    trained = rows[rows["phase"] == TRAINED]
    assert set(trained["scheme"]) == {"imitation", "by gradient"}
    assert set(rows[rows["phase"] == "optimum"]["scheme"]) == {"imitation", "by gradient", "approval-frozen"}
    assert (trained["status"] == "ok").all()
    assert (trained["human_minutes"] > 0).all()
    assert (trained["human_minutes"] <= trained["training.human_minutes"]).all()
    assert (trained["labels"] > 10).all()
    for name in ("harm", "tv"):
        total = trained["harm" if name == "harm" else "divergence_tv"]
        parts = sum(trained[f"{name}_{part}"] for part in ("objective", "model_class", "finite_data", "shift"))
        np.testing.assert_allclose(parts, total, atol=1e-12)
    wrong = trained["objective_failure"] + trained["capability_failure"]
    np.testing.assert_allclose(wrong, 1.0 - trained["accuracy"], atol=1e-12)


def test_a_specification_with_training_is_read_back(made):
    spec = made.spec
    assert specfile.loads(specfile.dumps(spec)) == spec
    assert [axis.column for axis in spec.axes] == ["gameability", "training.human_minutes"]
    assert spec.groups == {
        "imitation": ["imitation", "imitation (trained)"],
        "approval": ["by gradient", "by gradient (trained)", "approval-frozen"],
    }


def test_both_phases_are_printed_and_compared(made):
    console = Console(width=160, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    terminal.show(made, console)
    text = console.export_text()
    assert "imitation (trained)" in text
    assert "by gradient (trained)" in text
    pairs = made.differences()
    assert {"imitation", "imitation (trained)"} <= set(pairs["a"]) | set(pairs["b"])


def test_the_report_shows_the_budget(made):
    names = [section.name for section in sections.sections(made)]
    assert "error-budget" in names
    page = report.page(made)
    assert "Why what was trained is wrong" in page
    assert "Wentworth" in page


def test_a_budget_of_minutes_that_is_swept_is_shown_at_one_value(tmp_path):
    """One bar a part and scheme, not one for each budget on top of each other."""
    text = TEXT.replace('"overseer.gameability" = [0.0, 2.0, 3.0]', "")
    made = running.run(specfile.loads(text), tmp_path, workers=1)
    shown = next(one for one in sections.sections(made) if one.name == "error-budget")
    assert [len(trace.y) for trace in shown.figure.data] == [2] * 5
    assert "Here human minutes of training = 4000." in shown.reading


def test_the_figure_adds_up_and_says_so():
    parts = ("objective", "model_class", "finite_data", "shift", "harm")
    lines = [
        {"scenario": "s", "overseer": "o", "scheme": name, "gameability": 2.0, "part": part}
        | {"mean": value, "low": value - 0.01, "high": value + 0.02}
        for name in ("a", "<b>")
        for part, value in zip(parts, (0.3, 0.1, -0.2, 0.0, 0.2), strict=True)
    ]
    figure = error_budget.error_budget(pd.DataFrame(lines))
    assert [trace.name for trace in figure.data][-1] == "harm: their sum"
    assert sum(trace.x[0] for trace in figure.data[:4]) == pytest.approx(figure.data[4].x[0])
    assert "<b>" not in figure.data[0].customdata[1][0]
    assert figure.layout.meta["note"] == "At γ = 2."


@pytest.mark.slow
def test_the_same_rows_whatever_the_workers(made, tmp_path):
    again = running.run(made.spec, tmp_path / "again", workers=2)
    assert (again.directory / "results.csv").read_bytes() == (made.directory / "results.csv").read_bytes()


WRONG = {
    "a budget of nothing": ("human_minutes = 4000.0", "human_minutes = 0.0", "greater than 0"),
    "no labels in a batch": ("batch = 20", "batch = 0", "greater than or equal to 1"),
    "a learning rate of nothing": ("exploration = 0.1", "learning_rate = 0.0", "learning_rate"),
    "an unknown student": ('"log-linear"', '"log-lineal"', "did you mean 'log-linear'"),
    "a misspelt field": ("capacity = 1", "capacty = 1", "did you mean 'capacity'"),
    "an unknown phase": ('"trained"]', '"taught"]', "optimum, trained"),
    "nobody to train": ('type = "imitation"', 'type = "approval-frozen"\nname = "x"', None),
    "a sweep of nothing": ('phases = ["optimum", "trained"]', "", None),
    "two ways to train": ("[training]", "[[training]]\nname = 'two'\n[[training]]", "one is permitted"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_is_refused_with_its_place(name):
    old, new, told = WRONG[name]
    assert old in TEXT
    text = TEXT.replace(old, new)
    if name == "nobody to train":
        text, told = text.replace('type = "approval"\nname', 'type = "debate-quotes"\nname'), "can be trained"
        text = text.replace('learning = { type = "from-rewards", exploration = 0.1 }', "")
    if name == "a sweep of nothing":
        text, told = text[: text.index("[training]")] + text[text.index("[sweep]") :], "nothing is trained"
    with pytest.raises(SpecError, match=told):
        specfile.loads(text)


def statuses(old, new):
    """Of the trained rows of the study's last cell, something in it being changed."""
    last = plan.cells(specfile.loads(TEXT.replace(old, new)))[-1]
    rows = [row.values for row in cell.run(last).rows]  # noqa: PD011
    return [row for row in rows if row["phase"] == TRAINED]


def test_a_budget_that_pays_for_nothing_is_a_row_that_says_so():
    for row in statuses("[1000.0, 4000.0]", "[1000.0, 0.001]"):
        assert "do not pay for one label" in row["status"]
        assert row["harm"] is None


def test_a_batch_that_the_budget_cannot_pay_is_a_row_that_says_so():
    for row in statuses("batch = 20", "batch = 100_000"):
        assert row["status"].startswith("training.batch: 100000 labels are more than")
        assert row["harm"] is not None


def test_a_curriculum_that_stops_is_a_row_that_says_so():
    row, _ = statuses("batch = 20", "batch = 20\ncurriculum = 1.0")
    assert row["status"].startswith("stopped at level 0 of 1")


def test_compare_has_a_study_of_training():
    quick = api.default_spec(quick=True, phases=["trained"])
    assert quick.phases == ("trained",)
    assert quick.training is not None
    whole = api.default_spec(phases=["optimum", "trained"])
    assert len(whole.schemes) >= 5
    assert api.default_spec().phases == ("optimum",)
    with pytest.raises(SpecError, match="full"):
        api.default_spec(full=True, phases=["trained"])
    with pytest.raises(SpecError, match="optimum, trained"):
        api.default_spec(phases=["trainded"])


def test_a_fit_that_does_not_converge_is_a_row_that_says_so(monkeypatch):
    def fails(*_):
        raise ArithmeticError("the fit did not converge in 200 Newton steps")

    monkeypatch.setattr("distillers.students.log_linear.fit", fails)
    for row in statuses("depth = 1", "depth = 0"):
        assert "did not converge" in row["status"]
        assert row["harm"] is None
