"""Training over time, as a table and as a picture."""

from __future__ import annotations

import numpy as np
import pytest

from distillers.imitation import Imitation
from distillers.training import Training, train
from divergence.figures import series as pictures
from divergence.series import series
from hch.setting import Setting
from overseers.human import Human
from scenarios.ledger import Ledger


@pytest.fixture(scope="module")
def runs():
    setting = Setting(Ledger(depth=2).trees(0, 30), Human(gameability=1.5), 0)
    training = Training(human_minutes=30_000.0, batch=100, staff=5, trainer_minutes=60.0)
    free = Training(human_minutes=30_000.0, batch=100, staff=5, trainer_minutes=60.0, asynchronous=True)
    return (
        setting,
        training,
        {"in step": series(Imitation(), training, setting), "free": series(Imitation(), free, setting)},
    )


def test_a_line_per_snapshot(runs):
    setting, training, tables = runs
    history = train(Imitation(), training, setting).history
    table = tables["in step"]
    assert table["elapsed_minutes"].tolist() == [one.elapsed_minutes for one in history]
    truth, end = setting.trees.root.truth[0], history[-1].policy.root
    assert table["accuracy"].iloc[-1] == pytest.approx(end[truth, np.arange(30)].mean())
    moved = np.maximum(end - setting.hch.root, 0.0)
    moved[truth, np.arange(30)] = 0.0
    assert table["harm"].iloc[-1] == pytest.approx(moved.sum(axis=0).mean())


def test_roots_are_taught_last(runs):
    table = runs[2]["in step"]
    middle = len(table) // 2
    assert table["accuracy"].iloc[middle] == pytest.approx(1 / 6)
    assert table["all_accuracy"].iloc[middle] > 0.5


def test_it_is_faster_where_nobody_waits_and_costs_the_same(runs):
    one, other = runs[2].values()
    assert other["elapsed_minutes"].iloc[-1] < one["elapsed_minutes"].iloc[-1]
    assert other["human_minutes"].iloc[-1] == pytest.approx(one["human_minutes"].iloc[-1], rel=0.02)


def test_the_picture(runs):
    figure = pictures.figure(runs[2], "human_minutes")
    assert len(figure.data) == 8
    assert {trace.name for trace in figure.data} == {"in step", "free"}
