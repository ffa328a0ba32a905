"""A page's scripts, styles and fonts, sent with the least work: it asks for 300 before it shows a figure.

Marimo's own route opens every file in a worker thread, and each has to wait for the imports that run meanwhile
(``warmup.py``). Here a file is read at once. Names carry a hash of what is in them, so a browser may keep them.
"""

from __future__ import annotations

import mimetypes
from pathlib import Path

import marimo
from marimo._server.registry import MIDDLEWARE_REGISTRY
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

_FOLDER = Path(marimo.__file__).parent / "_static" / "assets"
_KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}
_AHEAD = "/ahead.js"
"""Named in ``head.html``: loads Plotly's chunk while the first figure is still being computed."""


class Assets:
    """Answers for marimo's assets; everything else is passed on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._paths = {f"/assets/{path.name}": path for path in _FOLDER.glob("*") if path.is_file()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self._answer(scope["path"]) if scope["type"] == "http" and scope["method"] == "GET" else None
        await (answer or self._app)(scope, receive, send)

    def _answer(self, asked: str) -> Response | None:
        if asked == _AHEAD:
            return Response(self._ahead(), media_type="text/javascript")
        path = self._paths.get(asked)
        if path is None:
            return None
        return Response(path.read_bytes(), media_type=mimetypes.guess_type(path.name)[0], headers=_KEPT)

    def _ahead(self) -> str:
        """A script: once the page has its heading, which is before its figures, load what draws them."""
        chunks = [path for path in self._paths if path.startswith("/assets/Plot-") and path.endswith(".js")]
        loads = "".join(f"import('.{path}');" for path in chunks)
        return f"(function look() {{ if (document.querySelector('h1')) {{ {loads} }} else setTimeout(look, 50); }})();"


def install() -> None:
    """Make the marimo server that is started next in this process send assets so."""
    MIDDLEWARE_REGISTRY.register("hch-assets", Middleware(Assets))
