"""Pictures show the tables' numbers, whatever the tables are like."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest

from divergence import figures, style
from divergence.figures import grid, names, panels
from divergence.measures import COSTS, REFERENCES

SCHEMES = ("imitation", "approval", "debate")
GAMMAS = (0.0, 1.0, 2.0)


def table(schemes=SCHEMES, gammas=GAMMAS, scenarios=("ledger",), overseers=("human",), phases=("optimum",), **swept):
    """A summary with a number of its own in every line."""
    lines = []
    keys = itertools.product(scenarios, overseers, *swept.values(), gammas, schemes, phases)
    for place, (scenario, overseer, *values, gamma, scheme, phase) in enumerate(keys):
        key = {"scenario": scenario, "overseer": overseer, "scheme": scheme, "phase": phase, "gameability": gamma}
        for row, measure in enumerate(("harm", "better", "accuracy", *REFERENCES, *COSTS)):
            mean = 0.0004 * place + 0.01 * row
            lines.append(
                key
                | dict(zip(swept, values, strict=True))
                | {"measure": measure, "mean": mean, "low": mean - 0.003, "high": mean + 0.004}
            )
    return pd.DataFrame(lines)


def crossed(summary, stars):
    """γ* of every scheme of a summary: (value, low, high) by scheme."""
    keys = [name for name in summary if name not in ("gameability", "measure", "mean", "low", "high")]
    found = summary[keys].drop_duplicates()
    ends = pd.DataFrame([stars[scheme] for scheme in found["scheme"]], columns=["gamma_star", "low", "high"])
    return pd.concat([found.reset_index(drop=True), ends], axis=1).assign(max=summary["gameability"].max())


def drawn(figure, scheme, kind="lines+markers"):
    """A scheme's marks, panel by panel."""
    return [trace for trace in figure.data if trace.legendgroup == scheme and trace.mode == kind and not trace.meta]


def shown(figure, meta):
    return [trace for trace in figure.data if trace.meta == meta]


@pytest.mark.parametrize("measure", ["harm", "better", "accuracy"])
def test_the_figure_holds_the_summarys_numbers(small_study, measure):
    summary = small_study.summary
    figure = figures.curves(summary, small_study.crossings if measure == "harm" else None, measure)
    keys = [("ledger", 0.5), ("ledger", 1.0), ("majority", 0.5), ("majority", 1.0)]
    for scheme in summary["scheme"].unique():
        traces = drawn(figure, scheme)
        assert len(traces) == len(keys)
        for trace, (scenario, share) in zip(traces, keys, strict=True):
            own = summary[(summary["measure"] == measure) & (summary["scheme"] == scheme)]
            own = own[(own["scenario"] == scenario) & (own["self_persuasion"] == share)]
            np.testing.assert_array_equal(trace.x, own["gameability"])
            np.testing.assert_array_equal(trace.y, own["mean"])
            assert trace.text[1] == names.interval(*own[["mean", "low", "high"]].iloc[1])
    assert [note.text for note in figure.layout.annotations] == [
        f"<b>{scenario}</b> · λ = {share:g}" for scenario, share in keys
    ]


def test_the_references_stand_beside_accuracy(small_study):
    summary = small_study.summary
    figure = figures.accuracy(summary)
    for measure in ("hch_accuracy", "hch_mode_accuracy", "hch_noise_free_accuracy", "hch_unpersuaded_accuracy"):
        own = summary[(summary["measure"] == measure) & (summary["scheme"] == "debate")]
        own = own[(own["scenario"] == "ledger") & (own["self_persuasion"] == 0.5)]
        first = shown(figure, measure)[0]
        np.testing.assert_array_equal(first.y, own["mean"])
        assert first.legend == "legend2"
    assert any(trace.name == "the truth" and set(trace.y) == {1.0} for trace in figure.data)


def test_gamma_star_is_marked_on_the_curve_and_in_the_strip():
    summary = table()
    stars = {"imitation": (np.nan, np.inf, np.inf), "approval": (1.25, 1.2, 1.3), "debate": (1.75, 1.5, np.inf)}
    figure = figures.curves(summary, crossed(summary, stars))
    rings = {trace.legendgroup: (trace.x[0], trace.y[0]) for trace in shown(figure, "ring")}
    assert rings == {"approval": (1.25, 0.1), "debate": (1.75, 0.1)}
    marks = {trace.legendgroup: trace for trace in shown(figure, "gamma_star")}
    assert marks["approval"].x[0] == 1.25
    assert (marks["approval"].error_x.array[0], marks["approval"].error_x.arrayminus[0]) == pytest.approx((0.05, 0.05))
    assert marks["debate"].error_x.array[0] == pytest.approx(0.25)
    assert marks["debate"].text[0] == "1.75 [1.50, > 2]"
    assert (marks["imitation"].x[0], marks["imitation"].marker.symbol) == (2.0, "triangle-right")
    assert [trace.text[0].strip() for trace in shown(figure, "written")] == ["> 2", "1.25", "1.75"]


def test_harm_that_is_there_at_the_smallest_gamma_tried_gives_a_bound():
    """As an arrow at the left edge, and no ring on the curve, which crosses nothing there."""
    summary = table(gammas=(1.0, 2.0, 3.0))
    stars = {"imitation": (1.0, 1.0, np.inf), "approval": (1.0, 1.0, 1.0), "debate": (1.5, 1.0, 2.0)}
    figure = figures.curves(summary, crossed(summary, stars))
    marks = {trace.legendgroup: trace for trace in shown(figure, "gamma_star")}
    spelt = {name: mark.text[0] for name, mark in marks.items()}
    assert spelt == {"imitation": "≤ 1 [≤ 1, > 3]", "approval": "≤ 1", "debate": "1.50 [≤ 1, 2.00]"}
    assert (marks["approval"].x[0], marks["approval"].marker.symbol) == (1.0, "triangle-left")
    assert [trace.legendgroup for trace in shown(figure, "ring")] == ["debate"]


def test_bands_follow_the_interval_and_vanish_without_one():
    summary = table()
    band = next(trace for trace in figures.curves(summary).data if trace.fill == "toself")
    own = summary[(summary["measure"] == "harm") & (summary["scheme"] == "imitation")]
    np.testing.assert_array_equal(band.y, [*own["high"], *own["low"][::-1]])
    blank = summary.assign(low=np.nan, high=np.nan)
    assert not [trace for trace in figures.curves(blank).data if trace.fill == "toself"]


@pytest.mark.parametrize("gammas", [(1.5,), (None,)])
def test_one_gameability_or_none_gives_points(gammas):
    figure = figures.curves(table(gammas=gammas))
    assert [drawn(figure, scheme, "markers")[0].y[0] for scheme in SCHEMES] == [0, -1, -2]
    assert figure.layout.yaxis.ticktext == SCHEMES
    assert figure.layout.xaxis.title.text == "harm (probability)"
    assert drawn(figure, "debate", "markers")[0].error_x.array[0] == pytest.approx(0.004)
    assert ("γ = 1.5" in figure.layout.annotations[0].text) == (gammas == (1.5,))


def test_an_overseer_without_gameability_stands_beside_one_with():
    summary = pd.concat([table(), table(gammas=(None,), overseers=("oracle",))], ignore_index=True)
    figure = figures.curves(summary, crossed(table(), dict.fromkeys(SCHEMES, (1.0, 0.9, 1.1))))
    assert [note.text for note in figure.layout.annotations] == ["<b>ledger</b> · human", "<b>ledger</b> · oracle"]
    assert len(drawn(figure, "debate")) == 1
    assert len(drawn(figure, "debate", "markers")) == 1
    assert len(shown(figure, "ring")) == len(SCHEMES)
    assert figure.layout.yaxis3.ticktext == SCHEMES
    assert figure.layout.yaxis3.domain[1] < figure.layout.yaxis2.domain[0]


def test_another_swept_field_takes_the_axis_when_gameability_does_not_vary():
    figure = figures.curves(table(gammas=(2.0,), discernment=(2.0, 4.0, 8.0)))
    np.testing.assert_array_equal(drawn(figure, "debate")[0].x, [2, 4, 8])
    assert figure.layout.xaxis.title.text == "discernment κ (noise units)"
    assert figure.layout.annotations[0].text == "<b>ledger</b> · γ = 2"


def test_many_swept_values_are_thinned_and_said_so():
    figure = figures.curves(table(depth=tuple(range(1, 10)), rhetoric_family=("normal", "laplace")))
    assert len(figure.layout.annotations) == panels.MOST_POINTS
    assert "6 of 18 combinations" in figure.layout.meta["note"]
    assert figure.layout.annotations[0].text == "<b>ledger</b> · depth = 1<br>rhetoric family = normal"
    assert figure.layout.annotations[-1].text.endswith("depth = 9<br>rhetoric family = laplace")


def test_a_field_that_only_some_parts_have_is_blank_in_the_others():
    summary = pd.concat([table(unanimity=(0.0, 1.0)), table(scenarios=("majority",), unanimity=(None,))])
    figure = figures.curves(summary)
    titles = [note.text for note in figure.layout.annotations]
    assert titles == ["<b>ledger</b> · unanimity = 0", "<b>ledger</b> · unanimity = 1", "<b>majority</b>"]


def test_a_scheme_without_values_is_not_drawn_and_has_not_stayed():
    summary = table()
    summary = summary[(summary["scheme"] != "debate") | summary["measure"].isin(tuple(REFERENCES))]
    stars = dict.fromkeys(SCHEMES, (np.nan, np.inf, np.inf))
    figure = figures.curves(summary, crossed(table(), stars))
    assert "debate" not in {trace.legendgroup for trace in figure.data}
    assert len(shown(figure, "gamma_star")) == 2
    nothing = summary[summary["measure"].isin(tuple(REFERENCES))]
    assert not drawn(figures.curves(nothing), "approval")
    assert not figures.curves(summary.iloc[:0]).data


def test_one_scheme_alone_and_trained_ones_beside_their_optimum():
    figure = figures.curves(table(schemes=("debate",), phases=("optimum", "trained")))
    assert [trace.name for trace in figure.data if trace.mode == "lines+markers"] == ["debate", "debate (trained)"]


def test_labels_are_shown_as_they_are():
    wicked = "<b>bold</b> & %{x} <script>"
    figure = figures.curves(table(schemes=(wicked,), scenarios=("<i>s</i>",)))
    text = figure.to_json()
    for given in ("<b>bold", "<script", "<i>s"):
        assert given not in text
    assert drawn(figure, wicked)[0].name.startswith("&lt;b&gt;bold")
    assert drawn(figure, wicked)[0].hovertemplate == "%{text}"
    assert "&lt;i&gt;s&lt;/i&gt;" in figure.layout.annotations[0].text


def test_a_scheme_that_the_first_panel_lacks_is_in_the_legend_too():
    summary = pd.concat([table(schemes=("imitation",)), table(scenarios=("majority",))])
    figure = figures.accuracy(summary)
    shown_once = [trace.legendgroup for trace in figure.data if trace.showlegend]
    assert set(SCHEMES) <= set(shown_once)
    assert len(shown_once) == len(set(shown_once))


def test_costs_are_bars_with_their_numbers():
    summary = table()
    figure = figures.costs(summary)
    assert [note.text for note in figure.layout.annotations] == [
        f"<b>ledger</b><br>{name.replace('_', ' ')}" for name in COSTS
    ]
    own = summary[summary["measure"] == "human_minutes"].groupby("scheme", sort=False)["mean"]
    np.testing.assert_allclose(figure.data[0].x, own.mean())
    np.testing.assert_allclose(np.asarray(figure.data[0].x) + figure.data[0].error_x.array, own.max())
    steady = summary.assign(mean=7.0)
    assert figures.costs(steady).data[0].error_x.array is None


@pytest.mark.parametrize("width", grid.WIDTHS)
@pytest.mark.parametrize("schemes", [3, 20])
def test_panels_never_overlap(width, schemes):
    labels = tuple(f"scheme-{number}" for number in range(schemes))
    summary = table(schemes=labels, scenarios=("a", "b"), share=(0.0, 0.5, 1.0))
    figure = figures.curves(summary, crossed(summary, dict.fromkeys(labels, (1.0, 0.9, 1.1))))
    changes = figure.layout.meta["layouts"][width]
    boxes = []
    for number in range(6):
        x = changes[f"{panels.long(panels._axis('x', number))}.domain"]
        boxes += [(x, changes[f"{panels.long(panels._axis('y', 2 * number + part))}.domain"]) for part in (0, 1)]
    for (x, y), (u, v) in itertools.combinations(boxes, 2):
        assert min(x[1], u[1]) <= max(x[0], u[0]) or min(y[1], v[1]) <= max(y[0], v[0])
    assert all(0 <= end <= 1 for box in boxes for domain in box for end in domain)
    assert changes["height"] > changes["margin.t"]


def test_legends_have_room_on_a_phone_whatever_is_written_beside_the_panels():
    """Names in the margin leave no width for two entries in a row: every entry has its own 19 pixels."""
    labels = ("imitation (trained)", "approval (trained)", "debate (trained)")
    summary = table(schemes=labels)
    figure = figures.curves(summary, crossed(summary, dict.fromkeys(labels, (1.0, 0.9, 1.1))))
    changes = figure.layout.meta["layouts"]["narrow"]
    apart = (changes["legend.y"] - changes["legend2.y"]) * changes["height"]
    assert apart >= 3 * 19


def test_a_trained_scheme_looks_like_its_optimum_but_for_the_line():
    looks = style.looks(["own", "debate", "own (trained)", "debate (trained)"])
    for scheme in ("own", "debate"):
        optimum, trained = looks[scheme], looks[f"{scheme} (trained)"]
        assert (trained.colour, trained.marker) == (optimum.colour, f"{optimum.marker}-open")
        assert trained.dash != optimum.dash


def test_a_strip_ends_with_the_last_scheme_that_was_tried_there():
    """On a phone, where each panel has its own height; beside each other the fullest decides."""
    here = [one for one in SCHEMES if one != "debate"]
    summary = pd.concat([table(kind=("few",), schemes=here), table(kind=("all",))], ignore_index=True)
    stars = dict.fromkeys(SCHEMES, (1.0, 0.9, 1.1))
    pages = figures.curves(summary, crossed(summary, stars)).layout.meta["layouts"]
    rows = {page: [round(0.3 - pages[page][f"yaxis{n}.range"][0]) for n in (2, 4)] for page in pages}
    assert rows == {"narrow": [2, 3], "medium": [3, 3], "wide": [3, 3]}


def test_a_picture_without_some_schemes_is_as_much_shorter_as_its_legend():
    schemes = [f"scheme-{number:02}" for number in range(40)]
    summary = table(schemes=schemes)
    stars = dict.fromkeys(schemes, (1.0, 0.9, 1.1))
    whole, few = (figures.curves(summary, crossed(summary, stars)) for _ in range(2))
    grid.without(few, schemes[3:])
    spared = whole.layout.height - few.layout.height
    assert spared == whole.layout.margin.t - few.layout.margin.t
    assert spared == 20 * (whole.layout.meta["legend"]["rows"]["wide"] - 1)
    assert {trace.legendgroup for trace in few.data if trace.visible and trace.mode == "lines+markers"} == {
        *schemes[:3]
    }
    assert len(shown(few, "gamma_star")) == 40
    assert all(trace.visible is not False for trace in shown(few, "gamma_star"))


def test_a_long_label_is_cut_before_what_tells_it_apart():
    assert names.plain("recursive-reward-modelling") == "recursive-reward-modelling"
    assert names.plain("approval by gradient (trained)") == "approval by gra… (trained)"


def test_a_column_named_by_its_kind_is_called_the_field_of_that_part():
    assert names.words("training.human_minutes") == "human minutes of training"
    assert names.words("self_persuasion") == "self persuasion"


@pytest.mark.parametrize("page", ["narrow", "medium", "wide"])
def test_costs_stand_beyond_bars_and_whiskers_and_have_room_there(page):
    summary = table(gammas=(0.0, 4.0))
    figure = figures.costs(summary)
    for bars, written in zip(figure.data[::2], figure.data[1::2], strict=True):
        np.testing.assert_allclose(written.x, bars.x + np.asarray(bars.error_x.array))
        axis = figure.layout.meta["layouts"][page][f"xaxis{bars.xaxis[1:]}.range"]
        assert axis[1] >= 1.3 * max(written.x)


def test_looks_differ_and_core_schemes_keep_theirs():
    others = [f"other-{number}" for number in range(25)]
    looks = style.looks([*others, *style.CORE])
    assert len(set(looks.values())) == len(looks)
    assert {name: looks[name] for name in style.CORE} == style.CORE
    assert style.looks(["debate"])["debate"] == looks["debate"]


@pytest.mark.parametrize(
    ("value", "text"), [(0.5, "0.5"), (math.nan, "–"), (None, "–"), (True, "yes"), (64, "64"), ("normal", "normal")]
)
def test_values_are_written_as_people_write_them(value, text):
    assert names.value(value) == text
