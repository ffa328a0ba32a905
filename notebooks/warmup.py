"""What every notebook needs, got ready as soon as the server answers: the browser is still loading the page then."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from marimo._server.registry import LIFESPAN_REGISTRY
from starlette.applications import Starlette

_TURN = 0.0005
"""Seconds after which this thread lets the server have its turn; by default ten times that, for each step it takes."""


def _get_ready() -> None:
    """Import, and draw a figure that nobody sees: what is done for the first time takes longest."""
    from distillers.approval import Approval
    from divergence import figures, worst_curves  # noqa: F401
    from divergence.live import live
    from overseers.human import Human
    from scenarios.ledger import Ledger

    found = live(Ledger(), Human(), [Approval()])
    figures.curves(found.summary, found.crossings).to_json()


def _in_the_background(turn: float) -> None:
    try:
        _get_ready()
    finally:
        gc.enable()
        sys.setswitchinterval(turn)


@asynccontextmanager
async def _warming(_: Starlette) -> AsyncIterator[None]:
    turn = sys.getswitchinterval()
    sys.setswitchinterval(_TURN)
    threading.Thread(target=_in_the_background, args=(turn,), daemon=True).start()
    yield


def install() -> None:
    """Make the marimo server that is started next in this process get ready ahead, and collect garbage from then on."""
    LIFESPAN_REGISTRY.register("hch-warm-up", _warming)
