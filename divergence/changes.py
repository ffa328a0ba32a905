"""Changes of one assumption at a time: the ablations beside every ranking (MODEL.md §8), and mechanisms switched off.

A change that no part has the field for, or that changes nothing because it is so already, is not made. Luck is held:
the same seeds and questions, keyed draws. Fewer rivals and less depth ask the same root questions of a smaller world.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from divergence.build import SpecError, make
from divergence.spec import Spec
from scenarios.part import Part
from scenarios.unplanted import Unplanted

UNCHANGED = "as it is"


@dataclass(frozen=True)
class Put:
    """Give a field a value wherever a part of the kind has it, inside wrappers too.

    ``times``: another field of the same part, of which ``value`` is the multiple.
    """

    kind: str
    field: str
    value: Any
    times: str = ""

    def on(self, part: Part) -> Part:
        """The part with the field set; the same part if it has none."""
        known = {spec.name: getattr(part, spec.name) for spec in fields(part)}  # type: ignore[arg-type]
        found = {name: self.on(inner) for name, inner in known.items() if isinstance(inner, Part)}
        if self.field in known and (not self.times or self.times in known):
            found[self.field] = self.value * known[self.times] if self.times else self.value
        return make(type(part), known | found, self.field) if found else part


@dataclass(frozen=True)
class Bare:
    """Remove planting at some levels of a scenario's trees."""

    leaves: bool = False
    between: bool = False
    root: bool = False
    kind: str = "scenario"

    def on(self, part: Part) -> Part:
        """The scenario, wrapped."""
        return make(Unplanted, {"member": part, **{name: getattr(self, name) for name in _WHERE}}, "planting")


_WHERE = ("leaves", "between", "root")


@dataclass(frozen=True)
class Change:
    """A change by name, as one or several steps."""

    label: str
    steps: tuple[Put | Bare, ...]

    def made(self, spec: Spec) -> Spec | None:
        """The changed study, or None where there is nothing to change."""
        changed = spec
        for step in self.steps:
            parts = tuple(replace(one, part=_tried(step, one.part)) for one in changed.of(step.kind))
            changed = changed.having(step.kind, parts)
        return None if changed == spec else changed


def _tried(step: Put | Bare, part: Part) -> Part:
    """The changed part; a part that does not permit the value is left alone."""
    try:
        return step.on(part)
    except SpecError:
        return part


def _scenario(label: str, **values: Any) -> Change:
    return Change(label, tuple(Put("scenario", name, value) for name, value in values.items()))


PLANTING_OFF = _scenario("planting off", plant_rate=0.0)
NO_REBUTTAL = _scenario("no rebuttal", attackable_true=0, attackable_false=0)
SEARCH_OFF = Change("n_search 1", (Put("scheme", "n_search", 1),))

ABLATIONS = (
    PLANTING_OFF,
    _scenario("asymmetry 0.5", asymmetry=0.5),
    _scenario("truth bonus 1", truth_bonus=1.0),
    Change("λ = 0", (Put("overseer", "self_persuasion", 0.0),)),
    Change("λ = 1", (Put("overseer", "self_persuasion", 1.0),)),
    Change("κ_leaf/κ = 0.75", (Put("overseer", "leaf_discernment", 0.75, times="discernment"),)),
    Change("κ_leaf/κ = 1.25", (Put("overseer", "leaf_discernment", 1.25, times="discernment"),)),
    _scenario("attackable_false 16", attackable_false=16),
    NO_REBUTTAL,
    SEARCH_OFF,
    Change("n_search 4096", (Put("scheme", "n_search", 4096),)),
    _scenario("Laplace rhetoric", rhetoric_family="laplace"),
    _scenario("Student t₃ rhetoric", rhetoric_family="student_t", rhetoric_freedom=3.0),
)
"""MODEL.md §8's changes: γ* of every scheme is shown under each."""

SWITCHES = (
    _scenario("appeal noise", appeal_noise=0.0),
    _scenario("rhetoric", rhetoric_scale=0.0),
    replace(SEARCH_OFF, label="search"),
    replace(NO_REBUTTAL, label="rebuttal"),
    replace(PLANTING_OFF, label="planting"),
    Change("planting at leaves", (Bare(leaves=True),)),
    Change("planting in between", (Bare(between=True),)),
    Change("planting at the root", (Bare(root=True),)),
    _scenario("rivals (K = 2)", claims=2),
    _scenario("depth (d = 0)", depth=0),
    Change("κ_leaf ≠ κ", (Put("overseer", "leaf_discernment", 1.0, times="discernment"),)),
)
"""Mechanisms, each switched off by itself: which of them takes a scheme away from HCH?"""

SAME = {switch.label: change.label for switch in SWITCHES for change in ABLATIONS if switch.steps == change.steps}
"""Switches that an ablation performs already: their results are read there."""


def everything() -> tuple[Change, ...]:
    """All that is tried beside the study as it is, once each."""
    return (*ABLATIONS, *(switch for switch in SWITCHES if switch.label not in SAME))
