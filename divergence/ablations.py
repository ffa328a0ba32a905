"""γ* of every scheme under each change of one assumption, and where the order of schemes turns (MODEL.md §8).

Whatever else a study sweeps stays at its parts' own value (λ = 0.5 for the packaged human). Two schemes have *turned*
where one left HCH first before the change and leaves it last after it. A turn is settled where 95 % of the resampled
γ*s say so on both sides, resampled in pairs under common luck.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd

from divergence import changes
from divergence.cell import Cell, Named
from divergence.changes import UNCHANGED
from divergence.intervals import Crossing, Draws, crossing_draws
from divergence.paths import apply, reached
from divergence.spec import Axis, Spec

KEYS = ("scenario", "overseer", "change", "scheme")
MEASURED = ("harm", "better", "divergence_tv")
SETTLED = 0.975
_PLACE = KEYS[:3]
Key = tuple[str, ...]


def cells(spec: Spec) -> list[Cell]:
    """Every change at every gameability, ``ablations.seeds`` seeds each.

    What shares trees stands together, and of that what has one gameability: there overseers and schemes share work.
    """
    asked, axis = spec.ablations, spec.gameability
    if asked is None or axis is None:
        return []
    tried = replace(spec.among(asked.schemes), axes=())
    found: list[Cell] = []
    for scenario in spec.scenarios:
        worlds = _worlds(replace(tried, scenarios=(scenario,)), axis)
        points = [
            (label, apply(one, {axis.path: gamma}))
            for world in worlds
            for gamma in axis.values  # noqa: PD011
            for label, one in world
        ]
        for seed in range(spec.first_seed, spec.first_seed + asked.seeds):
            found += [_cell(len(found) + place, one, seed, label) for place, (label, one) in enumerate(points)]
    return found


def _worlds(spec: Spec, axis: Axis) -> list[list[tuple[str, Spec]]]:
    """The study of one scenario for each overseer, as it is and under each change, grouped by the changed scenario."""
    made: dict[tuple[Named, ...], list[tuple[str, Spec]]] = {}
    for overseer in spec.overseers:
        one = replace(spec, overseers=(overseer,))
        if reached(one, axis.path):
            tried = [(change.label, change.made(one)) for change in changes.everything()]
            for label, other in [(UNCHANGED, one), *tried]:
                if other is not None:
                    made.setdefault(other.scenarios, []).append((label, other))
    return list(made.values())


def _cell(index: int, one: Spec, seed: int, label: str) -> Cell:
    questions = one.ablations.questions if one.ablations else one.questions
    at = (("change", label),)
    return Cell(index, one.scenarios[0], one.overseers[0], one.schemes, seed, questions, at, brief=True)


def table(found: Draws) -> pd.DataFrame:
    """One line per scenario, overseer, change and scheme: ``gamma_star``, ``low``, ``high``, ``max``, and ``turned``.

    ``turned`` names the schemes with which this one has changed places against the study as it is, a question mark
    behind those where that is not settled.
    """
    known = _known(found)
    turned: dict[Key, list[tuple[str, str, bool]]] = {}
    for *place, a, b, sure in turns(found).itertuples(index=False, name=None):
        turned.setdefault(tuple(place), []).append((a, b, sure))
    lines = []
    for key, one in known.items():
        own = [(a, b, sure) for a, b, sure in turned.get(key[:3], []) if key[3] in (a, b)]
        names = [f"{b if a == key[3] else a}{'' if sure else '?'}" for a, b, sure in own]
        lines.append(dict(zip(KEYS, key, strict=True)) | one.line() | {"turned": ", ".join(names)})
    return pd.DataFrame(lines, columns=[*KEYS, "gamma_star", "low", "high", "max", "turned"])


def turns(found: Draws) -> pd.DataFrame:
    """One line per pair that changes places under a change: ``a`` leaves HCH first there and, as it is, ``b`` does."""
    known = _known(found)
    groups: dict[Key, list[str]] = {}
    for key in known:
        groups.setdefault(key[:3], []).append(key[3])
    lines = []
    for place, schemes in groups.items():
        for a, b in itertools.permutations(schemes, 2):
            here = known[(*place, a)], known[(*place, b)]
            before = [known.get((*place[:2], UNCHANGED, scheme)) for scheme in (a, b)]
            if before[0] and before[1] and first(*here) < 0 < first(before[0], before[1]):
                lines.append((*place, a, b, settled(*here) and settled(before[0], before[1])))
    return pd.DataFrame(lines, columns=[*_PLACE, "a", "b", "settled"])


def first(a: Crossing, b: Crossing) -> int:
    """-1 if ``a`` leaves HCH before ``b``, 1 if after, 0 if together or neither."""
    mine, other = (np.inf if np.isnan(one.star) else one.star for one in (a, b))
    return int(mine > other) - int(mine < other)


def settled(a: Crossing, b: Crossing) -> bool:
    """Whether 97.5 % of the resamples put one of the two first (a two-sided 95 % interval)."""
    return max(float(np.mean(a.sampled < b.sampled)), float(np.mean(a.sampled > b.sampled))) >= SETTLED


def _known(found: Draws) -> dict[Key, Crossing]:
    """γ* by scenario, overseer, change and scheme; changes in their declared order."""
    labels = (UNCHANGED, *(change.label for change in changes.everything()))
    known = {tuple(one.key[name] for name in KEYS): one for one in crossing_draws(found)}
    places = list(dict.fromkeys(key[:2] for key in known))
    return dict(sorted(known.items(), key=lambda pair: (places.index(pair[0][:2]), labels.index(pair[0][2]))))
