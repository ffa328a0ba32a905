"""Notebooks in a real browser: sliders move figures, soon; nothing is asked of another machine; no cloud button."""

import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.browser]
PATIENCE = 120_000
DRAWN = ".js-plotly-plot .main-svg"
DATA = "(plot) => JSON.stringify(plot.data.map((trace) => [trace.x, trace.y]))"


BARE = """
import marimo
app = marimo.App()
with app.setup:
    import marimo as mo
    import plotly.graph_objects as go
@app.cell
def _():
    mo.ui.plotly(go.Figure(go.Scatter(x=[0, 1], y=[0, 1])))
    return
if __name__ == "__main__":
    app.run()
"""


@contextmanager
def served(*words, by="divergence"):
    """The address of a page that ``hch`` (or another module) serves, and when it was asked to."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    begun = time.monotonic()
    command = [sys.executable, "-m", by, *words, "--headless", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}/"
    try:
        while not answers(address + "health"):
            assert server.poll() is None, "the server ended"
            assert time.monotonic() - begun < PATIENCE / 1000
            time.sleep(0.05)
        yield address, begun
    finally:
        server.terminate()
        server.wait()


def answers(address):
    try:
        with urllib.request.urlopen(address, timeout=1):
            return True
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture
def opened(chromium, recorded):
    """Open an address; whatever the page asks for is checked at the end."""
    asked, complaints = [], []

    def open_page(address, width=1280):
        page = chromium.new_context(viewport={"width": width, "height": 900}).new_page()
        page.set_default_timeout(PATIENCE)
        recorded(page, asked, complaints, serious=("error",))
        page.goto(address)
        page.wait_for_selector(DRAWN)
        return page

    yield open_page
    assert asked
    here = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")
    assert [url for url in asked if not url.startswith(here)] == []
    assert complaints == []


def moved(page, slider, key, figure=0):
    """Press a key on a slider and wait until a figure shows something else: seconds."""
    plot = page.locator(".js-plotly-plot").nth(figure)
    before = plot.evaluate(DATA)
    page.locator("[role=slider]").nth(slider).focus()
    begun = time.monotonic()
    page.keyboard.press(key)
    while plot.evaluate(DATA) == before:
        assert time.monotonic() - begun < PATIENCE / 1000, "the figure does not change"
        time.sleep(0.01)
    return time.monotonic() - begun


def no_cloud_button(page):
    page.locator(".js-plotly-plot").first.hover()
    return page.locator(".modebar-btn").count() > 0 and page.locator("[data-title*='cloud' i]").count() == 0


def opening(chromium, notebook):
    """Seconds that marimo takes to show the first figure of a notebook, from nothing."""
    with served("run", str(notebook), by="marimo") as (address, begun):
        page = chromium.new_page()
        page.route(lambda url: not url.startswith(address), lambda route: route.abort())
        page.goto(address)
        page.wait_for_selector(DRAWN, timeout=PATIENCE)
        took = time.monotonic() - begun
        page.close()
    return took


def test_approval_is_drawn_soon_and_follows_its_sliders_at_once(chromium, opened, tmp_path, record_property):
    """How long anything takes is the machine's and its other users'; so times are measured by what else takes time.

    The first figure by that of a notebook which draws two points; a move of a slider by the first figure. With nothing
    else running: 8 s, 6 s and .6 s, hence 1.3 and .08.
    """
    bare = tmp_path / "bare.py"
    bare.write_text(BARE)
    least = opening(chromium, bare)
    with served("notebook", "2") as (address, begun):
        page = opened(address)
        first = time.monotonic() - begun
        page.wait_for_function("document.title.includes('approval')")
        moves = [(0, "ArrowRight"), (0, "ArrowLeft"), (1, "ArrowRight"), (1, "ArrowLeft"), (2, "ArrowRight")]
        times = [moved(page, *move) for move in moves]
        assert no_cloud_button(page)
        page.close()
    record_property("first figure, seconds", first)
    record_property("reaction, seconds", times)
    print(f"first figure {first:.1f} s (bare {least:.1f} s), reaction {statistics.median(times):.2f} s")
    assert first <= 2.5 * least
    assert statistics.median(times) <= first / 4


@pytest.mark.parametrize(("words", "slider", "key"), [("notebook 3", 0, "ArrowRight"), ("notebook 4", 0, "ArrowRight")])
def test_sliders_move_figures(words, slider, key, opened):
    with served(*words.split()) as (address, _):
        page = opened(address)
        moved(page, slider, key)
        assert no_cloud_button(page)


def test_explore_on_a_phone(opened):
    with served("explore") as (address, _):
        page = opened(address, width=390)
        moved(page, 0, "ArrowRight")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        box, plot = (page.locator(of).first.bounding_box() for of in ("[role=slider]", ".js-plotly-plot"))
        assert plot["y"] > box["y"]
        assert plot["width"] > 250
        assert no_cloud_button(page)
