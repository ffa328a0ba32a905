"""``[load]``: what a study keeps of busy people is what the simulation of their office gives, computed once."""

import io

import pandas as pd
import pytest
from rich.console import Console

from divergence import api, busy, plan, specfile, sweep, terminal
from divergence.build import SpecError
from divergence.busy import panel
from divergence.cell import attempt
from divergence.sections import sections
from divergence.status import status
from overseers.human import Human
from scenarios.majority import Majority

TABLE = {
    "questions": 20,
    "seeds": 1,
    "first_seed": 3,
    "scenario": {"type": "majority", "depth": 1, "name": "small"},
    "scheme": [{"type": "imitation"}, {"type": "approval"}],
    "sweep": {"overseer.gameability": [0.0, 2.0]},
    "load": {"questions": 10, "seeds": 2},
}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return sweep(TABLE, tmp_path_factory.mktemp("busy") / "study", workers=1)


def test_a_study_keeps_what_the_office_gives(study):
    alone = panel(Majority(depth=1), Human(), seed=3, questions=10, seeds=2)
    kept = study.grounds.load
    assert set(kept["scenario"]) == {"small"}
    assert set(kept["overseer"]) == {"human"}
    pd.testing.assert_frame_equal(kept[alone.columns[1:]], alone.drop(columns="scenario"), check_exact=True)


def test_it_is_computed_once(study, monkeypatch):
    def again(*_, **__):
        raise AssertionError("computed again")

    monkeypatch.setattr(busy, "panel", again)
    continued = sweep(TABLE, study.directory, workers=1)
    pd.testing.assert_frame_equal(continued.grounds.load, study.grounds.load)
    assert [part.name for part in status(study.directory).parts] == ["results", "load"]


def test_an_office_that_cannot_be_simulated_leaves_the_study_standing(tmp_path, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("no desks")

    monkeypatch.setattr(busy, "panel", broken)
    found = sweep(TABLE, tmp_path / "study", workers=1)
    assert len(found.rows)
    assert not len(found.grounds.load)
    assert [failure.error for failure in found.failures] == ["ZeroDivisionError: no desks"]
    assert "load" not in [one.name for one in sections(found)]


def test_the_terminal_says_both_ways_of_asking(study):
    console = Console(file=io.StringIO(), width=200)
    terminal.show(study, console)
    said = console.file.getvalue()
    assert "offered load 0.25 → 1.75" in said
    (single,) = [line for line in said.splitlines() if line.strip().startswith("one by one:")]
    (bunched,) = [line for line in said.splitlines() if line.strip().startswith("all at once:")]
    for line in (single, bunched):
        assert [part.split()[0] for part in line.split(": ")[1].split(", ")] == [
            "imitation",
            "approval",
            "approval-frozen",
            "debate",
        ]


def test_the_report_has_it_with_its_numbers(study):
    (section,) = [one for one in sections(study) if one.name == "load"]
    numbers = pd.read_csv(io.StringIO(section.tables["load"][1]))
    assert len(numbers) == len(study.grounds.load)
    assert "How to read it" in section.page()


def test_a_study_that_does_not_ask_has_none(tmp_path):
    quiet = {key: value for key, value in TABLE.items() if key != "load"}
    found = sweep(quiet, tmp_path / "study", workers=1)
    assert not len(found.grounds.load)
    assert not (found.directory / "load.sqlite").exists()
    assert "load" not in [one.name for one in sections(found)]


def test_it_reads_back_as_written():
    spec = specfile.parse(TABLE)
    assert specfile.loads(specfile.dumps(spec)) == spec


def test_overseers_without_a_gameability_are_left_out():
    spec = specfile.parse(TABLE | {"overseer": [{"type": "human"}, {"type": "unpersuaded"}], "sweep": {}})
    found = plan.everything(spec)["load.sqlite"]
    expected = [named.label for named in spec.overseers if "gameability" in str(named.part)]
    assert [one.overseer.label for one in found] == expected


@pytest.mark.parametrize(
    ("given", "said"),
    [({"questions": 0}, "load: questions"), ({"staff": 3}, "load.staff: no such key"), (True, "load: must be a table")],
)
def test_mistakes_are_told(given, said):
    with pytest.raises(SpecError, match=said):
        specfile.parse(TABLE | {"load": given})


@pytest.mark.slow
@pytest.mark.parametrize("scenario", ["ledger", "majority"])
def test_the_packaged_office_is_a_matter_of_seconds(scenario):
    spec = api.default_spec()
    (one,) = [cell for cell in plan.everything(spec)["load.sqlite"] if cell.scenario.label == scenario]
    assert attempt(one).seconds < 60
