"""One study out of several directories: the same study with other seeds, or copies of it that each got some way.

Cells are told by what they compute, so it does not matter where a directory has them. What no directory has is left to
be computed: the merged study continues like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from divergence import plan, specfile
from divergence.build import SpecError
from divergence.cell import Cell
from divergence.directory import only_writer, write_spec
from divergence.running import finished
from divergence.spec import Spec
from divergence.store import FILE, FILES, Store, StoreError
from divergence.study import Study, load

_MADE_BY = ("version", "plugins", "measures")
"""What a study says of what computed it."""


@dataclass(frozen=True)
class Merged:
    """The merged study, and how many cells it has and lacks."""

    study: Study
    done: int
    left: int


def merge(directories: Sequence[Path], out: Path) -> Merged:
    """Put the finished cells of several directories into a new one.

    Raises StoreError if they are not the same study but for their seeds, or if ``out`` holds something already.
    """
    found = [load(directory) for directory in directories]
    spec = _joined(found)
    if any((out / file).exists() for file in FILES):
        raise StoreError(f"{out}: holds a study already; name another directory")
    with only_writer(out):
        # What computed the cells, which need not be what merges them.
        about = {key: found[0].about[key] for key in _MADE_BY if key in found[0].about} | {"spec": specfile.dumps(spec)}
        left = 0
        for file, cells in plan.everything(spec).items():
            if cells or file == FILE:
                left += _gather(found, out, file, cells, about)
        write_spec(out, about)
        with Store(out) as store:
            done = len(store.done())
        return Merged(finished(spec, out, about), done, left)


def _gather(found: Sequence[Study], out: Path, file: str, cells: list[Cell], about: dict[str, str]) -> int:
    """Copy one file's finished cells; returns how many are missing still."""
    here = {_content(cell): cell.index for cell in cells}
    with Store(out, file, create=True) as store:
        store.note(about | {"cells": str(len(cells))})
        for one in found:
            if (one.directory / file).exists():
                theirs = plan.everything(one.spec)[file]
                places = {cell.index: here[_content(cell)] for cell in theirs if _content(cell) in here}
                with Store(one.directory, file) as other:
                    store.copy(other, places)
        return len(cells) - len(store.done())


def _content(cell: Cell) -> Cell:
    """What a cell computes, without its place in a study."""
    return replace(cell, index=0)


def _joined(found: Sequence[Study]) -> Spec:
    """The study of all seeds of the directories."""
    first = found[0]
    for other in found[1:]:
        if replace(other.spec, first_seed=0, seeds=1) != replace(first.spec, first_seed=0, seeds=1):
            raise StoreError(
                f"{other.directory}: another study than {first.directory} ('hch diff' shows how they differ)"
            )
        for key in _MADE_BY:
            if other.about.get(key) != first.about.get(key):
                raise StoreError(f"{other.directory}: other {key} than {first.directory}")
    seeds = sorted({seed for one in found for seed in _seeds(one.spec)})
    missing = sorted(set(range(seeds[0], seeds[-1] + 1)) - set(seeds))
    if missing:
        raise SpecError(f"seeds {_listed(missing)} are in none of the directories: a study's seeds are consecutive")
    return replace(first.spec, first_seed=seeds[0], seeds=len(seeds))


def _seeds(spec: Spec) -> range:
    return range(spec.first_seed, spec.first_seed + spec.seeds)


def _listed(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:5]))
    return f"{shown}, …" if len(numbers) > 5 else shown
