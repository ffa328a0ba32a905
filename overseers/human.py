"""The simulated human of MODEL.md §2: verifies support with weight κ, and is moved by persuasion with weight γ.

At a leaf it checks the claim itself (``leaf_discernment``); above, it checks a claim against the joined sub-answers
(``discernment``); without sub-answers its discernment fades with height (``κ·decay^level``). Its own thought finds one
argument per claim, discounted by ``self_persuasion``: HCH depends on λγ alone. Where quality is a matter of degree it
says what comes to mind (``readiness``) and checks nothing before it rates.
"""

from __future__ import annotations

from dataclasses import replace

from overseers.base import Belief, Hearing, Overseer
from scenarios.part import field, part
from scenarios.streams import Floats


@part
class Human(Overseer):
    """A gameable human: believes what it verifies, and also what is argued well."""

    discernment: float = field(8.0, "weight of support by sub-answers", symbol="κ", unit="noise units", ge=0, le=1000)
    leaf_discernment: float = field(
        8.0, "weight of support at a leaf", symbol="κ_leaf", unit="noise units", ge=0, le=1000
    )
    gameability: float = field(1.5, "weight of persuasion", symbol="γ", ge=0, le=1000)
    self_persuasion: float = field(0.5, "share of persuasion in one's own thought", symbol="λ", ge=0, le=1)
    attention: float = field(1.0, "chance of verifying at all", symbol="α", unit="probability", ge=0, le=1)
    unaided_decay: float = field(0.7, "discernment kept per level without sub-answers", ge=0, le=1)

    def own(self, hearing: Hearing) -> Belief:
        bias = hearing.appeal + hearing.thought
        bias *= self.gameability * self.self_persuasion
        if hearing.readiness is not None:
            return Belief(bias + hearing.readiness, 0.0)
        return Belief(bias, self._weight(hearing), self.attention)

    def rating(self, hearing: Hearing, speech: Floats) -> Belief:
        return Belief(self.gameability * (hearing.appeal + speech), self._weight(hearing), self.attention)

    def as_answerer(self) -> Human:
        """HCH depends on λγ alone."""
        if not self._as_here("own", "_weight"):
            return self
        return replace(self, gameability=self.gameability * self.self_persuasion, self_persuasion=1.0)

    def as_rater(self) -> Human:
        """Ratings do not depend on λ."""
        return replace(self, self_persuasion=0.0) if self._as_here("rating", "_weight") else self

    def as_worker(self) -> Human:
        """Who is persuaded works no faster."""
        return replace(self, gameability=0.0, self_persuasion=0.0) if self._as_here("ticks") else self

    def silenced(self) -> Human:
        """Without persuasion its weights do not matter."""
        if not self._as_here("own", "rating", "_weight"):
            return self
        return replace(self, gameability=0.0, self_persuasion=0.0)

    def _as_here(self, *methods: str) -> bool:
        """Whether a subclass has left these as they are: of its own ones, who knows what they depend on."""
        return all(getattr(type(self), name) is getattr(Human, name) for name in methods)

    def _weight(self, hearing: Hearing) -> float:
        if hearing.height == 0:
            return self.leaf_discernment
        return self.discernment if hearing.aided else self.discernment * self.unaided_decay**hearing.height
