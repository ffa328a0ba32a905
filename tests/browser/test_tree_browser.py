"""The tree page in a real browser: nothing is requested; hover, keys, folding, search, dark mode and a phone work."""

import pytest

from divergence import tree_page
from divergence.consultation import consultation
from hch.corruption import Attack
from hch.office import Office
from overseers.human import Human
from scenarios.ledger import Ledger

pytestmark = pytest.mark.browser

DESK = {"width": 1400, "height": 1000}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    consulted = consultation(Ledger(), Human(gameability=2.5), question=3, office=Office(staff=4))
    return tree_page.write(consulted, tmp_path_factory.mktemp("tree") / "tree.html")


@pytest.fixture
def opened(chromium, recorded, path):
    """Open the page in a window of its own; afterwards, nothing was requested and the console is silent."""
    asked, complaints = [], []

    def open_page(**options):
        page = chromium.new_context(**options).new_page()
        page.set_default_timeout(60_000)
        recorded(page, asked, complaints)
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-drawn]")
        return page

    yield open_page
    assert asked
    assert all(url.startswith(("file:", "data:", "blob:")) for url in asked), asked
    assert not complaints


@pytest.fixture
def desk(opened):
    return opened(viewport=DESK, color_scheme="light", accept_downloads=True)


def row(page, name, run=0):
    return page.locator(f'.person[data-name="{name}"][data-run="{run}"]')


def test_two_runs_stand_side_by_side_and_the_second_can_go(desk):
    assert desk.locator(".run").count() == 2
    first, second = (desk.locator(".run").nth(run).bounding_box() for run in (0, 1))
    assert first["y"] == second["y"]
    assert desk.locator(".person").count() == desk.locator(".node").count() == 62
    desk.locator("#beside").click()
    assert desk.locator(".run").count() == 1
    assert desk.locator("#beside").get_attribute("aria-pressed") == "false"


def test_hovering_tells_question_claims_appeal_and_belief(desk):
    card = desk.locator("#card")
    assert not card.is_visible()
    desk.locator('.node[data-name="q.1.2.2"][data-run="0"]').hover()
    told = card.inner_text()
    for piece in (
        "q.1.2.2",
        "joins q.1.2.2.1, q.1.2.2.2",
        "the planted falsehood won",
        "appeal v",
        "2 planted",
        "γ = 0",
    ):
        assert piece in told.replace("\u00a0", " ")
    box = card.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= DESK["width"]
    inside = "[...document.querySelectorAll('#card .scroll')].every((one) => one.scrollWidth <= one.clientWidth + 1)"
    assert desk.evaluate(inside)
    desk.mouse.move(5, 5)
    assert not card.is_visible()


def test_what_is_false_is_marked_by_shape_and_colour(desk):
    look = """(fate) => { const one = document.querySelector(`.node[data-fate=${fate}] .shape`);
                          return [one.getAttribute('d'), getComputedStyle(one).stroke]; }"""
    looks = [desk.evaluate(look, fate) for fate in ("true", "misled", "planted")]
    assert len({shape for shape, _ in looks}) == len({colour for _, colour in looks}) == 3
    assert desk.locator(".run").nth(0).locator(".edge.false").count() == 3
    assert desk.locator(".run").nth(1).locator(".edge.false").count() == 0


def test_bars_stand_where_the_times_are(desk):
    data = desk.evaluate("JSON.parse(document.getElementById('page').textContent)")
    finish = data["runs"][0]["finish"]
    person = next(one for one in data["runs"][0]["people"] if one["name"] == "q.1.2")
    track = row(desk, "q.1.2").locator(".times").bounding_box()
    for place, (kind, start, end) in enumerate(person["segments"]):
        segment = row(desk, "q.1.2").locator(".segment").nth(place)
        assert segment.get_attribute("data-segment") == kind
        box = segment.bounding_box()
        assert box["x"] - track["x"] == pytest.approx(track["width"] * start / finish, abs=1.5)
        assert box["width"] == pytest.approx(max(1, track["width"] * (end - start) / finish), abs=1.5)


def test_folding_by_mouse_and_by_button(desk):
    row(desk, "q.1").locator(".fold").click()
    assert row(desk, "q.1").get_attribute("aria-expanded") == "false"
    assert row(desk, "q.1", run=1).get_attribute("aria-expanded") == "false"
    assert desk.locator(".person").count() == 2 * 17
    assert desk.locator('.node[data-name="q.1"] .more').first.text_content() == "+14"
    desk.locator("#collapse").click()
    assert desk.locator(".person").count() == 2
    desk.locator("#expand").click()
    assert desk.locator(".person").count() == 62


def test_the_keyboard_reaches_everything(desk):
    desk.locator("#csv").focus()
    desk.keyboard.press("Tab")
    focused = "document.activeElement.dataset.name"
    assert desk.evaluate(focused) == "q"
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("ArrowDown")
    assert desk.evaluate(focused) == "q.1.1"
    assert "q.1.1" in desk.locator("#card h3").inner_text()
    desk.keyboard.press("ArrowLeft")
    assert desk.evaluate(focused) == "q.1.1"
    assert row(desk, "q.1.1.1").count() == 0
    desk.keyboard.press("ArrowLeft")
    assert desk.evaluate(focused) == "q.1"
    desk.keyboard.press("End")
    assert desk.evaluate(focused) == "q.2.2.2.2"
    desk.keyboard.press("Escape")
    assert not desk.locator("#card").is_visible()


def test_searching_finds_and_opens(desk):
    desk.locator("#collapse").click()
    desk.locator("#search").fill("planted falsehood won")
    assert desk.locator("#found").inner_text() == "found: 1 (γ = 2.5), 0 (γ = 0)"
    assert row(desk, "q.1.2.2").is_visible()
    assert "match" in row(desk, "q.1.2.2").get_attribute("class")
    assert "dim" in row(desk, "q.1").get_attribute("class")
    desk.keyboard.press("Enter")
    assert desk.evaluate("document.activeElement.dataset.name") == "q.1.2.2"
    desk.locator("#search").fill("")
    assert desk.locator(".dim").count() == 0


def test_the_dark_toggle(desk):
    background = "getComputedStyle(document.body).backgroundColor"
    line = "getComputedStyle(document.querySelector('.node[data-fate=true] .shape')).stroke"
    before = desk.evaluate(background), desk.evaluate(line)
    desk.locator("#theme").click()
    after = desk.evaluate(background), desk.evaluate(line)
    assert before[0] == "rgb(255, 255, 255)"
    assert all(one != other for one, other in zip(before, after, strict=True))
    desk.emulate_media(media="print")
    assert desk.evaluate(background) == before[0]
    assert not desk.locator(".controls").is_visible()


def test_a_dark_phone(opened):
    page = opened(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True, color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    first, second = (page.locator(".run").nth(run).bounding_box() for run in (0, 1))
    assert second["y"] > first["y"] + first["height"] - 1
    row(page, "q.1.2").tap()
    box = page.locator("#card").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert "belief" in page.locator("#card").inner_text()
    assert page.evaluate(
        "[...document.querySelectorAll('.person .name')].every((one) => one.scrollWidth <= one.clientWidth)"
    )


def test_the_tree_downloads_as_a_picture_that_stands_alone(desk, chromium):
    found = []
    desk.on("download", lambda one: found.append(one))
    with desk.expect_download():
        desk.locator("#svg").click()
    while len(found) < 2:
        desk.wait_for_timeout(50)
    assert [one.suggested_filename for one in found] == ["tree-ledger-0-3.svg", "tree-ledger-0-3-2.svg"]
    alone = chromium.new_page()
    alone.set_content(found[0].path().read_text(encoding="utf-8"))
    look = """() => [...document.querySelectorAll('.node')].map((node) => [node.dataset.name, node.textContent,
        getComputedStyle(node.querySelector('.shape')).fill, getComputedStyle(node.querySelector('.shape')).stroke])"""
    here = desk.locator(".drawing svg").first.evaluate(look.replace("document", "document.querySelector('.drawing')"))
    assert alone.evaluate(look) == here
    assert len(here) > 5
    alone.close()


def test_the_numbers_download(desk):
    with desk.expect_download() as csv:
        desk.locator("#csv").click()
    assert csv.value.suggested_filename == "tree-ledger-0-3.csv"
    lines = csv.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 63
    assert lines[0].startswith("run,name,level,answer,truth,planted")


def test_who_is_late_hurried_or_corrupted_bears_a_sign(chromium, tmp_path):
    crowded = Office(staff=2, hurry=2.0, deadlines=(35.0, 35.0, 35.0))
    consulted = consultation(Ledger(depth=3), Human(gameability=2.0), office=crowded, attack=Attack(exposure=0.1))
    page = chromium.new_page(viewport=DESK)
    page.goto(tree_page.write(consulted, tmp_path / "crowded.html").as_uri())
    page.wait_for_selector("html[data-drawn]")
    visits = consulted.record.visits
    counts = {
        "late": sum(visit.late for visit in visits),
        "hurried": sum(visit.kept < 1.0 for visit in visits),
        "corrupted": sum(visit.infected is not None for visit in visits),
    }
    for mark, count in counts.items():
        assert count > 0
        assert page.locator(f".run:first-child .drawing .mark.{mark}").count() == count
        assert page.locator(f".legend .mark.{mark}").count() == 1
    assert page.locator(".run:first-child .edge.late").count() == counts["late"]
    page.locator('.run:first-child .person[data-name="q.2"]').click()
    card = page.locator("#card").inner_text()
    assert "by sub-answer 1" in card
    assert "of the usual discernment" in card
    page.locator("#search").fill("corrupted")
    assert f"{counts['corrupted']} (γ = 2)" in page.locator("#found").inner_text()
