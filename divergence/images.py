"""A study's pictures as image files: those of its report, drawn by Kaleido in a browser of this machine.

Kaleido would by default fetch MathJax from the network, so it is told not to; Plotly is the installed one.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from divergence.study import Study

WIDTH = 1100
"""Pixels; the height follows from what a picture holds."""

Format = Literal["svg", "png"]
_SHARPNESS = {"svg": 1, "png": 2}


class ImagesError(RuntimeError):
    """Images cannot be made here; the message says what is missing."""


def write(study: Study, format_: Format = "svg") -> list[Path]:
    """Write ``NAME.svg`` (or ``.png``) beside a study's results for every picture of its report, as it is first seen.

    Raises ImagesError where Kaleido or a browser is missing.
    """
    if importlib.util.find_spec("kaleido") is None:
        raise ImagesError('images need Kaleido: pip install "hch-divergence[images]" (or -e ".[images]" in a clone)')
    # These bring Plotly, for which commands that only name the error need not wait.
    from divergence.figures.grid import without
    from divergence.sections import off, sections

    pictures = {
        study.directory / f"{one.name}.{format_}": without(one.figure, off(study.spec))
        for one in sections(study)
        if one.figure is not None
    }
    _draw(pictures, format_)
    return list(pictures)


def _draw(pictures: dict[Path, go.Figure], format_: Format) -> None:
    import kaleido
    from choreographer.errors import BrowserDepsError, BrowserFailedError, ChromeNotFoundError

    wanted = [
        {
            "fig": figure.update_layout(paper_bgcolor="white", plot_bgcolor="white").to_dict(),
            "path": path,
            "opts": {
                "format": format_,
                "width": WIDTH,
                "height": figure.layout.height,
                "scale": _SHARPNESS[format_],
            },
        }
        for path, figure in pictures.items()
    ]
    try:
        kaleido.write_fig_from_object_sync(wanted, cancel_on_error=True, kopts={"mathjax": False})
    except (ChromeNotFoundError, BrowserFailedError, BrowserDepsError) as error:
        raise ImagesError(
            "images need a Chrome or Chromium that starts: install one, or name it with BROWSER_PATH "
            f"({type(error).__name__}). The report's pictures can be saved from the report itself."
        ) from error
