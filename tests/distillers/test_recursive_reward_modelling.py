"""Recursive reward modelling: the recursion written out, its limits, and what critics do for planted flaws."""

from __future__ import annotations

import math

import numpy as np
import pytest

from distillers.approval import Approval
from distillers.recursive_reward_modelling import RecursiveRewardModelling, critique_lead
from hch.setting import Setting
from overseers.human import Human
from overseers.panel import Panel
from scenarios.ledger import Ledger
from scenarios.majority import Majority
from scenarios.trees import pick


def a_setting(questions=60, scenario=None, **human):
    scenario = scenario or Ledger(claims=4, depth=3)
    return Setting(scenario.trees(3, questions), Human(**{"attention": 0.5, "gameability": 1.5, **human}))


def test_the_chain_of_critics_is_the_recursion():
    setting, scheme = a_setting(questions=10), RecursiveRewardModelling(critique_discernment=2.0, n_search=8)
    for level in setting.trees.levels:
        found = scheme.critiques(setting, level.height)
        assert len(found) == level.height
        for node in range(level.keys.shape[0]):
            for question in range(10):
                attention = 0.5
                for depth in range(1, level.height + 1):
                    lead = critique_lead(setting.human, level, depth, 8)[node, question]
                    chance = 1 / (1 + math.exp(-(2.0 * attention + lead)))
                    assert found[depth - 1][node, question] == pytest.approx(chance, abs=1e-12)
                    attention = 1 - (1 - 0.5) * (1 - chance)


def test_ratings_use_the_last_critics_attention():
    setting, scheme = a_setting(), RecursiveRewardModelling(critique_discernment=1.0)
    policy, root = scheme.optimum(setting), setting.trees.root
    attention = 1 - 0.5 * (1 - scheme.critiques(setting, 3)[-1])
    heard = 1.5 * (root.appeal + root.rhetoric.best_of(64))
    expected = attention * 8.0 * setting.supported_by(policy, 3) + heard
    np.testing.assert_allclose(scheme.ratings(setting, policy), expected[:, 0], atol=1e-12)
    np.testing.assert_array_equal(policy.answers[-1], expected.argmax(axis=0))


def test_critiques_lead_by_chance_of_the_scenarios_law():
    """``γ(x_real - x_fake)``: centred, independent between depths, of the spread of two best-of-n arguments."""
    setting = a_setting(questions=4000, scenario=Ledger(claims=4, depth=2))
    leads = [critique_lead(setting.human, setting.level(2), depth, 16)[0] / 1.5 for depth in (1, 2)]
    spread = np.sqrt(2 * 0.2952)  # variance of the best of 16 normals
    for lead in leads:
        assert abs(lead.mean()) < 4 * spread / np.sqrt(4000)
        assert lead.std() == pytest.approx(spread, rel=4 / np.sqrt(2 * 4000) * 1.3)
    assert abs(np.corrcoef(*leads)[0, 1]) < 4 / np.sqrt(4000)
    again = critique_lead(setting.human, setting.level(2), 1, 16)[0] / 1.5
    np.testing.assert_array_equal(again, leads[0])


def test_fake_critiques_win_where_falsehoods_are_easier_to_argue_for():
    even = a_setting(scenario=Ledger(depth=1), questions=500)
    skewed = a_setting(scenario=Ledger(depth=1, asymmetry=1.0), questions=500)
    leads = [critique_lead(setting.human, setting.level(1), 1, 64).mean() for setting in (even, skewed)]
    assert leads[1] < leads[0] - 1.5 * 2.0  # γ·E x_64 ≈ 1.5·2.34 less


def test_who_always_looks_needs_no_critic():
    setting = a_setting(attention=1.0)
    ours, plain = RecursiveRewardModelling(), Approval()
    np.testing.assert_array_equal(ours.optimum(setting).root, plain.optimum(setting).root)
    np.testing.assert_allclose(ours.ratings(setting, setting.hch), plain.ratings(setting, setting.hch), atol=1e-12)


def test_a_leaf_has_no_critic():
    setting = a_setting(scenario=Ledger(depth=0))
    np.testing.assert_array_equal(RecursiveRewardModelling().optimum(setting).root, Approval().optimum(setting).root)


def test_critics_who_cannot_be_gamed_are_as_good_as_their_raters_look():
    """With γ = 0, φ_k = σ(κ_c·α_{k-1}): a fixed chain, the same for every question."""
    setting, scheme = a_setting(gameability=0.0), RecursiveRewardModelling(critique_discernment=1.0)
    attention, expected = 0.5, []
    for _ in range(3):
        expected.append(1 / (1 + math.exp(-attention)))
        attention = 1 - 0.5 * (1 - expected[-1])
    for found, chance in zip(scheme.critiques(setting, 3), expected, strict=True):
        np.testing.assert_allclose(found, chance, atol=1e-12)
    assert expected[0] < expected[1] < expected[2]  # the help helps the helpers


def test_rates_are_shares_of_what_they_name():
    setting = a_setting(questions=300, scenario=Majority(depth=2))
    scheme = RecursiveRewardModelling()
    policy, rates = scheme.optimum(setting), scheme.rates(setting)
    for level, row in zip(setting.trees.levels, rates, strict=True):
        assert row.level == level.height
        assert row.generator == pytest.approx(pick(policy.at(level.height), level.truth).mean())
        assert 0.0 <= row.discriminator <= 1.0
        if level.height == 0:
            assert math.isnan(row.critique)
            assert row.caught_helped == row.caught_alone
        else:
            assert row.critique == pytest.approx(scheme.critiques(setting, level.height)[-1].mean())
            assert row.caught_helped > row.caught_alone


def test_flaws_caught_on_planted_questions_follow_the_belief_rule():
    setting, scheme = a_setting(questions=40, scenario=Ledger(claims=4, depth=1)), RecursiveRewardModelling()
    policy, level = scheme.optimum(setting), setting.level(1)
    merit, phi = setting.supported_by(policy, 1), scheme.critiques(setting, 1)[-1]
    heard = 1.5 * (level.appeal + level.rhetoric.best_of(64))
    caught = {"alone": [], "helped": []}
    for question in range(40):
        flaw, truth = level.planted[0, question], level.truth[0, question]
        if flaw < 0:
            continue
        lead = heard[truth, 0, question] - heard[flaw, 0, question]
        seen = lead + 8.0 * (merit[truth, 0, question] - merit[flaw, 0, question])
        for who, attention in (("alone", 0.5), ("helped", 1 - 0.5 * (1 - phi[0, question]))):
            caught[who].append(attention / (1 + math.exp(-seen)) + (1 - attention) / (1 + math.exp(-lead)))
    row = scheme.rates(setting)[1]
    assert row.caught_alone == pytest.approx(np.mean(caught["alone"]), abs=1e-12)
    assert row.caught_helped == pytest.approx(np.mean(caught["helped"]), abs=1e-12)


def test_without_planted_flaws_none_is_caught():
    row = RecursiveRewardModelling().rates(a_setting(scenario=Ledger(depth=1, plant_rate=0.0)))[1]
    assert math.isnan(row.caught_alone)
    assert math.isnan(row.caught_helped)


def test_help_finds_about_half_as_many_flaws_again():
    """Saunders et al. 2206.05802: assisted people find about 50 % more flaws. SHAPE: help finds more, and the better
    critiques can be evaluated, the more; where half of the flaws are found alone, at most twice as many can be."""
    setting = a_setting(questions=1500, scenario=Ledger(depth=1), gameability=1.0)
    gains = []
    for discernment in (0.0, 1.0, 8.0):
        row = RecursiveRewardModelling(critique_discernment=discernment).rates(setting)[1]
        gains.append(row.caught_helped / row.caught_alone)
    assert 1.0 < gains[0] < gains[1] < gains[2] <= 2.0
    assert gains[0] == pytest.approx(1.5, abs=0.15)  # the published figure, where critics are believed by chance


def test_a_panel_can_be_assisted():
    setting = Setting(Ledger(claims=3, depth=2).trees(0, 20), Panel(member=Human(attention=0.5)))
    scheme = RecursiveRewardModelling()
    assert scheme.optimum(setting).root.shape == (3, 20)
    assert 0.5 < np.mean(scheme.critiques(setting, 2)[-1]) <= 1.0
