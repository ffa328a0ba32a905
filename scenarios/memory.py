"""What has been worked out about a batch of trees, so that it is worked out once.

A sweep visits the same trees with many overseers and schemes, and much of the work is the same: HCH depends on λγ
alone, myopic approval not on λ at all. Whatever is kept here is a pure function of the trees and its key.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

T = TypeVar("T")

_KEPT = 64


class Memory:
    """Results by key, the least recently used forgotten first."""

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, Any] = OrderedDict()

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """The result under a key, made now if it is not known."""
        if key not in self._known:
            made = make()
            self._known[key] = made
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        return cast("T", self._known[key])
