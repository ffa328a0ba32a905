"""Settings for all tests."""

import os

import pytest
from hypothesis import settings

# In continuous integration the same examples every time: a change that did not touch a thing cannot break it.
# Nowhere a deadline: on a busy machine any example may take long.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", derandomize=True, deadline=None)
settings.load_profile("ci" if "CI" in os.environ else "here")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """All cores, unless something is to be timed or there is little to run: then this process alone."""
    timed = config.getoption("benchmark_only", False) or config.getoption("benchmark_json", None)
    named = [str(one) for one in config.args]
    if timed or any("benchmarks" in one or "cluster" in one or "::" in one for one in named):
        return 0
    return min(os.cpu_count() or 1, 4)
