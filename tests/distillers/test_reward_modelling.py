"""Reward modelling from few demonstrations: levels at which nobody was asked are no obstacle."""

import numpy as np
import pytest

from distillers.reward_modelling import RewardModelling
from hch.setting import Setting
from overseers.human import Human
from scenarios.ledger import Ledger


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("attention", [1.0, 0.9])
def test_a_level_without_demonstrations_is_passed_over(seed, attention):
    # Of 5 demonstrations in trees of 31 questions, the root's is hardly ever among them.
    setting = Setting(Ledger().trees(seed, 10), Human(gameability=1.0, attention=attention), seed)
    policy = RewardModelling(demonstrations=5).optimum(setting)
    assert np.isfinite(policy.root).all()
