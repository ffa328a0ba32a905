"""How far a study is, read from its directory while somebody else may be writing there."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from divergence.cell import Failure
from divergence.store import FILE, FILES, Store, StoreError, is_written


@dataclass(frozen=True)
class Part:
    """One file of a study: its cells. ``seconds``: what one takes, None while none is finished."""

    name: str
    cells: int
    done: int
    failures: list[Failure]
    seconds: float | None

    @property
    def left(self) -> int:
        return max(0, self.cells - self.done - len(self.failures))


@dataclass(frozen=True)
class Status:
    """A study's directory: its parts, how many workers it was last run with, whether it is running now."""

    directory: Path
    parts: list[Part]
    workers: int
    running: bool

    @property
    def left(self) -> int:
        """Cells that nobody has tried yet."""
        return sum(part.left for part in self.parts)

    @property
    def failures(self) -> list[Failure]:
        return [failure for part in self.parts for failure in part.failures]

    @property
    def complete(self) -> bool:
        """Whether every cell of the study is finished."""
        return not self.left and not self.failures

    @property
    def seconds_left(self) -> float | None:
        """Estimated from what cells took so far; a part of which none is finished counts as the others."""
        known = [part.seconds for part in self.parts if part.seconds is not None]
        if not known:
            return None
        typical = sum(known) / len(known)
        return (
            sum(part.left * (typical if part.seconds is None else part.seconds) for part in self.parts) / self.workers
        )


def status(directory: Path) -> Status:
    """Where a study stands. Raises StoreError if there is none."""
    parts: list[Part] = []
    workers = 1
    for file in FILES:
        if file != FILE and not (directory / file).exists():
            continue
        with Store(directory, file) as store:
            about = store.about()
            if "cells" not in about:
                if file == FILE:
                    raise StoreError(f"{directory}: no study here (nothing was ever run)")
                continue
            workers = max(1, int(about.get("workers", 1)))
            cells = int(about["cells"])
            parts.append(Part(file.split(".")[0], cells, len(store.done()), store.failures(), store.seconds()))
    return Status(directory, parts, workers, is_written(directory))


def describe(found: Status, errors: bool = False) -> str:
    """What ``hch status`` prints. ``errors``: also where in the code the first cell of each kind of failure failed."""
    lines = [f"{found.directory}: {_state(found)}"]
    for part in found.parts:
        failed = f", {len(part.failures):,} failed" if part.failures else ""
        each = f", {part.seconds:.2g} s a cell" if part.seconds is not None else ""
        lines.append(f"  {part.name}: {part.done:,} of {part.cells:,} cells{failed}{each}")
    if found.left and found.seconds_left is not None:
        lines.append(f"  about {found.seconds_left / 60:.1f} minutes of work left with {found.workers} worker(s)")
    for error, count in Counter(failure.error for failure in found.failures).most_common():
        lines.append(f"  {count:,} cell(s) failed: {error}")
        if errors:
            first = next(failure for failure in found.failures if failure.error == error)
            lines += [f"    cell {first.index}:", *(f"    {line}" for line in first.trace.splitlines())]
    return "\n".join(lines)


def _state(found: Status) -> str:
    if found.running:
        return "running"
    if found.left:
        return f"stopped; 'hch sweep SPEC.toml --out {found.directory}' with the same study continues"
    return "finished" if found.complete else "finished, but for cells that failed; --retry computes them again"
