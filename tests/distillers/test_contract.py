"""What every scheme found in the package promises, whoever wrote it."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from distillers.base import Filtered, Linear, LogScored, NoOptimum, Objective, Scheme
from hch.setting import Setting
from overseers.human import Human
from scenarios.ledger import Ledger
from scenarios.majority import Majority
from scenarios.part import find, notes

SCHEMES = find(Scheme, "distillers")
OBJECTIVES = {name: scheme for name, scheme in SCHEMES.items() if issubclass(scheme, Objective)}
QUESTIONS = 12
TREES = {
    "ledger": Ledger(claims=3, depth=2).trees(5, QUESTIONS),
    "majority": Majority(claims=2, depth=1).trees(6, QUESTIONS),
    "leaf": Ledger(claims=4, depth=0).trees(7, QUESTIONS),
}


@cache
def made(trees: str, gameability: float, attention: float = 1.0) -> Setting:
    return Setting(TREES[trees], Human(gameability=gameability, attention=attention), seed=1)


@pytest.mark.parametrize("name", SCHEMES)
def test_fields_say_what_they_are_and_where_they_end(name: str) -> None:
    for note in notes(SCHEMES[name]):
        assert note.meaning, note.name
        if isinstance(note.default, int | float) and not isinstance(note.default, bool):
            assert note.permitted.partition(" ")[2] or note.low is not None, f"{name}.{note.name} is unbounded"


@pytest.mark.parametrize("name", SCHEMES)
@given(
    trees=st.sampled_from(list(TREES)),
    gameability=st.sampled_from([0.0, 0.3, 1.5, 4.0, 40.0]),
    attention=st.sampled_from([1.0, 0.4, 0.0]),
)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_every_policy_is_a_distribution_at_every_level(
    name: str, trees: str, gameability: float, attention: float
) -> None:
    setting = made(trees, gameability, attention)
    try:
        policy = SCHEMES[name]().optimum(setting)
    except NoOptimum as reason:
        pytest.fail("says nothing") if not str(reason) else assume(False)
    for level in setting.trees.levels:
        distribution = policy.at(level.height)
        assert distribution.shape == level.appeal.shape
        assert distribution.min() >= 0.0
        np.testing.assert_allclose(distribution.sum(axis=0), 1.0, atol=1e-9)
    np.testing.assert_allclose(policy.root.sum(axis=0), 1.0, atol=1e-9)
    assert policy.abstained.shape == (QUESTIONS,)
    assert ((policy.abstained >= 0.0) & (policy.abstained <= 1.0)).all()


@pytest.mark.parametrize("trees", TREES)
@pytest.mark.parametrize("name", SCHEMES)
def test_raters_who_cannot_be_gamed_are_not(name: str, trees: str) -> None:
    setting = made(trees, 0.0)
    heard, deaf = SCHEMES[name]().optimum(setting), SCHEMES[name]().optimum(setting.deafened)
    np.testing.assert_allclose(heard.root, deaf.root, atol=1e-9)
    np.testing.assert_array_equal(heard.abstained, deaf.abstained)


@pytest.mark.parametrize("name", SCHEMES)
def test_an_episode_costs_something(name: str) -> None:
    episode = SCHEMES[name]().episode(made("ledger", 1.5))
    assert episode.labels > 0
    assert 0 < episode.elapsed_minutes <= episode.human_minutes + 1e-9


@pytest.mark.parametrize("gameability", [0.5, 2.0])
@pytest.mark.parametrize("trees", ["ledger", "majority"])
@pytest.mark.parametrize("name", OBJECTIVES)
def test_no_allowed_policy_does_better_than_the_optimum(name: str, trees: str, gameability: float) -> None:
    setting, scheme = made(trees, gameability), OBJECTIVES[name]()
    try:
        optimum = scheme.optimum(setting).root
    except NoOptimum:
        pytest.skip("has no optimum here")
    reached = scheme.objective(setting, optimum).mean()
    permitted = allowed(scheme, setting, optimum)
    others = random_policies(optimum, permitted)
    scores = objectives(scheme, setting, others)
    assert len(scores) == 1000
    assert reached >= scores.max() - 1e-9
    if (permitted.sum(axis=0) > 1).any():
        assert reached > scores.mean()  # the objective does tell policies apart


def allowed(scheme: Objective, setting: Setting, optimum: np.ndarray) -> np.ndarray:
    if isinstance(scheme, Filtered):
        return scheme.allowed(setting, setting.trees.depth)[:, 0]
    return np.ones(optimum.shape, dtype=bool)


def random_policies(optimum: np.ndarray, permitted: np.ndarray) -> list[np.ndarray]:
    """Far from the optimum and close to it, spread out and nearly deterministic; each puts mass where it may only."""
    rng = np.random.default_rng(0)
    policies = []
    for number in range(1000):
        other = rng.gamma((0.05, 1.0, 5.0)[number % 3], size=optimum.shape) * permitted + 1e-12 * permitted
        other /= other.sum(axis=0)
        near = (0.0, 0.9, 0.999)[number // 3 % 3]
        policies.append(near * optimum + (1.0 - near) * other)
    return policies


def objectives(scheme: Objective, setting: Setting, policies: list[np.ndarray]) -> np.ndarray:
    """``J`` of each policy. What does not depend on the policy is computed once, and checked to be the same ``J``."""
    if isinstance(scheme, Linear) and type(scheme).objective is Linear.objective:
        worth = scheme.values(setting)
        scores = [float((policy * worth).sum(axis=0).mean()) for policy in policies]
    elif isinstance(scheme, LogScored) and type(scheme).objective is LogScored.objective:
        target = scheme.target(setting)
        scores = [float((target * np.log(policy)).sum(axis=0).mean()) for policy in policies]
    else:
        return np.array([float(scheme.objective(setting, policy).mean()) for policy in policies])
    for number in (0, 1, 500):
        assert scores[number] == pytest.approx(float(scheme.objective(setting, policies[number]).mean()), rel=1e-9)
    return np.array(scores)
