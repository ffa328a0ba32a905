"""What is printed of a study whose schemes do not all have an optimum."""

from __future__ import annotations

from rich.console import Console

from divergence.api import sweep
from divergence.terminal import show


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
