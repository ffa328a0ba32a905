"""One small finished study, shared by the tests that only read."""

import pytest

from divergence import running
from divergence.specfile import parse

SMALL = {
    "questions": 40,
    "seeds": 2,
    "scenario": [{"type": "ledger", "depth": 2}, {"type": "majority", "depth": 2}],
    "overseer": {"type": "human"},
    "scheme": [{"type": name} for name in ("imitation", "approval", "approval-frozen", "reward-modelling", "debate")],
    "sweep": {"overseer.gameability": [0.0, 1.5, 3.0], "overseer.self_persuasion": [0.5, 1.0]},
}


@pytest.fixture(scope="session")
def small_spec():
    return parse(SMALL)


@pytest.fixture(scope="session")
def small_study(small_spec, tmp_path_factory):
    return running.run(small_spec, tmp_path_factory.mktemp("small"), workers=1)
