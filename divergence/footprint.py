"""How much memory this process holds, as the system tells."""

from __future__ import annotations

import sys
from pathlib import Path

_UNKNOWN = 200 * 2**20
"""Bytes, where the system does not tell: Python with the libraries that a study needs, measured on Linux."""


def resident() -> int:
    """Bytes held now; where only the most ever held is known, that."""
    return _told("VmRSS")


def peak() -> int:
    """Bytes held at most since this process began."""
    return _told("VmHWM")


def _told(name: str) -> int:
    try:
        for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) * 1024
    except OSError:  # only Linux has it
        pass
    try:
        import resource
    except ImportError:  # nor has every system this
        return _UNKNOWN
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
