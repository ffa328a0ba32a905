"""Measures against MODEL.md §8 written out claim by claim, and against counterfactuals."""

import math

import numpy as np
import pytest

from distillers.approval import Approval
from distillers.approval_abstaining import Abstaining, ApprovalAbstaining
from distillers.approval_frozen import ApprovalFrozen
from distillers.debate import Debate
from distillers.imitation import Imitation
from distillers.reward_modelling import RewardModelling
from divergence.measures import MEASURES, distances, measure, references, target
from hch.exact import hch
from hch.setting import Setting
from overseers.human import Human
from scenarios.ledger import Ledger
from scenarios.majority import Majority

SCHEMES = [Imitation(), Approval(), ApprovalFrozen(), RewardModelling(), Debate()]
SETTING = Setting(Ledger(depth=3).trees(0, 60), Human(gameability=2.0))
TO = target(SETTING)


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda s: s.part_name())
class TestEveryScheme:
    def test_distances_are_what_the_model_says(self, scheme):
        values = measure(scheme, SETTING, TO).values
        pi, root = scheme.optimum(SETTING).root, SETTING.trees.root
        reference = hch(SETTING.trees, Human(gameability=0.0)).root
        for q in range(SETTING.trees.questions):
            t, f = root.truth[0, q], root.planted[0, q]
            p, h, r = pi[:, q], SETTING.hch.root[:, q], reference[:, q]
            false = [a for a in range(6) if a != t]
            assert values["harm"][q] == pytest.approx(sum(max(p[a] - h[a], 0) for a in false), abs=1e-12)
            assert values["better"][q] == pytest.approx(max(p[t] - h[t], 0), abs=1e-12)
            assert values["harm_reference"][q] == pytest.approx(sum(max(p[a] - r[a], 0) for a in false), abs=1e-12)
            assert values["accuracy"][q] == pytest.approx(p[t], abs=1e-12)
            assert values["deceived"][q] == pytest.approx(p[f] if f >= 0 else 0.0, abs=1e-12)
            js = sum(0.5 * x * math.log(2 * x / (p[a] + h[a])) for dist in (p, h) for a, x in enumerate(dist) if x > 0)
            assert values["divergence_js"][q] == pytest.approx(js, abs=1e-12)

    def test_harm_and_better_make_the_total_variation(self, scheme):
        values = measure(scheme, SETTING, TO).values
        np.testing.assert_allclose(values["divergence_tv"], values["harm"] + values["better"], atol=1e-12)

    def test_gamed_is_the_distance_from_unpersuadable_raters(self, scheme):
        values = measure(scheme, SETTING, TO).values
        deaf = scheme.optimum(SETTING.deafened).root
        np.testing.assert_allclose(values["gamed"], np.abs(scheme.optimum(SETTING).root - deaf).sum(axis=0) / 2)

    def test_nothing_is_gamed_without_gameability(self, scheme):
        setting = Setting(SETTING.trees, Human(gameability=0.0))
        assert (measure(scheme, setting, target(setting)).values["gamed"] == 0).all()

    def test_planted_harm_is_accuracy_lost_against_the_same_luck_without_plants(self, scheme):
        values = measure(scheme, SETTING, TO).values
        bare = Setting(Ledger(depth=3, plant_rate=0.0).trees(0, 60), Human(gameability=2.0))
        without = measure(scheme, bare, target(bare)).values["accuracy"]
        np.testing.assert_allclose(values["planted_harm"], np.maximum(without - values["accuracy"], 0), atol=1e-12)

    def test_nothing_planted_means_nothing_lost_to_planting(self, scheme):
        setting = Setting(Ledger(depth=2, plant_rate=0.0).trees(0, 30), Human(gameability=2.0))
        values = measure(scheme, setting, target(setting)).values
        assert (values["planted_harm"] == 0).all()
        assert (values["deceived"] == 0).all()

    def test_only_known_measures_of_one_number_per_question(self, scheme):
        values = measure(scheme, SETTING, TO).values
        assert set(values) <= set(MEASURES)
        assert all(value.shape == (60,) and np.isfinite(value).all() for value in values.values())


def test_what_is_not_answered_counts_nowhere_but_as_abstained():
    """Half of the policy's mass is withheld on every other question."""
    answers = Approval().optimum(SETTING)
    silent = np.where(np.arange(SETTING.trees.questions) % 2, 0.5, 0.0)
    found, whole = (distances(policy, TO) for policy in (Abstaining(answers, silent), answers))
    for name in ("harm", "better", "divergence_tv", "divergence_js", "harm_reference", "accuracy", "deceived"):
        np.testing.assert_allclose(found[name], (1.0 - silent) * whole[name], atol=1e-12, err_msg=name)
    assert whole["deceived"].max() == 1.0
    np.testing.assert_array_equal(found["abstained"], silent)


def test_who_falls_silent_for_the_deaf_is_gamed_as_much():
    """All that the persuaded rate highly is held back where nobody hears an argument."""
    setting = Setting(SETTING.trees, Human(gameability=2.5))
    scheme = ApprovalAbstaining(least_rating=14.0)
    spoken, deaf = scheme.optimum(setting), scheme.optimum(setting.deafened)
    assert (deaf.abstained == 1.0).all()
    expected = 1.0 - spoken.abstained  # answered by one and not by the other: all of the mass has moved
    assert expected.mean() > 0.1
    np.testing.assert_allclose(measure(scheme, setting, target(setting)).values["gamed"], expected, atol=1e-12)


def test_only_the_persuaded_are_gamed():
    gamed = {s.part_name(): measure(s, SETTING, TO).values["gamed"].mean() for s in SCHEMES}
    assert gamed["imitation"] == 0
    assert gamed["approval"] > 0.05
    assert gamed["debate"] > 0.05


def test_deafening_the_raters_leaves_hch_as_it_is():
    frozen = ApprovalFrozen().optimum(SETTING.deafened)
    merit = SETTING.hch_supports[-1][:, 0]
    assert (frozen.answers[-1][0] == merit.argmax(axis=0)).all()
    assert SETTING.deafened.hch is SETTING.hch


def test_approval_is_the_raters_expected_rating():
    values = measure(Approval(), SETTING, TO).values
    chosen, root = Approval().optimum(SETTING), SETTING.trees.root
    supported = SETTING.trees.joined(chosen.answers[-2])[0]
    heard = root.appeal[:, 0] + root.rhetoric.best_of(64)[:, 0]
    for q in range(SETTING.trees.questions):
        a = chosen.answers[-1][0, q]
        assert values["approval"][q] == pytest.approx(8.0 * (a == supported[q]) + 2.0 * heard[a, q], abs=1e-9)


def test_asd_is_positive_exactly_where_the_truth_wins():
    values = measure(Debate(), SETTING, TO).values
    assert ((values["asd"] > 0) == (values["accuracy"] == 1)).all()


def test_blank_where_undefined():
    assert not {"approval", "asd"} & set(measure(Imitation(), SETTING, TO).values)
    assert "asd" not in measure(Approval(), SETTING, TO).values


def test_references():
    compared = references(SETTING, TO)
    truth = SETTING.trees.root.truth[0]
    assert (compared["hch_mode_accuracy"] == (SETTING.hch.root.argmax(axis=0) == truth)).all()
    assert (compared["chance_accuracy"] == 1 / 6).all()
    uniform = sum(np.maximum(1 / 6 - SETTING.hch.root[a], 0) * (truth != a) for a in range(6))
    np.testing.assert_allclose(compared["chance_harm"], uniform)
    assert compared["hch_unpersuaded_accuracy"].mean() > compared["hch_accuracy"].mean()


def test_imitation_is_hch():
    values = measure(Imitation(), SETTING, TO).values
    assert values["divergence_tv"].max() < 1e-12


PUBLISHED = {
    # MODEL.md §9: HCH's accuracy, its mode's, and (accuracy, harm) of approval, frozen, debate, reward modelling N → ∞.
    "ledger": {
        0.0: (0.950, 1.0, (1.0, 0.0), (1.0, 0.0), (1.0, 0.0), (1.0, 0.0)),
        1.5: (0.869, 1.0, (0.984, 0.014), (0.991, 0.008), (0.953, 0.045), (1.0, 0.0)),
        2.0: (0.743, 0.996, (0.448, 0.499), (0.814, 0.169), (0.500, 0.462), (1.0, 0.0)),
        2.5: (0.521, 0.887, (0.153, 0.753), (0.550, 0.371), (0.221, 0.696), (1.0, 0.0)),
        3.0: (0.303, 0.530, (0.135, 0.721), (0.267, 0.566), (0.176, 0.706), (0.984, 0.010)),
    },
    "majority": {
        0.0: (0.997, None, (1.0, 0.0), (1.0, 0.0), (1.0, 0.0), None),
        1.5: (0.983, None, (0.996, 0.003), (0.999, 0.001), (0.990, 0.009), None),
        2.0: (0.953, None, (0.815, 0.162), (0.938, 0.053), (0.870, 0.117), None),
        2.5: (0.885, None, (0.516, 0.401), (0.788, 0.160), (0.739, 0.212), None),
        3.0: (0.782, None, (0.380, 0.453), (0.651, 0.210), (0.672, 0.228), None),
    },
}
MEASURED = (Approval(), ApprovalFrozen(), Debate(), RewardModelling(demonstrations=0))


@pytest.mark.slow
@pytest.mark.parametrize("scenario", [Ledger(), Majority()], ids=lambda s: s.part_name())
def test_the_models_own_table(scenario):
    found: dict[float, list[list[float]]] = {gamma: [] for gamma in PUBLISHED[scenario.part_name()]}
    for seed in range(8):
        trees = scenario.trees(seed, 3000)
        for gamma, rows in found.items():
            setting = Setting(trees, Human(gameability=gamma), seed)
            to = target(setting)
            compared = references(setting, to)
            row = [compared["hch_accuracy"].mean(), compared["hch_mode_accuracy"].mean()]
            for scheme in MEASURED:
                values = measure(scheme, setting, to).values
                row += [values["accuracy"].mean(), values["harm"].mean()]
            rows.append(row)
    for gamma, (hch_accuracy, mode, *schemes) in PUBLISHED[scenario.part_name()].items():
        expected = [hch_accuracy, mode]
        for pair in schemes:
            expected += pair or (None, None)
        for mean, published in zip(np.mean(found[gamma], axis=0), expected, strict=True):
            if published is not None:
                # Two implementations agree to .007 (MODEL.md §9); twice that, for both are means of 8 seeds.
                assert abs(mean - published) < 0.014, (gamma, np.mean(found[gamma], axis=0), expected)


def test_where_claims_are_good_by_degrees_quality_is_measured_and_nothing_that_needs_a_truth():
    from distillers.best_of_n import BestOfN
    from scenarios.goodhart import Goodhart

    setting = Setting(Goodhart().trees(0, 4), Human())
    values = measure(BestOfN(), setting, target(setting)).values
    assert not {"harm", "better", "accuracy", "planted_harm"} & set(values)
    pi, quality = BestOfN().optimum(setting).root, setting.trees.root.grades.quality[:, 0]
    for q in range(4):
        assert values["quality"][q] == pytest.approx(sum(p * v for p, v in zip(pi[:, q], quality[:, q], strict=True)))
    assert (values["kl"] > 0).all()
