"""Reward modelling from few demonstrations: levels at which nobody was asked are no obstacle."""

import numpy as np
import pytest

from distillers.base import NoOptimum
from distillers.logit import fit
from distillers.reward_modelling import RewardModelling, _population
from distillers.students.table import Table
from hch.setting import Setting
from overseers.human import Human
from scenarios import streams
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


@pytest.mark.parametrize("gameability", [0.0, 1.5])
@pytest.mark.parametrize("discernment", [0.5, 8.0, 25.0, 40.0, 60.0, 100.0, 1000.0])
@pytest.mark.parametrize("depth", [0, 2])
def test_the_limit_of_many_demonstrations_has_the_humans_weights(depth, discernment, gameability):
    human = Human(discernment=discernment, leaf_discernment=discernment, gameability=gameability)
    found = RewardModelling(demonstrations=0).fitted(Setting(Ledger(depth=depth).trees(0, 100), human)).weights
    expected = [discernment if depth else 0.0, discernment, 0.5 * gameability]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("discernment", [2.0, 8.0])
def test_the_fit_finds_the_humans_weights_from_afar(discernment):
    """Where humans err often enough for likelihood to tell, from whatever weights the fit begins."""
    human = Human(discernment=discernment, leaf_discernment=discernment / 2)
    features, targets = _population(Setting(Ledger(depth=2).trees(0, 100), human))
    for start in (None, np.array([1.0, 20.0, -1.0])):
        found = fit(features, targets, 0.0, start)
        np.testing.assert_allclose(found, [discernment, discernment / 2, 0.75], rtol=1e-4)


def test_a_demonstration_is_a_question_anywhere_in_any_tree(monkeypatch):
    """Each thing is drawn for a purpose of its own: a node does not tell the tree, nor support the answer."""
    drawn = []
    real = streams.uniforms

    def noted(keys, purpose):
        if len(keys) and keys.ndim == 1:
            drawn.append(purpose)
        return real(keys, purpose)

    monkeypatch.setattr(streams, "uniforms", noted)
    setting = Setting(Ledger(depth=1).trees(0, 20), Human())
    RewardModelling(demonstrations=50).fitted(setting)
    assert drawn == ["node", "question", "sub-answers", "answer", "sub-answers", "answer"]
