"""``office_trees`` and the table ``[office]`` of a specification: trees of every cell that are simulated in time.

``office_trees`` is how many of a cell's questions; ``[office]`` has fields of ``hch/office.py`` (``staff``, ``hurry``,
``deadlines`` …), all at their defaults if it is left out: a desk for everybody.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from divergence.build import SpecError, make
from divergence.office_trees import OfficeTrees
from divergence.plain import toml, whole
from divergence.spec import Spec
from divergence.specbox import table_of
from hch.office import Office
from scenarios import part as parts

KEYS = ("office_trees", "office")


def parsed(spec: Spec, table: dict[str, Any], name: str, wrong: list[str]) -> Spec:
    """The study with the simulated trees its text asks for; mistakes are added to ``wrong``."""
    trees = whole(table, "office_trees", 0, 0, spec.questions, name, wrong)
    notes = {note.name: note for note in parts.notes(Office)}
    given = table_of(table, "office", tuple(notes), name, wrong)
    if given is not None and not trees:
        wrong.append(f"{name}: office: without office_trees nothing is simulated; office_trees = 10, say")
    if not trees:
        return spec
    try:
        known = {key: value for key, value in (given or {}).items() if key in notes}
        return replace(spec, office=OfficeTrees(trees, make(Office, known, f"{name}: office")))
    except SpecError as error:
        wrong.extend(error.mistakes)
        return spec


def lines(spec: Spec) -> tuple[list[str], list[str]]:
    """As TOML: the key, and the table with every field that differs from nothing."""
    if spec.office is None:
        return [], []
    fields = {key: value for key, value in parts.as_table(spec.office.office).items() if key != "type"}
    table = [f"{key} = {toml(value)}" for key, value in fields.items() if value is not None]
    return [f"office_trees = {spec.office.trees}"], ["", "[office]", *table]
