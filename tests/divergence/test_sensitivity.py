"""Sobol indices: against Ishigami's closed form through the command, and against variances worked out by hand."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from divergence import design, pool, running, sensitivity
from divergence import study as studies
from divergence.build import SpecError
from divergence.cli import app
from divergence.figures import indices as figures
from divergence.spec import Range
from divergence.specfile import dumps, parse

TABLE = {
    "questions": 20,
    "seeds": 1,
    "scenario": {"type": "ledger", "depth": 1},
    "scheme": [{"type": "imitation"}, {"type": "approval"}],
    "sweep": {"overseer.gameability": [0.0, 2.0]},
}
FIELDS = {"scenario.plant_rate": [0.0, 1.0], "scheme.n_search": [1, 64]}


def rows_of(spec, function):
    """Rows whose harm is a function of the drawn fields, as a study would have them."""
    sample = spec.sample
    lines = []
    for number, values in enumerate(design.points(sample.design, sample.points, sample.seed, sample.ranges)):
        point = dict(zip((one.column for one in sample.ranges), values, strict=True))
        place = {
            "scenario": "s",
            "overseer": "o",
            "scheme": "x",
            "phase": "optimum",
            "gameability": 1.0,
            "point": number,
            "seed": 0,
        }
        lines.append(place | point | {"harm": function(*values)})
    return pd.DataFrame(lines)


def test_a_sum_and_a_product():
    """y = x₁ + 2x₂: 1/5 and 4/5. y = x₁x₂ of two uniforms: 3/7 each, 4/7 in total."""
    ranges = {"scenario.plant_rate": [0.0, 1.0], "overseer.self_persuasion": [0.0, 1.0]}
    spec = sensitivity.prepared(parse(TABLE | {"sweep": {}}), 1024, ranges)
    found = sensitivity.table(spec, rows_of(spec, lambda a, b: a + 2 * b), "harm").set_index("field")
    np.testing.assert_allclose(found["first"], [0.2, 0.8], atol=0.01)
    np.testing.assert_allclose(found["total"], [0.2, 0.8], atol=0.01)
    np.testing.assert_allclose(found["variance"], 5 / 12, rtol=0.02)
    found = sensitivity.table(spec, rows_of(spec, lambda a, b: a * b), "harm").set_index("field")
    np.testing.assert_allclose(found["first"], 3 / 7, atol=0.02)
    np.testing.assert_allclose(found["total"], 4 / 7, atol=0.02)
    for order in ("first", "total"):
        assert (found[f"{order}_low"] < found[order]).all()
        assert (found[order] < found[f"{order}_high"]).all()


@pytest.mark.parametrize("points", [2, 4, 8, 1024])
def test_one_field_alone(points):
    """All of the variance is its own; from few points what the estimator (Saltelli et al. 2010) says of them."""
    spec = sensitivity.prepared(parse(TABLE | {"sweep": {}}), points, {"scenario.plant_rate": [0.0, 1.0]})
    rows = rows_of(spec, lambda a: a * a)
    (found,) = sensitivity.table(spec, rows, "harm").to_dict("records")
    a, b, mixed = rows["harm"].to_numpy().reshape(3, points)
    assert found["first"] == pytest.approx(((b - np.mean([a, b])) * (mixed - a)).mean() / np.var([a, b]))
    assert found["total"] == pytest.approx(((a - mixed) ** 2).mean() / 2 / np.var([a, b]))
    if points > 1000:
        assert found["first"] == pytest.approx(1, abs=0.02)
    (blank,) = sensitivity.table(spec, rows.assign(harm=0.25), "harm").to_dict("records")
    assert np.isnan([blank["first"], blank["total_high"]]).all()


@pytest.mark.slow
def test_intervals_cover_in_most_studies():
    """Of 95 % intervals at 40 seeds of the design, 85 % at least hold the true index."""
    held = 0
    ranges = (Range("scenario.plant_rate", "a", (0.0, 1.0)), Range("overseer.self_persuasion", "b", (0.0, 1.0)))
    for seed in range(40):
        unit = np.array(design.points("saltelli", 64, seed, ranges))
        found = sensitivity._indices(np.sin(6 * unit[:, 0]) + 0 * unit[:, 1] + unit[:, 0] * unit[:, 1], 64)
        a, b = np.meshgrid(*[(np.arange(400) + 0.5) / 400] * 2, indexing="ij")
        y = np.sin(6 * a) + a * b
        truth = y.mean(axis=1).var() / y.var()
        held += found[0][1] <= truth <= found[0][2]
    assert held >= 34


def test_a_study_through_the_same_path(tmp_path):
    """A measure that does not vary has no indices, and a field that nobody reads has a total of 0."""
    fields = FIELDS | {"overseer.unaided_decay": [0.1, 0.9]}
    spec = sensitivity.prepared(parse(TABLE), 16, fields)
    assert len(design.points("saltelli", 16, 0, spec.sample.ranges)) == 16 * 5
    study = running.run(spec, tmp_path, workers=1)
    found = sensitivity.table(spec, study.rows, "harm")
    assert len(found) == 2 * 2 * 3
    assert found.query("scheme == 'imitation'")["first"].isna().all()
    approval = found.query("scheme == 'approval' and gameability == 2").set_index("field")
    assert approval.loc["unaided_decay", "total"] == 0
    assert approval.loc["plant_rate", "total"] > 0.05
    again = sensitivity.table(spec, studies.load(tmp_path).rows, "harm")
    pd.testing.assert_frame_equal(found, again, check_exact=True)
    assert len(figures.figure(found).data) == 2


def test_what_failed_leaves_blanks_and_an_exit_code(tmp_path, monkeypatch):
    """A failed seed is not averaged over: the indices that need it are blank, the others stay."""
    real = pool.cell.run

    def run(one):
        if dict(one.point)["point"] == 5 and one.seed == 1 and one.overseer.part.gameability == 2.0:
            raise ZeroDivisionError("by nothing")
        return real(one)

    monkeypatch.setattr(pool.cell, "run", run)
    (tmp_path / "study.toml").write_text(
        dumps(parse(TABLE | {"seeds": 2, "sweep": {"overseer.gameability": [2.0, 3.0]}}))
    )
    fields = ["--field", "scenario.plant_rate=[0.0, 1.0]", "--field", "scheme.n_search=[1, 64]"]
    words = ["sensitivity", tmp_path / "study.toml", *fields, "--points", 8]
    ran = CliRunner().invoke(app, [*map(str, words), "--workers", "1", "--out", str(tmp_path / "out")])
    assert ran.exit_code == 1
    assert "1 cell(s) failed; indices that need them are blank; the first: ZeroDivisionError" in ran.stderr
    found = pd.read_csv(tmp_path / "out/sensitivity-harm.csv").query("scheme == 'approval'").set_index("gameability")
    assert len(found) == 4
    assert found.loc[2.0, ["first", "total"]].isna().all(axis=None)
    assert found.loc[3.0, "total"].notna().all()


def test_all_seeds_count():
    """Seeds are averaged over: what one adds and the other takes away is no variance."""
    spec = replace(sensitivity.prepared(parse(TABLE | {"sweep": {}}), 64, FIELDS), seeds=2)
    more, less = rows_of(spec, lambda a, b: a + b), rows_of(spec, lambda a, b: a - b)
    found = sensitivity.table(spec, pd.concat([more, less.assign(seed=1)]), "harm").set_index("field")
    one = sensitivity.table(replace(spec, seeds=1), rows_of(spec, lambda a, b: a), "harm").set_index("field")
    pd.testing.assert_frame_equal(found, one, atol=1e-9)


def test_optimum_and_trained_are_schemes_of_their_own():
    spec = sensitivity.prepared(parse(TABLE | {"sweep": {}}), 16, FIELDS)
    optimum, trained = rows_of(spec, lambda a, b: a), rows_of(spec, lambda a, b: b)
    found = sensitivity.table(spec, pd.concat([optimum, trained.assign(phase="trained")]), "harm")
    totals = found.set_index(["scheme", "field"])["total"]
    np.testing.assert_allclose(totals["x"][["plant_rate", "n_search"]], [1, 0], atol=0.1)
    np.testing.assert_allclose(totals["x (trained)"][["plant_rate", "n_search"]], [0, 1], atol=0.1)


def test_fields_come_from_the_command_the_sample_or_the_box():
    box = {"box": {"scenario.plant_rate": [0.0, 0.5]}}
    sample = {"sample": {"points": 3, "seed": 5, "fields": {"overseer.attention": [0.5, 1.0]}}}
    assert [one.column for one in sensitivity.prepared(parse(TABLE | box), 4, {}).sample.ranges] == ["plant_rate"]
    both = sensitivity.prepared(parse(TABLE | box | sample), 4, {})
    assert [one.column for one in both.sample.ranges] == ["attention"]
    assert both.sample.seed == 5
    given = sensitivity.prepared(parse(TABLE | sample), 4, {"overseer.gameability": [0.0, 3.0]})
    assert [one.column for one in given.sample.ranges] == ["gameability"]
    assert given.axes == ()


WRONG = {
    "no fields": (4, {}, "to what"),
    "no power of two": (6, FIELDS, "power of 2"),
    "an unknown field": (4, {"scenario.plantrate": [0.0, 1.0]}, "did you mean 'plant_rate'"),
    "a range not permitted": (4, {"scenario.plant_rate": [0.0, 2.0]}, "≤ 1"),
    "one value": (4, {"scenario.plant_rate": [0.5]}, r"\[low, high\]"),
}


@pytest.mark.parametrize(("points", "fields", "told"), WRONG.values(), ids=WRONG)
def test_mistakes(points, fields, told):
    with pytest.raises(SpecError, match=told):
        sensitivity.prepared(parse(TABLE), points, fields)


def test_an_unknown_measure():
    with pytest.raises(SpecError, match="there are: harm"):
        sensitivity.check_measure("harmm", parse(TABLE))
    with pytest.raises(SpecError, match="human_minutes: a study with brief = true leaves it blank"):
        sensitivity.check_measure("human_minutes", parse(TABLE | {"brief": True}))
    with pytest.raises(SpecError, match="office_accuracy: no trees are simulated"):
        sensitivity.check_measure("office_accuracy", parse(TABLE))


def test_what_the_time_of_trees_hangs_on(tmp_path):
    """Minutes of work hang on how long people think, and not on what they verify, where nobody is hurried."""
    fields = {"overseer.think_minutes": [5.0, 20.0], "office.verifying_minutes": [1.0, 10.0]}
    asked = parse(TABLE | {"office_trees": 3, "office": {"staff": 4}, "sweep": {}})
    spec = sensitivity.prepared(asked, 16, fields)
    study = running.run(spec, tmp_path, workers=1)
    found = sensitivity.table(spec, study.rows, "office_minutes").set_index(["scheme", "field"])
    assert found.loc[("approval", "think_minutes"), "total"] > 0.5
    assert found.loc[("approval", "verifying_minutes"), "total"] == 0


ISHIGAMI = '''
import math
import numpy as np
from distillers.base import Rated
from distillers.episode import Episode
from distillers.imitation import Imitation
from scenarios.part import field, part


@part
class Ishigami(Rated):
    """Not a scheme: its approval is Ishigami's function of its fields, whatever the answer."""

    x: float = field(0.0, "x", ge=-4, le=4)
    y: float = field(0.0, "y", ge=-4, le=4)
    z: float = field(0.0, "z", ge=-4, le=4)

    def optimum(self, setting):
        return Imitation().optimum(setting)

    def ratings(self, setting, policy):
        value = math.sin(self.x) + 7 * math.sin(self.y) ** 2 + 0.1 * self.z**4 * math.sin(self.x)
        return np.full(policy.root.shape, value)

    def episode(self, setting):
        return Episode(0.0, 0.0, 0)
'''

STUDY = """
questions = 1
seeds = 1
[[scenario]]
type = "ledger"
depth = 0
[[scheme]]
type = "ishigami"
"""


@pytest.mark.slow
def test_ishigami_through_the_command(tmp_path):
    (tmp_path / "ishigami.py").write_text(ISHIGAMI)
    (tmp_path / "study.toml").write_text(STUDY)
    fields = [word for name in "xyz" for word in ("--field", f"scheme.{name}=[{-np.pi!r}, {np.pi!r}]")]
    command = [sys.executable, "-m", "divergence", "sensitivity", "study.toml", "--plugin", "ishigami.py", *fields]
    options = ["--measure", "approval", "--points", "1024", "--out", "out"]
    ran = subprocess.run([*command, *options], cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    found = pd.read_csv(tmp_path / "out/sensitivity-approval.csv").set_index("field")
    a, b = 7, 0.1
    of_x = 0.5 * (1 + b * np.pi**4 / 5) ** 2
    of_y, of_xz = a**2 / 8, b**2 * np.pi**8 * 8 / 225
    total = of_x + of_y + of_xz
    np.testing.assert_allclose(found["first"], np.array([of_x, of_y, 0]) / total, atol=0.02)
    np.testing.assert_allclose(found["total"], np.array([of_x + of_xz, of_y, of_xz]) / total, atol=0.02)
    assert (tmp_path / "out/sensitivity-approval.html").stat().st_size > 1e6
