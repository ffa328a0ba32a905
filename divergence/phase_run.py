"""Run a phase diagram: a study of a fine grid of which only the points near a boundary are computed."""

from __future__ import annotations

import itertools
from pathlib import Path

import pandas as pd

from divergence import phase, pool, running, sensitivity
from divergence.build import SpecError
from divergence.phase import Diagram, Naming, Plane
from divergence.running import Progress
from divergence.store import Store, StoreError


def run(
    of: Plane,
    directory: Path,
    measure: str,
    name: Naming,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    fresh: bool = False,
    retry: bool = False,
    progress: Progress | None = None,
) -> Diagram:
    """Try points of a plane until no square along a boundary is left to divide; what is in the directory is used.

    ``retry``: compute cells again that failed before. Raises SpecError, StoreError or PoolError. On KeyboardInterrupt
    everything finished is kept.
    """
    sensitivity.check_measure(measure, of.spec)
    workers = pool.workers_of(workers)
    places = phase.by_place(of)
    if not places:
        raise SpecError("nobody in the study has both fields of the phase diagram")
    everywhere = itertools.chain(*places.values())
    tell = progress or (lambda *_: None)
    computing = running.computing(of.spec, directory, everywhere, workers, scheduler, fresh=fresh)
    with computing as (engine, _), Store(directory, create=True) as store:
        if retry:
            store.forget_failures()
        done = store.done()
        while True:
            asked_for, diagram = phase.wanted(of, _rows(store), measure, name)
            cells = [one for place in asked_for for one in places[place] if one.index not in done]
            if not cells:
                return diagram
            store.note({"cells": str(len(done) + len(cells)), "workers": str(engine.workers)})
            todo = sorted(cells, key=lambda one: one.index)
            for dealt_with in running.compute(store, todo, engine, lambda _: None):
                tell(len(done) + dealt_with, len(done) + len(cells))
            done = store.done()
            if failures := store.failures():
                raise StoreError(
                    f"{directory}: {len(failures)} cell(s) failed, so phases are not known there; the first: "
                    f"{failures[0].error} ('hch status {directory} --errors' shows where); "
                    "--retry computes them again"
                )


def _rows(store: Store) -> pd.DataFrame:
    return pd.DataFrame(store.rows())
