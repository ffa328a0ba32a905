"""Joins against brute force over every combination of sub-answers."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.joins import SumJoin, TableJoin, plurality


@st.composite
def joins(draw):
    claims, branching = draw(st.integers(2, 4)), draw(st.integers(1, 3))
    if draw(st.booleans()):
        return SumJoin(claims), claims, branching, lambda split: sum(split) % claims
    table = tuple(draw(st.integers(0, claims - 1)) for _ in range(claims**branching))

    def looked_up(split):
        return table[sum(claim * claims**place for place, claim in enumerate(reversed(split)))]

    return TableJoin(table, claims, branching), claims, branching, looked_up


OPERATIONS = {
    "distribution": (np.multiply, np.add, 0.0),
    "debate": (np.minimum, np.maximum, -np.inf),
    "plans": (np.add, np.maximum, -np.inf),
}


@given(joins(), st.sampled_from(sorted(OPERATIONS)), st.integers(0, 2**32))
def test_reduce_is_the_reduction_over_all_splits(case, kind, seed):
    join, claims, branching, joined = case
    combine, gather, nothing = OPERATIONS[kind]
    children = np.random.default_rng(seed).random((branching, claims, 2))
    expected = np.full((claims, 2), nothing)
    for split in itertools.product(range(claims), repeat=branching):
        term = children[0][split[0]]
        for child, claim in zip(children[1:], split[1:], strict=True):
            term = combine(term, child[claim])
        expected[joined(split)] = gather(expected[joined(split)], term)
    np.testing.assert_allclose(join.reduce(list(children), combine, gather), expected, rtol=1e-12)


@given(joins())
def test_arrays_and_single_answers_join_alike(case):
    join, claims, branching, joined = case
    splits = np.array(list(itertools.product(range(claims), repeat=branching)))
    before = splits.copy()
    together = join.answers(list(splits.T))
    assert (
        together.tolist() == [join.one(list(split)) for split in splits] == [joined(tuple(split)) for split in splits]
    )
    assert (splits == before).all(), "joining must not change the sub-answers"


@pytest.mark.parametrize(("split", "winner"), [((0, 1, 1), 1), ((2, 2, 1), 2), ((0, 1, 2), 0), ((2, 1, 0), 2)])
def test_plurality_ties_go_to_the_claim_given_first(split, winner):
    assert plurality(3, 3).one(split) == winner


def test_plurality_favours_no_claim():
    join = plurality(3, 4)
    for split in itertools.product(range(3), repeat=4):
        renamed = [(claim + 1) % 3 for claim in split]
        assert join.one(renamed) == (join.one(split) + 1) % 3
