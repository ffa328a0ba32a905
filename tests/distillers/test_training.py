"""Training in its limit meets the optimum, is the same however it is cut up, and says what is wrong with its input."""

from __future__ import annotations

import numpy as np
import pytest

from distillers.imitation import Imitation, rounds
from distillers.training import Training, train
from hch.setting import Setting
from overseers.human import Human
from scenarios.ledger import Ledger
from scenarios.majority import Majority
from scenarios.part import PartError


def made(gameability: float = 1.5, questions: int = 30, depth: int = 2, seed: int = 3) -> Setting:
    return Setting(Ledger(depth=depth).trees(seed, questions), Human(gameability=gameability), seed)


@pytest.mark.parametrize("gameability", [0.0, 1.5, 4.0])
@pytest.mark.parametrize("scenario", [Ledger(depth=3), Majority()])
def test_imitation_with_exact_labels_is_hch_round_by_round(scenario: Ledger, gameability: float) -> None:
    setting = Setting(scenario.trees(1, 20), Human(gameability=gameability), 1)
    learner = Imitation().learner(setting, Training().student)
    wanted = list(rounds(setting))
    for height in learner.heights:
        learner.learn_exactly(height, learner.policy())
        np.testing.assert_allclose(learner.policy().at(height), wanted[height].at(height), atol=1e-12)
    np.testing.assert_allclose(learner.policy().root, setting.hch.root, atol=1e-12)


def test_the_same_labels_whatever_the_batches() -> None:
    setting = made()
    one, other = (train(Imitation(), Training(human_minutes=20_000.0, batch=batch), setting) for batch in (50, 333))
    assert one.history[-1].labels == other.history[-1].labels
    np.testing.assert_array_equal(one.policy.root, other.policy.root)


def test_a_budget_is_kept_and_nearly_spent() -> None:
    spent = train(Imitation(), Training(human_minutes=5_000.0), made()).history[-1]
    assert 4_850 < spent.human_minutes <= 5_000
    assert 0 < spent.elapsed_minutes < spent.human_minutes


def test_labels_that_cannot_be_paid_are_refused() -> None:
    with pytest.raises(PartError, match="do not pay for one label"):
        train(Imitation(), Training(human_minutes=1e-3), made())
    idle = Setting(made().trees, Human(think_minutes=0.0, join_minutes=0.0), 0)
    with pytest.raises(PartError, match="take no time"):
        train(Imitation(), Training(), idle)
