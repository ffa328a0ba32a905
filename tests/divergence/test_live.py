"""A study in memory is the study on disk."""

import numpy as np
import pytest

from distillers.approval import Approval
from distillers.debate import Debate
from divergence import sweep
from divergence.build import SpecError
from divergence.live import live, study_of
from overseers.human import Human
from scenarios.ledger import Ledger


def test_it_gives_the_numbers_of_a_study_in_a_directory(tmp_path):
    parts = Ledger(depth=2), Human(), [Approval(), Debate()]
    gammas = (0.0, 1.0, 2.0, 3.0)
    found = live(*parts, values=gammas, measures=["harm", "better", "gamed"], questions=50, seed=3)
    kept = sweep(study_of(*parts, values=gammas, questions=50, seed=3), tmp_path, workers=1)
    keys = ["scheme", "gameability", "measure"]
    both = found.summary.merge(kept.summary, on=keys, suffixes=("", "_kept"))
    both = both[both["measure"].isin(["harm", "better", "gamed"])]
    assert len(both) == 2 * 4 * 3
    for column in ("mean", "low", "high"):
        assert np.array_equal(both[column], both[f"{column}_kept"])
    stars = [table.crossings[["gamma_star", "low", "high"]].to_numpy() for table in (found, kept)]
    assert np.array_equal(*stars, equal_nan=True)


def test_one_overseer_can_be_taken_out_and_equal_names_are_numbered():
    found = live(Ledger(depth=1), [Human(), Human(attention=0.5)], Approval(), values=(0.0, 2.0), questions=20)
    one = found.of(overseer="human (2)")
    assert set(one.summary["overseer"]) == {"human (2)"}
    own = live(Ledger(depth=1), Human(attention=0.5), Approval(), values=(0.0, 2.0), questions=20)
    assert one.summary["mean"].tolist() == own.summary["mean"].tolist()


def test_nothing_to_measure_is_refused():
    with pytest.raises(SpecError, match="at least one"):
        live(Ledger(), Human(), [])
