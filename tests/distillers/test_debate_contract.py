"""What debate, its relatives, consultancy and market making have in common, for each of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pydantic
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from distillers.base import Convincing, Judged, LogScored, Objective, Scheme
from distillers.consultancy import Consultancy
from distillers.consultancy_free import ConsultancyFree
from distillers.cross_examination import CrossExamination
from distillers.debate import Debate
from distillers.debate_hch_judge import DebateHCH
from distillers.debate_library import DebateLibrary
from distillers.debate_noisy import DebateNoisy
from distillers.debate_quotes import DebateQuotes
from distillers.market_making import MarketMaking
from hch.setting import Setting
from overseers.assisted import Assisted
from overseers.base import Overseer
from overseers.human import Human
from overseers.panel import Panel
from overseers.sceptic import Sceptic
from overseers.searching import Searching
from scenarios.ledger import Ledger
from scenarios.majority import Majority
from scenarios.part import find, notes

NAMED: dict[str, type[Judged]] = {
    "debate": Debate,
    "debate-hch": DebateHCH,
    "debate-noisy": DebateNoisy,
    "debate-quotes": DebateQuotes,
    "debate-library": DebateLibrary,
    "cross-examination": CrossExamination,
    "consultancy": Consultancy,
    "consultancy-free": ConsultancyFree,
    "market-making": MarketMaking,
}
VARIED: list[Judged] = [
    *[scheme() for scheme in NAMED.values()],
    Debate(judged_depth=0),
    Debate(judged_depth=1, n_search=1),
    DebateHCH(judged_depth=2),
    DebateNoisy(judged_depth=1),
    DebateQuotes(judged_depth=1),
    CrossExamination(found=0.5, judged_depth=2),
    Consultancy(assigned_true=0.0, aided=False),
    Consultancy(assigned_true=1.0),
    ConsultancyFree(aided=False),
]
AIMED = [scheme for scheme in VARIED if isinstance(scheme, Objective)]
SCENARIOS = [
    Ledger(depth=2),
    Ledger(claims=3, depth=3, rhetoric_family="student_t", asymmetry=0.5),
    Majority(depth=2, attackable_true=0, attackable_false=0),
    Majority(claims=3, branching=2, depth=2, rhetoric_family="laplace"),
    Majority(depth=0),
]
HUMANS = st.builds(
    Human,
    gameability=st.floats(0, 6),
    discernment=st.floats(0, 60),
    leaf_discernment=st.floats(0, 60),
    attention=st.sampled_from([0.0, 0.3, 1.0]),
    self_persuasion=st.floats(0, 1),
)


def test_each_is_found_under_its_name() -> None:
    found = find(Scheme, "distillers")
    assert {name: found[name] for name in NAMED} == NAMED


@settings(max_examples=60, deadline=None)
@given(scheme=st.sampled_from(VARIED), scenario=st.sampled_from(SCENARIOS), human=HUMANS, seed=st.integers(0, 99))
def test_every_policy_is_a_distribution_at_every_level(
    scheme: Judged, scenario: Ledger | Majority, human: Human, seed: int
) -> None:
    made = Setting(scenario.trees(seed, 30), human)
    policy = scheme.optimum(made)
    for level in made.trees.levels:
        chance = policy.at(level.height)
        assert chance.shape == (scenario.claims, *level.keys.shape)
        assert (chance >= 0).all()
        np.testing.assert_allclose(chance.sum(axis=0), 1.0, rtol=0, atol=1e-9)
    margins = scheme.margins(made)
    assert margins.shape == policy.root.shape
    assert not np.isnan(margins).any()


@pytest.mark.parametrize("scheme", VARIED, ids=repr)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_nobody_is_gamed_whom_persuasion_does_not_move(scheme: Judged, scenario: Ledger | Majority) -> None:
    made = Setting(scenario.trees(0, 200), Human(gameability=0.0))
    np.testing.assert_array_equal(scheme.optimum(made).root, scheme.optimum(made.deafened).root)


@pytest.mark.parametrize("scheme", VARIED, ids=repr)
@pytest.mark.parametrize("wrapper", [Panel, Sceptic, Assisted, Searching])
def test_every_kind_of_judge_may_preside(scheme: Judged, wrapper: type[Overseer]) -> None:
    """A distribution whatever the judge, who listens; and not gamed if persuasion does not move the members."""
    scenario = Ledger(claims=3, depth=2, asymmetry=0.5)
    heard = Setting(scenario.trees(0, 50), wrapper(member=Human(gameability=2.0)))
    root = scheme.optimum(heard).root
    np.testing.assert_allclose(root.sum(axis=0), 1.0, rtol=0, atol=1e-9)
    assert np.abs(scheme.margins(heard) - scheme.margins(heard.deafened)).max() > 0.1
    unmoved = Setting(scenario.trees(0, 50), wrapper(member=Human(gameability=0.0)))
    np.testing.assert_array_equal(scheme.optimum(unmoved).root, scheme.optimum(unmoved.deafened).root)


@pytest.mark.parametrize("scheme", VARIED, ids=repr)
def test_a_panel_of_one_who_hears_what_all_hear_is_its_member(scheme: Judged) -> None:
    trees, alone = Ledger(claims=3, depth=2).trees(0, 50), Human(gameability=2.0, attention=0.8)
    panel = Panel(member=alone, members=1, shared_argument=1.0)
    found, expected = scheme.optimum(Setting(trees, panel)).root, scheme.optimum(Setting(trees, alone)).root
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("scheme", VARIED, ids=repr)
def test_everybody_is_gamed_at_high_gameability(scheme: Judged) -> None:
    made = Setting(Ledger().trees(0, 500), Human(gameability=3.0))
    moved = np.abs(scheme.optimum(made).root - scheme.optimum(made.deafened).root).sum(axis=0) / 2
    assert moved.mean() > 0.15


@pytest.mark.parametrize("scheme", [scheme() for scheme in NAMED.values() if issubclass(scheme, Objective)], ids=repr)
def test_no_random_policy_beats_the_optimum(scheme: Objective) -> None:
    beaten_by_none(scheme, Ledger(claims=4, depth=2))


@pytest.mark.slow
@pytest.mark.parametrize("scheme", AIMED, ids=repr)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_no_random_policy_beats_the_optimum_anywhere(scheme: Objective, scenario: Ledger | Majority) -> None:
    beaten_by_none(scheme, scenario)


def beaten_by_none(scheme: Objective, scenario: Ledger | Majority) -> None:
    """1,000 root policies, half of them close to the optimum."""
    made = Setting(scenario.trees(1, 40), Human(gameability=2.0))
    best = scheme.optimum(made).root
    rng = np.random.default_rng(0)
    reached, tried = scheme.objective(made, best).mean(), []
    for trial in range(1000):
        other = rng.dirichlet(np.ones(scenario.claims), size=best.shape[1]).T
        tried.append(scheme.objective(made, 0.9 * best + 0.1 * other if trial % 2 else other).mean())
    assert reached >= max(tried)


def test_who_has_an_objective() -> None:
    convincing = {name for name, scheme in NAMED.items() if issubclass(scheme, Convincing)}
    assert convincing == {"debate", "debate-hch", "debate-quotes", "debate-library"}
    assert {name for name, scheme in NAMED.items() if issubclass(scheme, LogScored)} == {"market-making"}
    assert {name for name, scheme in NAMED.items() if issubclass(scheme, Objective)} == {*convincing, "market-making"}


@pytest.mark.parametrize("scheme", NAMED.values())
def test_fields_say_what_they_are(scheme: type[Judged]) -> None:
    for note in notes(scheme):
        assert note.meaning
        if isinstance(note.default, bool):
            continue
        assert note.low is not None
        assert note.symbol or note.unit


BAD: list[tuple[type[Judged], str, Any]] = [
    (Debate, "n_search", 0),
    (Debate, "n_search", 10**9 + 1),
    (Debate, "n_search", 1.5),
    (Debate, "judged_depth", -1),
    (DebateHCH, "judged_depth", -1),
    (DebateHCH, "n_search", 0),
    (DebateNoisy, "n_search", 0),
    (DebateNoisy, "judged_depth", -1),
    (DebateQuotes, "judged_depth", -1),
    (DebateQuotes, "n_search", 2),  # quotes are not searched for
    (DebateLibrary, "library", 0),
    (DebateLibrary, "n_search", 64),
    (CrossExamination, "found", 1.01),
    (CrossExamination, "found", -0.01),
    (CrossExamination, "found", math.nan),
    (Consultancy, "assigned_true", 2.0),
    (Consultancy, "assigned_true", math.inf),
    (Consultancy, "aided", "no"),
    (Consultancy, "n_search", 0),
    (ConsultancyFree, "n_search", 0),
    (ConsultancyFree, "assigned_true", 0.5),
    (MarketMaking, "n_search", 0),
]


@pytest.mark.parametrize(("scheme", "name", "value"), BAD)
def test_bad_input_is_refused_by_name(scheme: type[Judged], name: str, value: Any) -> None:
    with pytest.raises(pydantic.ValidationError) as refused:
        scheme(**{name: value})
    assert [problem["loc"] for problem in refused.value.errors()] == [(name,)]
