"""Random draws keyed by what is decided, not by when it is decided.

A draw is a pure function of (seed, question or place, purpose, index): a counter hash built from the SplitMix64
finaliser (Steele, Lea, Flood 2014), with every word of the key hashed on its own. So schemes, gameabilities, engines
and staffing levels share their luck (common random numbers), nothing depends on the order of computation, and no
generator is ever stored. Python integers serve single draws, blocked NumPy many; both give the same bits.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from scenarios.blocks import blocks

Keys = NDArray[np.uint64]
Floats = NDArray[np.float64]

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_FIRST, _SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_BLOCK = 1 << 13
"""Words hashed at a time: a block and its scratch stay in the first-level cache."""


def mix(word: int) -> int:
    """SplitMix64's finaliser on one Python integer: a bijection of 64-bit words that spreads every bit."""
    word &= _MASK
    word = ((word ^ (word >> 30)) * _FIRST) & _MASK
    word = ((word ^ (word >> 27)) * _SECOND) & _MASK
    return word ^ (word >> 31)


def mix_in_place(words: Keys) -> Keys:
    """The same finaliser over a contiguous array, in place and in blocks. Returns ``words``."""
    flat = words.reshape(-1)
    scratch = np.empty(min(_BLOCK, flat.size), dtype=np.uint64)
    for start in range(0, flat.size, _BLOCK):
        block = flat[start : start + _BLOCK]
        shifted = scratch[: block.size]
        for shift, factor in ((30, _FIRST), (27, _SECOND)):
            np.right_shift(block, np.uint64(shift), out=shifted)
            np.bitwise_xor(block, shifted, out=block)
            np.multiply(block, np.uint64(factor), out=block)
        np.right_shift(block, np.uint64(31), out=shifted)
        np.bitwise_xor(block, shifted, out=block)
    return words


def word(name: str) -> int:
    """A fixed 64-bit word for a purpose's name, the same on every machine and in every version."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def derive_one(key: int, step: int) -> int:
    """The key one step below ``key``."""
    return mix(key ^ mix(step + _GOLDEN))


def derive(keys: Keys, step: int) -> Keys:
    """``derive_one`` for every key of an array with one common step."""
    return mix_in_place(np.ascontiguousarray(keys ^ np.uint64(mix(step + _GOLDEN))))


def keys_from(seed: int, purpose: str, start: int, count: int) -> Keys:
    """Keys number ``start`` … ``start + count - 1`` of a purpose. Shape (count,)."""
    return keys_of(seed, purpose, np.arange(start, start + count, dtype=np.uint64))


def keys_of(seed: int, purpose: str, numbers: NDArray[Any]) -> Keys:
    """The keys of some numbers of a purpose, (n,) → (n,)."""
    base = derive_one(mix(seed + _GOLDEN), word(purpose))
    steps = numbers.astype(np.uint64) + np.uint64(_GOLDEN)
    return mix_in_place(mix_in_place(steps) ^ np.uint64(base))


def unit(key: int) -> float:
    """One uniform number strictly between 0 and 1, from one key (52 bits)."""
    return ((key >> 12) + 0.5) * 2.0**-52


def units_in_place(keys: Keys) -> Floats:
    """Uniform numbers strictly between 0 and 1 in the memory of ``keys``, which are spent."""
    np.right_shift(keys, np.uint64(12), out=keys)
    np.bitwise_or(keys, np.uint64(0x3FF << 52), out=keys)
    numbers = keys.view(np.float64)
    numbers -= 1.0 - 2.0**-53
    return numbers


def uniforms(keys: Keys, purpose: str) -> Floats:
    """One uniform number per key for a purpose. Shape of ``keys``."""
    return units_in_place(derive(keys, word(purpose)))


def claim_uniforms(keys: Keys, purpose: str, claims: int) -> Floats:
    """One uniform number per claim and key. Shape (claims, *keys.shape)."""
    own = derive(keys, word(purpose))
    drawn = np.empty((claims, *keys.shape), dtype=np.uint64)
    for claim in range(claims):
        np.bitwise_xor(own, np.uint64(mix(claim + _GOLDEN)), out=drawn[claim])
    return units_in_place(mix_in_place(drawn))


def normals(keys: Keys, purpose: str, claims: int) -> Floats:
    """One standard normal number per claim and key. Shape (claims, *keys.shape)."""
    drawn = claim_uniforms(keys, purpose, claims)
    return np.asarray(special.ndtri(drawn, out=drawn))


def minus_gumbels(keys: Keys, purpose: str, claims: int) -> Floats:
    """Minus one standard Gumbel number per claim and key, ``log(-log U)``. Shape (claims, *keys.shape)."""
    drawn = claim_uniforms(keys, purpose, claims)
    np.log(drawn, out=drawn)
    np.negative(drawn, out=drawn)
    return np.asarray(np.log(drawn, out=drawn))


def choose(values: Floats, keys: Keys, purpose: str = "tie") -> NDArray[np.intp]:
    """The claim with the largest value at every place; ties are broken by a keyed draw.

    ``values`` has shape (claims, *keys.shape); the result has the shape of ``keys``.
    """
    chosen = np.empty(keys.shape, dtype=np.intp)
    for some in blocks(values.shape):
        chosen[some] = _best(values[:, some], keys[some], purpose)
    return chosen


def _best(values: Floats, keys: Keys, purpose: str) -> NDArray[np.signedinteger]:
    best = values.max(axis=0)
    tied = values == best
    if int(np.count_nonzero(tied)) > best.size:
        luck = np.where(tied, claim_uniforms(keys, purpose, len(values)), -1.0)
        return np.asarray(luck.argmax(axis=0))
    chosen = np.zeros(best.shape, dtype=np.int8 if len(values) <= 127 else np.intp)
    for claim in range(1, len(values)):  # sums of small integers: many times faster than argmax over a short first axis
        chosen += tied[claim] * chosen.dtype.type(claim)
    return chosen
