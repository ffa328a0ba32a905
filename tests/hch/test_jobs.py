"""Generators in the office: the same times as the event engine's, whatever the work is; asking and being told."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from distillers.approval import Approval
from distillers.debate import Debate
from distillers.imitation import Imitation
from distillers.lives import comparisons, consultations, judged_paths, ratings, single_comparisons
from hch import events
from hch.jobs import Job, Together, one, serve
from hch.office import Office
from hch.setting import Setting
from overseers.human import Human
from overseers.pace import TICKS_PER_MINUTE
from scenarios.ledger import Ledger

SETTING = Setting(Ledger(depth=3).trees(3, 20), Human())


@pytest.mark.parametrize(
    ("scheme", "lives"), [(Imitation(), consultations), (Approval(), ratings), (Debate(), judged_paths)]
)
def test_in_an_empty_office_an_episode_takes_what_it_says(scheme, lives):
    stated, lived = scheme.episode(SETTING), serve(lives(SETTING), Office())
    minutes = [sum(one.finish - one.started for one in life.work) / TICKS_PER_MINUTE for life in lived]
    assert np.mean(minutes) == pytest.approx(stated.human_minutes)
    assert np.mean([life.finish for life in lived]) / TICKS_PER_MINUTE == pytest.approx(stated.elapsed_minutes)
    assert np.mean([len(life.work) for life in lived]) >= stated.labels


@pytest.mark.parametrize("office", [Office(staff=5), Office(staff=3, hurry=2.0, speed_spread=0.3, skill_spread=0.3)])
def test_a_consultation_by_generators_is_the_event_engines(office):
    run = events.run(SETTING.trees, SETTING.human, office)
    lived = serve(consultations(SETTING), office)
    assert [life.finish for life in lived] == run.finish.tolist()
    kept = sorted(one.kept for life in lived for one in life.work if one.job.kind == "join")
    expected = np.sort(np.concatenate([share.ravel() for share in run.made.kept[1:] if share is not None] or [[]]))
    assert np.allclose(kept, expected if len(expected) else 1.0)


def test_who_asks_in_turn_is_told_before_asking_again():
    told = []

    def asks():
        first = yield Job(10, "think")
        told.append((yield Job(5 + first.finish, "think")).finish)
        return (yield Together([one(Job(3, "rate")), one(Job(100, "rate"))], deadline=20))

    (life,) = serve([asks()], Office())
    assert told == [25]
    assert life.finish == 45
    assert life.returned[0].finish == 28
    assert life.returned[1] is None


def test_a_flood_of_words_leaves_less_time_to_verify_where_people_hurry():
    def kept(**changes):
        lived = serve(ratings(SETTING), Office(staff=3, hurry=1.0, **changes))
        return np.mean([one.kept for life in lived for one in life.work])

    assert kept(argument_minutes=5.0) < kept(argument_minutes=1.0) < kept()
    calm = serve(ratings(SETTING), Office(staff=3, argument_minutes=5.0))
    assert {one.kept for life in calm for one in life.work} == {1.0}


def test_work_of_every_kind_waits_in_one_queue_and_each_takes_its_own_time():
    kinds = {"think": 10.0, "join": 10.0, "rate": 5.0, "compare": 5.0, "judge": 5.0}
    work = [consultations, ratings, comparisons, judged_paths, single_comparisons]
    lived = serve([life for asks in work for life in asks(SETTING)], Office(staff=4))
    done = [one for life in lived for one in life.work]
    for kind, minutes in kinds.items():
        ticks = np.array([one.job.ticks for one in done if one.job.kind == kind])
        spread = np.sqrt(np.expm1(0.25)) * minutes / np.sqrt(len(ticks))  # of a log-normal with σ = 0.5
        assert abs(ticks.mean() / TICKS_PER_MINUTE - minutes) <= 4 * spread
    assert sum(one.job.kind == "compare" for one in done) == 2 * SETTING.trees.nodes * 20
    end = max(one.finish for one in done)
    assert 0.97 * 4 * end < sum(one.job.ticks for one in done) <= 4 * end  # nobody is idle but at the very end
    by_person = {
        person: sorted((one.started, one.finish) for one in done if one.person == person) for person in range(4)
    }
    for stretches in by_person.values():
        assert all(before[1] <= after[0] for before, after in itertools.pairwise(stretches))


@pytest.mark.parametrize(("kind", "arguments"), [("think", 0), ("rate", 1), ("compare", 2), ("judge", 2)])
def test_every_presented_claim_has_an_argument_to_be_read(kind, arguments):
    (life,) = serve([one(Job(7, kind))], Office(argument_minutes=5.0))
    assert life.finish == 7 + arguments * 5 * TICKS_PER_MINUTE
