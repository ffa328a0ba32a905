"""Harm against offered load: what only an event simulation can show, at equal human-minutes (MODEL.md §6).

Episodes of supervision arrive at random (a Poisson process) at an office of a few people who hurry when work piles up.
*Offered load* is unhurried work per staff-minute, so at one load every scheme is given the same human-minutes; what
differs is how its work comes. By default answers and ratings are asked for one by one, the models consulted answering
at once, and a debate's judgements follow one another. *Bunched*, a whole tree's ratings are asked for at once, and
humans consult humans: that alone makes people hurry at any load and can put approval last, so it is an assumption to
vary.
Hurry acts on the labels: a rating is averaged over realised times, an imitator's answers are spread over them. Harm is
that of the optimum for such labels, against HCH of the same humans unhurried; the model itself uses no humans.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from distillers.approval import Approval
from distillers.approval_frozen import ApprovalFrozen
from distillers.base import Scheme
from distillers.debate import Debate
from distillers.imitation import Imitation
from distillers.lives import consultations, judged_paths, ratings, single_answers, single_ratings
from hch.exact import amplify
from hch.jobs import Life, Served, serve
from hch.office import Office
from hch.policy import Distributions, Policy
from hch.setting import Setting
from overseers.base import Overseer
from overseers.human import Human
from overseers.hurried import Hurried
from overseers.pace import TICKS_PER_MINUTE
from scenarios import streams
from scenarios.base import Scenario
from scenarios.streams import Floats

LOADS = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
OFFICE = Office(staff=10, hurry=1.0)
_WORK = 12_000
"""Minutes of unhurried work offered in one simulated stretch of office life."""
_PARTS = 8
"""How finely realised times are kept apart where an answer is not linear in them."""


@dataclass(frozen=True)
class Core:
    """A core scheme, and what human work it asks for at a time."""

    label: str
    scheme: Scheme
    lives: Callable[[Setting], Iterator[Life]]
    bunched: Callable[[Setting], Iterator[Life]]


CORE = (
    Core("imitation", Imitation(), single_answers, consultations),
    Core("approval", Approval(), single_ratings, ratings),
    Core("approval-frozen", ApprovalFrozen(), single_ratings, ratings),
    Core("debate", Debate(), judged_paths, judged_paths),
)


def harm_against_load(
    scenarios: Sequence[Scenario],
    human: Overseer | None = None,
    office: Office = OFFICE,
    loads: Sequence[float] = LOADS,
    questions: int = 200,
    seeds: int = 3,
    first_seed: int = 0,
    bunched: bool = False,
) -> pd.DataFrame:
    """One line per scenario, scheme and load, with ``mean`` harm, ``low`` and ``high`` (95 %, normal, over questions).

    Also ``kept``: mean share of discernment that labels had time for; ``waiting``: mean minutes a job waited for a
    desk; ``human_minutes``: unhurried work of an episode. ``bunched``: a whole tree's work is asked for at once.
    Raises ``ValueError`` if the office has no staff.
    """
    if office.staff is None:
        raise ValueError("staff: offered load needs an office with a number of people")
    human = Human() if human is None else human
    lines = []
    for scenario in scenarios:
        settings = [Setting(scenario.trees(first_seed + n, questions), human, first_seed + n) for n in range(seeds)]
        for core in CORE:
            ask = core.bunched if bunched else core.lives
            minutes = core.scheme.episode(settings[0]).human_minutes
            for load in loads:
                served = _served(ask, settings[0], minutes, office, load)
                each = np.concatenate([_harm(setting, _policy(core, setting, served)) for setting in settings])
                half = 1.96 * each.std() / np.sqrt(each.size)
                lines.append(
                    {
                        "scenario": scenario.part_name(),
                        "scheme": core.label,
                        "load": load,
                        "mean": each.mean(),
                        "low": max(0.0, each.mean() - half),
                        "high": min(1.0, each.mean() + half),
                        "kept": np.mean([one.kept for one in served]),
                        "waiting": np.mean([one.started - one.asked for one in served]) / TICKS_PER_MINUTE,
                        "human_minutes": minutes,
                    }
                )
    return pd.DataFrame(lines)


def _served(
    ask: Callable[[Setting], Iterator[Life]], setting: Setting, minutes: float, office: Office, load: float
) -> list[Served]:
    """All jobs of a stretch of office life at an offered load; ``minutes``: unhurried work of an episode."""
    assert office.staff is not None
    lives = list(ask(setting))
    minutes *= setting.trees.questions / len(lives)
    lives = lives[: max(1, round(_WORK / minutes))]
    gaps = -np.log(streams.uniforms(streams.keys_from(setting.seed, "episode", 0, len(lives)), "gap"))
    arrivals = np.cumsum(gaps) * minutes / (load * office.staff) * TICKS_PER_MINUTE
    outcomes = serve(lives, office, arrivals.astype(np.int64).tolist())
    return [served for outcome in outcomes for served in outcome.work]


def _policy(core: Core, setting: Setting, served: Sequence[Served]) -> Policy:
    """The optimum for labels that were made in this office."""
    if isinstance(core.scheme, Imitation):
        return _imitated(setting, served)
    kept = float(np.mean([one.kept for one in served]))
    hurried = Hurried(member=setting.human, rating_kept=kept)
    return core.scheme.optimum(Setting(setting.trees, hurried, setting.seed))


def _imitated(setting: Setting, served: Sequence[Served]) -> Distributions:
    """Imitation of answers given in the realised times: at each level their mean, by groups of equal shares."""
    levels: list[Floats] = []
    for height in range(setting.trees.depth + 1):
        kind = "join" if height else "think"
        shares = np.sort([one.kept for one in served if one.job.kind == kind])
        groups = [float(group.mean()) for group in np.array_split(shares, _PARTS) if group.size]
        below = levels[-1] if levels else None
        given = [amplify(setting.trees, setting.human, height, below, np.full((1, 1), kept)) for kept in groups]
        levels.append(np.mean(given, axis=0))
    return Distributions(levels)


def _harm(setting: Setting, policy: Policy) -> Floats:
    """Mass moved from unhurried HCH's answers to false claims, (questions,)."""
    moved = np.maximum(policy.root - setting.hch.root, 0.0)
    moved[setting.trees.root.truth[0], np.arange(setting.trees.questions)] = 0.0
    return np.asarray(moved.sum(axis=0))
