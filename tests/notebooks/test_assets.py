"""What a page loads first is what marimo would send; see notebooks/assets.py."""

import asyncio
import re

import pytest

pytest.importorskip("marimo")

from marimo._server.api.endpoints import assets as marimos
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from notebooks.assets import Assets

pytestmark = pytest.mark.slow  # where marimo is installed

BESIDE = Starlette(routes=[Mount("/assets", StaticFiles(directory=marimos.assets_dir))])


def asked(app, path, method="GET"):
    """Status, headers and body of an answer."""
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        await asyncio.Event().wait()

    scope = {"type": "http", "method": method, "path": path, "root_path": "", "headers": [], "query_string": b""}
    asyncio.run(app(scope, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent)


@pytest.mark.parametrize("kind", ["js", "css", "woff2", "png", "wasm"])
def test_files_are_those_that_marimo_sends(kind):
    path = f"/assets/{next(marimos.assets_dir.glob(f'*.{kind}')).name}"
    own, theirs = asked(Assets(BESIDE), path), asked(BESIDE, path)
    assert own[0] == theirs[0] == 200
    assert own[1]["content-type"] == theirs[1]["content-type"]
    assert own[2] == theirs[2]


@pytest.mark.parametrize("path", ["/assets/missing.js", "/assets/../index.html", "/assets/%2e%2e/index.html", "/"])
def test_anything_else_is_left_to_marimo(path):
    assert asked(Assets(BESIDE), path)[0] == 404


def test_every_name_carries_a_hash_so_that_browsers_may_keep_the_file():
    unhashed = [p.name for p in marimos.assets_dir.iterdir() if not re.search(r"-[\w-]{8}\.\w+$", p.name)]
    assert unhashed == []


def test_what_draws_figures_is_loaded_ahead():
    status, headers, body = asked(Assets(BESIDE), "/ahead.js")
    (chunk,) = re.findall(r"import\('\.(/assets/[^']+)'\)", body.decode())
    assert (status, headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert b"plotly" in asked(Assets(BESIDE), chunk)[2][:3000000].lower()
