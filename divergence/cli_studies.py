"""Commands of ``hch`` for studies on disk: where they stand, their tables as files, several as one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from divergence.cli import Plugins, app, load_plugins, named_directory, reported

Directory = Annotated[Path, typer.Argument(metavar="DIR", help="A study's directory.")]


@app.command()
@reported
def status(
    directory: Directory,
    errors: Annotated[bool, typer.Option("--errors", help="Show where in the code cells failed.")] = False,
) -> None:
    """How far a study is, from another terminal: cells finished and failed, time left."""
    from divergence import status as statuses

    print(statuses.describe(statuses.status(directory), errors))


@app.command()
@reported
def export(
    directory: Directory,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Ends in .csv or .parquet.")],
    table: Annotated[
        str, typer.Option("--table", help="rows, summary, crossings, differences or questions (every question).")
    ] = "rows",
    plugin: Plugins = None,
) -> None:
    """Write a study's tables for other programs, as CSV or Parquet."""
    from divergence import export as exports
    from divergence import status, study

    load_plugins(plugin)
    lines = exports.export(study.load(directory), table, out)
    print(f"{out}: {lines:,} lines")
    found = status.status(directory)
    if not found.complete:
        missing = found.left + len(found.failures)
        print(f"note: the study is not complete: {missing:,} cells are missing from this table", file=sys.stderr)


@app.command()
@reported
def merge(
    directories: Annotated[list[Path], typer.Argument(metavar="DIR…", help="Directories of the same study.")],
    out: Annotated[Path, typer.Option("--out", parser=named_directory, metavar="DIR", help="A new directory.")],
    plugin: Plugins = None,
) -> None:
    """Put directories of one study together: other seeds of it, or copies that each got some way."""
    from divergence import merge as merging

    load_plugins(plugin)
    found = merging.merge(directories, out)
    print(f"{out}: {found.done:,} cells")
    if found.left:
        print(f"{found.left:,} cells are missing: 'hch sweep {out}/spec.toml --out {out}' computes them")
