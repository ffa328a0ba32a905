"""Ablations: what must change nothing changes nothing, what must change something does; kept, continued, redrawn."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from distillers.approval import Approval
from divergence import ablations, changes, export, pool, running
from divergence import study as studies
from divergence.cell import Named
from divergence.changes import ABLATIONS, SWITCHES, UNCHANGED
from divergence.intervals import Crossing
from divergence.spec import Ablations
from divergence.specfile import dumps, loads, parse
from divergence.store import ABLATIONS as FILE
from divergence.store import Store
from hch.setting import Setting
from overseers.panel import Panel
from scenarios.ledger import Ledger
from scenarios.unplanted import Unplanted

SPEC = parse(
    {
        "questions": 30,
        "seeds": 1,
        "scenario": [{"type": "ledger", "depth": 2}, {"type": "majority", "depth": 1}],
        "scheme": [{"type": name} for name in ("imitation", "approval", "approval-frozen", "debate")],
        "sweep": {"overseer.gameability": [0.0, 1.5, 3.0]},
        "ablations": {"questions": 40, "seeds": 2},
    }
)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return running.run(SPEC, tmp_path_factory.mktemp("ablated"), workers=1)


@pytest.fixture(scope="module")
def rows(study):
    with Store(study.directory, FILE) as store:
        return pd.DataFrame(store.rows())


def harm(rows, change, scheme, gamma=None, scenario="ledger"):
    chosen = rows[(rows["change"] == change) & (rows["scheme"] == scheme) & (rows["scenario"] == scenario)]
    return chosen[chosen["gameability"] == gamma if gamma is not None else slice(None)]["harm"].to_numpy()


def test_every_change_of_the_model_is_there():
    labels = [change.label for change in ABLATIONS]
    assert labels == [
        "planting off", "asymmetry 0.5", "truth bonus 1", "λ = 0", "λ = 1", "κ_leaf/κ = 0.75", "κ_leaf/κ = 1.25",
        "attackable_false 16", "no rebuttal", "n_search 1", "n_search 4096", "Laplace rhetoric", "Student t₃ rhetoric",
    ]  # fmt: skip


def test_all_changes_are_measured_with_their_own_seeds_and_questions(rows):
    assert set(rows["seed"]) == {0, 1}
    assert set(rows["questions"]) == {40}
    assert set(rows["change"]) == {UNCHANGED} | {change.label for change in changes.everything()} - {"κ_leaf ≠ κ"}
    assert set(rows[rows["scenario"] == "majority"]["change"]) == set(rows["change"]) - {"rivals (K = 2)"}


def test_the_studys_own_rows_are_not_mixed_with_them(study):
    assert "change" not in study.rows
    assert len(study.rows) == 2 * 3 * 4


def test_as_it_is_measures_what_a_study_measures(study, rows, tmp_path):
    same = running.run(replace(SPEC, questions=40, seeds=2, ablations=None), tmp_path, workers=1).rows
    mine = rows[rows["change"] == UNCHANGED]
    key = ["scenario", "scheme", "gameability", "seed"]
    for measure in ("harm", "better", "divergence_tv", "accuracy"):
        pd.testing.assert_series_equal(
            mine.set_index(key)[measure].sort_index(), same.set_index(key)[measure].sort_index(), check_exact=True
        )


@pytest.mark.parametrize("change", ["asymmetry 0.5", "planting off", "no rebuttal", "n_search 4096", "λ = 1"])
def test_persuasion_changes_nothing_where_nobody_is_persuaded(rows, change):
    for scheme in ("imitation", "approval", "approval-frozen", "debate"):
        assert (harm(rows, change, scheme, 0.0) == harm(rows, UNCHANGED, scheme, 0.0)).all()


@pytest.mark.parametrize("change", ["asymmetry 0.5", "planting off", "no rebuttal", "n_search 1", "κ_leaf/κ = 0.75"])
def test_where_they_are_it_changes_something(rows, change):
    assert (harm(rows, change, "debate", 3.0) != harm(rows, UNCHANGED, "debate", 3.0)).any()


def test_attacks_matter_to_those_who_hear_them_alone(rows):
    assert (harm(rows, "no rebuttal", "approval") == harm(rows, UNCHANGED, "approval")).all()
    assert (harm(rows, "attackable_false 16", "approval") == harm(rows, UNCHANGED, "approval")).all()
    assert (harm(rows, "attackable_false 16", "debate", 1.5) != harm(rows, UNCHANGED, "debate", 1.5)).any()


def test_self_persuasion_moves_hch_and_not_approvals_policy(rows):
    trees = Ledger(depth=2).trees(0, 40)
    one = replace(SPEC, scenarios=SPEC.scenarios[:1])
    changed = next(change for change in ABLATIONS if change.label == "λ = 1").made(one)
    for gamma in (1.5, 3.0):
        before, after = (Setting(trees, replace(spec.overseers[0].part, gameability=gamma)) for spec in (one, changed))
        assert (Approval().optimum(before).root == Approval().optimum(after).root).all()
        assert (before.hch.root != after.hch.root).any()
    accuracy = rows[rows["scheme"] == "approval"].pivot_table("accuracy", ["scenario", "gameability", "seed"], "change")
    assert (accuracy["λ = 1"] == accuracy[UNCHANGED]).all()
    assert (accuracy["λ = 0"] == accuracy[UNCHANGED]).all()
    assert (harm(rows, "λ = 1", "approval", 3.0) != harm(rows, UNCHANGED, "approval", 3.0)).any()


def test_imitation_is_hch_under_every_change(rows):
    assert rows[rows["scheme"] == "imitation"]["divergence_tv"].max() < 1e-12


def test_gamma_star_under_a_change_is_that_of_the_study_changed(study, tmp_path):
    changed = next(change for change in ABLATIONS if change.label == "asymmetry 0.5").made(SPEC)
    same = running.run(replace(changed, questions=40, seeds=2, ablations=None), tmp_path, workers=1).crossings
    mine = study.grounds.ablations
    mine = mine[mine["change"] == "asymmetry 0.5"].set_index(["scenario", "scheme"])
    for line in same.itertuples():
        own = mine.loc[(line.scenario, line.scheme)]
        np.testing.assert_allclose([own["gamma_star"], own["low"], own["high"]], [line.gamma_star, line.low, line.high])


@pytest.mark.parametrize("workers", [1, 2])
def test_the_same_bytes_whatever_the_workers(study, tmp_path, workers):
    export.write_tables(study)
    export.write_tables(running.run(SPEC, tmp_path, workers=workers))
    for name in ("ablations.csv", "verdicts.csv", "switches.csv", "results.csv"):
        assert (tmp_path / name).read_bytes() == (study.directory / name).read_bytes()


def test_what_is_there_is_not_computed_again(study, tmp_path, monkeypatch):
    def stop(done, total):
        if done > total / 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        running.run(SPEC, tmp_path, workers=1, progress=stop)
    with Store(tmp_path, FILE) as store:
        kept = len(store.done())
    assert kept > 0
    computed = []
    real = pool.cell.run
    monkeypatch.setattr(pool.cell, "run", lambda one: computed.append(one) or real(one))
    again = running.run(SPEC, tmp_path, workers=1)
    assert len(computed) == len(ablations.cells(SPEC)) - kept
    pd.testing.assert_frame_equal(again.grounds.ablations, study.grounds.ablations)
    computed.clear()
    assert len(studies.load(tmp_path).grounds.ablations) == len(study.grounds.ablations)
    assert not computed


def test_the_spec_keeps_what_was_asked():
    assert loads(dumps(SPEC)).ablations == Ablations(40, 2)


def test_fresh_discards_them_too(tmp_path):
    running.run(SPEC, tmp_path, workers=1)
    bare = running.run(replace(SPEC, ablations=None), tmp_path, workers=1, fresh=True)
    assert not (tmp_path / FILE).exists()
    assert not len(bare.grounds.ablations)


class TestChanges:
    def test_what_nobody_has_a_field_for_is_not_changed(self):
        goodhart = parse({"scenario": {"type": "goodhart"}, "scheme": {"type": "imitation"}})
        made = {change.label for change in changes.everything() if change.made(goodhart)}
        assert made == {
            "λ = 0", "λ = 1", "κ_leaf/κ = 0.75", "κ_leaf/κ = 1.25", "Laplace rhetoric", "Student t₃ rhetoric",
            "rhetoric", "rivals (K = 2)", "planting at leaves", "planting in between", "planting at the root",
        }  # fmt: skip

    def test_a_change_to_what_is_so_already_is_none(self):
        bare = replace(SPEC, scenarios=(Named("bare", Ledger(plant_rate=0.0)),))
        assert changes.PLANTING_OFF.made(bare) is None

    def test_wrapped_overseers_are_changed_inside(self):
        wrapped = replace(SPEC, overseers=(Named("panel", Panel()),))
        changed = next(change for change in ABLATIONS if change.label == "λ = 0").made(wrapped)
        assert changed.overseers[0].part.member.self_persuasion == 0.0

    def test_only_schemes_that_search_are_changed(self):
        changed = changes.SEARCH_OFF.made(SPEC)
        assert [getattr(one.part, "n_search", None) for one in changed.schemes] == [None, 1, 1, 1]

    def test_planting_by_level_is_a_wrapper_that_keeps_the_label(self):
        leaves = next(switch for switch in SWITCHES if switch.label == "planting at leaves")
        changed = leaves.made(SPEC).scenarios[0]
        assert changed.label == "ledger"
        assert changed.part == Unplanted(member=SPEC.scenarios[0].part, leaves=True, between=False, root=False)


class TestTurns:
    def curve(self, scheme, change, stars):
        key = {"scenario": "s", "overseer": "o", "change": change, "scheme": scheme}
        return Crossing(key, float(np.median(stars)), np.array(stars, dtype=float), 4.0)

    def turns(self, monkeypatch, *curves):
        monkeypatch.setattr(ablations, "crossing_draws", lambda found: list(curves))
        return ablations.turns(None), ablations.table(None)

    def test_places_changed_and_settled(self, monkeypatch):
        turns, table = self.turns(
            monkeypatch,
            self.curve("a", UNCHANGED, [1.0] * 50), self.curve("b", UNCHANGED, [2.0] * 50),
            self.curve("a", "λ = 1", [2.0] * 50), self.curve("b", "λ = 1", [1.0] * 50),
            self.curve("a", "λ = 0", [2.0] * 30 + [0.5] * 20), self.curve("b", "λ = 0", [1.0] * 50),
            self.curve("a", "n_search 1", [1.5] * 50), self.curve("b", "n_search 1", [2.0] * 50),
        )  # fmt: skip
        assert list(turns.itertuples(index=False, name=None)) == [
            ("s", "o", "λ = 0", "b", "a", False), ("s", "o", "λ = 1", "b", "a", True),
        ]  # fmt: skip
        assert dict(zip(zip(table["change"], table["scheme"], strict=True), table["turned"], strict=True)) == {
            (UNCHANGED, "a"): "", (UNCHANGED, "b"): "", ("n_search 1", "a"): "", ("n_search 1", "b"): "",
            ("λ = 0", "a"): "b?", ("λ = 0", "b"): "a?", ("λ = 1", "a"): "b", ("λ = 1", "b"): "a",
        }  # fmt: skip

    def test_beyond_the_sweep_is_after_everybody(self, monkeypatch):
        beyond = Crossing(
            {"scenario": "s", "overseer": "o", "change": "λ = 1", "scheme": "a"}, np.nan, np.full(9, np.inf), 4
        )
        turns, _ = self.turns(
            monkeypatch,
            self.curve("a", UNCHANGED, [1.0] * 9), self.curve("b", UNCHANGED, [2.0] * 9),
            beyond, self.curve("b", "λ = 1", [3.0] * 9),
        )  # fmt: skip
        assert turns["settled"].tolist() == [True]
