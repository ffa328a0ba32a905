"""What every overseer found in the package promises, whoever wrote it."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hch import batch, exact, minds
from hch.setting import Setting
from overseers import base as roles
from overseers.base import Overseer
from overseers.unpersuaded import Unpersuaded
from scenarios.ledger import Ledger
from scenarios.majority import Majority
from scenarios.part import PartError, find, notes
from scenarios.streams import choose
from scenarios.trees import one_hot

OVERSEERS = find(Overseer, "overseers")
TREES = {
    "ledger": Ledger(claims=3, depth=2).trees(1, 25),
    "majority": Majority(claims=2, depth=1).trees(2, 25),
    "leaf": Ledger(claims=5, depth=0).trees(3, 25),
}
every = pytest.mark.parametrize("name", OVERSEERS)


def presented(name: str, trees: str = "ledger", n: int = 16):
    """An overseer's hearing at the root, the arguments, and what its sub-answers support."""
    setting = Setting(TREES[trees], OVERSEERS[name]())
    height = setting.trees.depth
    hearing = setting.hearing(height, searched=n)
    return setting.human, hearing, setting.trees.root.rhetoric.best_of(n), setting.hch_supports[height]


@every
def test_fields_say_what_they_are(name: str) -> None:
    for note in notes(OVERSEERS[name]):
        assert note.meaning, note.name


@every
@given(trees=st.sampled_from(list(TREES)), aided=st.booleans(), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_answers_are_distributions(name: str, trees: str, aided: bool, seed: int) -> None:
    level = TREES[trees].root
    chance = np.random.default_rng(seed).dirichlet(np.full(level.claims, 0.3), size=level.keys.shape)
    chance = np.moveaxis(chance, -1, 0)
    found = roles.answer(OVERSEERS[name](), exact.hearing(level, aided), chance)
    assert found.shape == level.appeal.shape
    assert found.min() >= 0.0
    np.testing.assert_allclose(found.sum(axis=0), 1.0, atol=1e-9)


@every
@pytest.mark.parametrize("trees", TREES)
def test_ratings_are_finite_and_roles_agree_in_form(name: str, trees: str) -> None:
    overseer, hearing, speech, merit = presented(name, trees)
    rated = roles.rate(overseer, hearing, speech, merit)
    assert rated.shape == merit.shape
    assert np.isfinite(rated).all()
    a = np.zeros(merit.shape[1:], dtype=np.intp)
    preferred = roles.compare(overseer, hearing, speech, merit, a, a + 1)
    np.testing.assert_allclose(preferred + roles.compare(overseer, hearing, speech, merit, a + 1, a), 1.0, atol=1e-12)
    believed = roles.accept(overseer, hearing, speech, merit)
    assert believed.min() >= 0.0
    np.testing.assert_allclose(believed.sum(axis=1), 1.0, atol=1e-9)
    margin = roles.judge(overseer, hearing, speech, merit)
    assert margin.shape == merit.shape
    assert not np.isnan(margin).any()


@every
@pytest.mark.parametrize("aided", [True, False])
@pytest.mark.parametrize("trees", TREES)
def test_what_is_supported_for_sure_is_supported_with_probability_one(name: str, trees: str, aided: bool) -> None:
    level, overseer = TREES[trees].root, OVERSEERS[name]()
    hearing = exact.hearing(level, aided)
    for claim in range(level.claims):
        supported = np.full(level.keys.shape, claim, dtype=np.intp)
        found = roles.answer_given(overseer, hearing, supported)
        np.testing.assert_array_equal(found, roles.answer(overseer, hearing, one_hot(supported, level.claims)))


@every
@pytest.mark.parametrize("trees", TREES)
def test_the_favourite_is_rated_highest_and_the_winner_leads_most(name: str, trees: str) -> None:
    overseer, hearing, speech, merit = presented(name, trees)
    keys = TREES[trees].root.keys
    for claim in range(len(merit)):
        supported = np.full(keys.shape, claim, dtype=np.intp)
        definite = one_hot(supported, len(merit))
        liked = roles.favourite(overseer, hearing, speech, supported, keys)
        np.testing.assert_array_equal(liked, choose(roles.rate(overseer, hearing, speech, definite), keys))
        won = roles.winner(overseer, hearing, speech, supported, keys)
        np.testing.assert_array_equal(won, choose(roles.judge(overseer, hearing, speech, definite), keys))


def test_some_of_what_is_heard_is_heard_as_the_whole_is() -> None:
    whole = replace(exact.hearing(TREES["ledger"].levels[0]), searched=8, share=0.3, thoughts=5, aided=False)
    whole = replace(whole, readiness=whole.appeal + 1.0)
    some = whole.at((slice(None), slice(1, 3), slice(5, 20)))
    for name in (one.name for one in fields(whole)):
        of, part = getattr(whole, name), getattr(some, name)
        if name == "arguments":
            np.testing.assert_array_equal(part.best_of(3), of.best_of(3)[:, 1:3, 5:20])
        elif isinstance(of, np.ndarray):
            np.testing.assert_array_equal(part, of[..., 1:3, 5:20], err_msg=name)
        else:
            assert part == of, name


@every
def test_what_is_supported_is_never_worth_less(name: str) -> None:
    overseer, hearing, speech, merit = presented(name)
    best = one_hot(merit.argmax(axis=0), len(merit))
    with_support = roles.rate(overseer, hearing, speech, best)
    without = roles.rate(overseer, hearing, speech, np.zeros_like(merit))
    assert (with_support >= without - 1e-9)[best == 1.0].all()


@every
def test_the_unpersuaded_are_indifferent_to_persuasion(name: str) -> None:
    overseer, hearing, speech, merit = presented(name)
    deaf = Unpersuaded(member=overseer)
    loud = 1000.0 * speech
    for role in (roles.rate, roles.judge, roles.accept):
        np.testing.assert_array_equal(role(deaf, hearing, speech, merit), role(deaf, hearing, loud, merit))
    quiet = exact.hearing(TREES["ledger"].without_plants.root)  # lures are persuasion, too
    assert (quiet.appeal != hearing.appeal).any()
    np.testing.assert_array_equal(roles.answer(deaf, hearing, merit), roles.answer(deaf, quiet, merit))
    np.testing.assert_array_equal(
        roles.rate(deaf, hearing, speech, merit), roles.rate(deaf, replace(quiet, searched=3), speech, merit)
    )


@every
@pytest.mark.parametrize("supported", [0, 2])
def test_simulated_answers_are_as_frequent_as_the_exact_ones(name: str, supported: int) -> None:
    """One question at a time: each asked once with its own noise, the mean chance against the mean frequency."""
    trees = Ledger(claims=3, depth=1).trees(11, 6000)
    overseer = OVERSEERS[name]()
    chance = one_hot(np.full(trees.root.truth.shape, supported), 3)
    exactly = roles.answer(overseer, exact.hearing(trees.root), chance)[:, 0]
    given = minds.replies(trees.root, overseer)[supported, 0]
    frequency = one_hot(given, 3)
    error = np.sqrt((exactly * (1 - exactly)).sum(axis=1)) / 6000
    assert (np.abs(frequency.mean(axis=1) - exactly.mean(axis=1)) <= 4 * error + 1e-9).all()


@every
def test_simulated_trees_are_as_accurate_as_the_exact_ones(name: str) -> None:
    trees = Majority(claims=2, depth=2).trees(12, 4000)
    overseer = OVERSEERS[name]()
    exactly = (exact.hch(trees, overseer).root * one_hot(trees.root.truth[0], 2)).sum(axis=0)
    found = batch.answers(trees, overseer)[-1] == trees.root.truth
    error = np.sqrt((exactly * (1 - exactly)).sum()) / 4000
    assert abs(found.mean() - exactly.mean()) <= 4 * error + 1e-9


@every
def test_engines_that_ask_by_blocks_get_the_same_answers(name: str) -> None:
    trees, overseer = TREES["ledger"], OVERSEERS[name]()
    whole = minds.replies(trees.root, overseer)
    parts = [minds.replies(trees.root, overseer, which=slice(start, start + 7)) for start in range(0, 25, 7)]
    np.testing.assert_array_equal(np.concatenate(parts, axis=-1), whole)


@every
def test_work_takes_time(name: str) -> None:
    ticks = OVERSEERS[name]().ticks("rate", TREES["ledger"].root.places)
    assert ticks.dtype == np.int64
    assert ticks.min() > 0


@every
def test_fields_are_given_by_name(name: str) -> None:
    """The first of them is a time: ``Human(2.0)`` would mean something else than it seems to."""
    with pytest.raises(PartError, match="by name"):
        OVERSEERS[name](2.0)
