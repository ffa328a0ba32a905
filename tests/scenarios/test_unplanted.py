"""Planting removed at some levels: nothing else moves, and nothing removed is nothing changed."""

import numpy as np
import pytest

from scenarios.ledger import Ledger
from scenarios.majority import Majority
from scenarios.unplanted import Unplanted


@pytest.mark.parametrize("member", [Ledger(depth=3), Majority(depth=2), Ledger(depth=0)], ids=str)
@pytest.mark.parametrize("where", ["leaves", "between", "root"])
def test_planting_goes_at_those_levels_alone(member, where):
    flags = {"leaves": False, "between": False, "root": False} | {where: True}
    before, after = member.trees(1, 40), Unplanted(member=member, **flags).trees(1, 40)
    depth = before.depth
    bare = {"leaves": {0}, "between": set(range(1, depth)), "root": {depth}}[where]
    for level, other in zip(before.levels, after.levels, strict=True):
        if level.height in bare:
            assert (other.planted == -1).all()
            assert (other.appeal == level.face).all()
        else:
            assert (other.appeal == level.appeal).all()
        assert (other.truth == level.truth).all()
        np.testing.assert_array_equal(other.rhetoric.best_of(64), level.rhetoric.best_of(64))
        np.testing.assert_array_equal(other.rebuttal, level.rebuttal)


def test_everywhere_is_the_counterfactual_without_plants():
    bare, plain = Unplanted().trees(0, 20), Ledger().trees(0, 20).without_plants
    assert all((a.appeal == b.appeal).all() for a, b in zip(bare.levels, plain.levels, strict=True))


def test_nothing_removed_is_the_scenario_itself():
    same = Unplanted(leaves=False, between=False, root=False)
    pairs = zip(same.trees(0, 20).levels, Ledger().trees(0, 20).levels, strict=True)
    assert all((a.appeal == b.appeal).all() for a, b in pairs)
    assert same.size() == Ledger().size()
