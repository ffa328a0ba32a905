"""What the tests in a real browser share: Chromium, and a record of what a page asks for and complains about."""

import os
import shutil

import pytest

BROWSER = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def chromium():
    """Chromium. Where there is none its tests are skipped, but not in continuous integration."""
    playwright = pytest.importorskip("playwright.sync_api")
    if BROWSER is None and "CI" not in os.environ:
        pytest.skip("no Chromium here (set CHROMIUM to its path)")
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def recorded():
    """Have a page's requests and complaints added to lists; ``serious``: which lines of its console are complaints."""

    def record(page, asked, complaints, serious=("error", "warning")):
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda socket: asked.append(socket.url))
        page.on("console", lambda line: complaints.append(line.text) if line.type in serious else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))

    return record
