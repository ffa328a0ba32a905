"""Work is shared between overseers that behave alike: what they declare is verified by experiment."""

from dataclasses import replace

import numpy as np
import pytest

from distillers.approval import Approval
from distillers.base import Scheme
from distillers.imitation import Imitation
from divergence.measures import measure, target
from hch.setting import Setting
from overseers.base import Overseer
from overseers.human import Human
from overseers.unpersuaded import Unpersuaded
from scenarios import part as parts
from scenarios.ledger import Ledger
from scenarios.part import part

OVERSEERS = [cls() for cls in parts.find(Overseer, "overseers").values()]
SCHEMES = [cls() for cls in parts.find(Scheme, "distillers").values()]
TREES = Ledger(depth=2).trees(0, 40)
MERIT = np.random.default_rng(0).dirichlet(np.ones(6), size=(4, 40)).transpose(2, 0, 1)


def heard(height, aided):
    return Setting(TREES, Human()).hearing(height, aided, searched=64)


@pytest.mark.parametrize("overseer", OVERSEERS, ids=lambda o: o.part_name())
class TestEveryOverseersForms:
    @pytest.mark.parametrize(("height", "aided"), [(0, True), (1, True), (1, False)])
    def test_as_answerer_it_believes_the_same(self, overseer, height, aided):
        merit = MERIT[:, : 4 // (height + 1)]
        ours, form = overseer.own(heard(height, aided)), overseer.as_answerer().own(heard(height, aided))
        assert (ours.expected(merit) == form.expected(merit)).all()
        assert (ours.answer(merit) == form.answer(merit)).all()

    def test_as_rater_it_rates_the_same(self, overseer):
        speech = TREES.levels[0].rhetoric.best_of(64)
        ours, form = (one.rating(heard(0, True), speech) for one in (overseer, overseer.as_rater()))
        assert (ours.expected(MERIT) == form.expected(MERIT)).all()

    @pytest.mark.parametrize("work", ["think", "join", "rate", "compare", "judge"])
    def test_as_worker_it_takes_the_same_time(self, overseer, work):
        places = TREES.levels[0].places
        assert (overseer.ticks(work, places) == overseer.as_worker().ticks(work, places)).all()

    def test_silenced_it_believes_the_same_when_nothing_is_said(self, overseer):
        ours, form = Unpersuaded(member=overseer), Unpersuaded(member=overseer.silenced())
        speech = TREES.levels[0].rhetoric.best_of(64)
        assert (ours.own(heard(0, True)).answer(MERIT) == form.own(heard(0, True)).answer(MERIT)).all()
        rated = [one.rating(heard(0, True), speech).expected(MERIT) for one in (ours, form)]
        assert (rated[0] == rated[1]).all()


def test_humans_with_one_product_share_a_form():
    assert (
        Human(gameability=2.0, self_persuasion=0.5).as_answerer()
        == Human(gameability=1.0, self_persuasion=1.0).as_answerer()
    )
    assert Human(self_persuasion=0.1).as_rater() == Human(self_persuasion=0.9).as_rater()
    assert Human(gameability=1.0).as_answerer() != Human(gameability=2.0).as_answerer()


@part
class Chatty(Human):
    """Talks longer, and of itself, the more it can be persuaded."""

    def ticks(self, purpose, places):
        return super().ticks(purpose, places) * (1 + int(self.gameability))

    def rating(self, hearing, speech):
        belief = super().rating(hearing, speech)
        return replace(belief, bias=belief.bias * (1.0 + self.self_persuasion))

    def own(self, hearing):
        belief = super().own(hearing)
        return replace(belief, bias=belief.bias + self.self_persuasion * hearing.thought)


def test_a_subclass_shares_nothing_that_depends_on_what_it_overrides():
    humans = [
        Chatty(gameability=gamma, self_persuasion=share) for gamma in (0.0, 1.0, 3.0) for share in (0.0, 0.5, 1.0)
    ]
    shared = Ledger(depth=2).trees(0, 40)
    for human in [*humans, *reversed(humans)]:
        for scheme in (Imitation(), Approval()):
            used, fresh = (Setting(trees, human) for trees in (shared, Ledger(depth=2).trees(0, 40)))
            one, other = measure(scheme, used, target(used)), measure(scheme, fresh, target(fresh))
            assert one.episode == other.episode
            for name, values in one.values.items():
                np.testing.assert_array_equal(values, other.values[name], err_msg=name)


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda s: s.part_name())
def test_who_works_longer_is_not_given_anothers_time(scheme):
    shared = Ledger(depth=2).trees(0, 5)
    slow = Human(think_minutes=50.0, join_minutes=40.0, rate_minutes=30.0, compare_minutes=20.0, judge_minutes=60.0)
    for human in (Human(), slow, Human(think_sigma=0.1)):
        fresh = Ledger(depth=2).trees(0, 5)
        assert scheme.episode(Setting(shared, human)) == scheme.episode(Setting(fresh, human))


@pytest.mark.parametrize("scheme", [s for s in SCHEMES if not s.depends_on_answers], ids=lambda s: s.part_name())
def test_a_scheme_that_says_it_depends_on_ratings_alone_does(scheme):
    roots = [scheme.optimum(Setting(TREES, Human(gameability=2.0, self_persuasion=s))).root for s in (0.0, 0.5, 1.0)]
    assert (roots[0] == roots[1]).all()
    assert (roots[0] == roots[2]).all()


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda s: s.part_name())
def test_shared_work_changes_no_number(scheme):
    """Many overseers on the same trees, in turn, against each on trees that nobody has visited."""
    shared = Ledger(depth=2).trees(0, 25)
    for gamma in (0.0, 1.0, 2.0, 4.0):
        for share in (0.0, 0.5, 1.0):
            human = Human(gameability=gamma, self_persuasion=share)
            used, fresh = (Setting(trees, human, 0) for trees in (shared, Ledger(depth=2).trees(0, 25)))
            one, other = measure(scheme, used, target(used)), measure(scheme, fresh, target(fresh))
            assert one.status == other.status
            for name, values in one.values.items():
                np.testing.assert_array_equal(values, other.values[name], err_msg=name)
            assert replace(one, values={}) == replace(other, values={})
