"""Questions asked in turn: every engine against the others, against plain lives, and against matrix powers."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from distillers.debate import Debate, max_min
from distillers.imitation import rounds
from distillers.lives import consultations
from hch import batch, events, exact
from hch.chains import told
from hch.jobs import serve
from hch.office import Office
from hch.setting import Setting
from overseers.human import Human
from overseers.panel import Panel
from scenarios import streams
from scenarios.powering import Powering
from scenarios.trees import pick

PERFECT = Human(gameability=0.0, discernment=1000.0, leaf_discernment=1000.0)
FEW = settings(max_examples=40, deadline=None)
SMALL = st.builds(Powering, claims=st.integers(2, 5), bits=st.integers(1, 4), plant_rate=st.just(0.5))


def test_people_who_do_not_err_give_the_power_in_every_engine():
    trees = Powering().trees(1, 20)
    truth = trees.root.truth
    assert np.allclose(pick(exact.hch(trees, PERFECT).root, truth[0]), 1.0)
    assert np.array_equal(batch.answers(trees, PERFECT)[-1], truth)
    assert np.array_equal(events.run(trees, PERFECT, Office(staff=7)).answers[-1], truth)


def test_exact_hch_is_a_product_of_matrices():
    trees, human = Powering(claims=6, bits=4).trees(2, 8), Human(gameability=2.0)
    policy = exact.hch(trees, human)
    for question in range(8):
        answered = policy.at(0)[:, :, question].T  # [start, claim]
        for level in trees.levels[1:]:
            last = level is trees.root
            chance = answered @ answered
            if trees.join.odd[level.height, question]:
                chance = chance @ np.eye(6)[trees.join.step[:, question]]
            if last:
                chance = chance[[trees.join.start[question]]]
            drive = human.gameability * human.self_persuasion * (level.appeal + level.rhetoric.best_of(1))
            belief = np.exp(drive[:, :, question].T[:, None] + human.discernment * np.eye(6))  # [start, joined, claim]
            answered = np.einsum("sc,sca->sa", chance, belief / belief.sum(axis=2, keepdims=True))
            assert pytest.approx(answered, abs=1e-12) == policy.at(level.height)[:, :, question].T


def test_the_exact_answer_takes_less_than_a_second():
    trees = Powering().trees(4, 50)
    start = time.process_time()
    exact.hch(trees, Human())
    assert time.process_time() - start < 1.0


def test_rounds_of_imitation_are_hch():
    trees, human = Powering(claims=5, bits=4).trees(0, 10), Human(gameability=2.0)
    for k, model in enumerate(rounds(Setting(trees, human))):
        reference = exact.hch(trees, human, rounds=k)
        for height in range(trees.depth + 1):
            assert np.abs(model.at(height) - reference.at(height)).max() <= 1e-12


def test_simulated_people_answer_as_often_as_exactly():
    scenario, human = Powering(claims=5, bits=3, plant_rate=0.5), Human(gameability=2.5)
    right = expected = spread_ = 0.0
    for seed in range(3):
        trees = scenario.trees(seed, 4000)
        truth = trees.root.truth[0]
        p = pick(exact.hch(trees, human).root, truth)
        right += (batch.answers(trees, human)[-1][0] == truth).sum()
        expected, spread_ = expected + p.sum(), spread_ + (p * (1 - p)).sum()
    assert abs(right - expected) <= 4 * math.sqrt(spread_)


def test_people_at_different_seats_are_different_people_though_asked_the_same():
    trees, human = Powering(claims=2, bits=4).trees(0, 400), Human(gameability=3.0)
    known = told(trees, human)
    put, given_ = known.put[0], known.given[0]
    same = put[0] == put[1]
    assert same.any()
    assert (given_[0] != given_[1])[same].any()
    levels = [np.unique(here.places).size == here.places.size for here in trees.seats]
    assert all(levels)


@FEW
@given(SMALL, st.integers(0, 2**32), st.integers(1, 5), st.sampled_from([Human(), Panel(), Human(attention=0.6)]))
def test_batch_and_events_agree_bit_for_bit(scenario, seed, questions, human):
    trees = scenario.trees(seed, questions)
    given_, times = batch.answers(trees, human), batch.times(trees, human)
    for office in (Office(), Office(staff=2)):
        run = events.run(trees, human, office)
        assert all(np.array_equal(ours, theirs) for ours, theirs in zip(run.answers, given_, strict=True))
        assert np.array_equal(run.work, times.work)
    assert np.array_equal(events.run(trees, human).finish, times.finish)


@FEW
@given(SMALL, st.integers(0, 2**32), st.lists(st.floats(0, 120), max_size=4))
def test_deadlines_cut_off_what_would_have_been_asked_next(scenario, seed, deadlines):
    trees, human, office = scenario.trees(seed, 4), Human(), Office(deadlines=tuple(deadlines))
    run, times = events.run(trees, human, office), batch.times(trees, human, office)
    assert np.array_equal(run.finish, times.finish)
    assert np.array_equal(run.work, times.work)
    for ours, theirs in zip(run.answers, batch.answers(trees, human, office), strict=True):
        assert np.array_equal(ours, np.where(ours < 0, -1, theirs))


def test_a_plain_life_that_asks_and_is_told_gives_the_same():
    """A generator per consultation, claim by claim, served by an office of three."""
    scenario, human = Powering(claims=4, bits=3), Human(gameability=2.5)
    trees = scenario.trees(9, 5)
    chain = trees.join

    def consult(question, height, start, key):
        level = trees.levels[height]
        node = start if height < trees.depth else 0
        supported = int(level.truth[node, question])
        if height:
            first = consult(question, height - 1, start, streams.derive_one(key, 0))
            second = consult(question, height - 1, first, streams.derive_one(key, 1))
            supported = int(chain.step[second, question]) if chain.odd[height, question] else second
        drive = human.gameability * human.self_persuasion * (level.appeal + level.rhetoric.best_of(1))
        noise = streams.minus_gumbels(np.array([key], dtype=np.uint64), "noise", 4)[:, 0]
        weight = human.discernment if height else human.leaf_discernment
        belief = drive[:, node, question] - noise
        belief[supported] += weight
        return int(belief.argmax())

    expected = [
        consult(q, trees.depth, int(chain.start[q]), int(trees.root.places[0, q])) for q in range(trees.questions)
    ]
    assert batch.answers(trees, human)[-1][0].tolist() == expected
    lived = serve(consultations(Setting(trees, human)), Office(staff=3))
    run = events.run(trees, human, Office(staff=3))
    assert [one.finish for one in lived] == run.finish.tolist()


def test_a_consultation_tells_when_each_question_was_asked_and_which_it_was():
    trees, human = Powering(claims=8, bits=3).trees(0, 3), Human(gameability=2.5)
    record = events.consult(trees, 1, human, Office(staff=2))
    by_place = {(visit.height, visit.node): visit for visit in record.visits}
    root = record.visits[0]
    first, second = (by_place[1, node] for node in root.consulted)
    assert first.asked == root.thought
    assert second.asked == first.finish
    assert first.subject == trees.join.start[1]
    assert second.subject == first.answer
    for visit in record.visits:
        assert visit.truth == trees.levels[visit.height].truth[visit.subject, 1]


def test_the_join_of_winners_wins_a_debate():
    setting = Setting(Powering(claims=6, bits=4).trees(3, 60), Human(gameability=2.0))
    debate = Debate()
    margins = max_min(setting.trees, debate.verdicts(setting, 0), 0)[-1][:, 0]
    assert np.array_equal(margins.argmax(axis=0), debate.optimum(setting).root.argmax(axis=0))
