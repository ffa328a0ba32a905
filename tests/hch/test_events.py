"""The event engine: the batch engine bit for bit, a textbook SimPy office tick for tick, and Graham's bounds."""

from __future__ import annotations

import gc

import numpy as np
import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from hch import batch, events
from hch.minds import durations, minds
from hch.office import Office
from overseers.human import Human
from overseers.pace import TICKS_PER_MINUTE
from overseers.panel import Panel
from scenarios.ledger import Ledger
from scenarios.majority import Majority

SHAPES = {"claims": st.integers(2, 5), "branching": st.integers(1, 3), "depth": st.integers(0, 3)}
SCENARIOS = st.one_of(st.builds(Ledger, **SHAPES), st.builds(Majority, **SHAPES))
HUMANS = st.builds(
    Human,
    discernment=st.floats(0, 10),
    leaf_discernment=st.floats(0, 10),
    gameability=st.floats(0, 4),
    attention=st.sampled_from([0.0, 0.6, 1.0]),
    think_family=st.sampled_from(["lognormal", "exponential"]),
    think_minutes=st.sampled_from([1.0, 10.0]),
    join_minutes=st.sampled_from([0.0, 3.0]),
)
SEEDS = st.integers(0, 2**32)
STAFF = st.integers(1, 5)
FEW = settings(max_examples=60, deadline=None)


def same_answers(run, given):
    assert [level.shape for level in run.answers] == [level.shape for level in given]
    return all(np.array_equal(ours, theirs) for ours, theirs in zip(run.answers, given, strict=True))


@FEW
@given(SCENARIOS, HUMANS, SEEDS, st.integers(1, 6))
def test_with_a_desk_for_everybody_the_batch_engine_gives_the_same_bit_for_bit(scenario, human, seed, questions):
    trees = scenario.trees(seed, questions)
    run, times = events.run(trees, human), batch.times(trees, human)
    assert same_answers(run, batch.answers(trees, human))
    assert np.array_equal(run.finish, times.finish)
    assert np.array_equal(run.work, times.work)


@FEW
@given(SCENARIOS, HUMANS, SEEDS, st.integers(1, 6), STAFF)
def test_staffing_changes_when_and_never_what(scenario, human, seed, questions, staff):
    trees = scenario.trees(seed, questions)
    run = events.run(trees, human, Office(staff=staff))
    assert same_answers(run, batch.answers(trees, human))
    assert np.array_equal(run.work, batch.times(trees, human).work)


def test_a_panel_answers_alike_in_both_engines():
    trees, panel = Ledger(depth=2).trees(5, 300), Panel(member=Human(gameability=3.0, attention=0.8))
    assert same_answers(events.run(trees, panel), batch.answers(trees, panel))
    assert same_answers(events.run(trees, panel, Office(staff=3)), batch.answers(trees, panel))


def test_blocks_do_not_show():
    trees, human = Ledger(depth=5, claims=2).trees(1, 600), Human()  # 63 nodes: more trees than are drawn together
    run, times = events.run(trees, human), batch.times(trees, human)
    assert same_answers(run, batch.answers(trees, human))
    assert np.array_equal(run.finish, times.finish)


class TextbookOffice:
    """The same office as one would first write it: a process per human, ``AllOf``, and a queueing resource.

    Belief is compared claim by claim, and the office knows of no shortcut of the engines.
    """

    def __init__(self, trees, human, staff):
        self.trees, self.env = trees, simpy.Environment()
        self.desks = simpy.PriorityResource(self.env, staff or 10**9)
        self.minds = [minds(level, human) for level in trees.levels]
        self.spent = [durations(level, human) for level in trees.levels]
        self.answers = [np.full(level.keys.shape, -1) for level in trees.levels]
        self.finish = [0] * trees.questions
        self.busy = 0
        roots = [self.env.process(self.consult(trees.depth, 0, question)) for question in range(trees.questions)]
        self.env.run(until=simpy.AllOf(self.env, roots))

    def think(self, ticks, priority):
        with self.desks.request(priority=priority) as desk:
            yield desk
            yield self.env.timeout(int(ticks))
        self.busy += int(ticks)

    def consult(self, height, node, question):
        place = (node, question)
        yield from self.think(self.spent[height].think[place], priority=1)
        if height:
            b = self.trees.branching
            asked = [self.env.process(self.consult(height - 1, node * b + child, question)) for child in range(b)]
            given = yield simpy.AllOf(self.env, asked)
            supported = self.trees.join.one([given[child] for child in asked])
            yield from self.think(self.spent[height].join[place], priority=0)
        else:
            supported = int(self.trees.levels[0].truth[place])
        self.answers[height][place] = self.belief(height, place, supported)
        if height == self.trees.depth:
            self.finish[question] = self.env.now
        return int(self.answers[height][place])

    def belief(self, height, place, supported):
        mind = self.minds[height]
        weight = float(np.broadcast_to(mind.weight, self.answers[height].shape)[place])
        beliefs = [
            float(mind.inclination[(claim, *place)]) + (weight if claim == supported else 0.0)
            for claim in range(self.trees.claims)
        ]
        return beliefs.index(max(beliefs))


@FEW
@given(SCENARIOS, HUMANS, SEEDS, st.integers(1, 4), st.one_of(st.none(), STAFF))
def test_a_textbook_office_ends_at_the_same_tick_with_the_same_answers(scenario, human, seed, questions, staff):
    trees = scenario.trees(seed, questions)
    run, textbook = events.run(trees, human, Office(staff=staff)), TextbookOffice(trees, human, staff)
    assert run.finish.tolist() == textbook.finish
    assert int(run.work.sum()) == textbook.busy
    assert same_answers(run, textbook.answers)


def longest_path(trees, human):
    """D: the longest chain of thoughts in which each waits for the one before, over all trees."""
    spent = [durations(level, human) for level in trees.levels]

    def down(height, node, question):
        own = int(spent[height].think[node, question])
        if height == 0:
            return own
        children = range(node * trees.branching, (node + 1) * trees.branching)
        below = max(down(height - 1, child, question) for child in children)
        return own + below + int(spent[height].join[node, question])

    return max(down(trees.depth, 0, question) for question in range(trees.questions))


@FEW
@given(SCENARIOS, HUMANS, SEEDS, st.integers(1, 5), STAFF)
def test_any_staff_keeps_the_bounds_of_graham_and_brent(scenario, human, seed, questions, staff):
    # VALIDATION 11: max(W/c, D) ≤ makespan ≤ (W - D)/c + D in every run, here in whole ticks.
    trees = scenario.trees(seed, questions)
    run, longest = events.run(trees, human, Office(staff=staff)), longest_path(trees, human)
    work, makespan = int(run.work.sum()), int(run.finish.max())
    assert makespan >= longest
    assert work <= staff * makespan <= work - longest + staff * longest
    assert events.run(trees, human).finish.max() == longest
    assert events.run(trees, human, Office(staff=1)).finish.max() == work


def test_a_desk_goes_to_who_waits_and_joining_goes_ahead_of_new_work():
    # By hand, every thought being 10 minutes. Two people, one tree of depth 2: q | A, B | A's leaves | B's leaves, for
    # whom desks were free a moment before A knew its answers | A and B join | q joins.
    human = Human(think_sigma=1e-6)
    minutes = events.run(Ledger(depth=2).trees(0, 1), human, Office(staff=2)).finish / TICKS_PER_MINUTE
    assert minutes == pytest.approx([60.0], rel=1e-4)
    # One person, two trees of depth 1: p | q | p's leaves | q's first leaf | p joins first | q's second leaf | q joins.
    minutes = events.run(Ledger(depth=1).trees(0, 2), human, Office(staff=1)).finish / TICKS_PER_MINUTE
    assert minutes == pytest.approx([60.0, 80.0], rel=1e-4)


@pytest.mark.parametrize("staff", [None, 1, 2, 7])
def test_a_consultation_tells_what_everybody_did(staff):
    trees, human = Ledger(depth=3, plant_rate=0.5).trees(11, 4), Human(gameability=2.5, attention=0.9)
    question = 2
    told = events.consult(trees, question, human, Office(staff=staff))
    by_place = {(visit.height, visit.node): visit for visit in told.visits}
    given, spent = batch.answers(trees, human), [durations(level, human) for level in trees.levels]
    assert len(by_place) == len(told.visits) == trees.nodes
    assert preorder(by_place, 3, 0) == [(visit.height, visit.node) for visit in told.visits]
    for place, visit in by_place.items():
        height, node = place
        assert 0 <= visit.asked <= visit.started <= visit.thought <= visit.joining <= visit.finish
        assert visit.thought - visit.started == spent[height].think[node, question]
        assert visit.finish - visit.joining == spent[height].join[node, question]
        assert visit.answer == given[height][node, question]
        assert visit.truth == trees.levels[height].truth[node, question]
        assert (-1 if visit.planted is None else visit.planted) == trees.levels[height].planted[node, question]
        below = [by_place[height - 1, child] for child in visit.consulted]
        assert len(below) == (2 if height else 0)
        assert all(child.asked == visit.thought and child.finish <= visit.joining for child in below)
        assert visit.supported == (sum(child.answer for child in below) % 6 if height else visit.truth)
    busy = [(visit.started, visit.thought) for visit in told.visits]
    busy += [(visit.joining, visit.finish) for visit in told.visits if visit.height]
    assert told.work == sum(end - start for start, end in busy)
    if staff is None:
        assert told.visits[0].finish == batch.times(trees, human).finish[question]
    else:
        assert max(sum(start <= moment < end for start, end in busy) for moment, _ in busy) <= staff


def preorder(visits, height, node):
    below = (preorder(visits, height - 1, child) for child in visits[height, node].consulted)
    return [(height, node), *(place for places in below for place in places)]


def test_9841_humans_are_consulted_three_by_three_eight_levels_deep():
    # VALIDATION 17, first half.
    scenario = Majority(branching=3, depth=8)
    told = events.consult(scenario.trees(0, 1), 0, Human())
    assert scenario.size()[0] == 9841
    assert len({(visit.height, visit.node) for visit in told.visits if visit.answer >= 0}) == 9841


@pytest.mark.parametrize("question", [-1, 2])
def test_a_question_that_is_not_in_the_batch_is_refused(question):
    with pytest.raises(ValueError, match=f"question must be 0 … 1, not {question}"):
        events.consult(Ledger(depth=1).trees(0, 2), question, Human())


@pytest.mark.parametrize("office", [Office(staff=5), Office(staff=5, deadlines=(30.0, 60.0))])
def test_work_that_is_done_leaves_no_garbage_in_cycles(office):
    # So nothing is lost by not searching for any while people work, which would take as long as all else.
    trees, human = Ledger(depth=3).trees(0, 50), Human()
    events.lived(trees, human, office)
    gc.collect()
    events.lived(trees, human, office)
    assert gc.collect() <= 20  # the environment itself; 750 humans leave nothing
    assert gc.isenabled()
