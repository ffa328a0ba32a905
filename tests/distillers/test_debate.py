"""Debate: the fast path against max–min, and max–min against a plain recursion; published columns; cost."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from distillers.approval_frozen import ApprovalFrozen
from distillers.debate import Debate
from distillers.debate_hch_judge import DebateHCH
from distillers.imitation import Imitation
from hch.setting import Setting
from overseers.human import Human
from scenarios.joins import Join, SumJoin, TableJoin, plurality
from scenarios.ledger import Ledger
from scenarios.majority import Majority
from scenarios.trees import one_hot

UNATTACKED = {"attackable_true": 0, "attackable_false": 0}


def setting(join: Join, claims: int, branching: int, depth: int, questions: int = 200, **human: float) -> Setting:
    """Trees with any join: the truths above the leaves are majority's, which only unaided judges look at."""
    scenario = Majority(claims=claims, branching=branching, depth=depth)
    made = Human(**{"gameability": 2.0, **human})
    return Setting(replace(scenario.trees(3, questions), join=join), made)


def random_table(seed: int, claims: int, branching: int) -> TableJoin:
    """Any total join; for small tables some claims are the join of no split at all."""
    table = np.random.default_rng(seed).integers(claims, size=claims**branching)
    return TableJoin(tuple(table.tolist()), claims, branching)


JOINS = [
    *[(SumJoin(claims), claims, branching) for claims, branching in ((2, 2), (3, 3), (6, 2))],
    *[(plurality(claims, branching), claims, branching) for claims in (2, 3) for branching in (2, 3, 4)],
    *[(random_table(seed, claims, b), claims, b) for seed, (claims, b) in enumerate([(2, 2), (3, 2), (4, 2), (3, 3)])],
    *[(random_table(seed, 3, 2), 3, 2) for seed in range(10, 20)],
]


@pytest.mark.parametrize(("join", "claims", "branching"), JOINS)
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_joining_winners_is_the_max_min_argmax(join: Join, claims: int, branching: int, depth: int) -> None:
    if branching**depth > 64:
        depth = 2
    made = setting(join, claims, branching, depth)
    for judged_depth in range(depth + 1):
        debate = Debate(judged_depth=judged_depth)
        margins, chosen = debate.margins(made), debate.optimum(made).root
        np.testing.assert_array_equal(margins.argmax(axis=0), chosen.argmax(axis=0))
        assert (margins.max(axis=0) > 0).all()
        assert (np.sort(margins, axis=0)[-2] <= 0).all()  # the only one that anybody could defend


@pytest.mark.parametrize("scheme", [Debate(judged_depth=1), Debate(), DebateHCH(judged_depth=1)])
def test_inattentive_judges_leave_the_joined_winners_unbeaten(scheme: Debate | DebateHCH) -> None:
    """Mixed log-odds may go in circles, so winners need not lead; their join still has the largest margin."""
    made = setting(plurality(3, 3), 3, 3, 2, attention=0.4)
    margins, chosen = scheme.margins(made), scheme.optimum(made).root
    np.testing.assert_array_equal((margins * chosen).sum(axis=0), margins.max(axis=0))


def plain_margin(made: Setting, debate: Debate, height: int, node: int, question: int) -> list[float]:
    """MODEL.md §4 for one question, over every split, in Python floats and the human's formula spelt out."""
    trees, human, claims = made.trees, made.human, range(made.trees.claims)
    assert isinstance(human, Human)
    level = trees.levels[height]
    if height <= max(0, trees.depth - debate.judged_depth):
        weight = human.discernment * human.unaided_decay**height if height else human.leaf_discernment
        speech = level.rhetoric.best_of(debate.n_search)
        belief = [
            weight * (level.truth[node, question] == a)
            + human.gameability
            * (level.appeal[a, node, question] + speech[a, node, question] - level.rebuttal[a, node, question])
            for a in claims
        ]
        return [belief[a] - max(belief[b] for b in claims if b != a) for a in claims]
    first = node * trees.branching
    below = [plain_margin(made, debate, height - 1, first + i, question) for i in range(trees.branching)]
    margin = [-np.inf] * len(claims)
    for split in itertools.product(claims, repeat=trees.branching):
        weakest = min(part[claim] for part, claim in zip(below, split, strict=True))
        joined = trees.join.one(split)
        margin[joined] = max(margin[joined], weakest)
    return margin


@pytest.mark.parametrize(
    ("join", "claims", "branching"),
    [(SumJoin(3), 3, 2), (plurality(2, 3), 2, 3), (plurality(3, 2), 3, 2), (random_table(5, 3, 2), 3, 2)],
)
def test_margins_are_those_of_a_plain_recursion_over_all_splits(join: Join, claims: int, branching: int) -> None:
    made = setting(join, claims, branching, depth=2, questions=12)
    for judged_depth in (0, 1, 2, 7):
        debate = Debate(judged_depth=judged_depth, n_search=16)
        plain = [plain_margin(made, debate, 2, 0, question) for question in range(12)]
        np.testing.assert_allclose(debate.margins(made).T, plain, rtol=0, atol=1e-9)


@given(
    seed=st.integers(0, 10**6),
    claims=st.integers(2, 4),
    branching=st.integers(1, 3),
    judged_depth=st.integers(0, 3),
    gameability=st.floats(0, 5),
)
def test_any_random_join_gives_the_same_answer_both_ways(
    seed: int, claims: int, branching: int, judged_depth: int, gameability: float
) -> None:
    """``J``'s argmax, not the margins': with γ = 0 several claims may tie, and any of them is an optimum."""
    join = random_table(seed, claims, branching)
    made = setting(join, claims, branching, depth=2, questions=20, gameability=gameability)
    debate = Debate(judged_depth=judged_depth)
    margins, chosen = debate.margins(made), debate.optimum(made).root
    np.testing.assert_array_equal((np.where(chosen == 1.0, margins, 0.0)).sum(axis=0), margins.max(axis=0))


@pytest.mark.parametrize("scenario", [Ledger(), Majority()])
def test_at_full_depth_the_hch_judge_is_the_human_judge(scenario: Ledger | Majority) -> None:
    made = Setting(scenario.trees(0, 500), Human(gameability=2.0))
    for height in range(scenario.depth + 1):
        helped = DebateHCH(judged_depth=scenario.depth).optimum(made).at(height)
        np.testing.assert_array_equal(helped, Debate().optimum(made).at(height))


@pytest.mark.parametrize("scenario", [Ledger(**UNATTACKED), Majority(**UNATTACKED), Majority(claims=3, **UNATTACKED)])
@pytest.mark.parametrize("gameability", [0.0, 1.5, 2.5])
def test_unattacked_hch_judged_debate_at_the_root_is_frozen_approval(
    scenario: Ledger | Majority, gameability: float
) -> None:
    made = Setting(scenario.trees(0, 1000), Human(gameability=gameability))
    debated, approved = DebateHCH(judged_depth=0).optimum(made), ApprovalFrozen().optimum(made)
    for one, other in zip(debated.answers, approved.answers, strict=True):
        np.testing.assert_array_equal(one, other)


def test_attacks_part_hch_judged_debate_from_frozen_approval() -> None:
    made = Setting(Ledger().trees(0, 1000), Human(gameability=2.0))
    debated, approved = DebateHCH(judged_depth=0).optimum(made), ApprovalFrozen().optimum(made)
    assert 0.01 < (debated.root != approved.root).any(axis=0).mean() < 0.5


def test_cost_of_a_path_and_of_a_tree() -> None:
    """VALIDATION 17: b = 3, d = 8. HCH asks 9,841 humans; a full-depth debate judges one path of 9 questions."""
    made = Setting(Majority(depth=8).trees(0, 2), Human())
    assert Imitation().episode(made).labels == 9841
    path = Debate().episode(made)
    assert path.labels == 9
    assert path.human_minutes == path.elapsed_minutes
    assert [Debate(judged_depth=depth).episode(made).labels for depth in (0, 1, 5, 8, 9)] == [1, 2, 6, 9, 9]
    assert [DebateHCH(judged_depth=depth).episode(made).labels for depth in (0, 8)] == [1, 9]


def test_a_judgement_takes_its_mean_time() -> None:
    made = Setting(Ledger().trees(0, 2000), Human(judge_minutes=7.0))
    spread = 7.0 * np.sqrt((np.exp(0.25) - 1) * 5 / 2000)  # log-normal, σ = 0.5; five judgements
    assert Debate().episode(made).human_minutes == pytest.approx(35.0, abs=4 * spread)


COLUMNS = {
    "ledger": (
        Ledger(),
        {0.0: (1.0, 0.0), 1.5: (0.953, 0.045), 2.0: (0.500, 0.462), 2.5: (0.221, 0.696), 3.0: (0.176, 0.706)},
    ),
    "majority": (
        Majority(),
        {0.0: (1.0, 0.0), 1.5: (0.990, 0.009), 2.0: (0.870, 0.117), 2.5: (0.739, 0.212), 3.0: (0.672, 0.228)},
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", COLUMNS)
def test_columns_of_the_model(name: str) -> None:
    """MODEL.md §9, debate at ℓ = d: accuracy and harm, mean of 4 seeds × 3,000 roots."""
    scenario, expected = COLUMNS[name]
    for gameability, (accuracy, harm) in expected.items():
        found = []
        for seed in range(4):
            made = Setting(scenario.trees(seed, 3000), Human(gameability=gameability))
            pi, hch = Debate().optimum(made).root, made.hch.root
            true = one_hot(made.trees.root.truth[0], scenario.claims)
            harmed = (np.maximum(pi - hch, 0) * (1 - true)).sum(axis=0).mean()
            found.append(((pi * true).sum(axis=0).mean(), harmed))
        np.testing.assert_allclose(np.mean(found, axis=0), (accuracy, harm), rtol=0, atol=0.02)
