"""Nothing leaves this machine: every page is served with a policy under which the browser asks no other host.

Marimo's own pages would fetch MathJax from a content network wherever a Plotly figure is shown.
"""

from __future__ import annotations

from marimo._server.registry import MIDDLEWARE_REGISTRY
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HERE = "'self' data: blob:"
POLICY = "; ".join(
    (
        f"default-src {_HERE} 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval'",
        f"connect-src {_HERE} ws://127.0.0.1:* ws://localhost:*",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)


class OnThisMachine:
    """Adds the policy to every response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Content-Security-Policy"] = POLICY
            await send(message)

        await self._app(scope, receive, send_with_policy)


def install() -> None:
    """Make the marimo server that is started next in this process send the policy."""
    MIDDLEWARE_REGISTRY.register("hch-on-this-machine", Middleware(OnThisMachine))
