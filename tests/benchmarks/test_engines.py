"""How fast the engines are, as multiples of yardsticks measured beside them, on the ledger's defaults.

A *hash pass* is ``streams.mix_in_place`` over one 64-bit word for each keyed draw of noise that the engine needs:
claims × questions of a tree × trees. What belongs to the questions, whoever is asked (appeal and ``x_1``), is shared by
schemes and engines and computed beforehand.

Times are of this process's CPU. Engine and yardstick take turns; a measurement is the median, over turns, of the
engine's time over the mean of the yardstick's just before and just after. Of five such measurements the quietest
counts: other programs take cache and memory bandwidth, from the batch engine more than from what it is compared with.
"""

from __future__ import annotations

import math
import subprocess
import sys
import time
from statistics import NormalDist

import numpy as np
import pytest
import simpy

from hch import batch, events
from hch.minds import durations, minds
from hch.office import Office
from overseers.human import Human
from overseers.pace import TICKS_PER_MINUTE
from scenarios import streams
from scenarios.ledger import Ledger

HUMAN = Human()
QUESTIONS = 4096


def prepared(questions):
    """Trees whose appeal and ``x_1`` are known."""
    trees = Ledger().trees(0, questions)
    for level in trees.levels:
        assert level.appeal.shape == level.rhetoric.best_of(1).shape
    return trees


@pytest.fixture(scope="module")
def trees():
    return prepared(QUESTIONS)


@pytest.fixture(scope="module")
def few_trees():
    """For engines that are measured by the node, and slow."""
    return prepared(200)


def seconds(job):
    start = time.process_time()
    job()
    return time.process_time() - start


def times_over(engine, yardstick, turns, statistic=min):
    """How many times as long the engine takes, as the module says."""
    engine(), yardstick()
    medians = []
    for _ in range(5):
        marks = [seconds(yardstick)]
        taken = []
        for _ in range(turns):
            taken.append(seconds(engine))
            marks.append(seconds(yardstick))
        around = (np.array(marks[1:]) + marks[:-1]) / 2
        medians.append(np.median(taken / around))
    return float(statistic(medians))


def record(benchmark, name, ratio, engine):
    benchmark.extra_info["name"] = name
    benchmark.extra_info["ratio"] = round(ratio, 2)
    benchmark.pedantic(engine, rounds=3, warmup_rounds=1)


def hash_pass(trees):
    words = np.arange(trees.nodes * trees.questions * trees.claims, dtype=np.uint64)
    return lambda: streams.mix_in_place(words)


def bare_timeouts(processes=100, each=100):
    """A job of ``processes × each`` SimPy timeouts, nothing else; their delays are times to think, in ticks."""
    places = streams.keys_from(0, "bare timeouts", 0, processes * each)
    delays = HUMAN.ticks("think", places).reshape(processes, each).tolist()

    def wait(env, ticks):
        for delay in ticks:
            yield env.timeout(delay)

    def job():
        env = simpy.Environment()
        for ticks in delays:
            env.process(wait(env, ticks))
        env.run()

    return job, processes * each


def test_event_engine_per_timeout(benchmark, few_trees):
    """Time per question of ``events.run`` with unlimited staff, over the time of one bare timeout. At most 4.

    Inside: all of it. Noise and thinking times drawn by NumPy and turned into lists, every tree's environment and
    events, joins and decisions, the record of answers and times, and the arrays made of it.
    """
    bare, timeouts = bare_timeouts()

    def engine():
        return events.run(few_trees, HUMAN)

    ratio = times_over(engine, bare, turns=9) * timeouts / (few_trees.nodes * few_trees.questions)
    record(benchmark, "event_engine_per_timeout", ratio, engine)
    assert ratio <= 4


@pytest.mark.parametrize(
    ("name", "office", "bound"),
    [
        ("event_engine_pool_per_timeout", Office(staff=20), 5.0),
        ("event_engine_deadline_per_timeout", Office(staff=20, deadlines=(30.0, 60.0, 120.0, 240.0)), 6.5),
    ],
)
def test_event_engine_with_a_staff_per_timeout(benchmark, few_trees, name, office, bound):
    """The same where 20 people share all trees, at most 5; and where every human has a deadline too, at most 6.5."""
    bare, timeouts = bare_timeouts()

    def engine():
        return events.run(few_trees, HUMAN, office)

    ratio = times_over(engine, bare, turns=5) * timeouts / (few_trees.nodes * few_trees.questions)
    record(benchmark, name, ratio, engine)
    assert ratio <= bound


def plain_pool(trees, staff):
    """A process for every human, ``AllOf``, and a ``simpy.PriorityResource``: times alone, as the engine's events."""
    env = simpy.Environment()
    desks = simpy.PriorityResource(env, staff)
    spent = [durations(level, HUMAN) for level in trees.levels]
    think, join = [own.think.tolist() for own in spent], [own.join.tolist() for own in spent]
    finish = [0] * trees.questions

    def consult(height, node, question):
        with desks.request(priority=1) as desk:
            yield desk
            yield env.timeout(think[height][node][question])
        if height:
            below = range(node * trees.branching, (node + 1) * trees.branching)
            yield env.all_of([env.process(consult(height - 1, child, question)) for child in below])
            with desks.request(priority=0) as desk:
                yield desk
                yield env.timeout(join[height][node][question])
        if height == trees.depth:
            finish[question] = env.now

    for question in range(trees.questions):
        env.process(consult(trees.depth, 0, question))
    env.run()
    return finish


def test_fast_over_plain_pool(benchmark):
    """Time of a textbook office over that of the event engine's events, the same tick for tick. At least 3.5."""
    trees = prepared(40)
    office = Office(staff=20)

    def engine():
        return events.lived(trees, HUMAN, office)

    assert engine()[-1].finish[0].tolist() == plain_pool(trees, 20)
    ratio = times_over(lambda: plain_pool(trees, 20), engine, turns=3, statistic=max)
    record(benchmark, "fast_over_plain_pool", ratio, engine)
    assert ratio >= 3.5


@pytest.mark.slow
def test_a_million_waiting_questions_do_not_slow_down_the_next(benchmark):
    """Time per question at 10⁶ questions queued on 20 people, over that at 10⁵: a queue is no list to search."""
    office, scenario = Office(staff=20), Ledger(claims=2, depth=0)

    def each(questions):
        trees = scenario.trees(0, questions)
        return min(seconds(lambda: events.lived(trees, HUMAN, office)) for _ in range(3)) / questions

    ratio = each(1_000_000) / each(100_000)
    benchmark.extra_info["name"], benchmark.extra_info["ratio"] = "queue_of_a_million_per_question", round(ratio, 2)
    benchmark.pedantic(lambda: None)
    assert ratio <= 1.3


PEAK = """
from pathlib import Path
from hch import batch
from overseers.human import Human
from scenarios.ledger import Ledger
scenario, human, step = Ledger(claims=2), Human(), 1024
trees = 20 * step
for start in range(0, trees, step):
    batch.answers(some := scenario.trees(0, min(step, trees - start), start), human)
    batch.times(some, human)
status = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
print(int(status["VmHWM"].split()[0]) / 1024)  # getrusage would count the parent's memory too
"""


@pytest.mark.slow
def test_memory_of_batches_that_follow_one_another(benchmark):
    """Peak memory of batches that follow one another, in MiB, at most 300, 20 with 635,000 nodes in them being run.

    What is needed does not grow with their number: with 10⁸ nodes, in a minute of CPU, the peak was 73 MiB.
    """
    told = subprocess.run([sys.executable, "-c", PEAK], capture_output=True, text=True, check=True)
    benchmark.extra_info["name"], benchmark.extra_info["ratio"] = "batch_peak_mebibytes", round(float(told.stdout))
    benchmark.pedantic(lambda: None)
    assert float(told.stdout) <= 300


def test_batch_answers_per_hash_pass(benchmark, trees):
    """Everybody's answer, ``batch.answers``, over one hash pass. At most 4.5."""

    def engine():
        return batch.answers(trees, HUMAN)

    ratio = times_over(engine, hash_pass(trees), turns=15)
    record(benchmark, "batch_answers_per_hash_pass", ratio, engine)
    assert ratio <= 4.5


def test_batch_times_per_hash_pass(benchmark, trees):
    """Answers and times, ``batch.answers`` and ``batch.times``, over the same hash pass. At most 9."""

    def engine():
        return batch.answers(trees, HUMAN), batch.times(trees, HUMAN)

    ratio = times_over(engine, hash_pass(trees), turns=15)
    record(benchmark, "batch_times_per_hash_pass", ratio, engine)
    assert ratio <= 9


class NaiveEngine:
    """One SimPy process for every question, which waits for its sub-questions with ``AllOf``; everything node by node.

    Draws are keyed alike and made singly, by the functions of ``streams`` that are there for it; or (``shared``) noise
    and times come from ``hch/minds.py``, as they do for the engines.
    """

    def __init__(self, trees, shared):
        self.trees, self.env = trees, simpy.Environment()
        self.words = {purpose: streams.word(purpose) for purpose in ("noise", "think time", "join time")}
        self.normal = NormalDist()
        if shared:
            self.minds = [minds(level, HUMAN) for level in trees.levels]
            self.spent = [durations(level, HUMAN) for level in trees.levels]
            self.belief, self.think, self.join = self.shared_belief, self.shared_think, self.shared_join
        roots = [self.env.process(self.consult(trees.depth, 0, question)) for question in range(trees.questions)]
        self.env.run()
        self.answers = [root.value for root in roots]

    def consult(self, height, node, question):
        level, place = self.trees.levels[height], (node, question)
        yield self.env.timeout(self.think(height, place))
        if height:
            b = self.trees.branching
            asked = [self.env.process(self.consult(height - 1, node * b + child, question)) for child in range(b)]
            given = yield self.env.all_of(asked)
            supported = self.trees.join.one([given[child] for child in asked])
            yield self.env.timeout(self.join(height, place))
        else:
            supported = int(level.truth[place])
        beliefs = self.belief(height, place)
        beliefs[supported] += HUMAN.discernment if height else HUMAN.leaf_discernment
        return beliefs.index(max(beliefs))

    def belief(self, height, place):
        level, share = self.trees.levels[height], HUMAN.self_persuasion * HUMAN.gameability
        appeal, thought = level.appeal[:, *place].tolist(), level.rhetoric.best_of(1)[:, *place].tolist()
        own = streams.derive_one(int(level.places[place]), self.words["noise"])
        noise = (-math.log(-math.log(streams.unit(streams.derive_one(own, a)))) for a in range(level.claims))
        return [share * (v + x) + luck for v, x, luck in zip(appeal, thought, noise, strict=True)]

    def minutes(self, purpose, height, place, mean):
        u = streams.unit(streams.derive_one(int(self.trees.levels[height].places[place]), self.words[purpose]))
        return mean * math.exp(HUMAN.think_sigma * self.normal.inv_cdf(u) - HUMAN.think_sigma**2 / 2)

    def think(self, height, place):
        return self.minutes("think time", height, place, HUMAN.think_minutes)

    def join(self, height, place):
        return self.minutes("join time", height, place, HUMAN.join_minutes)

    def shared_belief(self, height, place):
        return self.minds[height].inclination[:, *place].tolist()

    def shared_think(self, height, place):
        return int(self.spent[height].think[place])

    def shared_join(self, height, place):
        return int(self.spent[height].join[place])


def test_batch_over_allof(benchmark, trees, few_trees):
    """Time per question of the naive engine over that of the batch engine, answers and times. At least 300.

    Everything is inside for both, noise and thinking times included. Recorded beside it (``shared``): the same when the
    naive engine is handed noise and times by NumPy, so that what remains is processes, ``AllOf`` and comparisons. The
    naive engine is given fewer trees, which favours it.
    """
    few = few_trees

    def engine():
        return batch.answers(trees, HUMAN), batch.times(trees, HUMAN)

    ratios = []
    for shared in (False, True):
        naive = NaiveEngine(few, shared)
        unit = TICKS_PER_MINUTE if shared else 1
        assert naive.answers == batch.answers(few, HUMAN)[-1][0].tolist()
        assert naive.env.now / unit == pytest.approx(batch.times(few, HUMAN).finish.max() / TICKS_PER_MINUTE, rel=0.01)
        slower = times_over(lambda shared=shared: NaiveEngine(few, shared), engine, turns=1, statistic=max)
        ratios.append(slower * trees.questions / few.questions)
    benchmark.extra_info["shared"] = round(ratios[1], 2)
    record(benchmark, "batch_over_allof", ratios[0], engine)
    assert ratios[0] >= 300
