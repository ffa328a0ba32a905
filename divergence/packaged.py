"""The pieces of pages that lie beside the modules: styles, scripts, skeletons."""

from __future__ import annotations

from importlib import resources


def packaged(name: str) -> str:
    """The text of a file of this package."""
    return resources.files("divergence").joinpath(name).read_text(encoding="utf-8")
