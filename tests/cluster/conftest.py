"""Dask starts threads and processes of its own: ``pytest -m slow tests/cluster``, in one process. Else left out."""

import os

collect_ignore_glob = ["test_*.py"] if "PYTEST_XDIST_WORKER" in os.environ else []
