"""Shares of a box: against a plain loop written out here, points from what is on disk, and what decides an order."""

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm, qmc

from distillers.approval import Approval
from distillers.approval_frozen import ApprovalFrozen
from distillers.debate import Debate
from divergence import box, export, running, shares
from divergence.build import SpecError
from divergence.spec import Range
from divergence.specfile import dumps, loads, parse
from hch.setting import Setting
from overseers.human import Human
from scenarios.ledger import Ledger

TABLE = {
    "questions": 40,
    "seeds": 2,
    "first_seed": 7,
    "scenario": {"type": "ledger", "depth": 1},
    "scheme": [{"type": name} for name in ("approval", "approval-frozen", "debate")],
    "sweep": {"overseer.gameability": [0.0, 1.0, 2.0, 3.0]},
    "shares": {"points": 12, "questions": 25},
    "box": {
        "scenario.plant_rate": [0, 1],
        "scenario.attackable_false": [1, 64],
        "scenario.rhetoric_family": ["normal", "laplace"],
        "overseer.self_persuasion": [0.0, 1.0],
        "scheme.n_search": [1, 256],
    },
}
SPEC = parse(TABLE)
SCHEMES = {"approval": Approval, "approval-frozen": ApprovalFrozen, "debate": Debate}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return running.run(SPEC, tmp_path_factory.mktemp("shared"), workers=1)


def plain_points(spec):
    """The box's points, written out again: Sobol by scipy, each value by its field's rule."""
    for u in qmc.Sobol(d=5, scramble=True, rng=spec.first_seed).random(16)[: spec.shares.points]:
        yield (
            float(u[0]),
            int(np.floor(65 ** u[1])),
            ["normal", "laplace"][int(2 * u[2])],
            float(u[3]),
            int(np.floor(257 ** u[4])),
        )


def plain_harm(scheme, scenario, human, seed):
    """Mean over questions of the mass moved from HCH's answers to false claims."""
    setting = Setting(scenario.trees(seed, 25), human, seed)
    pi, hch, truth = scheme.optimum(setting).root, setting.hch.root, setting.trees.root.truth[0]
    harm = [sum(max(pi[a, q] - hch[a, q], 0) for a in range(6) if a != truth[q]) for q in range(25)]
    return sum(harm) / 25


def plain_star(gammas, harms):
    """Where the interpolated curve first reaches 0.1; None if nowhere."""
    if harms[0] >= 0.1:
        return gammas[0]
    for (g0, h0), (g1, h1) in itertools.pairwise(zip(gammas, harms, strict=True)):
        if h1 >= 0.1:
            return g0 + (0.1 - h0) / (h1 - h0) * (g1 - g0)
    return None


@pytest.fixture(scope="module")
def plain():
    """Scheme → (γ*, mean harm) at every point."""
    found = {name: [] for name in SCHEMES}
    gammas = [0.0, 1.0, 2.0, 3.0]
    for number, (rate, attacks, family, own, n) in enumerate(plain_points(SPEC)):
        scenario = Ledger(depth=1, plant_rate=rate, attackable_false=attacks, rhetoric_family=family)
        for name, cls in SCHEMES.items():
            humans = [Human(gameability=gamma, self_persuasion=own) for gamma in gammas]
            harms = [plain_harm(cls(n_search=n), scenario, human, 7 + number) for human in humans]
            found[name].append((plain_star(gammas, harms), sum(harms) / 4))
    return found


def test_every_point_is_what_a_plain_loop_finds(study, plain):
    points = study.grounds.points
    for name, expected in plain.items():
        own = points[points["scheme"] == name].sort_values("point")
        for star, harm, (plain_gamma, plain_mean) in zip(own["gamma_star"], own["mean_harm"], expected, strict=True):
            assert (star is None or np.isnan(star)) == (plain_gamma is None)
            assert plain_gamma is None or star == pytest.approx(plain_gamma, abs=1e-9)
            assert harm == pytest.approx(plain_mean, abs=1e-12)


def test_shares_are_what_a_plain_loop_counts(study, plain):
    def later(one, other):
        stars = [np.inf if star is None else star for star, _ in (one, other)]
        if stars[0] != stars[1]:
            return stars[0] > stars[1]
        return None if abs(one[1] - other[1]) < 1e-9 else one[1] < other[1]

    assert len(study.grounds.shares) == 3
    for line in study.grounds.shares.itertuples():
        orders = [later(a, b) for a, b in zip(plain[line.a], plain[line.b], strict=True)]
        apart = [order for order in orders if order is not None]
        assert line.points == 12
        assert line.tied == 12 - len(apart)
        assert line.share == pytest.approx(sum(apart) / len(apart))


def test_the_order_shown_is_the_studys_own(study):
    stars = study.crossings.set_index("scheme")["gamma_star"].fillna(np.inf)
    for line in study.grounds.shares.itertuples():
        assert stars[line.a] >= stars[line.b]


def test_points_can_be_made_again_from_what_is_on_disk(study):
    spec = loads((study.directory / "spec.toml").read_text(encoding="utf-8"))
    own = study.grounds.points.query("scheme == 'debate'").sort_values("point")
    columns = ["plant_rate", "attackable_false", "rhetoric_family", "self_persuasion", "n_search"]
    kept = [tuple(line) for line in own[columns].itertuples(index=False, name=None)]
    assert kept == box.points(spec, 12) == list(plain_points(spec))


def test_fewer_points_are_the_first_of_more():
    assert box.points(SPEC, 12) == box.points(SPEC, 256)[:12]
    assert box.points(SPEC, 12) != box.points(replace(SPEC, first_seed=8), 12)


def test_points_fill_the_box():
    drawn = list(zip(*box.points(SPEC, 256), strict=True))
    assert min(drawn[0]) >= 0.0
    assert np.mean(drawn[0]) == pytest.approx(0.5, abs=0.01)
    # A count from 1 to 64 is spread evenly in its logarithm: the median is near the root of the product.
    assert np.median(drawn[1]) == pytest.approx(np.sqrt(64), abs=1.5)
    assert (min(drawn[1]), max(drawn[1])) == (1, 64)
    assert drawn[2].count("laplace") == 128


@pytest.mark.parametrize(
    ("values", "u", "expected"),
    [((0.0, 2.0), 0.25, 0.5), ((1, 3), 0.9999, 3), ((1, 3), 0.0, 1), ((0, 3), 0.5, 2), (("x", "y"), 0.5, "y")],
)
def test_a_share_of_a_range(values, u, expected):
    assert box.at(Range("p", "c", values), u) == expected


@pytest.mark.parametrize("workers", [1, 2])
def test_the_same_bytes_whatever_the_workers(study, tmp_path, workers):
    export.write_tables(study)
    export.write_tables(running.run(SPEC, tmp_path, workers=workers))
    for name in ("shares.csv", "points.csv"):
        assert (tmp_path / name).read_bytes() == (study.directory / name).read_bytes()


def test_a_field_that_a_part_lacks_is_blank_and_the_part_as_it_is(tmp_path):
    table = TABLE | {"scenario": [TABLE["scenario"], {"type": "majority", "depth": 1, "name": "m"}]}
    table["box"] = {"scenario.m.unanimity": [0.0, 1.0], "overseer.self_persuasion": [0.0, 1.0]}
    points = running.run(parse(table | {"shares": {"points": 4}}), tmp_path, workers=1).grounds.points
    assert points.query("scenario == 'ledger'")["unanimity"].isna().all()
    assert points.query("scenario == 'm'")["unanimity"].notna().all()


class TestWilson:
    def test_a_known_value(self):
        np.testing.assert_allclose(shares.wilson(81, 263), (0.2553, 0.3662), atol=1e-4)  # Newcombe 1998, table I

    @pytest.mark.parametrize("share", [0.1, 0.5, 0.97])
    def test_it_covers(self, share):
        hits = np.random.default_rng(0).binomial(64, share, 2000)
        covered = np.mean([low <= share <= high for low, high in (shares.wilson(int(k), 64) for k in hits)])
        assert covered > 0.92


class TestWhatDecides:
    def assumed(self, count=256):
        unit = qmc.Sobol(d=3, rng=0).random(count)
        return pd.DataFrame({"a": unit[:, 0], "b": unit[:, 1], "family": np.where(unit[:, 2] < 0.5, "x", "y")})

    def test_the_effect_is_the_explained_share_of_variance(self):
        points = self.assumed()
        apart = norm.ppf(points["a"].clip(0.001, 0.999)) * 2 + norm.ppf(points["b"].clip(0.001, 0.999))
        field, effect = shares.decided(np.asarray(apart), points)
        assert field == "a"
        # 4/5 of the variance is a's; four bins keep .86 of a normal's variance: .69.
        assert effect == pytest.approx(0.8 * 0.86, abs=0.04)

    def test_words(self):
        points = self.assumed()
        assert shares.decided((points["family"] == "x").to_numpy(dtype=float), points)[0] == "family"

    def test_chance_decides_nothing(self):
        points = self.assumed(64)
        luck = np.random.default_rng(1)
        named = [shares.decided(luck.normal(size=64), points)[0] for _ in range(400)]
        # At most 5 % by construction; four standard errors of 400 trials.
        assert np.mean([bool(name) for name in named]) < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 400)

    def test_no_difference_is_decided_by_nothing(self):
        field, effect = shares.decided(np.zeros(64), self.assumed(64))
        assert field == ""
        assert np.isnan(effect)


class TestTheBoxAsText:
    def test_it_comes_back(self):
        again = loads(dumps(SPEC))
        assert again.box == SPEC.box
        assert again.shares == SPEC.shares

    def test_kinds_are_the_fields(self):
        kinds = {one.column: type(one.values[0]) for one in SPEC.box}  # noqa: PD011
        assert kinds == {
            "plant_rate": float, "attackable_false": int, "rhetoric_family": str, "self_persuasion": float,
            "n_search": int,
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            ({"box": {"scenario.plant_rate": [0, 2]}}, "plant_rate"),
            ({"box": {"scenario.plant_rat": [0, 1]}}, "did you mean 'plant_rate'"),
            ({"box": {"scenario.plant_rate": [1, 0]}}, r"\[low, high\]"),
            ({"box": {"scenario.plant_rate": 3}}, r"\[low, high\]"),
            ({"box": {"overseer.gameability": [0, 1]}}, "γ"),
            ({"box": {"scheme.n_search": [1.5, 2.5]}}, "n_search"),
            ({"box": {}}, "needs a"),
            ({"shares": {"point": 3}}, "did you mean 'points'"),
            ({"shares": {"schemes": ["aproval"]}}, "did you mean 'approval'"),
            ({"sweep": {"overseer.gameability": [2.0]}}, "sweep of gameability"),
            ({"ablations": {"seeds": 0}}, "seeds"),
            ({"ablations": 3}, "must be a table"),
        ],
    )
    def test_mistakes_are_told(self, change, told):
        with pytest.raises(SpecError, match=told):
            parse(TABLE | change)
