"""Cross-examination: obfuscated flaws are found with probability φ^d, and the rest is decided unaided."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

from distillers.cross_examination import CrossExamination, found_by_spot_checks
from distillers.debate import Debate
from hch.setting import Setting
from overseers.human import Human
from scenarios import streams
from scenarios.ledger import Ledger
from scenarios.majority import Majority
from scenarios.trees import one_hot


def obfuscated(depth: int) -> Setting:
    """The truth is so unappealing that a judge finds it only where it is plain to see: at the leaves."""
    blind_above = Human(gameability=1.0, leaf_discernment=1000.0, unaided_decay=0.0)
    scenario = Majority(depth=depth, truth_bonus=-100.0, plant_rate=0.0)
    return Setting(scenario.trees(0, 200), blind_above)


@pytest.mark.parametrize(
    ("found", "depth", "expected"), [(0.7, 3, 0.343), (0.7, 0, 1.0), (0.5, 2, 0.25), (0.9, 5, 0.59049)]
)
def test_a_flaw_at_the_leaves_is_found_with_r_to_the_d(found: float, depth: int, expected: float) -> None:
    """VALIDATION 18, in the answers: r = .7, d = 3 gives .343."""
    made = obfuscated(depth)
    right = CrossExamination(found=found).optimum(made).root * one_hot(made.trees.root.truth[0], 2)
    np.testing.assert_allclose(right.sum(axis=0), expected, rtol=0, atol=1e-12)


def test_random_checks_find_a_flaw_as_often_as_published_and_as_drawn() -> None:
    """VALIDATION 18: 100 steps, 5 flaws, 10 checks: .4162; and by drawing the checks."""
    chance = found_by_spot_checks(100, 5, 10)
    assert chance == pytest.approx(1 - comb(95, 10) / comb(100, 10), abs=1e-12)
    assert chance == pytest.approx(0.4162, abs=5e-5)
    order = streams.claim_uniforms(streams.keys_from(0, "spot checks", 0, 20_000), "order", 100)
    checked = np.argsort(order, axis=0)[:10]
    hit = (checked < 5).any(axis=0)
    assert hit.mean() == pytest.approx(chance, abs=4 * np.sqrt(chance * (1 - chance) / hit.size))
    made = obfuscated(1)
    right = CrossExamination(found=chance).optimum(made).root * one_hot(made.trees.root.truth[0], 2)
    np.testing.assert_allclose(right.sum(axis=0), 0.4162, rtol=0, atol=5e-5)


def test_spot_checks_of_nothing_and_of_everything() -> None:
    assert found_by_spot_checks(10, 0, 10) == 0.0
    assert found_by_spot_checks(10, 3, 0) == 0.0
    assert found_by_spot_checks(10, 3, 8) == 1.0
    for steps, flaws, checks in ((10, 11, 1), (10, 1, 11), (10, -1, 1)):
        with pytest.raises(ValueError, match="between 0 and steps"):
            found_by_spot_checks(steps, flaws, checks)


@pytest.mark.parametrize("judged_depth", [0, 1, 3, 4, 1000])
def test_certain_discovery_is_plain_debate(judged_depth: int) -> None:
    made = Setting(Ledger().trees(0, 300), Human(gameability=2.0))
    ours, debate = CrossExamination(found=1.0, judged_depth=judged_depth), Debate(judged_depth=judged_depth)
    for height in range(5):
        np.testing.assert_array_equal(ours.optimum(made).at(height), debate.optimum(made).at(height))
    np.testing.assert_allclose(ours.margins(made), debate.margins(made), rtol=0, atol=1e-9)
    assert ours.episode(made) == debate.episode(made)


def test_no_discovery_is_the_unaided_judge_at_the_root() -> None:
    made = Setting(Ledger().trees(0, 300), Human(gameability=2.0))
    ours, alone = CrossExamination(found=0.0), Debate(judged_depth=0)
    for height in range(5):
        np.testing.assert_array_equal(ours.optimum(made).at(height), alone.optimum(made).at(height))
    np.testing.assert_allclose(ours.margins(made), alone.margins(made), rtol=0, atol=1e-9)
    assert ours.episode(made) == alone.episode(made)


@pytest.mark.parametrize("judged_depth", [2, 3])
def test_the_root_is_the_stated_mixture_of_debates(judged_depth: int) -> None:
    made = Setting(Majority().trees(0, 300), Human(gameability=2.5))
    chance = 0.8
    expected = chance**judged_depth * Debate(judged_depth=judged_depth).optimum(made).root
    for level in range(judged_depth):
        expected += chance**level * (1 - chance) * Debate(judged_depth=level).optimum(made).root
    ours = CrossExamination(found=chance, judged_depth=judged_depth)
    np.testing.assert_allclose(ours.optimum(made).root, expected, rtol=0, atol=1e-12)


def test_a_sub_question_is_the_root_of_its_own_cross_examination() -> None:
    deep = Majority(depth=3).trees(0, 100)
    made = Setting(deep, Human(gameability=2.5))
    shallow = Setting(type(deep)(deep.levels[:3], deep.join, deep.branching), made.human)
    np.testing.assert_allclose(
        CrossExamination().optimum(made).at(2), CrossExamination().optimum(shallow).at(2), rtol=0, atol=1e-12
    )


def test_the_judge_upholds_the_mean_over_where_it_ends() -> None:
    made = Setting(Ledger(depth=2).trees(0, 200), Human(gameability=1.0))
    upheld = [1 / (1 + np.exp(-Debate(judged_depth=level).margins(made))) for level in range(3)]
    mean = 0.1 * upheld[0] + 0.09 * upheld[1] + 0.81 * upheld[2]
    found = CrossExamination().margins(made)
    np.testing.assert_allclose(1 / (1 + np.exp(-found)), mean, rtol=1e-9, atol=0)


def test_the_expected_path_is_shorter() -> None:
    made = Setting(Ledger().trees(0, 100), Human())
    assert CrossExamination(found=0.5).episode(made).labels == pytest.approx(1 + 0.5 + 0.25 + 0.125 + 0.0625)
