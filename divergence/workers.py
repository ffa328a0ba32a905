"""The process that workers are forked from: started early, it loads what they need while a command reads its study."""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing import forkserver
from multiprocessing.context import BaseContext

_LOADED = ["divergence.cell"]


def context() -> BaseContext:
    """How worker processes are started: forked from a server that has no threads, where there is one."""
    found = multiprocessing.get_context("forkserver" if hasattr(os, "fork") else "spawn")
    if hasattr(found, "set_forkserver_preload"):
        found.set_forkserver_preload(_LOADED)
    return found


def prepare(workers: int | None) -> None:
    """Start that server now, if a study is going to need it; it ends with this process."""
    if hasattr(os, "fork") and (workers or os.cpu_count() or 1) > 1:
        context()
        forkserver.ensure_running()
