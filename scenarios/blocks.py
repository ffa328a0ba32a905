"""Large arrays in pieces that stay in the processor's cache.

Work on (claims, nodes, questions) that goes through its arrays many times is faster when it finishes one piece before
it takes the next, and needs no large arrays in between. Nodes and questions do not depend on each other, so results are
the same, bit for bit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_NUMBERS = 1 << 16
"""In a piece of one array, half a MiB: smaller ones cost more in calls than they save in memory traffic (measured)."""


def blocks(shape: tuple[int, ...]) -> Iterator[slice]:
    """Slices of axis 1 that cut an array of this shape into pieces, in order."""
    one = shape[0] * math.prod(shape[2:])
    step = max(1, _NUMBERS // max(1, one))
    for start in range(0, shape[1], step):
        yield slice(start, start + step)


def in_pieces(shape: tuple[int, ...], work: Callable[[tuple[slice, slice]], Floats]) -> Floats:
    """An array of this shape of which ``work`` makes one piece at a time, given where it is."""
    pieces = [(slice(None), some) for some in blocks(shape)]
    if len(pieces) == 1:
        return work(pieces[0])
    out = np.empty(shape)
    for piece in pieces:
        out[piece] = work(piece)
    return out
