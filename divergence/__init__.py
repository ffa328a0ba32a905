"""How far imitation, approval, reward modelling and debate end from HCH when the overseer can be gamed.

from divergence import compare, sweep, load, tree
"""

import os
from typing import Any

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    # Set before NumPy is imported: matrices here are small, and every core has a worker of its own.
    os.environ.setdefault(_name, "1")

__all__ = ["compare", "load", "sweep", "tree"]


def __dir__() -> list[str]:
    return __all__


def __getattr__(name: str) -> Any:
    """The four functions, imported when first used: ``hch --help`` need not wait for NumPy and pandas."""
    if name in __all__:
        from divergence import api

        return getattr(api, name)
    raise AttributeError(f"module 'divergence' has no attribute '{name}'")
