"""Accuracy against bandwidth: without attacks more is better, with them there may be a best between."""

from __future__ import annotations

import pytest

from divergence.bandwidth import against_bandwidth, figure
from hch import exact
from hch.corruption import Attack
from overseers.corruptible import Corruptible
from overseers.human import Human
from scenarios.majority import Majority
from scenarios.trees import pick


@pytest.fixture(scope="module")
def table():
    attack = Attack(infectivity=0.9, exposure=0.02)
    return against_bandwidth(Majority(depth=3), attack=attack, bandwidths=(0.125, 0.375, 1.0), questions=400)


def test_attacks_make_the_best_bandwidth_one_between(table):
    least, some, most = table.to_dict("records")
    assert least["unattacked"] < some["unattacked"] < most["unattacked"]
    assert least["accuracy"] < some["accuracy"]
    assert some["low"] > most["high"]
    assert table["root"].is_monotonic_increasing
    assert (table["accuracy"] <= table["high"]).all()
    assert (table["low"] <= table["accuracy"]).all()


def test_low_bandwidth_takes_more_levels_unless_told_otherwise(table):
    assert table["depth"].tolist() == [5, 4, 3]
    flat = against_bandwidth(Majority(depth=3), bandwidths=(0.125,), questions=20, finer=False)
    assert flat["depth"].tolist() == [3]


def test_without_an_attack_it_is_hch_of_people_who_read_less(table):
    trees = Majority(depth=4).trees(0, 400)
    reader = Corruptible(member=Human(), bandwidth=0.375, bandwidth_exponent=0.25, exposure=0.0)
    truth = trees.root.truth[0]
    p = pick(exact.hch(trees, reader).root, truth)
    found = table.loc[table["bandwidth"] == 0.375, "unattacked"].iloc[0]
    assert abs(found - p.mean()) <= 4 * (p * (1 - p)).sum() ** 0.5 / 400


def test_the_picture_has_both_accuracies_and_both_shares(table):
    names = {trace.name for trace in figure(table).data if trace.name}
    assert names == {"accuracy, nobody attacks", "accuracy under attack", "roots corrupted", "humans corrupted"}
