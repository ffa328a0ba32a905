"""A study: which scenarios, overseers and schemes, which of their fields are swept, how many seeds and questions."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from divergence.build import FAMILIES, SpecError, make, nearest
from divergence.cell import Named
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
class Spec:
    """A study. ``seeds`` batches of ``questions`` root questions each; seeds are numbered from ``first_seed``."""

    scenarios: tuple[Named, ...]
    overseers: tuple[Named, ...]
    schemes: tuple[Named, ...]
    axes: tuple[Axis, ...] = ()
    questions: int = 500
    seeds: int = 8
    first_seed: int = 0

    def of(self, kind: str) -> tuple[Named, ...]:
        """The study's parts of one kind: scenario, overseer or scheme."""
        return {"scenario": self.scenarios, "overseer": self.overseers, "scheme": self.schemes}[kind]

    @property
    def groups(self) -> dict[str, list[str]]:
        """Labels of the schemes by the group they are shown with, both in order of first appearance."""
        found: dict[str, list[str]] = {}
        for named in self.schemes:
            found.setdefault(type(named.part).group, []).append(named.label)
        return found

    def having(self, kind: str, parts: tuple[Named, ...]) -> Spec:
        """The study with its parts of one kind replaced."""
        changed: Any = {f"{kind}s": parts}
        return replace(self, **changed)


def apply(spec: Spec, point: dict[str, Any], where: str = "sweep") -> Spec:
    """The study with some fields set. A path is ``overseer.field``, ``scheme.label.field``, ``overseer.member.field`` …

    Without a label, the field is set in every part of the kind that has it. Raises SpecError if none has.
    """
    for path, value in point.items():
        kind, *rest = path.split(".")
        if kind not in FAMILIES or not rest:
            raise SpecError(f"{where}: a path starts with scenario., overseer. or scheme., and ends with a field")
        named = spec.of(kind)
        labels = [one.label for one in named]
        only, steps = (rest[0], rest[1:]) if rest[0] in labels and len(rest) > 1 else (None, rest)
        wanted = [one for one in named if only in (None, one.label) and _has(one.part, steps)]
        if not wanted and named:
            known = sorted({note.name for one in named for note in parts.notes(type(one.part))})
            raise SpecError(
                f"{where}: no {kind} has a field '{'.'.join(steps)}'{nearest(steps[-1], known)}; "
                f"permitted: {', '.join(known)}"
            )
        chosen = {one.label for one in wanted}
        changed = tuple(
            replace(one, part=_set(one.part, steps, value, where)) if one.label in chosen else one for one in named
        )
        spec = spec.having(kind, changed)
    return spec


def _has(part: Part, steps: list[str]) -> bool:
    if steps[0] not in {spec.name for spec in fields(part)}:  # type: ignore[arg-type]
        return False
    inner = getattr(part, steps[0])
    return len(steps) == 1 or (isinstance(inner, Part) and _has(inner, steps[1:]))


def _set(part: Part, steps: list[str], value: Any, where: str) -> Part:
    values = {spec.name: getattr(part, spec.name) for spec in fields(part)}  # type: ignore[arg-type]
    if len(steps) > 1:
        value = _set(values[steps[0]], steps[1:], value, where)
    return make(type(part), values | {steps[0]: value}, where)
