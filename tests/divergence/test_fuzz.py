"""Mutated specifications: each is a study, written back and planned, or refused with reasons; never a traceback."""

import copy
import math
import random
import subprocess
import sys
from dataclasses import replace

import pytest

from divergence import design, plan, running
from divergence.build import SpecError
from divergence.specfile import dumps, loads, parse

BASE = {
    "questions": 5,
    "seeds": 2,
    "first_seed": 3,
    "brief": False,
    "office_trees": 3,
    "office": {"staff": 2, "deadlines": [30.0], "hurry": 0.5},
    "scenario": [{"type": "ledger", "depth": 1}, {"type": "majority", "name": "votes", "depth": 1}],
    "overseer": {"type": "panel", "member": {"type": "human", "attention": 0.9}},
    "scheme": [{"type": "approval", "n_search": 4}, {"type": "debate", "where": {"gameability": [1.0]}}],
    "sweep": {
        "overseer.member.gameability": {"from": 0.0, "to": 2.0, "steps": 3},
        "scheme.n_search": [1, 4],
    },
    "sample": {"design": "sobol", "points": 3, "seed": 1, "fields": {"scenario.plant_rate": [0.0, 0.5]}},
    "ablations": {"questions": 5, "seeds": 1, "schemes": ["approval"]},
    "shares": {"points": 2, "questions": 5, "schemes": []},
    "box": {"scenario.rhetoric_family": ["normal", "laplace"], "overseer.member.self_persuasion": [0.0, 1.0]},
}

JUNK = [
    None, True, False, 0, 1, -1, 2**31, 2**63, 10**30, 0.0, -0.5, 1e308, math.nan, math.inf, -math.inf, "", "x", "γ",
    "approval", "overseer.gameability", "a.b.c", ".", "\x00", "\n", "normal", [], [0], [[]], [0.0, math.nan], ["x", 1],
    [1, 0], {}, {"type": "human"}, {"type": "ledger"}, {"type": 3}, {"from": 0, "to": 1, "steps": 2},
    {"from": 0, "to": 1, "steps": 10**9}, {"from": 0}, {"steps": 2}, [{}], [{"type": "debate"}] * 2, list(range(1001)),
]  # fmt: skip


def places(value, path=()):
    """Every place in a nested table, its own first."""
    found = [path]
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            found += places(inner, (*path, key))
    return found


def mutated(luck):
    """A table with one to four mistakes, or none that matter."""
    table = copy.deepcopy(BASE)
    for _ in range(luck.randint(1, 4)):
        path = luck.choice(places(table)[1:] or [("scenario",)])
        holder = table
        for step in path[:-1]:
            holder = holder[step]
        change = luck.randrange(5)
        if change == 0 or (change == 1 and isinstance(holder, list)):
            if path[-1] in holder if isinstance(holder, dict) else path[-1] < len(holder):
                del holder[path[-1]]
        elif change == 1:
            key = str(path[-1])
            holder[luck.choice([key[::-1], key + "s", key.upper(), "", f"{key}.x", f"scenario.{key}"])] = holder.pop(
                path[-1], None
            )
        elif change == 2 and isinstance(holder, list):
            holder.append(copy.deepcopy(luck.choice(holder) if holder else 0))
        elif change == 3:
            other = luck.choice(places(table)[1:])
            value = table
            for step in other:
                value = value[step]
            put(holder, path[-1], copy.deepcopy(value))
        else:
            put(holder, path[-1], copy.deepcopy(luck.choice(JUNK)))
    return table


def put(holder, key, value):
    if isinstance(holder, dict) or key < len(holder):
        holder[key] = value
    else:
        holder.append(value)


def as_study(make):
    """None if the specification is refused with a place and a reason; otherwise the study, written back and planned."""
    try:
        spec = make()
    except SpecError as error:
        mistakes = error.mistakes
    else:
        return planned(spec)
    assert mistakes
    assert all(mistake.strip() and "Traceback" not in mistake for mistake in mistakes)
    return None


def planned(spec):
    """A study written back and planned; None if it would not fit."""
    assert loads(dumps(spec)) == spec
    if design.cells(spec) < 500 and (spec.shares is None or spec.shares.points < 50):
        try:
            everything = plan.everything(spec)
            plan.check_memory([one for cells in everything.values() for one in cells], 2)
        except SpecError:
            return None
    return spec


def mangled(luck, text):
    """A text with characters dropped, doubled and replaced."""
    letters = list(text)
    for _ in range(luck.randint(1, 6)):
        place = luck.randrange(len(letters))
        letters[place] = luck.choice(["", letters[place] * 2, luck.choice('"[]{}=.,#\n\\γ0e- '), letters[-place]])
    return "".join(letters)


def small(spec):
    """Whether a study, without what its ranking hangs on, is computed in a moment."""
    return spec.questions <= 20 and design.cells(spec) <= 24 * len(spec.scenarios) * len(spec.overseers)


def tried(count, first, directory):
    luck = random.Random(first)
    text = dumps(parse(BASE))
    refused = ran = 0
    for number in range(count):
        if number % 3:
            table = mutated(luck)
            spec = as_study(lambda table=table: parse(table))
        else:
            told = mangled(luck, text)
            spec = as_study(lambda told=told: loads(told))
        refused += spec is None
        if spec is not None and small(spec) and ran < count / 100:
            ran += 1
            spec = replace(spec, ablations=None, shares=None, box=())
            try:
                study = running.run(spec, directory / str(ran), workers=1)
            except SpecError:  # too large after all
                continue
            assert not study.failures, study.failures[0].trace
            assert len(study.rows) == sum(len(one.schemes) for one in plan.cells(spec))
    return refused, ran


def test_some_mutated_specifications(tmp_path):
    refused, _ = tried(150, 1, tmp_path)
    assert 50 < refused < 150


@pytest.mark.slow
@pytest.mark.parametrize("first", range(10))
def test_ten_thousand_mutated_specifications(first, tmp_path):
    refused, ran = tried(1000, 100 + first, tmp_path)
    assert 300 < refused < 1000
    assert ran


@pytest.mark.slow
def test_fifty_through_the_command(tmp_path):
    luck = random.Random(50)
    few = {"seeds": 1, "sample": BASE["sample"] | {"points": 1}}  # what is not refused is run
    text = dumps(parse(BASE | few | {"ablations": None, "shares": None, "box": {}}))
    for number in range(50):
        spec = tmp_path / f"{number}.toml"
        spec.write_text(mangled(luck, text), encoding="utf-8")
        out = tmp_path / f"out{number}"
        command = [sys.executable, "-m", "divergence", "sweep", str(spec), "--out", str(out), "--workers", "1"]
        try:
            ran = subprocess.run(
                command, capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL
            )
        except subprocess.TimeoutExpired:
            # a digit more may make a study of hours: it must be one, and not passed off as complete
            assert loads(spec.read_text(encoding="utf-8"))
            assert not (out / "results.csv").exists()
            continue
        assert "Traceback" not in ran.stderr + ran.stdout, spec.read_text(encoding="utf-8")
        assert ran.returncode in (0, 2), ran.stderr
        assert (ran.returncode == 0) == (out / "results.csv").exists()
        assert ran.returncode == 0 or ran.stderr.count("error:") == 1
