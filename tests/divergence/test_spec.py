"""Specifications: what is read is what is written, and every mistake is named with its place and what is permitted."""

import copy
import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from divergence import plan
from divergence.api import default_spec
from divergence.build import SpecError
from divergence.cell import Named, gameability
from divergence.paths import apply, freed
from divergence.specfile import dumps, loads, parse, read
from overseers.human import Human

GOOD = """
questions = 30
seeds = 2
[[scenario]]
type = "ledger"
depth = 2
[overseer]
type = "human"
[[scheme]]
type = "approval"
[[scheme]]
type = "debate"
name = "shallow debate"
judged_depth = 1
[sweep]
"overseer.gameability" = { from = 0.0, to = 4.0, steps = 5 }
"scheme.shallow debate.judged_depth" = [0, 1]
"scenario.plant_rate" = [0.0, 0.3]
"""


def test_a_specification_becomes_objects():
    spec = loads(GOOD)
    assert [named.label for named in spec.schemes] == ["approval", "shallow debate"]
    assert spec.scenarios[0].part.depth == 2
    assert [axis.column for axis in spec.axes] == ["gameability", "judged_depth", "plant_rate"]
    assert spec.axes[0].values == (0.0, 1.0, 2.0, 3.0, 4.0)


@pytest.mark.parametrize("spec", [loads(GOOD), default_spec(), default_spec(quick=True), default_spec(full=True)])
def test_what_is_written_is_read_back(spec):
    assert loads(dumps(spec)) == spec


def test_a_complete_specification_spells_every_field():
    text = dumps(loads(GOOD))
    assert "plant_strength = 3.0" in text
    assert "self_persuasion = 0.5" in text


MISTAKES = {
    "an unknown key": ("questions = 30", "question = 30", ["question'", "did you mean 'questions'", "seeds"]),
    "a misspelt field": ("depth = 2", "dept = 2", ["scenario.dept", "did you mean 'depth'"]),
    "a negative rate": ("depth = 2", "plant_rate = -0.1", ["scenario.plant_rate", "-0.1", "≥ 0, ≤ 1"]),
    "nan": ("depth = 2", "plant_rate = nan", ["scenario.plant_rate", "finite", "≥ 0, ≤ 1"]),
    "a wrong type": ("depth = 2", 'depth = "two"', ["scenario.depth", "integer", "two", "whole number"]),
    "a boolean for a number": ("depth = 2", "depth = true", ["scenario.depth", "integer"]),
    "an unknown scheme": ('type = "approval"', 'type = "aproval"', ["aproval", "did you mean 'approval'", "imitation"]),
    "a scheme without type": ('type = "approval"', "n_search = 3", ["scheme[0]", "needs a type"]),
    "two of one name": ('name = "shallow debate"', 'name = "approval"', ["scheme[1]", "called 'approval'"]),
    "no questions": ("questions = 30", "questions = 0", ["questions", "1 to"]),
    "too many seeds": ("seeds = 2", "seeds = 1000000", ["seeds", "100000"]),
    "an unknown sweep": ("overseer.gameability", "overseer.gamability", ["gamability", "did you mean 'gameability'"]),
    "a sweep of nothing": (
        "overseer.gameability",
        "oversee.gameability",
        ["starts with scenario., overseer., scheme., training. or office."],
    ),
    "a swept value out of range": ("[0.0, 0.3]", "[0.0, 1.3]", ["scenario.plant_rate", "1.3", "≤ 1"]),
    "an empty sweep": ("[0.0, 0.3]", "[]", ["plant_rate", "list of values"]),
    "a value twice": ("[0.0, 0.3]", "[0.3, 0.3]", ["twice"]),
    "a range of one step": ("steps = 5", "steps = 1", ["steps", "2 to"]),
    "a range with a misspelt end": ("steps = 5", "step = 5", ["from", "to", "steps"]),
    "no TOML": ("seeds = 2", "seeds = ", ["not valid TOML"]),
    "a nested table for a number": ("depth = 2", "depth = { type = 'human' }", ["scenario.depth"]),
}


@pytest.mark.parametrize(("old", "new", "told"), MISTAKES.values(), ids=MISTAKES.keys())
def test_mistakes_are_named(old, new, told):
    assert old in GOOD
    with pytest.raises(SpecError) as found:
        loads(GOOD.replace(old, new), "my.toml")
    message = str(found.value)
    assert message.startswith("my.toml")
    assert all(word in message for word in told), message


def test_all_mistakes_are_told_at_once():
    text = GOOD.replace("depth = 2", "dept = 2").replace("seeds = 2", "seeds = -1").replace("steps = 5", "steps = 1")
    with pytest.raises(SpecError) as found:
        loads(text)
    assert len(found.value.mistakes) == 3


def test_missing_schemes_and_scenarios_are_asked_for():
    with pytest.raises(SpecError, match="scheme"):
        parse({"scenario": {"type": "ledger"}})


TWO_WAYS = {
    "by label": {"sweep": {"overseer.gameability": [0.0, 1.0], "overseer.human.gameability": [2.0, 3.0]}},
    "drawn and swept": {
        "sweep": {"overseer.gameability": [0.0, 1.0]},
        "sample": {"fields": {"overseer.human.gameability": [0.0, 3.0]}},
    },
    "drawn": {"sample": {"fields": {"overseer.attention": [0.1, 1.0], "overseer.human.attention": [0.5, 1.0]}}},
    "in the box": {"box": {"overseer.attention": [0.1, 1.0], "overseer.human.attention": [0.5, 1.0]}},
    "quoted and nested": {"sweep": {"overseer.gameability": [0.0, 1.0], "overseer": {"gameability": [2.0, 3.0]}}},
    "quoted and nested in the box": {"box": {"overseer.attention": [0.1, 1.0], "overseer": {"attention": [0.5, 1.0]}}},
}


@pytest.mark.parametrize("table", TWO_WAYS.values(), ids=TWO_WAYS)
def test_a_field_that_is_set_twice_is_refused(table):
    with pytest.raises(SpecError, match=r"sets too|written twice") as found:
        parse({"scenario": {"type": "ledger"}, "scheme": {"type": "approval"}} | table)
    assert len(found.value.mistakes) == 1


def test_a_field_of_two_parts_may_be_set_apart():
    overseers = [{"type": "human"}, {"type": "human", "name": "other"}]
    sweep = {"overseer.human.gameability": [0.0, 1.0], "overseer.other.gameability": [0.0, 2.0]}
    parse({"scenario": {"type": "ledger"}, "overseer": overseers, "scheme": {"type": "approval"}, "sweep": sweep})


def test_more_cells_than_anybody_waits_for_are_refused_at_once():
    """Whatever they come from: values, seeds, draws; also where a study does not come from a text."""
    table = {"scenario": {"type": "ledger"}, "scheme": {"type": "approval"}}
    fine = parse(table | {"seeds": 100_000, "sweep": {"overseer.gameability": {"from": 0, "to": 3, "steps": 10}}})
    many = table | {"seeds": 100_000, "sweep": {"overseer.gameability": {"from": 0, "to": 3, "steps": 11}}}
    with pytest.raises(
        SpecError, match=r"spec: 1,100,000 cells; at most 1,000,000 are permitted: lower seeds"
    ) as found:
        parse(many)
    assert len(found.value.mistakes) == 1
    drawn = {"sample": {"points": 11, "fields": {"overseer.attention": [0.1, 1.0]}}, "seeds": 100_000}
    with pytest.raises(SpecError, match="1,100,000 cells"):
        parse(table | drawn)
    with pytest.raises(SpecError, match="2,000,000 cells"):
        plan.cells(replace(fine, seeds=200_000))


def test_two_swept_fields_of_one_name_keep_their_columns_apart():
    spec = parse(
        {
            "scenario": {"type": "ledger"},
            "scheme": [{"type": "approval"}, {"type": "debate"}],
            "sweep": {"scheme.approval.n_search": [1, 2], "scheme.debate.n_search": [1, 2]},
        }
    )
    assert [axis.column for axis in spec.axes] == ["approval.n_search", "debate.n_search"]


def test_a_wrapped_overseers_fields_can_be_set_and_swept():
    spec = parse(
        {
            "scenario": {"type": "ledger"},
            "overseer": {"type": "unpersuaded", "member": {"type": "human", "attention": 0.5}},
            "scheme": {"type": "approval"},
            "sweep": {"overseer.member.gameability": [0.0, 1.0]},
        }
    )
    assert spec.overseers[0].part.member.attention == 0.5
    assert apply(spec, {"overseer.member.gameability": 3.0}).overseers[0].part.member.gameability == 3.0
    assert loads(dumps(spec)) == spec


def test_gameability_is_found_within_whoever_wraps():
    spec = parse(
        {
            "scenario": {"type": "ledger"},
            "overseer": [
                {"type": "human"},
                {"type": "panel", "member": {"type": "sceptic"}},
                {"type": "learned-reward"},
            ],
            "scheme": {"type": "approval"},
            "seeds": 1,
            "sweep": {"overseer.gameability": [0.0, 3.0]},
        }
    )
    assert loads(dumps(spec)) == spec
    cells = [(cell.overseer.label, gameability(cell.overseer.part), cell.point) for cell in plan.cells(spec)]
    swept = [(label, gamma, (("gameability", gamma),)) for label in ("human", "panel") for gamma in (0.0, 3.0)]
    assert cells == [*swept, ("learned-reward", None, (("gameability", None),))]


def test_two_paths_to_one_field_are_not_swept_together():
    table = {
        "scenario": {"type": "ledger"},
        "overseer": {"type": "panel"},
        "scheme": {"type": "approval"},
        "sweep": {"overseer.gameability": [0.0, 1.0], "overseer.member.gameability": [2.0, 3.0]},
    }
    with pytest.raises(
        SpecError, match=r'"overseer.member.gameability": sets a field that "overseer.gameability" sets'
    ):
        parse(table)


def test_a_field_that_is_set_is_no_longer_varied():
    """By whatever path it is swept, drawn or assumed; others are still."""
    table = {
        "scenario": {"type": "ledger"},
        "overseer": [{"type": "human"}, {"type": "panel"}],
        "scheme": {"type": "approval"},
        "sweep": {"overseer.human.self_persuasion": [0.0, 1.0], "overseer.panel.gameability": [0.0, 1.0]},
        "box": {"scenario.plant_rate": [0.0, 1.0], "scenario.ledger.asymmetry": [0.0, 1.0]},
        "sample": {"points": 2, "fields": {"overseer.discernment": [1.0, 2.0], "overseer.attention": [0.5, 1.0]}},
    }
    spec = parse(table)
    left = freed(freed(spec, "overseer.panel.member.gameability", "--set x"), "scenario.asymmetry", "--set x")
    assert [axis.path for axis in left.axes] == ["overseer.human.self_persuasion"]
    assert [one.path for one in left.box] == ["scenario.plant_rate"]
    assert left.sample == spec.sample
    assert freed(freed(spec, "overseer.discernment", "--set x"), "overseer.attention", "--set x").sample is None
    one, both = "overseer.human.discernment", replace(spec, overseers=(*spec.overseers, Named("two", Human())))
    with pytest.raises(SpecError, match=f'^--set {one}: "overseer.discernment", which is varied, sets that field and'):
        freed(both, one, f"--set {one}")


def test_numpy_s_numbers_are_numbers():
    """What is noted of a study can be read again, whatever its numbers came from."""
    table = {
        "questions": np.int64(30),
        "scenario": {"type": "ledger", "plant_rate": np.float64(0.25)},
        "scheme": {"type": "approval", "where": {"gameability": np.array([1.0])}},
        "sweep": {"overseer.gameability": list(np.linspace(0, 1, 3)), "scheme.n_search": np.array([1, 64])},
    }
    spec = parse(table)
    assert loads(dumps(spec)) == spec
    assert [axis.values for axis in spec.axes] == [(0.0, 0.5, 1.0), (1, 64)]


def test_a_label_is_a_label_even_with_dots_or_where_a_part_is_in_a_field():
    table = {
        "scenario": {"type": "ledger"},
        "overseer": [{"type": "human", "name": "a.b"}, {"type": "human", "name": "a"}],
        "scheme": {"type": "approval"},
        "sweep": {"overseer.a.b.gameability": [0.0, 4.0]},
    }
    tried = {(cell.overseer.label, cell.overseer.part.gameability) for cell in plan.cells(parse(table))}
    assert tried == {("a.b", 0.0), ("a.b", 4.0), ("a", 1.5)}
    with pytest.raises(SpecError, match="overseer 'member': is a field's name too"):
        parse(table | {"overseer": [{"type": "human", "name": "member"}, {"type": "panel"}], "sweep": {}})


@pytest.mark.parametrize("values", [[1, 1.0, 2], [0.0, -0.0], [[1, 2], [1, 2]], ["a", "a"]])
def test_one_value_is_not_swept_twice(values):
    with pytest.raises(SpecError, match="a value occurs twice"):
        parse(
            {"scenario": {"type": "ledger"}, "scheme": {"type": "approval"}, "sweep": {"overseer.gameability": values}}
        )


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ({"gamability": [1.0]}, r"where.gamability: nobody has such a field \(did you mean 'gameability'\?\)"),
        ({"gameability": [7.0]}, r"where.gameability: none of its values is swept: 0.0, 1.0"),
        ({"plant_rate": [0.0]}, r"where.plant_rate: is drawn"),
    ],
)
def test_where_nothing_would_be_measured_is_told(where, told):
    table = {
        "scenario": {"type": "ledger"},
        "scheme": {"type": "approval", "where": where},
        "sweep": {"overseer.gameability": [0.0, 1.0]},
        "sample": {"points": 2, "fields": {"scenario.plant_rate": [0.0, 1.0]}},
    }
    with pytest.raises(SpecError, match=told):
        parse(table)


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"sweep": {5: [1]}}, r'sweep."5": a path starts with scenario'),
        ({"sweep": {"overseer.gameability": {}}}, "a range is"),
        ({"scheme": {"type": "approval", "name": "\ud800"}}, "scheme.name: must be text"),
        (
            {"scheme": [{"type": "approval"}, {"type": "imitation"}], "sweep": {"scheme.imitation.n_search": [1]}},
            "'imitation' is no scheme that has a field 'n_search'; permitted: dumbs_down, examples",
        ),
    ],
)
def test_odd_tables_are_told(table, told):
    with pytest.raises(SpecError, match=told):
        parse({"scenario": {"type": "ledger"}, "scheme": {"type": "approval"}} | table)


def test_a_mark_at_the_beginning_of_a_file_is_no_mistake(tmp_path):
    (tmp_path / "spec.toml").write_text(GOOD, encoding="utf-8-sig")
    assert read(tmp_path / "spec.toml") == loads(GOOD)


class TestPlan:
    def test_cells_are_what_one_by_one_they_would_be(self):
        """Scenario by scenario, its swept fields slowest, then seeds, overseers, and the other fields, last fastest."""
        spec = loads(GOOD)
        spec = replace(spec, overseers=(*spec.overseers, Named("firm", Human(discernment=9.0))))
        inner = [axis for axis in spec.axes if not axis.path.startswith("scenario.")]
        expected = [
            (plant, seed, overseer.label, *values)
            for plant in (0.0, 0.3)
            for seed in (0, 1)
            for overseer in spec.overseers
            for values in itertools.product(*(axis.values for axis in inner))
        ]
        for cell, (plant, seed, label, gamma, judged) in zip(plan.cells(spec), expected, strict=True):
            at = {
                "scenario.plant_rate": plant,
                "overseer.gameability": gamma,
                "scheme.shallow debate.judged_depth": judged,
            }
            alone = apply(spec, at)
            assert (cell.seed, cell.scenario, cell.schemes) == (seed, alone.scenarios[0], alone.schemes)
            assert cell.overseer == next(one for one in alone.overseers if one.label == label)
            assert dict(cell.point) == {"plant_rate": plant, "gameability": gamma, "judged_depth": judged}

    def test_a_scheme_may_be_measured_at_some_swept_values_alone(self):
        spec = loads(
            GOOD.replace('name = "shallow debate"', 'name = "shallow debate"\nwhere = { gameability = [1.0, 2.0] }')
        )
        assert loads(dumps(spec)) == spec
        for cell in plan.cells(spec):
            expected = {"approval", "shallow debate"} if dict(cell.point)["gameability"] in (1.0, 2.0) else {"approval"}
            assert {named.label for named in cell.schemes} == expected

    def test_every_combination_once_and_in_order(self):
        cells = plan.cells(loads(GOOD))
        assert [cell.index for cell in cells] == list(range(5 * 2 * 2 * 2))
        seen = {(cell.seed, cell.point) for cell in cells}
        assert len(seen) == len(cells)

    def test_the_swept_fields_are_set(self):
        for cell in plan.cells(loads(GOOD)):
            point = dict(cell.point)
            assert cell.overseer.part.gameability == point["gameability"]
            assert cell.scenario.part.plant_rate == point["plant_rate"]
            assert cell.schemes[1].part.judged_depth == point["judged_depth"]

    @pytest.mark.parametrize("brief", [True, False])
    def test_chunks_hold_what_is_drawn_together_and_lose_nothing(self, brief):
        cells = plan.cells(replace(loads(GOOD), brief=brief))
        chunks = plan.chunks(cells)
        assert sorted((cell for chunk in chunks for cell in chunk), key=lambda cell: cell.index) == cells
        assert all(len({(cell.scenario.part.as_drawn(), cell.seed) for cell in chunk}) == 1 for chunk in chunks)
        assert len(chunks) == (2 if brief else 4)  # of 20 cells a seed; cells that take longer travel in smaller ones

    def test_a_field_that_a_scenario_lacks_is_blank_and_not_repeated(self):
        spec = parse(
            {
                "scenario": [{"type": "ledger"}, {"type": "majority"}],
                "scheme": {"type": "approval"},
                "seeds": 1,
                "sweep": {"scenario.unanimity": [0.0, 0.5, 1.0]},
            }
        )
        cells = plan.cells(spec)
        assert [dict(cell.point)["unanimity"] for cell in cells] == [None, 0.0, 0.5, 1.0]

    def test_trees_too_large_for_memory_are_refused_with_what_to_lower(self):
        spec = apply(default_spec(), {"scenario.depth": 24})
        with pytest.raises(SpecError, match=r"GiB needed .* lower depth, branching"):
            plan.check_memory(plan.cells(spec), 2)


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)  # fmt: skip
PLACES = [
    ("questions",), ("seeds",), ("first_seed",), ("scenario",), ("overseer",), ("scheme",), ("sweep",), ("other",),
    ("scenario", 0, "type"), ("scenario", 0, "depth"), ("scenario", 0, "rhetoric_family"), ("overseer", "type"),
    ("overseer", "attention"), ("scheme", 1, "judged_depth"), ("scheme", 0), ("sweep", "overseer.gameability"),
    ("sweep", "scenario.plant_rate"), ("sweep", "scheme"), ("scheme", 1, "name"),
]  # fmt: skip


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(PLACES), VALUES)
def test_a_mutated_specification_is_refused_or_makes_sense(place, value):
    import tomllib

    table = copy.deepcopy(tomllib.loads(GOOD))
    inner = table
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    try:
        spec = parse(table)
    except SpecError as error:
        unplaced = [mistake for mistake in error.mistakes if not mistake.startswith("spec: ")]
    else:
        unplaced = []
        assert loads(dumps(spec)) == spec
        assert apply(spec, {}) == spec
    assert not unplaced
