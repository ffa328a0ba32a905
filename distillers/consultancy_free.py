"""Consultancy with a free adviser: it presents whatever claim the judge would accept most readily (MODEL.md §4).

As ``distillers.consultancy``, but nobody assigns the claim (Kenton et al. 2407.04622 call this open consultancy). The
adviser may well be honest: where the judge verifies much, the true claim is the most acceptable.
"""

from __future__ import annotations

from distillers.consultancy import Advised, accepted, presenting
from scenarios.part import part
from scenarios.streams import Floats, choose
from scenarios.trees import Level


@part
class ConsultancyFree(Advised):
    """A judge believes, or not, one adviser who chose the claim to argue for."""

    def believed(self, belief: Floats, level: Level) -> Floats:
        return presenting(belief, choose(accepted(belief), level.places))
