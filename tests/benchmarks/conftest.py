"""Ratios of times are measured alone: ``pytest tests/benchmarks``. Beside other workers they are left out."""

import os

collect_ignore_glob = ["test_*.py"] if "PYTEST_XDIST_WORKER" in os.environ else []
