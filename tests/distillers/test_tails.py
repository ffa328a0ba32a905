"""The laws of arguments against SciPy's, far into the tail."""

import numpy as np
import pytest
from scipy import integrate, stats

from distillers.tails import LAWS, upper
from scenarios.rhetoric import QUANTILES

REFERENCE = {"normal": stats.norm(), "laplace": stats.laplace(), "student_t": stats.t(3.0)}
Z = np.concatenate([np.linspace(-9.0, 9.0, 1801), np.geomspace(10.0, 35.0, 50)])


@pytest.mark.parametrize("family", LAWS)
def test_survival_and_density_are_the_law_s(family):
    law, scipy = LAWS[family], REFERENCE[family]
    np.testing.assert_allclose(law.survival(Z, 3.0), scipy.sf(Z), rtol=1e-11)
    np.testing.assert_allclose(law.density(Z, 3.0), scipy.pdf(Z), rtol=1e-11)


@pytest.mark.parametrize("family", QUANTILES)
@pytest.mark.parametrize("chance", [0.5, 0.1, 1e-6, 1e-20])
def test_the_point_above_which_a_chance_lies(family, chance):
    assert LAWS[family].survival(np.array([upper(family, 3.0, chance)]), 3.0)[0] == pytest.approx(chance, rel=1e-8)


@pytest.mark.parametrize("freedom", [1.0, 2.5, 30.0, 1000.0])
def test_the_table_of_student_s_tail_is_accurate_for_other_degrees_of_freedom(freedom):
    z = np.concatenate([np.linspace(-8.0, 8.0, 997), np.geomspace(9.0, 1e5, 200)])
    wanted = stats.t(freedom).sf(z)
    shown = LAWS["student_t"].survival(z, freedom)
    np.testing.assert_allclose(shown[wanted > 1e-250], wanted[wanted > 1e-250], rtol=2e-11)
    mass, _ = integrate.quad(lambda x: float(LAWS["student_t"].density(np.array(x), freedom)), 0.0, 7.0)
    assert mass == pytest.approx(0.5 - stats.t(freedom).sf(7.0), abs=1e-10)
