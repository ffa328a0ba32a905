"""Dotted paths to fields of a study's parts: what is set, swept, drawn from a box, or looked up.

``overseer.gameability`` is that field of every overseer, ``scheme.debate.n_search`` that of the scheme called debate,
``overseer.member.attention`` a field of a part in a field, ``office.staff`` one of the office that trees are simulated
in. Where it is set, what complains is the part itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from divergence.build import FAMILIES, SpecError, make, nearest
from divergence.cell import Named, gameability_steps
from divergence.spec import OFFICE, Spec
from overseers.base import Overseer
from scenarios.part import Part, held

_KINDS = (*FAMILIES, OFFICE)
_NEEDED = {
    "training": 'nothing is trained: phases = ["optimum", "trained"] is needed',
    OFFICE: "no trees are simulated in time: office_trees = 10, say, is needed",
}
"""Kinds of parts that a study may do without."""


@dataclass(frozen=True)
class _Reached:
    """A path in a study: its kind of part, the parts it speaks of, the steps to its field, and who of them has it."""

    kind: str
    among: tuple[Named, ...]
    steps: tuple[str, ...]
    parts: tuple[Named, ...]

    @property
    def targets(self) -> set[tuple[str, ...]]:
        """The fields themselves, of parts by label."""
        return {(self.kind, one.label, *_located(one.part, self.steps)) for one in self.parts}


def apply(spec: Spec, point: dict[str, Any], place: str = "") -> Spec:
    """The study with some fields set. A path is ``overseer.field``, ``scheme.label.field``, ``overseer.member.field`` …

    Without a label, the field is set in every part of the kind that has it. Raises SpecError if none has.
    ``overseer.gameability`` is γ of every overseer: where it has none itself, that of the one it wraps.
    ``place``: what complaints call the field, its path if nothing else.
    """
    for path, value in point.items():
        where = place or path
        found = _reached(spec, path, where)
        every = spec.of(found.kind)
        if not every and found.kind in _NEEDED:
            raise SpecError(f"{where}: {_NEEDED[found.kind]}")
        if not found.parts and every:
            known, asked = sorted({path for one in found.among for path in _paths(one.part)}), ".".join(found.steps)
            who = f"no {found.kind}" if found.among == every else f"'{found.among[0].label}' is no {found.kind} that"
            raise SpecError(
                f"{where}: {who} has a field '{asked}'{nearest(asked, known)}; permitted: {', '.join(known)}"
            )
        chosen = {one.label for one in found.parts}
        changed = [_changed(one, found.steps, value, where) if one.label in chosen else one for one in every]
        spec = spec.having(found.kind, tuple(changed))
    return spec


def reached(spec: Spec, path: str) -> tuple[Named, ...]:
    """The parts that a path sets a field of; none if nobody has it. Raises SpecError if it is no path."""
    return _reached(spec, path, path).parts


def clash(spec: Spec, path: str, others: Iterable[str]) -> str | None:
    """The first of other paths that sets a field of the same part as this one, if any does."""
    mine = _reached(spec, path, path).targets
    return next((other for other in others if mine & _reached(spec, other, other).targets), None)


def freed(spec: Spec, path: str, place: str) -> Spec:
    """The study in which a path's fields are neither swept nor drawn nor assumed in the box.

    Raises SpecError where something that is varied sets some of them, and others too.
    """
    mine = _reached(spec, path, place).targets

    def sets(other: str) -> bool:
        theirs = _reached(spec, other, other).targets
        if mine & theirs and not theirs <= mine:
            raise SpecError(f'{place}: "{other}", which is varied, sets that field and others; set "{other}"')
        return other == path or bool(mine & theirs)

    spec = replace(spec, axes=tuple(axis for axis in spec.axes if not sets(axis.path)))
    spec = replace(spec, box=tuple(one for one in spec.box if not sets(one.path)))
    if spec.sample is None:
        return spec
    drawn = tuple(one for one in spec.sample.ranges if not sets(one.path))
    return replace(spec, sample=replace(spec.sample, ranges=drawn) if drawn else None)


def fields_of(spec: Spec) -> set[str]:
    """The names of all fields that a study's parts have."""
    every = (one for kind in _KINDS for one in spec.of(kind))
    return {path.rsplit(".", 1)[-1] for one in every for path in _paths(one.part)}


def within(part: Part) -> list[str]:
    """The fields of a part that hold parts."""
    return [name for name, inner in held(part).items() if isinstance(inner, Part)]


def value(spec: Spec, path: str) -> Any:
    """What a path's field is in the first part that has it."""
    found = _reached(spec, path, path)
    at: Any = found.parts[0].part
    for step in _located(at, found.steps):
        at = getattr(at, step)
    return at


def _reached(spec: Spec, path: str, where: str) -> _Reached:
    kind, _, rest = path.partition(".")
    if kind not in _KINDS or not rest:
        raise SpecError(f"{where}: a path starts with {_listed(_KINDS)}, and ends with a field")
    among = spec.of(kind)
    named = [one for one in among if rest.startswith(f"{one.label}.")]
    if named:
        only = max(named, key=lambda one: len(one.label))  # labels may have dots
        among, rest = (only,), rest.removeprefix(f"{only.label}.")
    steps = tuple(rest.split("."))
    return _Reached(kind, among, steps, tuple(one for one in among if _has(one.part, _located(one.part, steps))))


def _listed(kinds: tuple[str, ...]) -> str:
    *first, last = (f"{kind}." for kind in kinds)
    return f"{', '.join(first)} or {last}"


def _located(part: Part, steps: tuple[str, ...]) -> tuple[str, ...]:
    """The steps from a part to a field; to γ of an overseer, wherever it is."""
    if isinstance(part, Overseer) and steps == ("gameability",):
        return tuple(gameability_steps(part) or steps)
    return steps


def _paths(part: Part) -> list[str]:
    """All fields of a part, those of the parts in its fields included, as dotted paths."""
    values = held(part)
    inner = [f"{name}.{path}" for name, one in values.items() if isinstance(one, Part) for path in _paths(one)]
    return [*values, *inner]


def _has(part: Part, steps: tuple[str, ...]) -> bool:
    first, *rest = steps
    values = held(part)
    return first in values and (not rest or (isinstance(values[first], Part) and _has(values[first], tuple(rest))))


def _changed(named: Named, steps: tuple[str, ...], value: Any, where: str) -> Named:
    """A part with a field set; ``where`` names the field."""
    return replace(named, part=_set(named.part, _located(named.part, steps), value, where))


def _set(part: Part, steps: tuple[str, ...], value: Any, where: str) -> Part:
    first, *rest = steps
    values = held(part)
    inner = _set(values[first], tuple(rest), value, where) if rest else value
    return make(type(part), values | {first: inner}, where, first)
