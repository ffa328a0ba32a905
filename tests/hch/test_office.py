"""The office against a textbook one, process by process: answers, finish times and who served whom, exactly."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from hch import batch, events, exact
from hch.minds import durations, voters
from hch.office import Office
from hch.timing import hch_given
from overseers.human import Human
from overseers.pace import TICKS_PER_MINUTE
from scenarios import streams
from scenarios.ledger import Ledger
from scenarios.majority import Majority


class Desks(simpy.PriorityResource):
    """A priority resource that notes, as it grants a desk, whose it is and how many others wait."""

    def __init__(self, env, staff):
        super().__init__(env, staff)
        self.idle = list(range(staff))

    def _do_put(self, event):
        free = len(self.users) < self.capacity
        super()._do_put(event)
        if free:
            event.person = self.idle.pop(0)
            event.backlog = len(self.put_queue) - 1

    def _do_get(self, event):
        if event.request in self.users:
            self.idle.append(event.request.person)
        super()._do_get(event)


class TextbookOffice:
    """The whole office as one would first write it: a process for every human, conditions, a queueing resource.

    It hurries, guesses, and compares beliefs claim by claim, each human by itself.
    """

    def __init__(self, trees, human, office, arrivals=None):
        self.trees, self.human, self.office, self.env = trees, human, office, simpy.Environment()
        self.desks = Desks(self.env, office.staff)
        self.minds = [voters(level, human)[0] for level in trees.levels]
        self.guesses = [
            voters(level, human, aided=level.height == 0, purpose="guess")[0] for level in trees.levels
        ]
        self.spent = [durations(level, human) for level in trees.levels]
        self.speeds = self.people("speed", office.speed_spread)
        self.skills = self.people("skill", office.skill_spread)
        shape = [level.keys.shape for level in trees.levels]
        self.answers, self.finish = [np.full(s, -1) for s in shape], [np.full(s, -1) for s in shape]
        self.thinker, self.joiner = [np.full(s, -1) for s in shape], [np.full(s, -1) for s in shape]
        self.late, self.kept = [np.zeros(s, bool) for s in shape], [np.ones(s) for s in shape]
        when = [0] * trees.questions if arrivals is None else arrivals.tolist()
        for question in range(trees.questions):
            self.env.process(self.root(question, when[question]))
        self.env.run()

    def people(self, purpose, spread):
        keys = streams.keys_from(self.office.people_seed, "person", 0, self.office.staff)
        drawn = streams.normals(keys, purpose, 1) if False else None
        assert drawn is None
        from scipy import special

        return np.exp(spread * special.ndtri(streams.uniforms(keys, purpose))).tolist()

    def root(self, question, arrival):
        if arrival:
            yield self.env.timeout(arrival)
        yield self.env.process(self.consult(self.trees.depth, 0, question))

    def work(self, desk, ticks):
        """Work at a desk that has been got; returns the share of discernment it leaves."""
        office = self.office
        plan = int(ticks / self.speeds[desk.person]) if office.speed_spread else int(ticks)
        takes = int(plan / (1.0 + office.hurry * desk.backlog / office.staff)) if office.hurry else plan
        yield self.env.timeout(takes)
        scale = office.verifying_minutes * TICKS_PER_MINUTE
        share = 1.0 if takes == plan else float(np.expm1(-takes / scale) / np.expm1(-plan / scale))
        return share * (self.skills[desk.person] if office.skill_spread else 1.0)

    def priority(self, height, again):
        own = self.office.priorities[height] if height < len(self.office.priorities) else 0
        return (0 if again and self.office.continuing_first else 1, own)

    def consult(self, height, node, question):
        place, spent = (node, question), self.spent[height]
        desk = self.desks.request(priority=self.priority(height, again=False))
        yield desk
        self.thinker[height][place] = desk.person
        kept = yield from self.work(desk, spent.think[place])
        supported = int(self.trees.levels[0].truth[place]) if height == 0 else None
        if height:
            if not self.office.holds_desk:
                self.desks.release(desk)
            b, asked_at = self.trees.branching, self.env.now
            below = range(node * b, node * b + b)
            asked = [self.env.process(self.consult(height - 1, child, question)) for child in below]
            wait = self.deadline(height)
            everything = simpy.AllOf(self.env, asked)
            yield everything if wait is None else everything | self.env.timeout(wait)
            given = []
            for child in below:
                done = self.finish[height - 1][child, question]
                missing = done < 0 or (wait is not None and done > asked_at + wait)
                self.late[height - 1][child, question] = missing
                given.append(self.guess(height - 1, (child, question)) if missing else
                             int(self.answers[height - 1][child, question]))
            supported = self.trees.join.one(given)
            if self.office.holds_desk:
                desk.backlog = len(self.desks.put_queue)
            else:
                desk = self.desks.request(priority=self.priority(height, again=True))
                yield desk
            self.joiner[height][place] = desk.person
            kept = yield from self.work(desk, spent.join[place])
        else:
            self.joiner[height][place] = desk.person
        self.desks.release(desk)
        self.kept[height][place] = kept
        self.finish[height][place] = self.env.now
        self.answers[height][place] = self.decide(self.minds[height], place, supported, kept)

    def deadline(self, height):
        if height > len(self.office.deadlines) or self.office.deadlines[height - 1] < 0:
            return None
        return round(self.office.deadlines[height - 1] * TICKS_PER_MINUTE)

    def guess(self, height, place):
        return self.decide(self.guesses[height], place, int(self.trees.levels[height].truth[place]), 1.0)

    def decide(self, mind, place, supported, kept):
        weight = float(np.broadcast_to(mind.weight, mind.hold.shape)[place]) * kept
        beliefs = [float(mind.inclination[(claim, *place)]) for claim in range(self.trees.claims)]
        beliefs[supported] += weight
        best = max(beliefs)
        return supported if beliefs.count(best) == 1 and beliefs[supported] == best else beliefs.index(best)


def random_office(luck):
    """A random scenario, human and office; every kind of trouble is likely."""
    depth = luck.randint(0, 3)
    kind = luck.choice([Ledger, Majority])
    scenario = kind(claims=luck.randint(2, 4), branching=luck.randint(1, 3), depth=depth)
    human = Human(
        discernment=luck.choice([3.0, 8.0]),
        gameability=luck.choice([0.5, 2.5]),
        attention=luck.choice([0.7, 1.0]),
        think_family=luck.choice(["lognormal", "exponential"]),
        join_minutes=luck.choice([1.0, 10.0]),
    )
    holds = luck.random() < 0.3
    deadlines = tuple(luck.choice([-1.0, 0.0, 12.0, 25.0, 60.0]) for _ in range(luck.randint(0, 3)))
    spread = luck.choice([0.0, 0.4])
    office = Office(
        staff=luck.randint(1, 8),
        deadlines=deadlines,
        holds_desk=holds,
        continuing_first=luck.random() < 0.7,
        priorities=tuple(luck.randint(-1, 2) for _ in range(luck.randint(0, 4))),
        speed_spread=spread,
        skill_spread=luck.choice([0.0, 0.3]),
        people_seed=luck.randint(0, 99),
        hurry=luck.choice([0.0, 1.0, 5.0]),
    )
    questions = luck.randint(1, 4)
    arrivals = None if luck.random() < 0.5 else np.array([luck.randint(0, 10**12) for _ in range(questions)])
    return scenario.trees(luck.randint(0, 2**30), questions), human, office, arrivals


@pytest.mark.parametrize("part", range(4))
def test_a_thousand_random_offices_equal_the_textbook_exactly(part):
    compared = stuck = late = hurried = 0
    for number in range(300):
        trees, human, office, arrivals = random_office(random.Random(1000 * part + number))
        plain = TextbookOffice(trees, human, office, arrivals)
        try:
            run = events.run(trees, human, office, arrivals)
        except events.Deadlock as deadlock:
            stuck += 1
            assert office.holds_desk
            assert (plain.finish[-1] < 0).any()
            for question, height, node in deadlock.stuck:
                assert plain.finish[height][node, question] < 0 <= plain.thinker[height][node, question]
            continue
        compared += 1
        for height, times in enumerate(run.times):
            assert np.array_equal(times.finish, plain.finish[height])
            assert np.array_equal(times.thinker, plain.thinker[height])
            assert np.array_equal(times.joiner, plain.joiner[height])
            assert np.array_equal(run.answers[height], plain.answers[height])
            if run.made.kept[height] is not None:
                assert np.array_equal(run.made.kept[height], plain.kept[height])
                hurried += int((plain.kept[height] < 1).sum())
            if run.made.late[height] is not None:
                assert np.array_equal(run.made.late[height], plain.late[height])
                late += int(plain.late[height].sum())
    assert compared >= 255
    assert stuck >= 3
    assert late > 500
    assert hurried > 500
