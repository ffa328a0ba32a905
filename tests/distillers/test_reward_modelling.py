"""Reward modelling from few demonstrations: levels at which nobody was asked are no obstacle."""

import numpy as np
import pytest

from distillers.base import NoOptimum
from distillers.reward_modelling import RewardModelling
from distillers.students.table import Table
from hch.setting import Setting
from overseers.human import Human
from scenarios.goodhart import Goodhart
from scenarios.ledger import Ledger


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("attention", [1.0, 0.9])
def test_a_level_without_demonstrations_is_passed_over(seed, attention):
    # Of 5 demonstrations in trees of 31 questions, the root's is hardly ever among them.
    setting = Setting(Ledger().trees(seed, 10), Human(gameability=1.0, attention=attention), seed)
    policy = RewardModelling(demonstrations=5).optimum(setting)
    assert np.isfinite(policy.root).all()


@pytest.mark.parametrize("demonstrations", [100, 0])
def test_where_answers_come_as_they_come_to_mind_there_is_no_reward_to_learn(demonstrations):
    setting = Setting(Goodhart().trees(0, 10), Human(gameability=1.0))
    scheme = RewardModelling(demonstrations=demonstrations)
    with pytest.raises(NoOptimum, match="what comes to mind"):
        scheme.optimum(setting)
    with pytest.raises(NoOptimum, match="what comes to mind"):
        scheme.learner(setting, Table())
