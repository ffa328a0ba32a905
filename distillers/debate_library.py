"""Debate from a fixed library: the debaters may use only arguments that were there before them, ``n := n_lib``.

A restriction of debate (MODEL.md §4): however capable the models, each claim has the best of ``n_lib`` arguments.
Attacks are the scenario's, as in ordinary debate. A library of ``n`` arguments is debate with a search of ``n``.
"""

from __future__ import annotations

from distillers.debate import Debate, Debating
from hch.setting import Setting
from scenarios.part import field, part
from scenarios.streams import Floats


@part
class DebateLibrary(Debating):
    """Debate in which arguments come from a fixed library, however hard the models search."""

    library: int = field(8, "arguments per claim in the library", symbol="n_lib", unit="draws", ge=1, le=10**9)

    def verdicts(self, setting: Setting, height: int) -> Floats:
        return Debate(n_search=self.library, judged_depth=self.judged_depth).verdicts(setting, height)
