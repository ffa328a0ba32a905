"""The report in a real browser: nothing is requested, figures are drawn, dark mode and a phone's width work."""

import itertools

import pytest

from divergence import report, sweep

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.browser

WIDTHS = {390: "narrow", 800: "medium", 1280: "wide"}
DESK = {"width": 1280, "height": 900}
PATIENCE = 120_000
WICKED = "<b>x</b> & 'y'"


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    study = sweep(
        {
            "questions": 50,
            "seeds": 2,
            "scenario": [{"type": "ledger", "depth": 2}, {"type": "majority", "depth": 2}],
            "scheme": [{"type": "imitation"}, {"type": "approval"}, {"type": "debate", "name": WICKED}],
            "sweep": {"overseer.gameability": [0.0, 1.0, 2.0, 4.0], "overseer.self_persuasion": [0.0, 0.5, 1.0]},
        },
        tmp_path_factory.mktemp("browser") / "study",
        workers=1,
    )
    return report.write(study)


@pytest.fixture(scope="module")
def asked():
    """Addresses requested by any page."""
    return []


@pytest.fixture(scope="module")
def complaints():
    """What any page's console complained about."""
    return []


@pytest.fixture(scope="module")
def opened(chromium, recorded, path, asked, complaints):
    """Open the report in a window of its own."""

    def open_page(**options):
        page = chromium.new_context(**options).new_page()
        page.set_default_timeout(PATIENCE)
        recorded(page, asked, complaints)
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-drawn]")
        return page

    return open_page


@pytest.fixture(scope="module")
def desk(opened):
    """A desktop's window, one for all tests, which leave it as it was: opening takes longer than looking."""
    return opened(viewport=DESK, color_scheme="light", accept_downloads=True)


@pytest.fixture(autouse=True)
def _offline_and_quiet(asked, complaints):
    yield
    assert asked
    assert all(url.startswith(("file:", "data:", "blob:")) for url in asked), asked
    assert not complaints


def test_figures_are_drawn_and_nothing_is_requested(desk):
    assert desk.locator(".plot").count() == 5
    assert desk.locator(".plot .main-svg").count() >= 5
    assert desk.evaluate("[...document.querySelectorAll('.plot')].every((plot) => plot.data.length > 0)")
    assert desk.locator("[data-title*='cloud' i], [data-title*='share' i]").count() == 0
    assert desk.locator(".modebar-btn").count() > 0
    assert WICKED in desk.locator("[data-figure=harm] .legend .legendtext").all_text_contents()


WORDS = """() => [...document.querySelectorAll('.plot')].map((plot) =>
    [...plot.querySelectorAll('.legendtext, .annotation-text, .xtick text, .ytick text, .g-xtitle, .g-ytitle')]
    .map((word) => { const { left, right, top, bottom } = word.getBoundingClientRect();
                     return [word.textContent, left, right, top, bottom]; }))"""


@pytest.mark.parametrize("width", WIDTHS)
def test_panels_wrap_and_text_does_not_overlap(desk, width):
    desk.set_viewport_size({"width": width, "height": 900})
    desk.wait_for_selector(f"html[data-page={WIDTHS[width]}]")
    second = desk.evaluate("document.querySelector('[data-figure=harm]').layout.xaxis2.domain[0]")
    assert second == pytest.approx({390: 0, 800: 0.5, 1280: 0.34}[width], abs=0.03)
    assert desk.evaluate("document.documentElement.scrollWidth") <= width
    _apart(desk)


def _apart(desk):
    """No words of any figure overlap."""
    for words in desk.evaluate(WORDS):
        assert len(words) > 8
        for (text, *a), (other, *b) in itertools.combinations(words, 2):
            wide, tall = min(a[1], b[1]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[2], b[2])
            assert wide <= 2 or tall <= 3, (text, other)


def test_the_dark_toggle_changes_the_page_and_the_figures(desk):
    background = "getComputedStyle(document.body).backgroundColor"
    ink = "document.querySelector('[data-figure=harm]').layout.template.layout.font.color"
    before = desk.evaluate(background), desk.evaluate(ink)
    desk.locator("#theme").focus()
    desk.keyboard.press("Enter")
    after = desk.evaluate(background), desk.evaluate(ink)
    assert before[0] == "rgb(255, 255, 255)"
    assert all(one != other for one, other in zip(before, after, strict=True))
    assert desk.locator("#theme").get_attribute("aria-pressed") == "true"
    desk.keyboard.press("Enter")
    assert desk.evaluate(background) == before[0]


@pytest.mark.slow
def test_a_dark_phone(opened):
    page = opened(
        viewport={"width": 390, "height": 844},
        is_mobile=True,
        has_touch=True,
        device_scale_factor=2,
        color_scheme="dark",
    )
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("document.querySelector('[data-figure=harm]').layout.xaxis2.domain") == [0, 1]
    assert page.evaluate("document.querySelector('[data-figure=harm]').layout.dragmode") is False


def test_numbers_fold_out_and_download(desk, path):
    section = desk.locator("section", has=desk.locator("#harm"))
    section.locator("summary").focus()
    desk.keyboard.press("Enter")
    # The table is built when it is opened, so wait for it.
    playwright.expect(section.locator("[data-table=harm] tbody tr")).to_have_count(4 * 3 * 2 * (3 + 1))
    assert section.locator("[data-table=harm] tbody tr", has_text=WICKED).count() == 4 * 3 * 2
    with desk.expect_download() as csv:
        section.locator("button", has_text="Download CSV (harm)").click()
    assert csv.value.suggested_filename == f"{path.parent.name}-harm.csv"
    with desk.expect_download() as svg:
        section.locator("button", has_text="Download SVG").click()
    assert svg.value.path().read_text(encoding="utf-8").startswith("<svg")
    with desk.expect_download() as spec:
        desk.locator("button", has_text="Download spec.toml").click()
    assert spec.value.path().read_bytes() == (path.parent / "spec.toml").read_bytes()


def test_schemes_can_be_left_out_and_leave_the_legend(desk):
    """On a phone every entry has a row: the figure is so much shorter, and nothing overlaps in what is left."""
    hidden = """[...new Set(document.querySelector('[data-figure=harm]').data
        .filter((trace) => trace.visible === false).map((trace) => trace.legendgroup))]"""
    layout = "(({ height, margin }) => [height, margin.t])(document.querySelector('[data-figure=harm]').layout)"
    named = desk.locator("[data-figure=harm] .legend .legendtext")
    desk.set_viewport_size({"width": 390, "height": 900})
    desk.wait_for_selector("html[data-page=narrow]")
    before, approval = desk.evaluate(layout), desk.locator("#schemes input").nth(1)
    approval.uncheck()
    playwright.expect(named.filter(has_text="approval")).to_have_count(0)
    assert desk.evaluate(hidden) == ["approval"]
    assert desk.evaluate(layout) == [one - 20 for one in before]
    _apart(desk)
    approval.check()
    playwright.expect(named.filter(has_text="approval")).to_have_count(1)
    assert desk.evaluate(hidden) == []
    assert desk.evaluate(layout) == before
    desk.set_viewport_size(DESK)
    desk.wait_for_selector("html[data-page=wide]")


def test_hovering_tells_the_value_and_its_interval(desk):
    plot = desk.locator("[data-figure=harm]")
    plot.scroll_into_view_if_needed()
    box = plot.locator(".nsewdrag").first.bounding_box()
    desk.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    desk.wait_for_selector("[data-figure=harm] .hoverlayer .legend text")
    said = " ".join(plot.locator(".hoverlayer .legend text").all_text_contents())
    assert "approval" in said
    assert "[" in said


@pytest.mark.slow
def test_it_prints_light_and_whole(desk):
    width = "document.querySelector('[data-figure=harm]').layout.width"
    sizes = """[...document.querySelectorAll('[data-figure]')].map((one) =>
        [one.layout.width * one.style.zoom, one.layout.height * one.style.zoom])"""
    desk.evaluate("dispatchEvent(new Event('beforeprint'))")
    desk.emulate_media(media="print", color_scheme="dark")
    for across, down in desk.evaluate(sizes):
        assert across == pytest.approx(680, abs=1)
        assert down <= 880.5  # a sheet of A4, with a caption
    assert desk.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    desk.emulate_media(media="screen", color_scheme="light")
    desk.evaluate("dispatchEvent(new Event('afterprint'))")
    assert desk.evaluate(width) != 680
