"""Generators that ask and are told answer as the engines do, whatever time does, and whether in turn or together."""

from __future__ import annotations

import random

import pytest

from hch import batch, events
from hch.asking import consultations
from hch.jobs import serve
from hch.office import Office
from overseers.human import Human
from overseers.panel import Panel
from scenarios.ledger import Ledger
from scenarios.majority import Majority
from scenarios.powering import Powering

SCENARIOS = [Ledger(depth=3, plant_rate=0.5), Majority(depth=2), Powering(claims=5, bits=4, plant_rate=0.5)]
OFFICES = [
    Office(),
    Office(staff=3),
    Office(staff=4, hurry=1.0),
    Office(staff=5, hurry=2.0, speed_spread=0.3, skill_spread=0.5),
    Office(deadlines=(25.0, 60.0, 120.0)),
    Office(staff=6, deadlines=(40.0, 80.0, 200.0), hurry=0.5),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.part_name())
@pytest.mark.parametrize("office", OFFICES)
def test_asking_and_being_told_is_what_the_event_engine_does(scenario, office):
    trees, human = scenario.trees(4, 8), Human(gameability=2.5, attention=0.9)
    run = events.run(trees, human, office)
    lived = serve(consultations(trees, human, office), office)
    assert [one.returned.claim for one in lived] == run.answers[-1][0].tolist()
    assert [one.returned.finish for one in lived] == run.finish.tolist()


def test_a_panel_asks_too():
    trees, panel = SCENARIOS[2].trees(1, 6), Panel(member=Human(gameability=3.0))
    lived = serve(consultations(trees, panel), Office(staff=2))
    assert [one.returned.claim for one in lived] == batch.answers(trees, panel)[-1][0].tolist()


@pytest.mark.parametrize("seed", range(20))
def test_random_deadlines_of_questions_asked_in_turn(seed):
    luck = random.Random(seed)
    office = Office(deadlines=tuple(luck.uniform(5, 120) for _ in range(3)))
    trees, human = SCENARIOS[2].trees(seed, 4), Human(gameability=2.0)
    run = events.run(trees, human, office)
    lived = serve(consultations(trees, human, office), office)
    assert [one.returned.claim for one in lived] == run.answers[-1][0].tolist()
    assert [one.returned.finish for one in lived] == run.finish.tolist()
