"""The error budget adds up, and each part answers to its own knob."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from distillers.approval import Approval
from distillers.debate import Debate
from distillers.error_budget import PARTS, Chain, chain
from distillers.imitation import Imitation
from distillers.learners.ways import FromRewards
from distillers.reward_modelling import RewardModelling
from distillers.shift import Shift
from distillers.students.hashed_table import HashedTable
from distillers.students.log_linear import LogLinear
from distillers.students.table import Table
from distillers.training import Training, train_for
from hch.setting import Setting
from overseers.human import Human
from scenarios.goodhart import Goodhart
from scenarios.ledger import Ledger
from scenarios.majority import Majority
from scenarios.part import PartError
from scenarios.trees import one_hot

SCHEMES = (Imitation(), Approval(), Approval(learning=FromRewards()), RewardModelling(), Debate())
NEUTRAL = Training(student=Table(), exact_labels=True)
BUDGET = 30_000.0


def made(scheme, training, gameability=2.0, scenario=None, questions=60, seed=4) -> tuple[Chain, dict[str, float]]:
    """The chain, and the mean absolute size of every part of the total variation distance."""
    scenario = scenario or Ledger(depth=2)
    deployed = Setting(scenario.trees(seed, questions), Human(gameability=gameability), seed)
    elsewhere = training.shift.of(scenario)
    taught = deployed if elsewhere == scenario else replace(deployed, trees=elsewhere.trees(seed, questions))
    found = chain(scheme, training, taught, deployed)
    parts = found.parts(lambda pi: np.abs(pi - deployed.hch.root).sum(axis=0) / 2)
    return found, {name: float(np.abs(part).mean()) for name, part in parts.items()}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_parts_add_up_to_what_is_deployed(scheme):
    scenario = Ledger(depth=2)
    training = Training(student=LogLinear(capacity=1), human_minutes=BUDGET, shift=Shift(plant_rate=0.3))
    found, _ = made(scheme, training)
    setting = Setting(scenario.trees(4, 60), Human(gameability=2.0), 4)
    hch, true = setting.hch.root, one_hot(setting.trees.root.truth[0], 6)

    def harm(pi):
        return (np.maximum(pi - hch, 0.0) * (1.0 - true)).sum(axis=0)

    parts = found.parts(harm)
    assert tuple(parts) == PARTS
    np.testing.assert_allclose(sum(parts.values()), harm(found.deployed), atol=1e-12)
    kinds = found.failures(true)
    np.testing.assert_allclose(sum(kinds), 1.0 - (found.deployed * true).sum(axis=0), atol=1e-12)
    assert min(kind.min() for kind in kinds) >= -1e-12


KNOBS = {
    "objective": (Approval(), 2.0, NEUTRAL),
    "model_class": (Imitation(), 2.0, replace(NEUTRAL, student=LogLinear(capacity=0))),
    "finite_data": (Imitation(), 2.0, replace(NEUTRAL, exact_labels=False, human_minutes=BUDGET)),
    "shift": (Imitation(), 2.0, replace(NEUTRAL, shift=Shift(plant_rate=-0.3))),
}


@pytest.mark.parametrize("part", PARTS)
def test_a_knob_turned_alone_moves_its_own_part_alone(part):
    """Objective: approval of gameable humans; model class: a student without capacity; finite data: a budget; shift:
    training without planting. All else is as it would be in the best of worlds.
    """
    _, parts = made(*[KNOBS[part][0], KNOBS[part][2]], gameability=KNOBS[part][1])
    assert parts[part] > 0.02
    for other in PARTS:
        if other != part:
            assert parts[other] < 1e-10, other


def test_with_every_knob_at_rest_there_is_no_error():
    _, parts = made(Imitation(), NEUTRAL)
    assert max(parts.values()) < 1e-12
    _, parts = made(Approval(), NEUTRAL, gameability=0.0)
    assert max(parts[name] for name in PARTS[1:]) == 0.0


@pytest.mark.parametrize("scheme", [Imitation(), Approval(), Debate()])
def test_later_knobs_leave_earlier_parts_alone(scheme):
    """Whatever the student, budget and shift, the objective's part is the same; and so on along the chain."""
    plain = Training(student=LogLinear(capacity=1), human_minutes=BUDGET)
    _, before = made(scheme, plain)
    _, smaller = made(scheme, replace(plain, human_minutes=BUDGET / 3))
    _, shifted = made(scheme, replace(plain, shift=Shift(plant_rate=0.4, appeal_noise=0.7, truth_bonus=-0.5)))
    _, weaker = made(scheme, replace(plain, student=LogLinear(capacity=0)))
    assert smaller["objective"] == shifted["objective"] == weaker["objective"] == before["objective"]
    assert smaller["model_class"] == shifted["model_class"] == before["model_class"]
    assert shifted["finite_data"] == before["finite_data"] != smaller["finite_data"]
    assert before["shift"] == smaller["shift"] == 0.0
    if not isinstance(scheme, Debate):  # which is judged at leaves, where no student lacks a hint
        assert weaker["model_class"] != before["model_class"]
        assert shifted["shift"] > 0.0


@pytest.mark.parametrize("depth", [-1, 1])
def test_training_may_be_on_smaller_or_larger_trees(depth):
    training = Training(student=LogLinear(), human_minutes=BUDGET, shift=Shift(depth=depth))
    found, parts = made(Imitation(), training, gameability=1.0)
    np.testing.assert_allclose(found.deployed.sum(axis=0), 1.0)
    assert parts["shift"] > 0.0


def test_a_shift_is_of_the_fields_it_names():
    shifted = Shift(plant_rate=-0.3, depth=1).of(Majority())
    assert shifted == Majority(plant_rate=0.0, depth=4)
    assert Shift().of(Majority()) == Majority()
    with pytest.raises(PartError, match=r"plant_rate.*less than or equal to 1"):
        Shift(plant_rate=0.8).of(Majority())
    with pytest.raises(PartError, match=r"shift\.depth.*goodhart"):
        Shift(depth=1).of(Goodhart())


class TestMixtures:
    """Students that are taught some of deployment's questions, too."""

    def away(self, bins, share):
        """Mean distance of deployed answers from HCH."""
        shift = Shift(plant_rate=0.5)
        training = replace(NEUTRAL, student=HashedTable(bins=bins), shift=shift, training_share=share)
        scenario = Ledger(depth=0)
        deployed = Setting(scenario.trees(4, 200), Human(gameability=3.0), 4)
        found = chain(Imitation(), training, replace(deployed, trees=shift.of(scenario).trees(4, 200)), deployed)
        return float(np.abs(found.deployed - deployed.hch.root).sum(axis=0).mean()) / 2

    def test_a_bin_holds_the_mixture_of_both_kinds(self):
        scenario, shift = Ledger(depth=0), Shift(plant_rate=0.5)
        deployed = Setting(scenario.trees(4, 50), Human(gameability=3.0), 4)
        taught = replace(deployed, trees=shift.of(scenario).trees(4, 50))
        training = replace(NEUTRAL, student=HashedTable(bins=1), shift=shift, training_share=0.3)
        held = train_for(Imitation(), training, taught, deployed).learner.deployed(deployed).root
        wanted = 0.3 * taught.hch.root.mean(axis=1) + 0.7 * deployed.hch.root.mean(axis=1)
        np.testing.assert_allclose(held, np.repeat(wanted[:, None], 50, axis=1), atol=1e-12)

    def test_with_room_for_all_deployments_questions_are_held_as_they_are(self):
        assert self.away(10**6, 0.5) < 0.01
        assert self.away(10**6, 0.99) < 0.01

    def test_with_few_bins_the_kinds_crowd_each_other_out(self):
        assert self.away(100, 0.0) < self.away(100, 0.5) < self.away(100, 0.95)

    def test_trees_of_two_depths_cannot_be_mixed(self):
        training = replace(NEUTRAL, shift=Shift(depth=1), training_share=0.5)
        with pytest.raises(PartError, match="training_share"):
            made(Imitation(), training)
