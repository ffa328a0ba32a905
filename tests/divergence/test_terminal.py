"""What is printed of a study whose schemes do not all have an optimum."""

from __future__ import annotations

import pandas as pd
from rich.console import Console

from divergence import wording
from divergence.api import sweep
from divergence.measures import MEASURES
from divergence.terminal import show


def printed_of(directory, scheme=({"type": "approval"},), **swept):
    """What is printed of approval, or another scheme, in a small ledger, with fields swept."""
    spec = {
        "questions": 30,
        "seeds": 1,
        "scenario": [{"type": "ledger", "depth": 1}],
        "overseer": {"type": "human", "gameability": 3.0},
        "scheme": list(scheme),
        "sweep": swept,
    }
    console = Console(record=True, width=200)
    show(sweep(spec, directory, workers=1), console)
    return console.export_text()


def test_a_table_by_gameability_explains_what_it_shows_and_names_what_it_leaves_out(tmp_path):
    gamma, search = [3.0, 4.0], [1, 8, 64, 512]
    printed = printed_of(tmp_path / "study", **{"overseer.gameability": gamma, "scheme.n_search": search})
    assert "other n_search: 1, 8, 512: see summary.csv and the report" in printed
    assert "≤ 3\n" in printed  # harm is above 0.1 at the smallest γ already
    assert "γ*: gameability at which" in printed
    assert f"harm: {MEASURES['harm']}" in printed
    assert "gamed:" not in printed


def test_lists_are_swept_and_told_as_they_are_written(tmp_path):
    printed = printed_of(
        tmp_path / "study", scheme=[{"type": "approval-whitelist"}], **{"scheme.whitelist": [[0, 1], [1]]}
    )
    assert "whitelist = [1]" in printed
    assert "other whitelist: [0, 1]: see summary.csv and the report" in printed


def test_a_table_by_measure_explains_its_columns_and_no_gamma_star(tmp_path):
    printed = printed_of(tmp_path / "study", **{"scheme.n_search": [64]})
    assert "γ*" not in printed
    assert "other" not in printed
    for name in ("harm", "better", "accuracy", "deceived", "gamed"):
        assert f"{name}: {MEASURES[name]}" in printed


def test_a_terminal_of_80_columns_cuts_nothing(tmp_path):
    """Fewer columns are shown instead, and what is left out is named."""
    spec = {
        "questions": 20,
        "seeds": 2,
        "scenario": [{"type": "ledger", "depth": 1}],
        "scheme": [{"type": name} for name in ("imitation", "approval-frozen", "reward-modelling", "debate")],
        "ablations": {"questions": 20, "seeds": 1},
        "sweep": {"overseer.gameability": [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]},
    }
    study = sweep(spec, tmp_path / "study", workers=1)
    for width, gammas in ((80, ("0", "3", "6")), (66, ("2", "6"))):
        console = Console(record=True, width=width)
        show(study, console)
        printed = console.export_text()
        assert "…" not in printed
        assert [name for name in "0123456" if f"γ = {name} " in printed.splitlines()[2]] == list(gammas)
        assert "other gameability: " in printed


def test_reasons_that_differ_in_numbers_alone_are_said_once():
    lines = [
        ("approval", "500 labels are more than 82"),
        ("approval", "500 labels are more than 1,391"),
        ("debate", "ok"),
    ]
    rows = pd.DataFrame(lines, columns=["scheme", "status"])
    [(keys, why, some)] = wording.failures(rows, ["scheme"])
    assert (keys, why, len(some)) == (("approval",), "500 labels are more than 82, and others like it", 2)


def test_a_scheme_without_an_optimum_says_why_and_is_compared_with_nobody(tmp_path):
    schemes = [{"type": name} for name in ("approval", "approval-far-sighted", "debate")]
    spec = {
        "questions": 20,
        "seeds": 1,
        "scenario": [{"type": "powering", "claims": 4, "bits": 3}],
        "overseer": {"type": "human"},
        "scheme": schemes,
        "sweep": {"overseer.gameability": [1.0, 2.0]},
    }
    console = Console(record=True, width=200)
    show(sweep(spec, tmp_path / "study", workers=1), console)
    printed = console.export_text()
    assert "approval-far-sighted: asked in turn" in printed
    assert "nan" not in printed
    assert "− debate" in printed or "debate −" in printed
