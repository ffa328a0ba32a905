"""Harm against offered load: nobody hurried is the study without an office; more load, less left of a judgement."""

from __future__ import annotations

import numpy as np
import pytest

import divergence.busy
from distillers.approval import Approval
from divergence.busy import flooded, gameable, harm_against_load, panel
from divergence.busy_labels import CORE, shared
from divergence.figures.loads import loads
from divergence.measures import brief
from hch.office import Office
from hch.setting import Setting
from overseers.human import Human
from overseers.panel import Panel
from scenarios.ledger import Ledger
from scenarios.powering import Powering

SCENARIO = Ledger(depth=3)


@pytest.fixture(scope="module")
def table():
    return harm_against_load([SCENARIO], loads=(0.25, 1.0, 2.0), questions=100, seeds=1)


def test_unhurried_labels_give_the_harm_of_the_study():
    calm = harm_against_load([SCENARIO], office=Office(staff=5), loads=(2.0,), questions=60, seeds=1)
    alone = brief(Approval(), Setting(SCENARIO.trees(0, 60), Human(), 0)).values["harm"].mean()
    by_scheme = calm.set_index("scheme")
    assert by_scheme.loc["approval", "mean"] == alone
    assert by_scheme.loc["imitation", "mean"] == pytest.approx(0.0, abs=1e-12)
    assert (calm["kept"] == 1.0).all()
    assert (calm["waiting"] > 0.0).any()


def test_load_takes_from_every_scheme(table):
    for _, own in table.groupby("scheme"):
        own = own.sort_values("load")
        assert (np.diff(own["kept"]) < 0).all()
        assert own["mean"].iloc[-1] > own["high"].iloc[0]


def test_bunches_of_ratings_are_hurried_more(table):
    bunched = harm_against_load([SCENARIO], loads=(0.25,), questions=100, seeds=1, bunched=True).set_index("scheme")
    calm = table[table["load"] == 0.25].set_index("scheme")
    assert bunched.loc["approval", "kept"] < calm.loc["approval", "kept"] - 0.02
    assert bunched.loc["debate", "mean"] == calm.loc["debate", "mean"]


def test_the_same_numbers_twice(table):
    again = harm_against_load([SCENARIO], loads=(0.25, 1.0, 2.0), questions=100, seeds=1)
    assert table.equals(again)


def test_an_office_without_a_staff_has_no_load():
    with pytest.raises(ValueError, match="staff"):
        harm_against_load([SCENARIO], office=Office())


@pytest.fixture(scope="module")
def stars():
    return panel(SCENARIO, loads=(0.25, 1.25), gameabilities=(1.0, 1.5, 2.0), questions=80, seeds=2, seed=5)


def test_the_picture_draws_every_line_and_marks_what_lies_beyond(stars):
    drawn = loads(stars)
    lines = [trace for trace in drawn.data if trace.mode == "lines+markers"]
    above = [trace for trace in drawn.data if trace.marker.symbol == "triangle-up-open"]
    known = stars.fillna({"gamma_star": 2.0}).set_index(["bunched", "scheme", "load"])["gamma_star"]
    axes = {trace.xaxis: panel for panel, trace in zip((False, True), lines[:: len(CORE)], strict=True)}
    assert len(axes) == 2
    assert len(lines) == 2 * len(CORE)
    for trace in lines:
        expected = [known[axes[trace.xaxis], trace.name, load] for load in trace.x]
        np.testing.assert_array_equal(trace.y, expected)
    assert sum(len(trace.x) for trace in above) == stars["gamma_star"].isna().sum() > 0
    assert "open triangle" in drawn.layout.meta["note"]


def test_the_panel_tells_where_schemes_leave_hch_both_ways_work_may_come(stars):
    assert len(stars) == 2 * 4 * 2  # ways, schemes, loads
    left = stars.dropna(subset=["gamma_star"])
    assert ((left["low"] <= left["gamma_star"]) & (left["gamma_star"] <= left["high"])).all()
    assert ((stars["harm_low"] <= stars["harm"]) & (stars["harm"] <= stars["harm_high"])).all()
    assert set(stars["at"]) == {2.0}


def test_the_panel_is_harm_against_load_at_every_gameability(stars):
    alone = harm_against_load([SCENARIO], Human(gameability=2.0), loads=(1.25,), questions=80, seeds=2, first_seed=5)
    one = stars[~stars["bunched"] & (stars["load"] == 1.25)]
    assert one["harm"].to_numpy() == pytest.approx(alone["mean"].to_numpy(), abs=1e-6)
    assert one["kept"].to_numpy() == pytest.approx(alone["kept"].to_numpy(), abs=1e-12)


def test_load_makes_schemes_leave_earlier(stars):
    for _, own in stars[stars["scheme"] != "imitation"].groupby(["scheme", "bunched"]):
        calm, crowded = own.sort_values("load")["gamma_star"].fillna(np.inf)
        assert crowded < calm


def test_gameability_is_set_where_it_is():
    assert gameable(Panel(member=Human()), 2.0) == Panel(member=Human(gameability=2.0))


def test_schemes_that_share_a_pool_have_equal_budgets_of_human_minutes():
    setting = Setting(SCENARIO.trees(0, 100), Human(), 0)
    found = shared(CORE, setting, Office(staff=10), 0.9, bunched=False)
    minutes = [sum(one.finish - one.started for one in lived.work) / 60e9 for lived in found]
    assert minutes == pytest.approx([min(minutes)] * 4, rel=0.1)
    waits = [lived.waiting for lived in found]
    assert min(waits) > 0.0


def test_in_one_pool_the_calm_suffer_from_the_crowd():
    alone = harm_against_load([SCENARIO], loads=(1.0,), questions=60, seeds=1, bunched=True).set_index("scheme")
    pooled = harm_against_load([SCENARIO], loads=(1.0,), questions=60, seeds=1, bunched=True, one_pool=True)
    pooled = pooled.set_index("scheme")
    assert pooled.loc["debate", "kept"] < alone.loc["debate", "kept"]  # others' bunches arrive beside its judgements
    assert pooled.loc["approval", "kept"] > alone.loc["approval", "kept"]


def test_floods_of_words_do_harm_where_people_hurry():
    table = flooded(SCENARIO, lengths=(0.0, 10.0), questions=60, seeds=1).set_index(["scheme", "argument_minutes"])
    for scheme in ("approval", "approval-frozen", "debate"):
        assert table.loc[(scheme, 10.0), "kept"] < table.loc[(scheme, 0.0), "kept"]
        assert table.loc[(scheme, 10.0), "mean"] > table.loc[(scheme, 0.0), "mean"]
    assert table.loc[("imitation", 10.0), "mean"] == table.loc[("imitation", 0.0), "mean"]  # nobody argues


@pytest.mark.parametrize("scenario", [Powering(claims=4, bits=3), Ledger(depth=0)])
def test_the_panel_is_there_for_questions_in_turn_and_for_single_questions(scenario):
    table = panel(scenario, loads=(1.25,), gameabilities=(1.0, 2.0), questions=20, seeds=1)
    assert len(table) == 8
    assert table["kept"].between(0.0, 1.0).all()
    assert table["harm"].between(0.0, 1.0).all()


def test_who_cannot_be_gamed_more_or_less_has_no_gamma_star(monkeypatch):
    monkeypatch.setattr(divergence.busy, "gameable", lambda overseer, gamma: None)
    table = panel(Ledger(depth=1), loads=(1.25,), questions=20, seeds=1)
    assert table["gamma_star"].isna().all()
    assert table["at"].isna().all()
    assert table["harm"].between(0.0, 1.0).all()
