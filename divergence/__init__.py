"""How far imitation, approval, reward modelling and debate end from HCH when the overseer can be gamed.

from divergence import compare, sweep, load, tree
"""

import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    # Set before NumPy is imported: matrices here are small, and every core has a worker of its own.
    os.environ.setdefault(_name, "1")

from divergence.api import compare, load, sweep, tree  # noqa: E402

__all__ = ["compare", "load", "sweep", "tree"]
