"""Keyed draws: one function of the key, the same bits from Python and NumPy, and as good as random."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from scenarios import streams

WORDS = st.integers(min_value=0, max_value=2**64 - 1)


@given(st.lists(WORDS, min_size=1, max_size=50))
def test_python_and_numpy_mix_the_same_bits(words):
    mixed = streams.mix_in_place(np.array(words, dtype=np.uint64))
    assert mixed.tolist() == [streams.mix(word) for word in words]


def test_the_finaliser_is_splitmix64s():
    # First outputs of the reference generator seeded with 0 (state advances by the golden gamma).
    golden = 0x9E3779B97F4A7C15
    assert [streams.mix(golden * k) for k in (1, 2, 3)] == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]


@given(WORDS, st.integers(min_value=0, max_value=2**64 - 1))
def test_python_and_numpy_derive_the_same_keys(key, step):
    assert streams.derive(np.array([key], dtype=np.uint64), step)[0] == streams.derive_one(key, step)


@given(st.integers(min_value=0, max_value=2**62), st.integers(min_value=0, max_value=2**32))
def test_a_question_has_one_key_in_every_batch(seed, start):
    base = streams.derive_one(streams.mix(seed + 0x9E3779B97F4A7C15), streams.word("question"))
    expected = [streams.derive_one(base, start + k) for k in range(3)]
    assert streams.keys_from(seed, "question", start, 3).tolist() == expected


@given(st.lists(WORDS, min_size=1, max_size=20))
def test_uniform_numbers_are_the_same_and_inside_the_unit_interval(words):
    drawn = streams.units_in_place(np.array(words, dtype=np.uint64))
    assert drawn.tolist() == [streams.unit(word) for word in words]
    assert ((drawn > 0) & (drawn < 1)).all()


def test_blocks_do_not_show():
    words = np.arange(3 * 8192 + 5, dtype=np.uint64)
    whole = streams.mix_in_place(words.copy())
    assert whole[8192] == streams.mix(8192)
    assert whole[-1] == streams.mix(3 * 8192 + 4)


@pytest.mark.parametrize("purpose", ["appeal", "noise"])
def test_draws_are_uniform_and_independent_across_claims_questions_and_purposes(purpose):
    keys = streams.keys_from(7, "question", 0, 50_000)
    drawn = streams.claim_uniforms(keys, purpose, 3)
    other = streams.uniforms(keys, "another purpose")
    for row in drawn:
        assert stats.kstest(row, "uniform").pvalue > 1e-4
        assert abs(np.corrcoef(row, other)[0, 1]) < 4 / np.sqrt(len(keys))
        assert abs(np.corrcoef(row[1:], row[:-1])[0, 1]) < 4 / np.sqrt(len(keys))
    assert abs(np.corrcoef(drawn)[0, 1]) < 4 / np.sqrt(len(keys))


def test_gumbel_noise_makes_a_softmax():
    keys = streams.keys_from(1, "question", 0, 200_000)
    belief = np.array([0.0, 1.0, -0.5])
    noisy = belief[:, None] - streams.minus_gumbels(keys, "noise", 3)
    counts = np.bincount(noisy.argmax(axis=0), minlength=3)
    expected = np.exp(belief) / np.exp(belief).sum()
    error = np.sqrt(expected * (1 - expected) / len(keys))
    assert (np.abs(counts / len(keys) - expected) < 4 * error).all()


def test_ties_are_broken_evenly_and_by_key():
    keys = streams.keys_from(3, "question", 0, 40_000)
    values = np.zeros((4, len(keys)))
    values[3] = -1.0
    chosen = streams.choose(values, keys)
    shares = np.bincount(chosen, minlength=4) / len(keys)
    assert shares[3] == 0
    assert (np.abs(shares[:3] - 1 / 3) < 4 * np.sqrt(2 / 9 / len(keys))).all()
    assert (streams.choose(values[:, 100:200], keys[100:200]) == chosen[100:200]).all()


def test_without_ties_the_largest_is_chosen():
    values = streams.normals(streams.keys_from(3, "question", 0, 1000), "x", 5)
    assert (streams.choose(values, streams.keys_from(3, "question", 0, 1000)) == values.argmax(axis=0)).all()
