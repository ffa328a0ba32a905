"""The table ``[sample]`` of a specification: fields drawn together by a design, not tried on a grid.

``design`` is one of ``design.DESIGNS``, ``points`` how many, ``seed`` which draw of the design; ``[sample.fields]`` has
a range per path as in a box: ``[low, high]``, or words.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from divergence import design
from divergence.build import SpecError, nearest
from divergence.plain import columns, flatten, toml, whole
from divergence.spec import Range, Sample, Spec, apply
from divergence.specbox import table_of, values_of

KEYS = ("sample",)
_KNOWN = ("design", "points", "seed", "fields")
_MOST_POINTS = 2**16


def parsed(spec: Spec, table: dict[str, Any], name: str, wrong: list[str]) -> Spec:
    """The study with the sample its text asks for; mistakes are added to ``wrong``."""
    given = table_of(table, "sample", _KNOWN, name, wrong)
    if given is None:
        return spec
    where = f"{name}: sample"
    chosen = given.get("design", "sobol")
    if not isinstance(chosen, str) or chosen not in design.DESIGNS:
        listed = ", ".join(design.DESIGNS)
        wrong.append(f"{where}.design: no design {chosen!r}{nearest(chosen, design.DESIGNS)}; there are: {listed}")
        chosen = "sobol"
    sample = Sample(
        design=chosen,
        points=whole(given, "points", 64, 1, _MOST_POINTS, where, wrong),
        seed=whole(given, "seed", 0, 0, 2**62, where, wrong),
        ranges=_ranges(given.get("fields", {}), spec, where, wrong),
    )
    if not sample.ranges and not wrong:
        wrong.append(f'{where}.fields: needs a range for a field at least, e.g. "scenario.plant_rate" = [0.0, 0.5]')
    if chosen == "saltelli" and sample.points & (sample.points - 1):
        wrong.append(f"{where}.points: must be a power of 2 for saltelli, not {sample.points}")
    return replace(spec, sample=sample)


def lines(spec: Spec) -> list[str]:
    """The table as TOML, if there is one."""
    if spec.sample is None:
        return []
    asked = spec.sample
    found = ["", "[sample]", f"design = {toml(asked.design)}", f"points = {asked.points}", f"seed = {asked.seed}"]
    return [*found, "[sample.fields]", *(f'"{one.path}" = {toml(list(one.values))}' for one in asked.ranges)]


def _ranges(table: Any, spec: Spec, where: str, wrong: list[str]) -> tuple[Range, ...]:
    if not isinstance(table, dict):
        wrong.append(f"{where}.fields: must be a table of paths, each with [low, high]")
        return ()
    flat = dict(flatten(table))
    named = columns([*(axis.path for axis in spec.axes), *flat])
    swept = {axis.path for axis in spec.axes}
    found: list[Range] = []
    for path, given in flat.items():
        here = f'{where}.fields."{path}"'
        try:
            if path in swept:
                raise SpecError(f"{here}: is in [sweep] too; a field is swept or drawn, not both")
            found.append(Range(path, named[path], values_of(spec, path, given, here)))
            for one in found[-1].values:
                apply(spec, {path: one}, here)
        except SpecError as error:
            wrong.extend(error.mistakes)
    return tuple(found)
