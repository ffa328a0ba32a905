"""A study: which scenarios, overseers and schemes, which of their fields are swept, how many seeds and questions.

Beside its ranking a study may ask what the ranking hangs on: ``ablations`` (γ* again under single changes), ``shares``
(how often each pair's order holds in a ``box`` of plausible assumptions), and ``load`` (γ* when people are busy).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

from distillers.training import Training
from divergence.build import FAMILIES, SpecError, make, nearest
from divergence.cell import OPTIMUM, Named, gameability_steps, label, measured
from divergence.office_trees import OfficeTrees
from overseers.base import Overseer
from scenarios import part as parts
from scenarios.part import Part


@dataclass(frozen=True)
class Axis:
    """One swept field: ``path`` names it in the study, ``column`` in the results, ``values`` are tried in turn."""

    path: str
    column: str
    values: tuple[Any, ...]

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
        """The study's parts of one kind: scenario, overseer, scheme or training."""
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
        changed: Any = {f"{kind}s": parts}
        return replace(self, **changed)


def apply(spec: Spec, point: dict[str, Any], place: str = "") -> Spec:
    """The study with some fields set. A path is ``overseer.field``, ``scheme.label.field``, ``overseer.member.field`` …

    Without a label, the field is set in every part of the kind that has it. Raises SpecError if none has.
    ``overseer.gameability`` is γ of every overseer: where it has none itself, that of the one it wraps.
    ``place``: what complaints call the field, its path if nothing else.
    """
    for path, value in point.items():
        where = place or path
        kind, steps, wanted = _addressed(spec, path, where)
        named = spec.of(kind)
        if kind == "training" and not named:
            raise SpecError(f'{where}: nothing is trained: phases = ["optimum", "trained"] is needed')
        if not wanted and named:
            known, asked = sorted({path for one in named for path in _paths(one.part)}), ".".join(steps)
            raise SpecError(
                f"{where}: no {kind} has a field '{asked}'{nearest(asked, known)}; permitted: {', '.join(known)}"
            )
        chosen = {one.label for one in wanted}
        changed = tuple(_changed(one, steps, value, where) if one.label in chosen else one for one in named)
        spec = spec.having(kind, changed)
    return spec


def _changed(named: Named, steps: list[str], value: Any, where: str) -> Named:
    """A part with a field set. ``where`` names the field, so complaints about it need not name it again."""
    located = _located(named.part, steps)
    try:
        return replace(named, part=_set(named.part, located, value, ""))
    except SpecError as error:
        told = [line.removeprefix("." + ".".join(located)) for line in error.mistakes]
        raise SpecError(*(f"{where}: {line.removeprefix(':').strip(' .')}" for line in told)) from error


def reached(spec: Spec, path: str) -> list[Named]:
    """The parts that a path sets a field of; none if nobody has it. Raises SpecError if it is no path."""
    return _addressed(spec, path, path)[2]


def clash(spec: Spec, path: str, others: Iterable[str]) -> str | None:
    """The first of other paths that sets a field of the same part as this one, if any does."""
    mine = _targets(spec, path)
    return next((other for other in others if mine & _targets(spec, other)), None)


def _targets(spec: Spec, path: str) -> set[tuple[str, ...]]:
    kind, steps, wanted = _addressed(spec, path, path)
    return {(kind, one.label, *_located(one.part, steps)) for one in wanted}


def value(spec: Spec, path: str) -> Any:
    """What a path's field is in the first part that has it."""
    _, steps, (first, *_) = _addressed(spec, path, path)
    found: Any = first.part
    for step in _located(found, steps):
        found = getattr(found, step)
    return found


def focus(spec: Spec) -> dict[str, Any]:
    """For every swept field but γ: its default where that was tried, else the middle value."""
    found: dict[str, Any] = {}
    for axis in spec.axes:
        if axis.column == "gameability":
            continue
        group = spec.of(axis.path.split(".")[0])
        defaults = {note.name: note.default for named in group for note in parts.notes(type(named.part))}
        default = defaults.get(axis.path.rsplit(".", 1)[-1])
        found[axis.column] = axis.nearest(default)
    return found


def _addressed(spec: Spec, path: str, where: str) -> tuple[str, list[str], list[Named]]:
    """A path's kind of part, the steps to its field, and the parts that have it."""
    kind, *rest = path.split(".")
    if kind not in FAMILIES or not rest:
        raise SpecError(
            f"{where}: a path starts with scenario., overseer., scheme. or training., and ends with a field"
        )
    labels = [one.label for one in spec.of(kind)]
    only, steps = (rest[0], rest[1:]) if rest[0] in labels and len(rest) > 1 else (None, rest)
    return (
        kind,
        steps,
        [one for one in spec.of(kind) if only in (None, one.label) and _has(one.part, _located(one.part, steps))],
    )


def _located(part: Part, steps: list[str]) -> list[str]:
    """The steps from a part to a field; to γ of an overseer, wherever it is."""
    if isinstance(part, Overseer) and steps == ["gameability"]:
        return gameability_steps(part) or steps
    return steps


def _paths(part: Part) -> list[str]:
    """All fields of a part, those of the parts in its fields included, as dotted paths."""
    values = {spec.name: getattr(part, spec.name) for spec in fields(part)}  # type: ignore[arg-type]
    inner = [f"{name}.{path}" for name, value in values.items() if isinstance(value, Part) for path in _paths(value)]
    return [*values, *inner]


def _has(part: Part, steps: list[str]) -> bool:
    if steps[0] not in {spec.name for spec in fields(part)}:  # type: ignore[arg-type]
        return False
    inner = getattr(part, steps[0])
    return len(steps) == 1 or (isinstance(inner, Part) and _has(inner, steps[1:]))


def _set(part: Part, steps: list[str], value: Any, where: str) -> Part:
    values = {spec.name: getattr(part, spec.name) for spec in fields(part)}  # type: ignore[arg-type]
    if len(steps) > 1:
        value = _set(values[steps[0]], steps[1:], value, f"{where}.{steps[0]}")
    return make(type(part), values | {steps[0]: value}, where)
