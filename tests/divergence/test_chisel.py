"""The chisel measured: lines that start together, exploits found before they are taken, and a picture of it."""

from __future__ import annotations

import numpy as np
import pytest

from distillers.approval_frozen import ApprovalFrozen
from distillers.chisel import Chisel
from distillers.rewards import LateGameability
from distillers.tampering import Tampering
from divergence.chisel import ARGMAX, EXPECTED, LINES, SAMPLED, START, chiselled
from divergence.figures import chisel as pictures
from divergence.measures import measure, target
from hch.setting import Setting
from overseers.human import Human
from scenarios.ledger import Ledger


@pytest.fixture(scope="module")
def setting():
    return Setting(Ledger(depth=2).trees(0, 300), Human(gameability=2.5), 0)


@pytest.fixture(scope="module")
def found(setting):
    return chiselled(setting, Chisel(learning_rate=0.3, steps=400))


def test_all_start_at_the_imitation_but_the_argmax_which_is_frozen_approvals_optimum(setting, found):
    harms = found.timeline.pivot_table(index="step", columns="line", values="harm")
    assert list(dict.fromkeys(found.timeline["line"])) == list(LINES)
    assert harms.loc[0, [SAMPLED, EXPECTED, START]].tolist() == [0.0, 0.0, 0.0]
    assert (harms[START] == 0.0).all()
    optimum = measure(ApprovalFrozen(), setting, target(setting)).values
    assert harms[ARGMAX].to_numpy() == pytest.approx(optimum["harm"].mean())
    assert 0.0 < harms[SAMPLED].iloc[-1] < harms[ARGMAX].iloc[-1]


def test_an_exploit_is_found_before_it_is_taken(found):
    assert found.exploits == found.found.size == found.taken.size > 50
    new = found.taken > 0
    assert np.all(found.found[new] <= found.taken[new])  # what is not done is not reinforced
    sampled = found.timeline[found.timeline["line"] == SAMPLED]
    assert sampled["found"].is_monotonic_increasing
    assert sampled["found"].iloc[-1] == pytest.approx(np.isfinite(found.found).mean())
    assert sampled["taken"].iloc[-1] == pytest.approx(np.isfinite(found.taken).mean())
    assert sampled["tampering"].between(0.0, 1.0).all()


def test_gameability_that_sets_in_late_does_little_to_a_model_that_is_sure(setting):
    chisel = Chisel(learning_rate=0.3, steps=400)
    late = chiselled(setting, chisel, LateGameability(onset=200)).timeline
    early = chiselled(setting, chisel).timeline
    ends = [table[(table["line"] == SAMPLED) & (table["step"] == 400)]["harm"].item() for table in (late, early)]
    assert ends[0] < 0.5 * ends[1]
    argmax = late[late["line"] == ARGMAX].set_index("step")["harm"]
    assert argmax[400] > argmax[100]


def test_tampering_rides_on_the_ratings_of_the_model_as_it_is(setting):
    tempted = chiselled(setting, Chisel(steps=50), tampering=Tampering(reward=-50.0, chance=0.5)).tempted
    assert tempted.chances[-1] < 0.1
    assert tempted.chances.size == 51


def test_without_exploits_nothing_is_found():
    setting = Setting(Ledger(depth=1).trees(0, 20), Human(gameability=0.0), 0)
    found = chiselled(setting, Chisel(steps=20))
    assert found.exploits == 0
    assert pictures.figure(found.timeline).data


def test_the_picture_shows_every_line(found):
    drawn = {trace.name for trace in pictures.figure(found.timeline).data if trace.name}
    assert drawn == {*LINES, "exploits found", "exploits taken", "chance of tampering"}
