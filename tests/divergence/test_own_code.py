"""Fingerprints of classes that are in no file of their own: the same code the same, whatever else changes another."""

import pytest

from divergence import directory, running
from divergence.api import sweep
from divergence.own_code import digest, fingerprints
from divergence.plugins import is_plugin, load_plugin
from divergence.store import StoreError
from overseers.human import Human
from overseers.panel import Panel

STUBBORN = """
from functools import cached_property

import numpy as np

from overseers.base import Belief
from overseers.human import Human
from scenarios.part import field, part

WEIGHT = 8.0
TABLE = {"more": [0.0], "array": np.zeros(2)}
UNUSED = 1


class Kept:
    def __init__(self, times):
        self.times = times


ONCE = Kept(1.0)


def scaled(found, by=1.0):
    return WEIGHT * found * by * ONCE.times + TABLE["more"][0] + TABLE["array"].sum()


@part
class Stubborn(Human):
    trust: float = field(1.0, "how much")

    @cached_property
    def heavy(self):
        return 2.0

    @property
    def light(self):
        return Kept(0.5)

    def rating(self, hearing, speech):
        def twice(weight):
            return 2 * weight

        weight = scaled(twice(self.heavy * self.light.times)) + sum(x for x in {1, 2})
        return Belief(self.gameability * speech, weight=weight)
"""


def defined(text=STUBBORN):
    """The class, as a cell of a notebook defines it."""
    names = {"__name__": "a_cell"}
    exec(text, names)
    return names["Stubborn"]


def test_the_same_code_is_the_same_wherever_it_stands():
    assert digest(defined()) == digest(defined())
    moved = "# a remark\n\n\n" + STUBBORN.replace("UNUSED = 1", "UNUSED = 2")
    assert digest(defined(moved)) == digest(defined())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("WEIGHT = 8.0", "WEIGHT = 1.0"),
        ("by=1.0", "by=2.0"),
        ("* found * by", "* found + by"),
        ("2 * weight", "3 * weight"),
        ("return 2.0", "return 3.0"),
        ("Kept(0.5)", "Kept(1.5)"),
        ("Kept(1.0)", "Kept(3.0)"),
        ('"more": [0.0]', '"more": [0.5]'),
        ("np.zeros", "np.ones"),
        ("{1, 2}", "{1, 3}"),
        ("self.times = times", "self.times = times * 2"),
        ("scaled(twice", "abs(twice"),
    ],
)
def test_other_code_is_another(old, new):
    assert old in STUBBORN
    assert digest(defined(STUBBORN.replace(old, new))) != digest(defined())


def test_what_is_not_ours_and_no_plug_in_is_told(tmp_path):
    assert fingerprints([Human(), Panel()], is_plugin) == []
    own = defined()()
    (line,) = fingerprints([Panel(member=own), own], is_plugin)
    assert line == f"a_cell.Stubborn {digest(type(own))}"
    path = tmp_path / "my plug-in.py"
    path.write_text(STUBBORN.replace("Stubborn", "Unbending"))
    assert fingerprints([load_plugin(path).Unbending()], is_plugin) == []


def study_of(cls, out):
    asked = {
        "questions": 20,
        "seeds": 1,
        "scenario": {"type": "ledger", "depth": 1},
        "overseer": {"type": cls.part_name(), "gameability": 8.0},
        "scheme": {"type": "approval"},
    }
    return sweep(asked, out, workers=1)


def test_results_of_other_code_are_not_passed_off(tmp_path):
    """A class is edited and run again, as in a notebook: its directory is refused, and a new name is found."""
    first = study_of(defined(), tmp_path / "out")
    assert study_of(defined(), tmp_path / "out").about == first.about
    name = directory.default_name(first.spec)
    edited = defined(STUBBORN.replace("WEIGHT = 8.0", "WEIGHT = 1.0"))
    with pytest.raises(StoreError, match=r"plug-ins: .*a_cell.Stubborn \w+ → .*a_cell.Stubborn \w+\n.*other code"):
        study_of(edited, tmp_path / "out")
    again = running.run(study_of(edited, tmp_path / "other").spec, tmp_path / "fresh", workers=1)
    assert directory.default_name(again.spec) != name
    assert again.rows["harm"].tolist() != first.rows["harm"].tolist()
