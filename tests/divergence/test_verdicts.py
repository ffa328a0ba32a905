"""Verdicts against counterfactual studies run by themselves; sentences that follow the numbers they are made from."""

import io
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from divergence import export, fragments, readable, report, running, sentences, terminal, verdicts
from divergence.grounds import Grounds
from divergence.specfile import parse

TABLE = {
    "questions": 60,
    "seeds": 2,
    "scenario": {"type": "ledger", "depth": 2},
    "scheme": [{"type": name} for name in ("imitation", "approval", "approval-frozen", "debate")],
    "sweep": {"overseer.gameability": [0.0, 1.0, 1.5, 2.0, 2.5, 3.0]},
    "ablations": {"questions": 60, "seeds": 2},
    "shares": {"points": 8, "questions": 20},
    "box": {"overseer.self_persuasion": [0.0, 1.0], "scenario.plant_rate": [0.0, 0.5]},
}
PLACE = ("ledger", "human")


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return running.run(parse(TABLE), tmp_path_factory.mktemp("judged"), workers=1)


@pytest.fixture(scope="module")
def found(study):
    return study.grounds.verdicts.set_index("scheme")


def test_imitation_is_hch_exactly_and_nothing_takes_it_away(found):
    assert found.loc["imitation", "hch"] == "exactly"
    assert found.loc["imitation", "hch_default"] == "exactly"
    assert found.loc["imitation", "furthest"] < 1e-6
    assert pd.isna(found.loc["imitation", "taken_by"])


def test_the_others_are_called_by_their_distance(found, study):
    rows = study.rows.groupby(["scheme", "gameability"])["divergence_tv"].mean()
    for scheme in ("approval", "approval-frozen", "debate"):
        assert found.loc[scheme, "hch_default"] == verdicts.called(rows[scheme, 1.5])
        assert found.loc[scheme, "distance_default"] == pytest.approx(rows[scheme, 1.5], abs=1e-6)
        assert found.loc[scheme, "furthest"] == pytest.approx(rows[scheme].max(), abs=1e-6)


@pytest.mark.parametrize(("distance", "word"), [(0.0, "exactly"), (1e-3, "within 0.05"), (0.2, "no")])
def test_words(distance, word):
    assert verdicts.called(distance) == word


def test_gamma_star_is_the_studys(found, study):
    stars = study.crossings.set_index("scheme")["gamma_star"]
    np.testing.assert_array_equal(found["gamma_star"], stars.reindex(found.index))


@pytest.mark.parametrize(
    ("switch", "field", "value"),
    [("planting", "plant_rate", 0.0), ("rhetoric", "rhetoric_scale", 0.0), ("depth (d = 0)", "depth", 0)],
)
def test_a_switch_is_the_counterfactual_study(study, tmp_path, switch, field, value):
    bare = TABLE | {"scenario": TABLE["scenario"] | {field: value}}
    for key in ("ablations", "shares", "box"):
        bare.pop(key)
    rows = running.run(parse(bare), tmp_path, workers=1).rows
    off = study.grounds.switches.query("taken_by == @switch")
    assert set(off["scheme"]) == {"approval", "approval-frozen", "debate"}
    for line in off.itertuples():
        own = rows[(rows["scheme"] == line.scheme) & (rows["gameability"] == line.gamma)]
        assert line.without == pytest.approx(own["harm"].mean(), abs=1e-6)
        assert line.removed == pytest.approx(1 - line.without / line.harm, abs=1e-6)
        assert line.low - 1e-9 <= line.removed <= line.high + 1e-9


def test_harm_is_looked_at_where_the_scheme_has_first_left(study):
    means = study.rows.groupby(["scheme", "gameability"])["harm"].mean()
    for line in study.grounds.switches.itertuples():
        assert line.harm == pytest.approx(means[line.scheme, line.gamma], abs=1e-6)
        assert (means[line.scheme][: line.gamma - 0.01] < 0.1).all()


def test_the_strongest_switch_is_named(study, found):
    most = study.grounds.switches.groupby("scheme")["removed"].max()
    for scheme, removed in most.items():
        assert found.loc[scheme, "removed"] == removed


def test_without_ablations_there_is_a_verdict_and_no_cause(tmp_path):
    bare = parse({key: value for key, value in TABLE.items() if key not in ("ablations", "shares", "box")})
    study = running.run(bare, tmp_path, workers=1)
    assert "taken_by" not in study.grounds.verdicts
    assert not sentences.orders(study.grounds, PLACE, readable.schemes(study.grounds))
    assert not len(study.grounds.shares)
    export.write_tables(study)
    assert (tmp_path / "verdicts.csv").exists()
    assert not (tmp_path / "ablations.csv").exists()


def test_schemes_of_the_ablations_alone_have_verdicts_too(study):
    grounds = study.grounds
    summary = grounds.summary[grounds.summary["scheme"] != "debate"]
    crossings = grounds.crossings[grounds.crossings["scheme"] != "debate"]
    found = Grounds(grounds.directory, grounds.spec, summary, crossings).verdicts
    assert found["scheme"].tolist() == ["imitation", "approval", "approval-frozen", "debate"]
    assert found["gamma_star"].notna().sum() == 3


class TestSentences:
    def shares(self, study, share):
        """The grounds of the study with every share set to one number."""
        grounds = Grounds(study.directory, study.spec, study.summary, study.crossings)
        grounds.__dict__["shares"] = study.grounds.shares.assign(share=share, tied=0)
        return grounds

    @pytest.mark.parametrize(
        ("share", "word"),
        [
            (0.05, "the exception"), (0.0999, "the exception"), (0.1, "it depends"), (0.5, "it depends"),
            (0.9, "it depends"), (0.9001, "it holds"), (1.0, "it holds"),
        ],
    )  # fmt: skip
    def test_they_say_depends_between_a_tenth_and_nine(self, study, share, word):
        grounds = self.shares(study, share)
        said = sentences.orders(grounds, PLACE, readable.schemes(grounds))
        assert len(said) == 3
        assert all(word in sentence for sentence in said)
        assert set(readable.shares(grounds, PLACE)["so"]) == {readable.so(share)}

    def test_neighbours_stand_in_the_studys_order(self, study):
        stars = study.crossings.set_index("scheme")["gamma_star"].fillna(np.inf)
        ranked = study.grounds.ranking[PLACE]
        assert ranked[0] == "imitation"
        assert list(stars[ranked]) == sorted(stars, reverse=True)
        said = sentences.orders(study.grounds, PLACE, ranked)
        assert said[0].startswith(f"Here {ranked[0]} stays with HCH longer than {ranked[1]}:")

    def test_turns_are_those_of_the_table(self, study):
        grounds = Grounds(study.directory, study.spec, study.summary, study.crossings)
        first, second = [name for name in grounds.ranking[PLACE] if name != "imitation"][:2]
        turn = {"scenario": "ledger", "overseer": "human", "a": first, "b": second}
        grounds.__dict__["turns"] = pd.DataFrame(
            [turn | {"change": "λ = 1", "settled": True}, turn | {"change": "truth bonus 1", "settled": False}]
        )
        stars = grounds.ablations
        later = stars["scheme"].map({first: 3.0}).fillna(1.0)
        grounds.__dict__["ablations"] = stars.assign(gamma_star=later)
        (said,) = sentences.orders(grounds, PLACE, [first, second])
        assert "turned round by λ = 1; perhaps by truth bonus 1 (not settled)" in said

    def test_what_is_exact_and_what_takes_the_others_away(self, study):
        said = sentences.said(study.grounds, PLACE)
        assert said[0] == "imitation is HCH exactly, at every γ tried."
        strongest = readable.mechanisms(study.grounds, (*PLACE, "approval"))[0]
        assert any(sentence.startswith("Of approval's harm") and strongest in sentence for sentence in said)


def test_terminal_and_report_say_the_same(study):
    console = Console(width=400, highlight=False, record=True, file=io.StringIO())
    terminal.show(study, console)
    printed, page = console.export_text(), report.page(study)
    for sentence in sentences.orders(study.grounds, PLACE, readable.schemes(study.grounds)):
        assert sentence in printed
        assert fragments.prose(sentence) in page
    assert 'id="ablations"' in page
    assert 'id="shares"' in page
    assert 'id="verdicts"' in page
    assert "overseer.self_persuasion" in page
    for change in readable.ablations(study.grounds, PLACE)["change"]:
        assert change in printed


def test_marks(study):
    line = pd.Series({"turned": "", "gamma_star": 1.234, "max": 4.0})
    assert readable.star(line, 0.0) == "1.23"
    assert readable.star(line, 1.234) == "≤ 1.234"
    assert readable.star(line.replace({"": "b?"}), 0.0) == "1.23?"
    assert readable.star(pd.Series({"turned": "b?, c", "gamma_star": np.nan, "max": 4.0}), 0.0) == "> 4*"


def test_many_schemes_are_shown_by_their_groups_first(study):
    many = replace(study.spec, ablations=replace(study.spec.ablations, schemes=("debate",)), shares=None)
    grounds = Grounds(study.directory, many, study.summary, study.crossings)
    assert readable.schemes(grounds) == ["debate"]
