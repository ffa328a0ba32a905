"""Corruption: branching processes down, the published recursion up (VALIDATION 9), and who infected whom."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hch import events
from hch.corruption import ASKER, NOBODY, OUTSIDE, Attack, critical_delay, reproduction, spread
from hch.office import Office
from hch.timing import realised
from overseers.human import Human
from scenarios.ledger import Ledger
from scenarios.majority import Majority
from scenarios.powering import Powering

EVERYBODY = Office()
PROMPT = Human(think_minutes=1.0, think_family="exponential", join_minutes=1.0)


def infected(trees, attack, human=PROMPT, office=EVERYBODY):
    times = events.lived(trees, human, office)
    made = realised(trees, human, office, times)
    return (times, made), spread(trees, times, made, attack)


def test_upward_corruption_follows_the_recursion():
    # (t, p, b, d) = (.01, .2, 3, 4) → .02271.
    chance = 0.01
    for _ in range(4):
        chance = 1 - (1 - 0.01) * (1 - 0.2 * chance) ** 3
    assert chance == pytest.approx(0.02271, abs=5e-6)
    questions = 3000
    _, told = infected(
        Majority(branching=3, depth=4, claims=2).trees(1, questions),
        Attack(infectivity=0.4, bandwidth=0.5, exposure=0.01, questions_carry=False),
    )
    assert abs(told.root.mean() - chance) <= 4 * math.sqrt(chance * (1 - chance) / questions)


def extinct(branching, passing, infectious, levels):
    """Chance that a corrupted root's line ends above the leaves: q' = 1 - s + s(1 - p + pq)^b, from q = 0."""
    q = 0.0
    for _ in range(levels):
        q = 1 - infectious + infectious * (1 - passing + passing * q) ** branching
    return q


@pytest.mark.parametrize("delay", [math.inf, 1.0, 0.3])
def test_downward_corruption_is_a_branching_process(delay):
    depth, questions = 6, 1500
    trees = Ledger(claims=2, depth=depth).trees(2, questions)
    quarantine = {} if delay == math.inf else {"quarantine_minutes": delay}
    attack = Attack(infectivity=0.6, exposure=0.0, root_exposure=1.0, **quarantine)
    _, told = infected(trees, attack)
    ended = 1.0 - (told.by[0] == ASKER).any(axis=0).mean()
    expected = extinct(2, 0.6, 1.0 - math.exp(-delay), depth)
    assert abs(ended - expected) <= 4 * math.sqrt(expected * (1 - expected) / questions)


def test_a_line_dies_out_with_probability_four_ninths():
    assert extinct(2, 0.6, 1.0, 200) == pytest.approx(4 / 9)
    attack = Attack(infectivity=0.6)
    assert reproduction(attack, 2, 1.0) == pytest.approx(1.2)
    delay = critical_delay(attack, 2, 10.0)
    assert reproduction(attack, 2, 1.0 - math.exp(-delay / 10.0)) == pytest.approx(1.0)
    assert critical_delay(Attack(infectivity=0.5), 2, 10.0) == math.inf


def test_everybody_was_corrupted_by_somebody_who_could_at_a_time_it_could():
    trees = Ledger(depth=4).trees(5, 300)
    office = Office(staff=900, deadlines=(25.0, 50.0, 100.0, 200.0))
    attack = Attack(exposure=0.05, quarantine_minutes=25.0)
    (times, made), told = infected(trees, attack, Human(), office)
    kinds = set()
    for height, (when, by) in enumerate(zip(told.when, told.by, strict=True)):
        assert ((when >= 0) == (by != NOBODY)).all()
        for node, question in zip(*np.nonzero(by != NOBODY), strict=True):
            source, moment = by[node, question], when[node, question]
            kinds.add(min(int(source), 0))
            if source == OUTSIDE:
                assert moment == times[height].started[node, question]
                continue
            if source == ASKER:
                sender, level, sent = node // 2, height + 1, times[height + 1].thought
            else:
                sender, level, sent = node * 2 + source, height - 1, times[height - 1].finish
                assert not made.late[level][sender, question]
            assert 0 <= told.when[level][sender, question] <= sent[sender, question] <= moment
            assert sent[sender, question] - told.when[level][sender, question] < 25.0 * 60e9
    assert kinds == {OUTSIDE, ASKER, 0}


def test_more_bandwidth_and_later_quarantine_only_add_infections():
    trees = Ledger(depth=4).trees(6, 300)
    few = infected(trees, Attack(bandwidth=0.5, quarantine_minutes=15.0), Human())[1]
    for more in (Attack(bandwidth=0.9, quarantine_minutes=15.0), Attack(bandwidth=0.5, quarantine_minutes=60.0)):
        many = infected(trees, more, Human())[1]
        assert all(((a >= 0) <= (b >= 0)).all() for a, b in zip(few.when, many.when, strict=True))
        assert many.fraction > few.fraction


def test_the_corrupted_answer_what_the_attack_wants_and_nobody_else_is_touched():
    trees, human = Ledger(depth=4, plant_rate=0.5).trees(7, 400), Human(gameability=2.0)
    calm = events.run(trees, human)
    run = events.run(trees, human, attack=Attack(exposure=0.05, quarantine_minutes=40.0))
    assert run.infected is not None
    for level, answer, when, own in zip(trees.levels, run.answers, run.infected.when, run.times, strict=True):
        free = (when < 0) | (own.finish >= when + 40 * 60 * 10**9)
        heard = level.appeal + level.rhetoric.best_of(1)
        wanted = np.array(
            [
                [max((c for c in range(6) if c != level.truth[n, q]), key=lambda c: heard[c, n, q]) for q in range(400)]
                for n in range(len(level.truth))
            ]
        )
        assert np.array_equal(answer[~free], wanted[~free])
        assert (answer != level.truth)[~free].all()
        assert free.any()
        assert not free.all()
    assert np.array_equal(run.answers[0][run.infected.when[0] < 0], calm.answers[0][run.infected.when[0] < 0])
    assert all(np.array_equal(a.finish, b.finish) for a, b in zip(run.times, calm.times, strict=True))


def test_with_perfect_people_the_root_is_wrong_as_often_as_a_fragile_join_breaks():
    # A chain (one sub-question each) of people who do not err: the answer is false iff anybody on it was corrupted
    # from outside, for whoever joins a false answer passes it on. 1 - (1 - t)^(d + 1).
    chain, perfect = Ledger(branching=1, depth=6, claims=4), Human(discernment=1000.0, leaf_discernment=1000.0)
    questions, t = 4000, 0.05
    trees = chain.trees(3, questions)
    attack = Attack(infectivity=0.0, exposure=t)
    wrong = (events.run(trees, perfect, attack=attack).answers[-1] != trees.root.truth).mean()
    expected = 1 - (1 - t) ** 7
    assert abs(wrong - expected) <= 4 * math.sqrt(expected * (1 - expected) / questions)


# Where questions are asked in turn


def test_in_turn_too_upward_corruption_follows_the_recursion():
    # b = 2, d = 3: answers alone carry the attack, and what one human does to another is as if asked together.
    chance, t, passing, questions = 0.05, 0.05, 0.3, 3000
    for _ in range(3):
        chance = 1 - (1 - t) * (1 - passing * chance) ** 2
    trees = Powering(claims=2, bits=4).trees(1, questions)
    _, told = infected(trees, Attack(infectivity=passing, exposure=t, questions_carry=False))
    assert abs(told.root.mean() - chance) <= 4 * math.sqrt(chance * (1 - chance) / questions)


def test_in_turn_too_downward_corruption_is_a_branching_process():
    questions, attack = 1500, Attack(infectivity=0.6, exposure=0.0, root_exposure=1.0)
    _, told = infected(Powering(claims=2, bits=6).trees(2, questions), attack)
    ended = 1.0 - (told.by[0] == ASKER).any(axis=0).mean()
    expected = extinct(2, 0.6, 1.0, 5)
    assert abs(ended - expected) <= 4 * math.sqrt(expected * (1 - expected) / questions)


def test_in_turn_an_answer_corrupts_who_asks_the_next_question():
    trees = Powering(claims=2, bits=4).trees(5, 500)
    office = Office(staff=900, deadlines=(25.0, 60.0, 150.0))
    attack = Attack(exposure=0.05, infectivity=0.9, quarantine_minutes=25.0)
    (times, made), told = infected(trees, attack, Human(), office)
    through = 0
    for height, (when, by) in enumerate(zip(told.when, told.by, strict=True)):
        assert ((when >= 0) == (by != NOBODY)).all()
        assert (times[height].started[when >= 0] >= 0).all()
        for seat, question in zip(*np.nonzero(by != NOBODY), strict=True):
            source, moment, place = by[seat, question], when[seat, question], (seat, question)
            if source == OUTSIDE:
                assert moment == times[height].started[place]
                continue
            if source == ASKER:
                sender, level = seat // 2, height + 1
                first = seat % 2 == 0
                sent = times[level].thought[sender, question] if first else times[height].finish[seat - 1, question]
                through += told.by[level][sender, question] == 0 and not first
            else:
                sender, level = seat * 2 + source, height - 1
                sent = times[level].finish[sender, question]
                assert not made.late[level][sender, question]
            assert 0 <= told.when[level][sender, question] <= sent <= moment
            assert sent - told.when[level][sender, question] < 25.0 * 60e9
    assert through > 10  # corrupted by the first answer, and passed on with the second question


def test_in_turn_too_the_corrupted_answer_what_the_attack_wants():
    trees, human = Powering(claims=5, bits=4).trees(7, 300), Human(gameability=1.0)
    run = events.run(trees, human, attack=Attack(exposure=0.1, infectivity=0.5))
    assert run.infected is not None
    for visit in [one for q in range(5) for one in events.consult(trees, q, human, attack=Attack(exposure=0.1)).visits]:
        assert not (visit.dictated and visit.answer == visit.truth)
        assert visit.dictated == (visit.infected is not None)
    perfect = Human(discernment=1000.0, leaf_discernment=1000.0)
    # People who do not err: a root is wrong only if somebody was corrupted; and a corrupted root is always wrong.
    run = events.run(trees, perfect, attack=Attack(exposure=0.1, infectivity=0.5))
    wrong = (run.answers[-1] != trees.root.truth)[0]
    anybody = np.any([(when >= 0).any(axis=0) for when in run.infected.when], axis=0)
    assert not (wrong & ~anybody).any()
    assert wrong[run.infected.root].all()
    assert (wrong & ~run.infected.root).any()
