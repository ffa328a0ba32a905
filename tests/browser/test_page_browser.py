"""A picture on a page of its own: on a phone its panels stand below each other, and nothing overlaps."""

import itertools

import pandas as pd
import pytest

from divergence import page
from divergence.figures import indices

pytestmark = pytest.mark.browser

WORDS = """() => [...document.querySelectorAll('.plotly-graph-div')].filter((plot) => plot.offsetParent !== null)
    .flatMap((plot) => [...plot.querySelectorAll('.legendtext, .annotation-text, [class$=tick] text, .xtitle')])
    .map((word) => { const { left, right, top, bottom } = word.getBoundingClientRect();
                     return [word.textContent, left, right, top, bottom]; })"""


@pytest.mark.parametrize("width", [390, pytest.param(1280, marks=pytest.mark.slow)])
def test_panels_of_indices_do_not_overlap(chromium, recorded, tmp_path, width):
    ends = dict.fromkeys(("first", "first_low", "first_high", "total", "total_low", "total_high", "variance"), 0.4)
    table = pd.DataFrame(
        {"scenario": "ledger", "overseer": "human", "scheme": scheme, "field": field} | ends
        for scheme in ("approval", "approval-frozen", "debate")
        for field in ("plant_rate", "gameability", "self_persuasion")
    )
    path, asked, complaints = tmp_path / "page.html", [], []
    page.write(indices.figure(table), indices.figure(table, columns=1), path, "What harm hangs on", "Words.")
    shown = chromium.new_context(viewport={"width": width, "height": 900}).new_page()
    recorded(shown, asked, complaints)
    shown.goto(path.as_uri())
    shown.wait_for_selector(f".{'narrow' if width < 620 else 'wide'} .annotation-text")
    shown.wait_for_timeout(300)
    words = shown.evaluate(WORDS)
    assert len(words) > 12
    for (text, *a), (other, *b) in itertools.combinations(words, 2):
        wide, tall = min(a[1], b[1]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[2], b[2])
        assert wide <= 2 or tall <= 3, (text, other)
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    assert asked == [path.as_uri()]
    assert not complaints
