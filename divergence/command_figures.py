"""``hch figures``: a study's pictures as files."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """What can be written."""

    svg = "svg"
    png = "png"


def figures(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A study's directory, finished or not.")],
    format_: Annotated[Format, typer.Option("--format", help="Kind of image.")] = Format.svg,
    plugin: Annotated[list[Path] | None, typer.Option("--plugin", help="As the study's; repeatable.")] = None,
) -> None:
    """Write every picture of a study's report as an image file beside its results.

    Needs the extra [bold]images[/bold] (Kaleido) and a Chrome or Chromium on this machine; nothing is fetched.
    """
    from divergence import images, study
    from divergence.plugins import load_plugins

    load_plugins(plugin)
    for path in images.write(study.load(directory), format_.value):
        print(path)
