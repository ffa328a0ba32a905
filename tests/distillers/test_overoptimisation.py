"""VALIDATION.md 6: the shape of over-optimisation curves (Gao, Schulman, Hilton 2210.10760), not their coefficients.

``R(d) = d(α - βd)`` for best-of-n and ``d(α - β log d)`` for regularised optimisation, ``d = √KL``: β ≈ 0 where the
error of a rating is Gaussian and regressional, β > 0 under heavier tails or planted traps.
"""

from __future__ import annotations

import numpy as np
import pytest

from distillers.best_of_n import BestOfN
from distillers.kl_regularised import KLRegularised
from hch.setting import Setting
from overseers.human import Human
from scenarios.goodhart import Goodhart

NORMAL = Goodhart()
TRAP = Goodhart(trap_rate=0.01, trap_appeal=8.0, trap_quality=-2.0)
WORSE = {
    "Laplace": Goodhart(rhetoric_family="laplace"),
    "Student": Goodhart(rhetoric_family="student_t"),
    "trap": TRAP,
}


def curve(scenario, schemes):
    """``d`` and the gain in quality over the base, for each scheme."""
    human = Human(leaf_discernment=1.0, self_persuasion=0.0, gameability=1.0)
    setting = Setting(scenario.trees(0, 1), human)
    quality = setting.trees.root.grades.quality[:, 0]
    base = float((setting.hch.root * quality).sum())
    found = [
        (float(scheme.divergence(setting)[0]) ** 0.5, float((scheme.optimum(setting).root * quality).sum()) - base)
        for scheme in schemes
    ]
    return np.array(found).T


def bend(d, gain, by):
    """β of the least-squares fit of ``gain = α·d - β·d·by(d)``."""
    (_, beta), *_ = np.linalg.lstsq(np.stack([d, -d * by(d)], axis=1), gain, rcond=None)
    return beta


DRAWS = [BestOfN(draws=n) for n in (2, 4, 8, 16, 64, 256, 1024)]
PENALTIES = [KLRegularised(penalty=beta) for beta in (8.0, 5.0, 3.0, 2.0, 1.5)]


def test_best_of_n_keeps_paying_where_errors_are_gaussian():
    assert abs(bend(*curve(NORMAL, DRAWS), lambda d: d)) < 0.05


@pytest.mark.parametrize("name", WORSE)
def test_best_of_n_pays_less_and_less_otherwise(name):
    assert bend(*curve(WORSE[name], DRAWS), lambda d: d) > 0.15


def test_regularised_optimisation_alike():
    assert abs(bend(*curve(NORMAL, PENALTIES), np.log)) < 0.01
    assert bend(*curve(TRAP, PENALTIES), np.log) > 0.15
