"""Permutation powering: truth by multiplying out, and what is asked in turn by brute force (VALIDATION 15)."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from scenarios.part import PartError
from scenarios.powering import Powering

SMALL = Powering(claims=4, bits=3)


def test_the_truth_is_the_power_of_the_permutation():
    trees = Powering(claims=16, bits=5).trees(3, 40)
    chain = trees.join
    for question in range(40):
        step = chain.step[:, question].tolist()
        assert sorted(step) == list(range(16))
        exponent = int("".join(str(odd) for odd in chain.odd[:, question]), 2)
        for height, level in enumerate(trees.levels):
            power = exponent >> (trees.depth - height)
            starts = range(16) if height < trees.depth else [int(chain.start[question])]
            for node, claim in enumerate(starts):
                for _ in range(power):
                    claim = step[claim]
                assert level.truth[node, question] == claim


def test_exponents_and_starts_are_spread_evenly():
    chain = Powering(claims=4, bits=3).trees(0, 8000).join
    exponents = chain.odd[0] * 4 + chain.odd[1] * 2 + chain.odd[2]
    for values, count in ((exponents, 8), (chain.start, 4), (chain.step[0], 4)):
        found = np.bincount(values, minlength=count)
        assert np.abs(found - 8000 / count).max() < 4 * np.sqrt(8000 / count)


def test_a_batch_holds_the_same_trees_wherever_it_starts():
    whole, part = SMALL.trees(5, 6), SMALL.trees(5, 2, start=3)
    for level, own in zip(whole.levels, part.levels, strict=True):
        assert np.array_equal(level.truth[:, 3:5], own.truth)
        assert np.array_equal(level.appeal[..., 3:5], own.appeal)
    alone = whole.only(4)
    assert alone.join.start == part.join.start[1]
    assert SMALL.size() == (whole.nodes, 4) == (9, 4)
    assert whole.humans == 7


@pytest.mark.parametrize(
    ("combine", "gather", "plain"),
    [(np.multiply, np.add, np.sum), (np.minimum, np.maximum, np.max), (np.add, np.maximum, np.max)],
)
def test_reductions_are_what_going_through_every_pair_of_answers_gives(combine, gather, plain):
    trees = SMALL.trees(1, 5)
    chain, rng = trees.join, np.random.default_rng(0)
    for height in (1, 2):
        below = rng.random((4, 4, 5))
        got = trees.reduced(below, height, combine, gather)
        assert got.shape == (4, chain.nodes(height), 5)
        for question, node in itertools.product(range(5), range(chain.nodes(height))):
            start = node if height < 2 else chain.start[question]
            terms = {claim: [] for claim in range(4)}
            for first, second in itertools.product(range(4), repeat=2):
                joined = chain.step[second, question] if chain.odd[height, question] else second
                terms[joined].append(combine(below[first, start, question], below[second, first, question]))
            expected = [plain(terms[claim]) for claim in range(4)]
            assert got[:, node, question] == pytest.approx(expected)
        if combine is np.multiply:
            assert np.allclose(trees.joined_distribution(below, height), got)


def test_a_join_that_is_not_told_the_level_says_so():
    trees = SMALL.trees(0, 1)
    with pytest.raises(PartError, match=r"trees\.joined\(below, level\.height\)"):
        trees.joined(trees.levels[0].truth)
