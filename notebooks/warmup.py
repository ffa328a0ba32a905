"""What every notebook imports, imported as soon as the server answers: the browser is still loading the page then."""

from __future__ import annotations

import importlib
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from marimo._server.registry import LIFESPAN_REGISTRY
from starlette.applications import Starlette

_HEAVY = ("divergence.figures", "divergence.live", "divergence.worst_curves")


def _import_all() -> None:
    for name in _HEAVY:
        importlib.import_module(name)


@asynccontextmanager
async def _warming(_: Starlette) -> AsyncIterator[None]:
    threading.Thread(target=_import_all, daemon=True).start()
    yield


def install() -> None:
    """Make the marimo server that is started next in this process import ahead."""
    LIFESPAN_REGISTRY.register("hch-warm-up", _warming)
