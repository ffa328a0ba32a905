"""The tree page: its data follows from the model, and the page loads nothing."""

import itertools
import json
import re
from collections import Counter

import numpy as np
import pytest
from typer.testing import CliRunner

from divergence import tree_page
from divergence.cli import app
from divergence.consultation import consultation
from divergence.tree_data import FATES, MARKS, SEGMENTS
from hch.corruption import Attack
from hch.office import Office
from overseers.human import Human
from overseers.panel import Panel
from scenarios.ledger import Ledger
from scenarios.majority import Majority
from scenarios.powering import Powering


def shown(consulted):
    """The data in a page."""
    found = re.search(r'<script type="application/json" id="page">(.*?)</script>', tree_page.page(consulted), re.S)
    return json.loads(found[1])


@pytest.fixture(scope="module")
def asked():
    return consultation(Ledger(), Human(gameability=2.5), question=3)


@pytest.fixture(scope="module")
def data(asked):
    return shown(asked)


def test_everybody_is_there_under_their_asker(data):
    for run in data["runs"]:
        people = run["people"]
        assert len(people) == 31
        assert people[0]["name"] == "q"
        for person in people[1:]:
            above = people[person["parent"]]
            assert person["name"].rpartition(".")[0] == above["name"]
            assert person["level"] == above["level"] - 1


def test_beliefs_are_the_softmax_of_the_model(data):
    for run, gamma in zip(data["runs"], (2.5, 0.0), strict=True):
        for person in run["people"]:
            belief = gamma * 0.5 * (np.array(person["appeal"]) + person["thought"])
            belief[person["supported"]] += 8.0
            weights = np.exp(belief - belief.max())
            assert person["belief"] == pytest.approx(weights / weights.sum(), abs=5e-4)


def test_the_second_run_is_of_people_whose_gameability_is_0(data):
    ungameable = shown(consultation(Ledger(), Human(gameability=0.0), question=3))["runs"][0]
    assert [person["answer"] for person in ungameable["people"]] == [
        person["answer"] for person in data["runs"][1]["people"]
    ]
    assert data["runs"][0]["title"] == "γ = 2.5"
    assert data["runs"][1]["title"] == ungameable["title"] == "γ = 0"


def test_fates_agree_with_answers(data):
    found = Counter(person["fate"] for person in data["runs"][0]["people"])
    assert set(found) <= set(FATES)
    assert found == {"true": 27, "misled": 3, "planted": 1}
    for person in data["runs"][0]["people"]:
        below = [one["answer"] for one in data["runs"][0]["people"] if one["name"].rpartition(".")[0] == person["name"]]
        assert person["supported"] == (sum(below) % 6 if below else person["truth"])
        assert (person["fate"] == "true") == (person["answer"] == person["truth"])


@pytest.mark.parametrize("staff", [None, 1, 3])
def test_time_is_without_gaps_and_adds_up_to_the_work(staff):
    consulted = consultation(Ledger(), Human(), office=Office(staff=staff))
    for run in shown(consulted)["runs"]:
        worked, busy = 0.0, []
        for person in run["people"]:
            segments = person["segments"]
            assert {kind for kind, _, _ in segments} <= set(SEGMENTS)
            assert all(one[2] == another[1] for one, another in itertools.pairwise(segments))
            thoughts = [one for one in segments if one[0] in ("thinking", "composing")]
            worked += sum(end - start for _, start, end in thoughts)
            busy += [(start, 1) for _, start, _ in thoughts] + [(end, -1) for _, _, end in thoughts]
        assert worked == pytest.approx(consulted.record.work / 60e9, abs=0.02)
        at_once = np.cumsum([step for _, step in sorted(busy)])
        queued = any(kind == "queueing" for person in run["people"] for kind, _, _ in person["segments"])
        assert queued == (staff is not None)
        assert staff is None or at_once.max() == staff


def test_an_overseer_who_is_several():
    data = shown(consultation(Majority(depth=1), Panel()))
    assert data["runs"][0]["title"] == "panel"
    for person in data["runs"][0]["people"]:
        assert sum(person["belief"]) == pytest.approx(1.0, abs=1e-3)


def test_it_loads_nothing_and_says_what_it_is_of(asked):
    page = tree_page.page(asked)
    assert "{{" not in page
    assert "default-src 'none'" in page
    assert re.findall(r'(?:src|href)="([^"]*)"', page) == ["#runs"]
    assert "seed 0, question 3" in page
    assert "γ = 2.5" in page


def test_too_many_people_are_refused_before_anybody_is_asked(tmp_path):
    ran = CliRunner().invoke(app, ["tree", "--set", "scenario.depth=13", "--html", str(tmp_path / "page.html")])
    assert ran.exit_code == 2
    assert "at most 5,000" in ran.stderr
    assert not list(tmp_path.iterdir())


def test_the_command_says_where_the_page_is(tmp_path):
    path = tmp_path / "page.html"
    ran = CliRunner().invoke(app, ["tree", "--set", "scenario.depth=2", "--staff", "2", "--html", str(path)])
    assert ran.exit_code == 0, ran.output
    assert ran.stdout.rstrip().splitlines()[-1] == f"page: {path}"
    assert "2 at a time" in path.read_text(encoding="utf-8")


CROWDED = Office(staff=2, hurry=2.0, deadlines=(35.0, 35.0, 35.0))


@pytest.fixture(scope="module")
def crowded():
    return consultation(Ledger(depth=3), Human(gameability=2.0), office=CROWDED, attack=Attack(exposure=0.1))


def test_lateness_hurry_and_infection_are_marked(crowded):
    data = shown(crowded)
    for person, visit in zip(data["runs"][0]["people"], crowded.record.visits, strict=True):
        assert ("late" in person["marks"]) == visit.late
        assert ("hurried" in person["marks"]) == (visit.kept < 1.0)
        assert ("corrupted" in person["marks"]) == (visit.infected is not None)
        assert (person["fate"] == "attack") == (visit.dictated and visit.answer != visit.truth)
    borne = {mark for person in data["runs"][0]["people"] for mark in person["marks"]}
    assert borne == set(MARKS)
    assert {person["fate"] for person in data["runs"][0]["people"]} >= {"attack", "misled"}
    page = tree_page.page(crowded)
    assert 'data-mark="late"' in page
    assert "exposure 0.1" in page


def test_beliefs_are_of_people_with_the_time_they_had(crowded):
    run = shown(crowded)["runs"][0]
    for person, visit in zip(run["people"], crowded.record.visits, strict=True):
        belief = 2.0 * 0.5 * (np.array(person["appeal"]) + person["thought"])
        belief[person["supported"]] += 8.0 * visit.kept
        weights = np.exp(belief - belief.max())
        assert person["belief"] == pytest.approx(weights / weights.sum(), abs=5e-4)


def test_ordinary_pages_say_nothing_of_marks(asked):
    page = tree_page.page(asked)
    assert "data-mark=" not in page
    assert "what the attack wants</li>" not in page


def test_questions_asked_in_turn_are_shown_as_they_were_asked():
    consulted = consultation(Powering(claims=5, bits=3), Human(), question=1)
    people = {person["name"]: person for person in shown(consulted)["runs"][0]["people"]}
    assert len(people) == 7
    assert dict(people["q"]["facts"])["question"] == "joins q.1, then q.2"
    first, second = people["q.1"], people["q.2"]
    assert second["segments"][0][1] == pytest.approx(first["segments"][-1][2])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--staff", "2", "--hurry", "2"], "who verified less than usual"),
        (["--staff", "2", "--hurry", "2", "--deadline", "35"], "HCH without hurry or deadlines gives"),
        (["--exposure", "0.1", "--quarantine", "60"], "HCH without the attack gives"),
        (["--staff", "2"], "HCH gives"),
        (["--hurry", "2"], "HCH gives"),
        (["--deadline", "1e7"], "HCH gives"),
        (["--deadline", "20"], "answers that came too late"),
        (["--exposure", "0.3", "--quarantine", "5"], "people corrupted:"),
        (["--set", "office.skill_spread=1.0", "--staff", "3"], "office: staff 3, skill_spread 1"),
    ],
)
def test_time_and_attacks_can_be_asked_for_and_probabilities_say_what_they_leave_out(words, told):
    ran = CliRunner().invoke(app, ["tree", "--set", "scenario.depth=2", *words])
    assert ran.exit_code == 0, ran.output
    assert told in ran.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--hurry", "-1"], "office.hurry"),
        (["--set", "office.hury=1"], "did you mean 'hurry'?"),
        (["--staff", "1", "--set", "office.holds_desk=true"], "deadlock"),
        (["--bandwidth", "2"], "attack.bandwidth"),
    ],
)
def test_what_cannot_be_is_refused(words, told):
    ran = CliRunner().invoke(app, ["tree", *words])
    assert ran.exit_code == 2
    assert told in ran.stderr


def test_the_fields_of_offices_and_attacks_are_listed():
    printed = CliRunner().invoke(app, ["list"]).stdout
    for field in ("hurry", "holds_desk", "infectivity", "quarantine_minutes"):
        assert field in printed


def test_one_false_answer_is_singular():
    found = [consultation(Ledger(depth=1), Human(gameability=2.5), question=number) for number in range(40)]
    sentences = [one.told()[1] for one in found]
    assert any(told.startswith("1 false answer: ") for told in sentences)
    assert any(told.endswith("; 1 is a planted claim") for told in sentences)
    assert not any(told.startswith("1 false answers") or "; 1 are planted" in told for told in sentences)
