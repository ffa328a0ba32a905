"""Large arrays in pieces that stay in the processor's cache.

Work on (claims, nodes, questions) that goes through its arrays many times is faster when it finishes one piece before
it takes the next, and needs no large arrays in between. Nodes and questions do not depend on each other, so results are
the same, bit for bit.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_NUMBERS = 1 << 16
"""In a piece of one array, half a MiB: smaller ones cost more in calls than they save in memory traffic (measured)."""


EVERYTHING = slice(None)

_LINE = 64
"""Bytes in a line of the cache."""


def scratch(shape: tuple[int, ...]) -> Floats:
    """Room for numbers that starts where a line of the cache does: results are written there twice as fast (measured).

    Worth its trouble for what is written many times, and small enough to stay in the cache.
    """
    size = math.prod(shape)
    room = np.empty(size + _LINE // 8)
    start = -room.ctypes.data % _LINE // 8
    return room[start : start + size].reshape(shape)


def blocks(shape: tuple[int, ...], numbers: int | None = None) -> list[slice]:
    """Slices of axis 1 that cut an array of this shape into pieces of so many numbers, in order; ``EVERYTHING`` if one.

    ``numbers``: as a rule as many as stay in the cache while several arrays are worked on.
    """
    one = shape[0] * math.prod(shape[2:])
    step = max(1, (numbers or _NUMBERS) // max(1, one))
    if shape[1] <= step:
        return [EVERYTHING]
    return [slice(start, min(start + step, shape[1])) for start in range(0, shape[1], step)]


def in_pieces(shape: tuple[int, ...], work: Callable[[tuple[slice, slice]], Floats]) -> Floats:
    """An array of this shape of which ``work`` makes one piece at a time, given where it is."""
    pieces = [(EVERYTHING, some) for some in blocks(shape)]
    if len(pieces) == 1:
        return work(pieces[0])
    out = np.empty(shape)
    for piece in pieces:
        out[piece] = work(piece)
    return out
