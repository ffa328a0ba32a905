"""The table ``[sample]`` of a specification: fields drawn together by a design, not tried on a grid.

``design`` is one of ``design.DESIGNS``, ``points`` how many, ``seed`` which draw of the design; ``[sample.fields]`` has
a range per path as in a box: ``[low, high]``, or words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from divergence import design
from divergence.build import nearest
from divergence.plain import toml, whole
from divergence.spec import Sample, Spec
from divergence.specbox import ranges, table_of

KEYS = ("sample",)
_KNOWN = ("design", "points", "seed", "fields")
_MOST_POINTS = 2**16


def parsed(spec: Spec, table: dict[str, Any], name: str, wrong: list[str]) -> Spec:
    """The study with the sample its text asks for; mistakes are added to ``wrong``."""
    given = table_of(table, "sample", _KNOWN, name, wrong)
    if given is None:
        return spec
    where, swept = f"{name}: sample", [axis.path for axis in spec.axes]
    chosen = given.get("design", "sobol")
    if not isinstance(chosen, str) or chosen not in design.DESIGNS:
        listed = ", ".join(design.DESIGNS)
        wrong.append(f"{where}.design: no design {chosen!r}{nearest(chosen, design.DESIGNS)}; there are: {listed}")
        chosen = "sobol"
    sample = Sample(
        design=chosen,
        points=whole(given, "points", 64, 1, _MOST_POINTS, where, wrong),
        seed=whole(given, "seed", 0, 0, 2**62, where, wrong),
        ranges=ranges(given.get("fields", {}), spec, f"{where}.fields", wrong, _twice(swept), beside=swept),
    )
    if not sample.ranges and not wrong:
        wrong.append(f'{where}.fields: needs a range for a field at least, e.g. "scenario.plant_rate" = [0.0, 0.5]')
    if chosen == "saltelli" and sample.points & (sample.points - 1):
        wrong.append(f"{where}.points: must be a power of 2 for saltelli, not {sample.points}")
    return replace(spec, sample=sample)


def _twice(swept: Sequence[str]) -> Callable[[str], str]:
    return lambda path: "is in [sweep] too; a field is swept or drawn, not both" if path in swept else ""


def lines(spec: Spec) -> list[str]:
    """The table as TOML, if there is one."""
    if spec.sample is None:
        return []
    asked = spec.sample
    found = ["", "[sample]", f"design = {toml(asked.design)}", f"points = {asked.points}", f"seed = {asked.seed}"]
    return [*found, "[sample.fields]", *(f'"{one.path}" = {toml(list(one.values))}' for one in asked.ranges)]
