"""Trees of a cell that are simulated in time: against the batch engine, by hand, and as part of a study."""

import numpy as np
import pandas as pd
import pytest

from divergence import cell, office_section, plan
from divergence import study as studies
from divergence.build import SpecError
from divergence.office_trees import OFFICE, OfficeTrees, in_time
from divergence.specfile import dumps, loads, parse
from hch import batch, exact
from hch.office import Office
from overseers.human import Human
from overseers.pace import TICKS_PER_MINUTE
from scenarios.ledger import Ledger

TABLE = {
    "questions": 30,
    "seeds": 2,
    "brief": True,
    "office_trees": 10,
    "scenario": {"type": "ledger", "depth": 2},
    "scheme": [{"type": "approval"}, {"type": "debate"}],
    "sweep": {"overseer.gameability": [0.0, 3.0]},
}


def test_with_a_desk_for_everybody_it_is_the_batch_engine():
    trees, human = Ledger(depth=3).trees(5, 40), Human(gameability=3.0)
    found = in_time(trees, human, OfficeTrees(12, Office()))
    times, roots = batch.times(trees, human), batch.answers(trees, human)[-1][0]
    assert found["office_makespan_minutes"] == times.finish[:12].max() / TICKS_PER_MINUTE
    assert found["office_minutes"] == pytest.approx(times.work[:12].mean() / TICKS_PER_MINUTE, rel=1e-12)
    assert found["office_accuracy"] == (roots == trees.root.truth[0])[:12].mean()


def test_one_person_does_all_the_work_in_turn():
    trees, human = Ledger(depth=2).trees(0, 10), Human()
    found = in_time(trees, human, OfficeTrees(10, Office(staff=1)))
    assert found["office_makespan_minutes"] == pytest.approx(10 * found["office_minutes"], rel=1e-12)


def test_simulated_accuracy_is_hch_s():
    """Within four standard errors of the exact recursion, over many trees."""
    trees, human = Ledger(depth=2).trees(0, 2000), Human(gameability=3.0)
    chance = (exact.hch(trees, human).root * trees.root.true[:, 0]).sum(axis=0)
    found = in_time(trees, human, OfficeTrees(2000, Office()))["office_accuracy"]
    assert abs(found - chance.mean()) < 4 * np.sqrt((chance * (1 - chance)).sum()) / 2000


def test_a_study_has_the_columns(tmp_path):
    told = studies.run(parse(TABLE | {"office": {"staff": 3, "hurry": 0.5}}), tmp_path / "with", workers=1)
    assert told.rows[list(OFFICE)].notna().all(axis=None)
    same = told.rows.groupby(["gameability", "seed"])[list(OFFICE)].nunique()
    assert (same == 1).all(axis=None)  # of the cell, not of the scheme
    plain = studies.run(parse({key: value for key, value in TABLE.items() if key != "office_trees"}), tmp_path / "not")
    assert plain.rows[list(OFFICE)].isna().all(axis=None)
    shared = [name for name in plain.rows if name not in OFFICE]
    pd.testing.assert_frame_equal(told.rows[shared], plain.rows[shared])


def test_it_survives_the_text():
    spec = parse(TABLE | {"office": {"staff": 3, "deadlines": [20.0, 40]}})
    assert spec.office == OfficeTrees(10, Office(staff=3, deadlines=(20.0, 40.0)))
    assert loads(dumps(spec)) == spec
    assert loads(dumps(parse(TABLE))) == parse(TABLE)
    assert all(one.office == spec.office for one in plan.cells(spec))


def test_too_few_desks_are_told(tmp_path):
    spec = parse(TABLE | {"office": {"staff": 1, "holds_desk": True}})
    told = cell.attempt(plan.cells(spec)[0])
    assert isinstance(told, cell.Failure)
    assert "deadlock" in told.error


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"office_trees": 31}, "office_trees: must be a whole number from 0 to 30"),
        ({"office_trees": -1}, "office_trees"),
        ({"office": {"staf": 3}}, "office.staf: no such key (did you mean 'staff'?)"),
        ({"office": {"staff": 0}}, "staff"),
        ({"office": {"speed_spread": 1.0}}, "unequal people need a number of them"),
        ({"office": 3}, "office: must be a table"),
        ({"office_trees": 0, "office": {"staff": 3}}, "without office_trees nothing is simulated"),
    ],
)
def test_mistakes_are_named(wrong, message):
    with pytest.raises(SpecError, match=message.replace("(", r"\(").replace(")", r"\)").replace("?", r"\?")):
        parse(TABLE | wrong)


def test_the_report_has_a_line_for_every_point_and_none_for_a_scheme(tmp_path):
    told = studies.run(parse(TABLE | {"office": {"staff": 3, "hurry": 0.5}}), tmp_path, workers=1)
    [(_, title, page, tables)] = office_section.made(told, {})
    assert title == "Trees in time"
    assert "The first 10 trees" in page
    assert "staff 3, hurry 0.5" in page
    lines = tables["office"][1].splitlines()
    assert [line.split(",")[:3] for line in lines[1:]] == [["ledger", "human", "0"], ["ledger", "human", "3"]]
    one = told.rows[(told.rows["gameability"] == 3.0) & (told.rows["scheme"] == "debate")]
    assert float(lines[2].split(",")[3]) == pytest.approx(one["office_accuracy"].mean())
    assert office_section.made(studies.run(parse({**TABLE, "office_trees": 0}), tmp_path / "not", workers=1), {}) == []
