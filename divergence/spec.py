"""A study: which scenarios, overseers and schemes, which of their fields are swept, how many seeds and questions.

Beside its ranking a study may ask what the ranking hangs on: ``ablations`` (γ* again under single changes), ``shares``
(how often each pair's order holds in a ``box`` of plausible assumptions), and ``load`` (γ* when people are busy).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from distillers.training import Training
from divergence.cell import OPTIMUM, Named, label, measured
from divergence.office_trees import OfficeTrees
from divergence.plain import reported
from scenarios import part as parts

OFFICE = "office"
"""The kind of part that an office is: a study has one if it has trees simulated in time, and it needs no label."""


@dataclass(frozen=True)
class Axis:
    """One swept field: ``path`` names it in the study, ``column`` in the results, ``values`` are tried in turn."""

    path: str
    column: str
    values: tuple[Any, ...]

    @property
    def reported(self) -> tuple[Any, ...]:
        """The values as they stand in results."""
        return tuple(map(reported, self.values))

    def nearest(self, wanted: Any) -> Any:
        """The wanted value where it was tried, else the middle one."""
        return wanted if wanted in self.values else self.values[len(self.values) // 2]


@dataclass(frozen=True)
class Range:
    """One assumption of the box: ``values`` are (low, high), or words that are equally plausible."""

    path: str
    column: str
    values: tuple[Any, ...]

    @property
    def chosen(self) -> bool:
        """Whether values are chosen among words, not drawn between numbers."""
        return isinstance(self.values[0], str)


@dataclass(frozen=True)
class Sample:
    """Fields drawn together: ``points`` of a ``design`` (``design.DESIGNS``) in a box of ``ranges``."""

    design: str
    points: int
    seed: int
    ranges: tuple[Range, ...]


@dataclass(frozen=True)
class Ablations:
    """How γ* is measured again under each change. ``schemes``: labels of some of the study's; none means all."""

    questions: int = 250
    seeds: int = 2
    schemes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shares:
    """How many points of the box are tried, each with one seed of its own, and with which ``schemes`` (none: all)."""

    points: int = 64
    questions: int = 120
    schemes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Load:
    """How γ* of the core schemes is measured against offered load: batches of questions, one per seed."""

    questions: int = 150
    seeds: int = 2


@dataclass(frozen=True)
class Spec:
    """A study. ``seeds`` batches of ``questions`` root questions each; seeds are numbered from ``first_seed``.

    ``brief``: only distances from HCH are measured and accuracy, the rest is blank; several times faster.
    ``office``: trees of every cell that are simulated in time.
    ``phases``: what is measured of a scheme: its optimum, what training on a budget comes to, or both.
    ``trainings``: how that is done, one or none.
    """

    scenarios: tuple[Named, ...]
    overseers: tuple[Named, ...]
    schemes: tuple[Named, ...]
    axes: tuple[Axis, ...] = ()
    questions: int = 500
    seeds: int = 8
    first_seed: int = 0
    ablations: Ablations | None = None
    shares: Shares | None = None
    load: Load | None = None
    box: tuple[Range, ...] = ()
    sample: Sample | None = None
    brief: bool = False
    office: OfficeTrees | None = None
    phases: tuple[str, ...] = (OPTIMUM,)
    trainings: tuple[Named, ...] = ()

    @property
    def training(self) -> Training | None:
        """How schemes are trained in the phase ``trained``."""
        return self.trainings[0].part if self.trainings else None

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of results that tell a study's points apart: swept fields, drawn fields, the number of the draw."""
        ranges = self.sample.ranges if self.sample else ()
        fields = (*(axis.column for axis in self.axes), *(one.column for one in ranges))
        return (*fields, "point") if ranges else fields

    @property
    def hanging_on_draws(self) -> frozenset[str]:
        """Labels of the schemes whose seeds differ by more than their questions."""
        return frozenset(named.label for named in self.schemes if named.part.hangs_on_draws)

    @property
    def varied(self) -> tuple[Axis | Range, ...]:
        """Whatever is swept or drawn."""
        return (*self.axes, *(self.sample.ranges if self.sample else ()))

    @property
    def gameability(self) -> Axis | None:
        """The sweep of γ, if there is one along which γ* can be found."""
        return next((axis for axis in self.axes if axis.column == "gameability" and len(axis.values) > 1), None)

    def of(self, kind: str) -> tuple[Named, ...]:
        """The study's parts of one kind: scenario, overseer, scheme, training or office."""
        if kind == OFFICE:
            return () if self.office is None else (Named(OFFICE, self.office.office),)
        found: tuple[Named, ...] = getattr(self, f"{kind}s")
        return found

    @property
    def groups(self) -> dict[str, list[str]]:
        """Labels of the schemes by the group they are shown with, both in order of first appearance."""
        found: dict[str, list[str]] = {}
        for named in self.schemes:
            labels = [label(named.label, phase) for phase in self.phases if measured(named, phase)]
            found.setdefault(type(named.part).group, []).extend(labels)
        return found

    def among(self, labels: tuple[str, ...]) -> Spec:
        """The study with only the schemes of these labels; without labels, with all."""
        chosen = tuple(named for named in self.schemes if named.label in labels)
        return self.having("scheme", chosen) if labels else self

    def having(self, kind: str, parts: tuple[Named, ...]) -> Spec:
        """The study with its parts of one kind replaced."""
        if kind == OFFICE:
            office = None if self.office is None else replace(self.office, office=parts[0].part)
            return replace(self, office=office)
        changed: Any = {f"{kind}s": parts}
        return replace(self, **changed)


def focus(spec: Spec) -> dict[str, Any]:
    """For every swept field but γ: its default where that was tried, else the middle value, as results have it."""
    return {axis.column: reported(usual(spec, axis)) for axis in spec.axes if axis.column != "gameability"}


def usual(spec: Spec, axis: Axis) -> Any:
    """A swept field's default where that was tried, else the middle value."""
    of = spec.of(axis.path.split(".")[0])
    defaults = {note.name: note.default for named in of for note in parts.notes(type(named.part))}
    return axis.nearest(defaults.get(axis.path.rsplit(".", 1)[-1]))
