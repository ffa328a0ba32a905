"""Work in pieces: every number once, and the same bits as in one piece."""

import numpy as np
import pytest

from distillers.approval import Approval
from distillers.debate import Debate
from distillers.imitation import Imitation
from hch.setting import Setting
from overseers.human import Human
from overseers.panel import Panel
from scenarios import blocks as pieces
from scenarios import joins
from scenarios.ledger import Ledger


@pytest.mark.parametrize("shape", [(3, 0, 5), (3, 1, 5), (6, 81, 1000), (2, 7), (1, 3, 10**6)])
def test_blocks_cover_axis_1_once(shape):
    seen = np.zeros(shape[1], dtype=int)
    for some in pieces.blocks(shape):
        seen[some] += 1
    assert (seen == 1).all()


@pytest.mark.parametrize("human", [Human(gameability=2.5), Human(attention=0.7), Panel(shared_argument=0.5)])
@pytest.mark.parametrize("scheme", [Imitation(), Approval(), Debate()])
def test_pieces_do_not_show(monkeypatch, human, scheme):
    """One node at a time, or all at once: the same bits."""

    def answered(numbers):
        monkeypatch.setattr(pieces, "_NUMBERS", numbers)
        monkeypatch.setattr(joins, "_CONVOLVED", numbers)
        setting = Setting(Ledger(branching=3, depth=2).trees(0, 40), human)
        return [scheme.optimum(setting).at(height) for height in range(3)]

    for small, whole in zip(answered(1), answered(10**9), strict=True):
        np.testing.assert_array_equal(small, whole)


@pytest.mark.parametrize("planting", [{"plant_rate": 0.0}, {"plant_rate": 0.9}, {"plant_strength": -2.0}])
def test_planting_changes_only_what_is_planted(planting):
    """What is drawn once for several plantings is what each would draw by itself."""
    scenario = Ledger(depth=2, **planting)
    assert scenario.as_drawn() == Ledger(depth=2).as_drawn() != Ledger(depth=3).as_drawn()
    alone = [scenario.level(one.height, one.keys, one.truth) for one in scenario.trees(3, 30).levels]
    Ledger(depth=2, plant_rate=0.5).trees(3, 30)
    for one, own in zip(scenario.trees(3, 30).levels, alone, strict=True):
        np.testing.assert_array_equal(one.planted, own.planted)
        np.testing.assert_array_equal(one.appeal, own.appeal)
        np.testing.assert_array_equal(one.rhetoric.best_of(64), own.rhetoric.best_of(64))
        np.testing.assert_array_equal(one.rebuttal, own.rebuttal)
