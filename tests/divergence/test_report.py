"""The report is one file that loads nothing, says what the numbers say, and shows labels as they are."""

import html
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest

from divergence import fragments, pairs, report, sections, sweep, wording
from divergence.cell import Named, Result, Row, pack
from divergence.figures import names
from divergence.specfile import parse
from divergence.store import Store

SOURCES = {"src", "href", "srcset", "data", "poster", "action", "xlink:href"}


class Page(HTMLParser):
    """Everything a page refers to, its identities, and its visible text."""

    def __init__(self, text):
        super().__init__()
        self.sources, self.ids, self.words, self.hidden = [], [], [], 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.hidden += tag in ("script", "style")
        self.sources += [value for name, value in attrs if name in SOURCES]
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag):
        self.hidden -= tag in ("script", "style")

    def handle_data(self, data):
        if not self.hidden:
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def written(small_study, tmp_path_factory):
    path = report.write(small_study, tmp_path_factory.mktemp("report") / "page.html")
    return path.read_text(encoding="utf-8")


def data(text):
    found = re.search(r'<script type="application/json" id="page">(.*?)</script>', text, re.S)
    return json.loads(found[1])


def small(tmp_path, **changes):
    """A study of seconds' size."""
    table = {
        "questions": 20,
        "seeds": 1,
        "scenario": {"type": "majority", "depth": 1},
        "scheme": [{"type": "imitation"}, {"type": "approval"}],
    }
    return sweep(table | changes, tmp_path / "study", workers=1)


def test_it_goes_beside_the_results_unless_told_otherwise(tmp_path):
    study = small(tmp_path)
    assert report.write(study) == study.directory / "report.html"
    assert not list(study.directory.glob("*.part"))


def test_it_loads_nothing(written):
    page = Page(written)
    assert page.sources
    assert all(source.startswith("#") for source in page.sources)
    assert "default-src 'none'" in written
    assert written.count("plotly.js v") == 1
    assert {"sendChartToCloud"} <= set(data(written)["config"]["modeBarButtonsToRemove"])
    assert not data(written)["config"]["displaylogo"]


def test_it_is_little_more_than_plotly(written):
    assert len(written.encode()) < 5_500_000


def test_everything_has_its_place_in_order(written):
    ids = [name for name in Page(written).ids if name in data(written)["figures"] or name in ("findings", "reproduce")]
    assert ids == ["findings", "harm", "better", "accuracy", "costs", "worst", "reproduce"]
    assert "{{" not in written.split("<script>/*")[0]


def test_the_numbers_behind_each_figure_are_there(written, small_study):
    csv = data(written)["tables"]
    lines = csv["harm"].splitlines()
    assert lines[0] == "scenario,overseer,scheme,phase,gameability,self_persuasion,measure,mean,low,high"
    harm = small_study.summary[small_study.summary["measure"] == "harm"]
    points = len(harm) // harm["scheme"].nunique()
    assert len(lines) == 1 + len(harm) + points
    first = harm.iloc[-1]
    assert f"{first['mean']:.6g}" in csv["harm"]
    assert csv["gamma-star"].splitlines()[0].endswith("gamma_star,low,high,max")
    assert csv["pairs"].count("\n") == 1 + len(wording.at(small_study.differences(), {"self_persuasion": 0.5}))


def test_assumptions_and_how_to_repeat_it(written, small_study):
    text = Page(written).text
    for piece in (
        "planted falsehood",
        "κ_leaf",
        "noise units",
        "swept: 0, 1.5, 3",
        "hch sweep spec.toml",
        "no plug-ins",
    ):
        assert piece in text
    found = re.search(r'<code id="spec">(.*?)</code>', written, re.S)
    assert html.unescape(found[1]) == small_study.about["spec"]


def test_labels_are_escaped(tmp_path):
    wicked = "<img src=x onerror=alert(1)></script>&{{data}}"
    study = small(
        tmp_path,
        scenario={"type": "majority", "depth": 1, "name": wicked},
        scheme=[{"type": "approval", "name": wicked}, {"type": "imitation", "name": 'a,"b"\n<i>'}],
        sweep={"overseer.gameability": [0.0, 4.0]},
    )
    text = report.page(study)
    assert "<img" not in text.replace("<image", "").split("<script>/*")[0]
    page = Page(text)
    assert wicked in page.text
    assert "x" not in page.sources
    assert wicked in data(text)["tables"]["harm"]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"overseer": {"type": "human", "gameability": 3.0}, "scheme": {"type": "debate"}},
        {"sweep": {"scenario.depth": [1, 2]}},
        {"sweep": {"scheme.n_search": [1, 64], "overseer.think_family": ["lognormal", "exponential"]}},
        {"sweep": {"scheme.whitelist": [[0, 1], [1]]}, "scheme": {"type": "approval-whitelist"}},
        {"office_trees": 5, "sweep": {"office.deadlines": [[], [20.0]], "overseer.gameability": [0.0, 3.0]}},
        {"sweep": {"overseer.gameability": [0.0, 2.0, 4.0], "scenario.rhetoric_family": ["normal", "laplace"]}},
    ],
)
def test_studies_of_every_shape(tmp_path, changes):
    text = Page(report.page(small(tmp_path, **changes))).text
    assert "What was found" in text


def test_rows_without_values_are_said_in_words(tmp_path):
    study = small(tmp_path, sweep={"overseer.gameability": [0.0, 3.0]})
    with Store(study.directory) as store:
        rows = [row for row in store.rows() if row["scheme"] == "approval"]
        kept = [row for row in store.rows() if row["scheme"] == "imitation"]
        measures = [name for name in rows[0] if name in names.MEANINGS and not name.startswith(("hch", "chance"))]
        for index, (failed, fine) in enumerate(zip(rows, kept, strict=True)):
            blank = failed | dict.fromkeys(measures) | {"status": "diverges"}
            _, values, reference = list(store.details())[2 * index]
            nothing = pack([pd.Series([float("nan")] * 20).to_numpy()] * _stored())
            store.add([Result(index, (Row(fine, values), Row(blank, nothing)), reference)])
    again = type(study)(study.directory, study.spec, study.about)
    text = Page(report.page(again)).text
    assert "approval in majority, overseer human, γ 0 to 3: diverges (2 of 2 rows)." in text
    assert "There is only one scheme with values." in text
    assert "for imitation" in text or "No scheme leaves HCH" in text
    assert "approval" not in text.split("What was found")[2].split("Rows without values")[0]


def _stored():
    from divergence.cell import STORED

    return len(STORED)


def star_table(*stars):
    """(summary, crossings) of schemes with these (scheme, γ*, low, high)."""
    keys = {"scenario": "ledger", "overseer": "human", "phase": "optimum"}
    found = pd.DataFrame(
        [keys | {"scheme": s, "gamma_star": g, "low": low, "high": high, "max": 4.0} for s, g, low, high in stars]
    )
    lines = [
        keys | {"scheme": s, "gameability": gamma, "measure": "harm", "mean": 0.1, "low": 0.0, "high": 0.2}
        for s, *_ in stars
        for gamma in (0.0, 4.0)
    ]
    return pd.DataFrame(lines), found


NEVER = (float("nan"), float("inf"), float("inf"))


@pytest.mark.parametrize(
    ("stars", "said"),
    [
        (
            [("a", 2.0, 1.9, 2.1), ("b", 1.5, 1.4, 1.6), ("c", *NEVER)],
            "First to leave HCH is b, at γ* = 1.50 [1.40, 1.60]. Then a at 2.00 [1.90, 2.10]. "
            "Mean harm stays below 0.1 up to γ = 4 for c.",
        ),
        (
            [("a", 2.0, 1.9, 2.1), ("b", 2.05, 2.0, float("inf"))],
            "First to leave HCH is a, at γ* = 2.00 [1.90, 2.10] (not settled: its interval overlaps that of b). "
            "Then b at 2.05 [2.00, > 4].",
        ),
        ([("a", *NEVER), ("b", *NEVER)], "No scheme leaves HCH: nobody's mean harm reaches 0.1 up to γ = 4."),
        (
            [("a", 0.0, 0.0, 0.1)],
            "HCH is left by a, whose mean harm is 0.1 or more already at γ = 0, the smallest tried.",
        ),
        (
            [(f"s{n}", n / 10 + 1, n / 10 + 0.96, n / 10 + 1.04) for n in range(9)],
            "First to leave HCH is s0, at γ* = 1.00 [0.96, 1.04]. Then s1 at 1.10 [1.06, 1.14], s2 at 1.20 "
            "[1.16, 1.24], s3 at 1.30 [1.26, 1.34], s4 at 1.40 [1.36, 1.44], 3 more and s8 at 1.80 [1.76, 1.84].",
        ),
        ([("a", 1.0, 0.9, 1.1)], "HCH is left by a, at γ* = 1.00 [0.90, 1.10]."),
    ],
)
def test_the_findings_follow_from_the_numbers(stars, said):
    summary, crossings = star_table(*stars)
    assert [" ".join(lines) for _, lines in wording.findings(summary, crossings, {}, names.DEFAULT)] == [said]


def test_pairs_say_where_who_does_more_harm():
    keys = {"scenario": "ledger", "overseer": "human", "a": "x", "b": "y", "measure": "harm"}
    spans = [(0.0, 0, 0), (-0.2, -0.3, -0.1), (-0.1, -0.2, -0.01), (0.3, 0.1, 0.5), (0.1, -0.1, 0.2), (0.2, 0.1, 0.3)]
    table = pd.DataFrame(
        [
            keys | {"gameability": float(g), "difference": d, "low": low, "high": high}
            for g, (d, low, high) in enumerate(spans)
        ]
    )
    line = pairs.compared(table, "gameability", names.DEFAULT).iloc[0]
    assert line["A does more harm"] == "γ 3, 5"
    assert line["B does more harm"] == "γ 1 to 2"
    assert line["largest difference A − B"] == "+0.300 [+0.100, +0.500] at γ = 3"


def test_of_many_schemes_only_neighbours_are_compared():
    schemes = [f"s{number}" for number in range(8)]
    table = pd.DataFrame(
        {"scenario": "l", "overseer": "h", "gameability": 0.0, "a": a, "b": b, "measure": "harm"}
        | {"difference": i - j, "low": i - j, "high": i - j}
        for i, a in enumerate(schemes)
        for j, b in enumerate(schemes)
        if i < j
    )
    found = pairs.compared(pairs.chosen(table), None, names.DEFAULT)
    assert set(zip(found["A"], found["B"], strict=True)) == {(f"s{n}", f"s{n + 1}") for n in range(7)}


def test_swept_fields_bring_their_symbols(small_study):
    fields = names.of_spec(small_study.spec)
    assert names.symbol("self_persuasion", fields) == "λ"
    assert names.axis_title("gameability", fields) == "gameability γ"
    assert names.symbol("unheard_of", fields) == "unheard of"
    assert isinstance(small_study.spec.scenarios[0], Named)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("in 38 % [7 %, 62 %] of 64", "in 38\u00a0% [7\u00a0%,\u00a062\u00a0%] of 64"),
        ("γ* = 1.65 [≤ 0, > 4]", "γ*\u00a0=\u00a01.65 [≤\u00a00,\u00a0&gt;\u00a04]"),
        ("`depth` decides <most>", "<code>depth</code> decides &lt;most&gt;"),
        ("a [note, here] stays", "a [note, here] stays"),
    ],
)
def test_numbers_keep_together_and_fields_look_like_code(said, kept):
    assert fragments.prose(said) == kept


def test_schemes_measured_at_some_values_only_are_named():
    spec = parse(
        {
            "scenario": {"type": "ledger"},
            "scheme": [{"type": "approval"}, {"type": "debate", "where": {"self_persuasion": [0.5]}}],
            "sweep": {"overseer.gameability": [1.0, 2.0], "overseer.self_persuasion": [0.0, 0.5]},
        }
    )
    told = sections._partly(spec, names.of_spec(spec))
    assert told == " Measured at λ = 0.5 only, and without a curve or a γ* in other panels: debate."


def test_schemes_that_were_tried_at_some_points_only_are_off_at_first(small_study):
    schemes = small_study.spec.schemes
    partly = replace(schemes[3], where=(("self_persuasion", (0.5,)),))
    for asked, off in (((*schemes[:3], partly, schemes[4]), ["reward-modelling"]), (schemes, []), ((partly,), [])):
        study = replace(small_study, spec=replace(small_study.spec, schemes=asked))
        page = sections._found(study, {}, names.DEFAULT).before
        boxes = re.findall(r'<input type="checkbox"( checked)? value="([^"]*)"', page)
        assert len(boxes) == 5
        assert [label for checked, label in boxes if not checked] == off


def test_many_schemes_are_chosen_group_by_group():
    labels = [f"s{number}" for number in range(12)]
    groups = {"first": labels[:5], "second": [*labels[5:], "without values"]}
    page = fragments.chooser(labels, labels[2:], groups)
    assert re.findall(r'data-do="(\w+)"', page) == ["group", "group", "all", "none", "first"]
    assert re.findall(r'value="(\w+)"', page) == labels
    assert 'data-do="group"' not in fragments.chooser(labels[:5], (), {"first": labels[:5]})
    assert 'data-do="first"' not in fragments.chooser(labels)
