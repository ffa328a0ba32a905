"""The office against a textbook one, process by process: answers, finish times and who served whom, exactly."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

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
        self.guesses = [voters(level, human, aided=level.height == 0, purpose="guess")[0] for level in trees.levels]
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
                yield self.desks.release(desk)  # the desk is given away before the sub-questions go out
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
                given.append(
                    self.guess(height - 1, (child, question))
                    if missing
                    else int(self.answers[height - 1][child, question])
                )
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
                done = times.finish >= 0
                assert np.array_equal(run.made.kept[height][done], plain.kept[height][done])
                hurried += int((plain.kept[height] < 1).sum())
            if run.made.late[height] is not None:
                assert np.array_equal(run.made.late[height], plain.late[height])
                late += int(plain.late[height].sum())
    assert compared >= 255
    assert stuck >= 3
    assert late > 500
    assert hurried > 500


SHAPES = {"claims": st.integers(2, 4), "branching": st.integers(1, 3), "depth": st.integers(0, 3)}
DEADLINES = st.lists(st.sampled_from([-1.0, 0.0, 10.0, 25.0, 60.0]), max_size=3).map(tuple)


@settings(max_examples=60, deadline=None)
@given(st.builds(Ledger, **SHAPES), DEADLINES, st.integers(0, 2**32), st.integers(1, 6))
def test_without_contention_the_batch_engine_keeps_deadlines_alike(scenario, deadlines, seed, questions):
    trees, human, office = scenario.trees(seed, questions), Human(gameability=2.0), Office(deadlines=deadlines)
    run, times = events.run(trees, human, office), batch.times(trees, human, office)
    assert np.array_equal(run.finish, times.finish)
    assert np.array_equal(run.work, times.work)
    for ours, theirs in zip(run.answers, batch.answers(trees, human, office), strict=True):
        assert np.array_equal(ours, theirs)


@pytest.mark.parametrize(
    "office",
    [
        Office(staff=3),
        Office(staff=30, holds_desk=True),
        Office(staff=3, speed_spread=0.5),
        Office(staff=3, continuing_first=False, priorities=(2, 1, 0)),
        Office(staff=10**6, hurry=5.0),
        Office(staff=3, deadlines=(1e9, 1e9, 1e9)),
    ],
)
def test_switched_off_time_changes_nothing(office):
    trees, human = Ledger(depth=3).trees(2, 3), Human(gameability=2.5)
    for ours, theirs in zip(events.run(trees, human, office).answers, batch.answers(trees, human), strict=True):
        assert np.array_equal(ours, theirs)


def harm(trees, policy, human):
    """Mean harm at the root against unhurried HCH, and its standard error."""
    moved = np.maximum(policy.root - exact.hch(trees, human).root, 0.0)
    moved[trees.root.truth[0], np.arange(trees.questions)] = 0.0
    each = moved.sum(axis=0)
    return each.mean(), each.std() / math.sqrt(each.size)


@pytest.mark.parametrize(
    "office",
    [
        Office(staff=20, hurry=1.0),
        Office(staff=20, deadlines=(30.0, 60.0, 90.0, 120.0)),
        Office(staff=20, skill_spread=1.0),
    ],
)
def test_switched_on_with_few_people_harm_changes_by_more_than_its_interval(office):
    trees, human = Ledger().trees(3, 200), Human(gameability=1.5)
    run = events.run(trees, human, office)
    changed, error = harm(trees, hch_given(trees, human, run.made), human)
    assert changed - 1.96 * error > 0.01
    idle, _ = harm(trees, hch_given(trees, human, events.run(trees, human, Office(staff=20)).made), human)
    assert idle == 0.0


def test_answers_are_as_frequent_as_the_exact_recursion_given_the_times():
    trees, human = Ledger(depth=3).trees(4, 3000), Human(gameability=1.5)
    office = Office(staff=40, hurry=0.5, deadlines=(25.0, 50.0, 90.0), skill_spread=0.3)
    arrivals = np.sort(streams.uniforms(streams.keys_from(1, "arrival", 0, trees.questions), "when")) * 10**13
    run = events.run(trees, human, office, arrivals.astype(np.int64))
    chance = hch_given(trees, human, run.made)
    for level, answered in zip(trees.levels, run.answers, strict=True):
        p = np.take_along_axis(chance.at(level.height), level.truth[None], axis=0)[0]
        right = answered == level.truth
        # Trees are independent of each other given the times; the nodes of one tree are not.
        surplus = (right - p).sum(axis=0)
        assert abs(surplus.sum()) <= 4 * math.sqrt((surplus**2).sum())
        assert 0 < right.mean() < 1


def test_nobody_waits_for_answers_at_a_deadline_of_zero():
    # Then the root's human joins its own unaided guesses: HCH_1, to the last digit.
    trees, human = Ledger(depth=3).trees(5, 400), Human(gameability=2.0)
    run = events.run(trees, human, Office(deadlines=(0.0, 0.0, 0.0)))
    assert np.allclose(hch_given(trees, human, run.made).root, exact.hch(trees, human, rounds=1).root, atol=1e-12)


def test_a_deadlock_is_reported_with_who_is_stuck():
    trees, human = Ledger(depth=2).trees(0, 2), Human()
    with pytest.raises(events.Deadlock, match=r"all 2 desks.*question 0 level 2 node 0.*4 questions wait") as raised:
        events.run(trees, human, Office(staff=2, holds_desk=True))
    assert raised.value.stuck == ((0, 2, 0), (1, 2, 0))
    assert isinstance(raised.value, RuntimeError)
    events.run(trees, human, Office(staff=2, holds_desk=True, deadlines=(60.0, 60.0)))  # patience ends it


@pytest.mark.parametrize("fault", [{"staff": 0}, {"hurry": -1.0}, {"skill_spread": 0.5}, {"deadlines": (math.nan,)}])
def test_an_impossible_office_is_refused_by_the_field(fault):
    with pytest.raises(ValueError, match=r"staff|hurry|deadlines"):
        Office(**fault)


@pytest.mark.slow
def test_annotators_queue_as_erlang_says():
    # VALIDATION 12: M/M/3 with λ = 2.4, μ = 1: P(wait) = .64719, Wq = 1.07865.
    customers = 1_000_000  # the least the law is tested with
    keys = streams.keys_from(12, "customer", 0, customers)
    gaps = -np.log(streams.uniforms(keys, "gap")) / 2.4 * TICKS_PER_MINUTE
    arrivals = np.cumsum(gaps).astype(np.int64)
    human = Human(think_minutes=1.0, think_family="exponential")
    trees = Ledger(claims=2, depth=0).trees(12, customers)
    (times,) = events.lived(trees, human, Office(staff=3), arrivals)
    wait = (times.started[0] - arrivals) / TICKS_PER_MINUTE
    assert (wait > 0).mean() == pytest.approx(0.64719, rel=0.03)
    assert wait.mean() == pytest.approx(1.07865, rel=0.03)
    # Little's law from empty to empty: the area under the number waiting is the sum of waits.
    moments = np.concatenate([arrivals, times.started[0]])
    change = np.repeat([1, -1], customers)
    order = np.lexsort((-change, moments))
    inside, at = np.cumsum(change[order]), moments[order]
    area = int((inside[:-1] * np.diff(at)).sum())
    total = int((times.started[0] - arrivals).sum())
    assert abs(area - total) <= 1e-9 * total
