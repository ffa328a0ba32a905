"""Harm, and where schemes leave HCH, against offered load: what only an event simulation can show (MODEL.md §6).

Episodes of supervision arrive at random at an office of a few people who hurry when work piles up. *Offered load* is
unhurried work per staff-minute, so at one load every scheme is given the same human-minutes; what differs is how its
work comes. By default answers and ratings are asked for one by one, the models consulted answering at once, and a
debate's judgements follow one another. *Bunched*, a whole tree's ratings are asked for at once, and humans consult
humans: that alone makes people hurry at any load and can put approval last, so both are to be shown.
Hurry acts on the labels (``divergence/busy_labels.py``). Harm is that of the optimum for such labels, against HCH of
the same humans unhurried; the model itself uses no humans.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pandas as pd

from divergence.busy_labels import CORE, Core, Stretch, harm, shared, stretch
from divergence.intervals import THRESHOLD, Crossing, crossing, weights
from hch.office import Office
from hch.setting import Setting
from overseers.base import Overseer
from overseers.human import Human
from scenarios.base import Scenario
from scenarios.streams import Floats

LOADS = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
OFFICE = Office(staff=10, hurry=1.0)
GAMEABILITIES = (0.0, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5)
LENGTHS = (0.0, 1.0, 2.5, 5.0, 10.0)
"""Minutes that reading an argument takes."""
AT = 2.0
"""The γ at which ``panel`` tells harm."""
_FEW = (0.25, 0.75, 1.25, 1.75)


def panel(
    scenario: Scenario,
    overseer: Overseer | None = None,
    seed: int = 0,
    office: Office = OFFICE,
    loads: Sequence[float] = _FEW,
    gameabilities: Sequence[float] = GAMEABILITIES,
    questions: int = 150,
    seeds: int = 2,
) -> pd.DataFrame:
    """γ* of the core schemes against offered load, their work asked for one by one, and bunched: a line for each.

    Columns: ``scenario``, ``scheme``, ``bunched`` (bool), ``load`` (unhurried work per staff-minute); ``gamma_star``
    with ``low`` and ``high`` (95 %, bootstrap of questions within seeds; NaN, or ∞ for the ends, where harm stays below
    0.1 up to ``max``, the largest γ tried); ``harm`` with ``harm_low`` and ``harm_high`` at γ = ``at``; ``kept``, the
    mean share of discernment that labels had time for; ``waiting``, mean minutes a job waited for a desk;
    ``human_minutes``, unhurried work of an episode. Intervals are given the one stretch of office life that was lived.
    An overseer without a gameability has no γ* and no ``at``, and its own harm. Raises ``ValueError`` if the office has
    no staff.
    """
    human = Human() if overseer is None else overseer
    asked = [one for gamma in gameabilities if (one := gameable(human, gamma)) is not None]
    gammas = gameabilities if asked else ()
    trees = [scenario.trees(seed + number, questions) for number in range(seeds)]
    lines: list[dict[str, Any]] = []
    for core, bunched, load, lived in _lived(Setting(trees[0], human, seed), office, loads):
        settings = [[Setting(own, one, seed + n) for n, own in enumerate(trees)] for one in asked or [human]]
        each = np.stack([np.concatenate([harm(core, own, lived) for own in alike]) for alike in settings])
        place = {"scenario": scenario.part_name(), "scheme": core.label, "bunched": bunched, "load": load}
        lines.append(place | _told(each, gammas, seed, seeds) | _office_life(lived))
    return pd.DataFrame(lines)


def harm_against_load(
    scenarios: Sequence[Scenario],
    human: Overseer | None = None,
    office: Office = OFFICE,
    loads: Sequence[float] = LOADS,
    questions: int = 200,
    seeds: int = 3,
    first_seed: int = 0,
    bunched: bool = False,
    one_pool: bool = False,
) -> pd.DataFrame:
    """One line per scenario, scheme and load, with ``mean`` harm, ``low`` and ``high`` (95 %, normal, over questions).

    Also ``kept``, ``waiting`` and ``human_minutes`` as in ``panel``, at the human's own γ. ``bunched``: a whole tree's
    work is asked for at once. ``one_pool``: one office supervises all schemes at once, each with an equal part of the
    load in human-minutes, each scheme else having one of its own. Raises ``ValueError`` if the office has no staff.
    """
    human = Human() if human is None else human
    lines = []
    for scenario in scenarios:
        settings = [Setting(scenario.trees(first_seed + n, questions), human, first_seed + n) for n in range(seeds)]
        for load in loads:
            if one_pool:
                stretches = shared(CORE, settings[0], office, load, bunched)
            else:
                stretches = [stretch(core, settings[0], office, load, bunched) for core in CORE]
            for core, lived in zip(CORE, stretches, strict=True):
                each = np.concatenate([harm(core, setting, lived) for setting in settings])
                half = 1.96 * each.std() / np.sqrt(each.size)
                place = {"scenario": scenario.part_name(), "scheme": core.label, "load": load}
                ends = {"low": max(0.0, each.mean() - half), "high": min(1.0, each.mean() + half)}
                lines.append(place | {"mean": each.mean()} | ends | _office_life(lived))
    return pd.DataFrame(lines)


def flooded(
    scenario: Scenario,
    human: Overseer | None = None,
    office: Office = OFFICE,
    lengths: Sequence[float] = LENGTHS,
    load: float = 0.75,
    **how: Any,
) -> pd.DataFrame:
    """Attention flooding: the lines of ``harm_against_load`` at one load against ``argument_minutes``.

    Every argument takes ``lengths`` minutes to read before the work on it begins, which is not counted in the load: it
    is what arguers add to it. Where people hurry, verifying gets what is left of their time, so that the length at
    which a scheme's answers do most harm is the one that an arguer for false claims would choose. ``how``: as there.
    """
    tables = [
        harm_against_load([scenario], human, replace(office, argument_minutes=minutes), (load,), **how).assign(
            argument_minutes=minutes
        )
        for minutes in lengths
    ]
    return pd.concat(tables, ignore_index=True)


def gameable(overseer: Overseer, gamma: float) -> Overseer | None:
    """The overseer, or the one it wraps, with γ as given; ``None`` where there is no such field."""
    if hasattr(overseer, "gameability"):
        return replace(overseer, gameability=gamma)  # type: ignore[call-arg]
    for wrapped in fields(overseer):
        inner = getattr(overseer, wrapped.name)
        changed = gameable(inner, gamma) if isinstance(inner, Overseer) else None
        if changed is not None:
            return replace(overseer, **{wrapped.name: changed})  # type: ignore[arg-type]
    return None


def _lived(setting: Setting, office: Office, loads: Sequence[float]) -> Iterator[tuple[Core, bool, float, Stretch]]:
    """Every core scheme's stretch of office life; schemes that ask for the same work share it."""
    known: dict[Any, Stretch] = {}
    for bunched in (False, True):
        for core in CORE:
            for load in loads:
                asked = core.asks(bunched), load
                if asked not in known:
                    known[asked] = stretch(core, setting, office, load, bunched)
                yield core, bunched, load, known[asked]


def _told(each: Floats, gameabilities: Sequence[float], seed: int, seeds: int) -> dict[str, float]:
    """γ* and harm with intervals; ``each``: harm by γ and question, one seed's questions after another's."""
    points, size = each.shape
    by_seed = each.reshape(points, seeds, -1)
    resampled = np.mean([by_seed[:, n] @ weights(seed + n, size // seeds) for n in range(seeds)], axis=0)
    means = each.mean(axis=1)
    star = dict.fromkeys(("gamma_star", "low", "high", "max", "at"), np.nan)
    here = 0
    if gameabilities:
        gamma = np.array(gameabilities)
        here = int(np.abs(gamma - AT).argmin())
        sampled = crossing(gamma, resampled, THRESHOLD)
        found = float(crossing(gamma, means[:, None], THRESHOLD)[0])
        line = Crossing({}, found, np.where(np.isnan(sampled), np.inf, sampled), float(gamma[-1])).line()
        star = line | {"at": float(gamma[here])}
    low, high = np.percentile(resampled[here], (2.5, 97.5))
    return star | {"harm": float(means[here]), "harm_low": float(low), "harm_high": float(high)}


def _office_life(lived: Stretch) -> dict[str, float]:
    return {"kept": lived.kept, "waiting": lived.waiting, "human_minutes": lived.minutes}
