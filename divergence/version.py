"""The version of this distribution."""

import importlib.metadata


def version() -> str:
    """The installed version."""
    return importlib.metadata.version("hch-divergence")
