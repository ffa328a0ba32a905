"""Another scenario with nothing planted at some levels, luck held: where in a tree does planting do its harm?

A question of a tree of depth ``d`` is a leaf (level 0), the root (level ``d``), or in between. In a tree of one
question it is both leaf and root.
"""

from __future__ import annotations

from scenarios.base import Scenario
from scenarios.ledger import Ledger
from scenarios.part import field, part
from scenarios.trees import Trees


@part
class Unplanted(Scenario):
    """Another scenario without its planted falsehoods at the leaves, at the root, or in between."""

    member: Scenario = field(Ledger(), "the scenario whose planting is removed")
    leaves: bool = field(True, "nothing is planted at leaves")
    between: bool = field(True, "nothing is planted between leaves and root")
    root: bool = field(True, "nothing is planted at the root")

    def trees(self, seed: int, questions: int, start: int = 0) -> Trees:
        planted = self.member.trees(seed, questions, start)
        depth = planted.depth
        bare = set(range(1, depth)) if self.between else set()
        bare |= {0} if self.leaves else set()
        bare |= {depth} if self.root else set()
        return planted.without_plants_at(bare)

    def size(self) -> tuple[int, int]:
        return self.member.size()
