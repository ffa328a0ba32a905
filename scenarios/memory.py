"""What has been worked out about a batch of trees, so that it is worked out once.

A sweep visits the same trees with many overseers and schemes, and much of the work is the same: HCH depends on λγ
alone, myopic approval not on λ at all. Whatever is kept here is a pure function of the trees and its key.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

T = TypeVar("T")


class Same:
    """One very array (or anything else) as a key: equal to itself alone. It is kept, so its identity stays its own."""

    def __init__(self, thing: object) -> None:
        self._thing = thing

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other._thing is self._thing

    def __hash__(self) -> int:
        return id(self._thing)


class Memory:
    """Results by key, ``kept`` of them, the least recently used forgotten first."""

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._known: OrderedDict[Hashable, Any] = OrderedDict()

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """The result under a key, made now if it is not known."""
        if key not in self._known:
            made = make()
            self._known[key] = made
            while len(self._known) > self._kept:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        return cast("T", self._known[key])
