"""Two studies side by side: what changed, what it did, paired where luck is shared, and clear words where not."""

import io
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from divergence import diff as diffs
from divergence import running, terminal_diff
from divergence.build import SpecError
from divergence.cell import Named
from divergence.paths import apply
from divergence.specfile import parse
from overseers.panel import Panel

SPEC = parse(
    {
        "questions": 50,
        "seeds": 2,
        "scenario": {"type": "ledger", "depth": 2},
        "scheme": [{"type": name} for name in ("imitation", "approval", "debate")],
        "sweep": {"overseer.gameability": [0.0, 1.0, 2.0, 3.0], "overseer.self_persuasion": [0.5, 1.0]},
    }
)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    def made(spec):
        return running.run(spec, tmp_path_factory.mktemp("side"), workers=1)

    return made


@pytest.fixture(scope="module")
def before(run):
    return run(SPEC)


@pytest.fixture(scope="module")
def weaker(run):
    return run(apply(SPEC, {"overseer.leaf_discernment": 6.0}))


def test_a_study_does_not_differ_from_itself(before):
    found = diffs.diff(before, before)
    assert found.changed == []
    assert found.paired
    assert (found.harm[["difference", "low", "high"]] == 0).all().all()
    assert len(found.harm) == 2 * 4 * 3


def test_differences_are_after_less_before_point_by_point(before, weaker):
    found = diffs.diff(before, weaker).harm
    keys = ["scheme", "gameability", "self_persuasion"]
    means = [study.rows.groupby(keys)["harm"].mean() for study in (before, weaker)]
    for line in found.itertuples():
        key = (line.scheme, line.gameability, line.self_persuasion)
        assert line.difference == pytest.approx(means[1][key] - means[0][key], abs=1e-6)
        assert line.low - 1e-6 <= line.difference <= line.high + 1e-6


def test_what_was_changed_is_on_top(before, weaker):
    assert diffs.diff(before, weaker).changed == ["overseer.leaf_discernment: 8.0 → 6.0"]


def test_shared_luck_narrows_the_interval(before, weaker, run):
    paired = diffs.diff(before, weaker)
    other = diffs.diff(before, run(replace(weaker.spec, first_seed=10)))
    assert paired.paired
    assert not other.paired
    assert "first_seed: 0 → 10" in other.changed
    widths = [(found.harm["high"] - found.harm["low"]).sum() for found in (paired, other)]
    assert widths[0] < 0.9 * widths[1]


def test_gamma_star_before_and_after(before, weaker):
    stars = diffs.diff(before, weaker).stars.query("self_persuasion == 0.5").set_index("scheme")
    for name, study in (("before", before), ("after", weaker)):
        own = study.crossings.query("self_persuasion == 0.5").set_index("scheme")["gamma_star"]
        np.testing.assert_array_equal(stars[name], own.reindex(stars.index))
    assert stars.loc["approval", "low"] <= stars.loc["approval", "difference"] <= stars.loc["approval", "high"]
    assert pd.isna(stars.loc["imitation", "difference"])


def test_another_overseer_in_its_place_is_matched(before, run):
    panel = replace(SPEC, overseers=(Named("panel", Panel()),), axes=())
    human = replace(SPEC, axes=())
    found = diffs.diff(run(human), run(panel))
    assert set(found.harm["overseer"]) == {"human → panel"}
    assert any(line.startswith("overseer.type: human → panel") for line in found.changed)


def test_what_one_alone_sweeps_stands_at_its_default_there(before, run):
    plain = replace(SPEC, axes=SPEC.axes[:1])
    found = diffs.diff(run(plain), before)
    assert "self_persuasion" not in found.harm
    assert len(found.harm) == 4 * 3
    assert (found.harm["difference"].abs() < 1e-6).all()


def test_only_common_points_are_compared(before, run):
    some = replace(SPEC, axes=(replace(SPEC.axes[0], values=(1.0, 2.0, 5.0)), SPEC.axes[1]), schemes=SPEC.schemes[1:])
    found = diffs.diff(before, run(some))
    assert set(found.harm["gameability"]) == {1.0, 2.0}
    assert set(found.harm["scheme"]) == {"approval", "debate"}


def test_nothing_in_common_is_told_with_what_each_has(before, run):
    other = replace(SPEC, axes=(replace(SPEC.axes[0], values=(0.5, 1.5)), SPEC.axes[1]))
    with pytest.raises(SpecError) as told:
        diffs.diff(before, run(other))
    assert "no point in common" in str(told.value)
    assert "gameability 0.0, 1.0, 2.0, 3.0" in str(told.value)
    assert "gameability 0.5, 1.5" in str(told.value)


def test_it_is_printed(before, weaker):
    console = Console(width=200, highlight=False, record=True, file=io.StringIO())
    terminal_diff.show(diffs.diff(before, weaker), console)
    printed = console.export_text()
    assert "overseer.leaf_discernment: 8.0 → 6.0" in printed
    assert printed.index("leaf_discernment") < printed.index("ledger, overseer human, self_persuasion = 0.5")
    assert "γ = 2" in printed
    assert "paired" in printed
    assert "→" in printed


def test_a_gamma_star_at_the_smallest_gamma_tried_is_a_bound_and_has_no_change():
    line = pd.Series({"before": 1.0, "after": 1.5, "max": 3.0, "difference": 0.5, "low": 0.4, "high": 0.6})
    assert terminal_diff._star(line, 1.0) == ("≤ 1 → 1.50", "")
    assert terminal_diff._star(line, 0.0) == ("1.00 → 1.50", "+0.50 ±0.10")
