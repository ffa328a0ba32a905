"""Every scenario's trees: what MODEL.md §1 says of truth, appeal, planting and rebuttal; luck that is shared."""

import numpy as np
import pytest

from scenarios import part as parts
from scenarios.base import Scenario, TreeScenario
from scenarios.joins import TableJoin
from scenarios.ledger import Ledger
from scenarios.majority import Majority
from scenarios.part import PartError
from scenarios.trees import one_hot, pick

TREES = [cls for cls in parts.find(Scenario, "scenarios").values() if issubclass(cls, TreeScenario)]


@pytest.mark.parametrize("cls", TREES)
class TestEveryTreeScenario:
    def test_truth_is_the_join_of_the_truths_below(self, cls):
        trees = cls().trees(0, 50)
        for below, level in zip(trees.levels, trees.levels[1:], strict=False):
            grouped = below.truth.reshape(level.truth.shape[0], trees.branching, -1)
            for node in range(level.truth.shape[0]):
                for question in range(50):
                    expected = trees.join.one([int(a) for a in grouped[node, :, question]])
                    assert level.truth[node, question] == expected

    def test_shapes_and_sizes(self, cls):
        scenario = cls(depth=2)
        trees = scenario.trees(0, 7)
        b, K = scenario.branching, scenario.claims
        assert [level.keys.shape for level in trees.levels] == [(b**2, 7), (b, 7), (1, 7)]
        assert all(level.appeal.shape == level.rebuttal.shape == (K, *level.keys.shape) for level in trees.levels)
        assert scenario.size() == (trees.nodes, K) == (1 + b + b**2, K)

    def test_a_tree_does_not_depend_on_its_batch(self, cls):
        whole, some = cls().trees(5, 20), cls().trees(5, 4, start=9)
        for one, other in zip(whole.levels, some.levels, strict=True):
            assert (one.truth[:, 9:13] == other.truth).all()
            assert (one.appeal[..., 9:13] == other.appeal).all()
            assert (one.rhetoric.best_of(64)[..., 9:13] == other.rhetoric.best_of(64)).all()
            assert (one.rebuttal[..., 9:13] == other.rebuttal).all()

    def test_every_question_has_its_own_key(self, cls):
        keys = np.concatenate([level.keys.reshape(-1) for level in cls().trees(0, 50).levels])
        assert len(set(keys.tolist())) == len(keys)

    def test_planting_is_false_and_as_frequent_as_stated(self, cls):
        level = cls(plant_rate=0.3).trees(0, 3000).levels[0]
        planted = level.planted >= 0
        assert (level.planted != level.truth).all()
        assert abs(planted.mean() - 0.3) < 4 * np.sqrt(0.21 / planted.size)

    def test_planting_changes_the_planted_claims_appeal_and_nothing_else(self, cls):
        trees = cls(plant_strength=3.0).trees(0, 30)
        for with_plants, without in zip(trees.levels, trees.without_plants.levels, strict=True):
            moved = with_plants.appeal - without.appeal
            np.testing.assert_allclose(moved, 3.0 * one_hot(with_plants.planted, trees.claims), atol=1e-12)
            assert with_plants.rhetoric is without.rhetoric

    def test_luck_is_common_over_the_rates(self, cls):
        few, many = cls(plant_rate=0.1).trees(0, 200), cls(plant_rate=0.5).trees(0, 200)
        for one, other in zip(few.levels, many.levels, strict=True):
            kept = one.planted >= 0
            assert (other.planted[kept] == one.planted[kept]).all()

    def test_nobody_attacks_when_nothing_is_attackable(self, cls):
        trees = cls(attackable_true=0, attackable_false=0).trees(0, 20)
        assert all((level.rebuttal == 0).all() for level in trees.levels)

    def test_true_claims_alone_can_be_attackable(self, cls):
        level = cls(attackable_true=64, attackable_false=0).trees(0, 50).levels[0]
        true = one_hot(level.truth, level.claims) == 1
        assert (level.rebuttal[~true] == 0).all()
        assert (level.rebuttal[true] != 0).all()


def test_appeal_has_its_parts():
    level = Ledger(appeal_noise=0.5, truth_bonus=2.0, plant_rate=0.0).trees(0, 4000).levels[0]
    true = one_hot(level.truth, 6) == 1
    for values, mean in ((level.appeal[true], 2.0), (level.appeal[~true], 0.0)):
        assert abs(values.mean() - mean) < 4 * 0.5 / np.sqrt(values.size)
        assert abs(values.std() - 0.5) < 4 * 0.5 / np.sqrt(2 * values.size)


def test_asymmetry_widens_the_arguments_for_false_claims_only():
    plain, wide = (Ledger(asymmetry=a).trees(0, 100).levels[0] for a in (0.0, 0.5))
    true = one_hot(plain.truth, 6)
    expected = plain.rhetoric.best_of(8) * (1 + 0.5 * (1 - true))
    np.testing.assert_allclose(wide.rhetoric.best_of(8), expected, rtol=1e-14)


def test_ledger_leaves_are_uniform():
    truth = Ledger().trees(0, 5000).levels[0].truth
    shares = np.bincount(truth.reshape(-1), minlength=6) / truth.size
    assert (np.abs(shares - 1 / 6) < 4 * np.sqrt(5 / 36 / truth.size)).all()


def test_unanimous_trees_agree_everywhere():
    trees = Majority(unanimity=1.0).trees(0, 200)
    root = trees.root.truth[0]
    assert all((level.truth == root).all() for level in trees.levels)
    assert 0.3 < root.mean() < 0.7


def test_a_table_too_large_to_hold_is_refused_with_its_fields():
    with pytest.raises(ValueError, match="claims \\*\\* branching"):
        Majority(branching=20)


def test_pick_reads_the_answers_value():
    values = np.arange(24.0).reshape(3, 4, 2)
    answers = np.array([[0, 1], [2, 0], [1, 1], [2, 2]])
    assert (pick(values, answers) == np.take_along_axis(values, answers[None], axis=0)[0]).all()


def test_a_join_by_table_serves_a_scenario():
    assert isinstance(Majority().join(), TableJoin)


def test_an_undecorated_part_is_refused():
    class Forgotten(Ledger):
        pass

    with pytest.raises(PartError, match="@part"):
        Forgotten()


def test_a_field_without_default_is_refused():
    with pytest.raises(PartError, match="no default"):

        @parts.part
        class Bare(Scenario):
            rate: float
