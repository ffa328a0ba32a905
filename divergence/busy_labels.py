"""Labels made by busy people, and the optimum for such labels (MODEL.md §6).

Each core scheme's human work is lived through in one office, its episodes arriving at random (a Poisson process).
Times do not depend on answers, so one stretch of office life serves every gameability. A rating is averaged over
realised times; an imitator's answers are spread over them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

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
from overseers.hurried import Hurried
from overseers.pace import TICKS_PER_MINUTE
from scenarios import streams
from scenarios.streams import Floats

_WORK = 12_000
"""Minutes of unhurried work offered in one simulated stretch of office life."""
_PARTS = 8
"""How finely realised times are kept apart where an answer is not linear in them."""

Lives = Callable[[Setting], Iterator[Life]]


@dataclass(frozen=True)
class Core:
    """A core scheme, and what human work it asks for at a time."""

    label: str
    scheme: Scheme
    lives: Lives
    bunched: Lives

    def asks(self, bunched: bool) -> Lives:
        """How its work comes: one by one, or a whole tree's at once."""
        return self.bunched if bunched else self.lives


CORE = (
    Core("imitation", Imitation(), single_answers, consultations),
    Core("approval", Approval(), single_ratings, ratings),
    Core("approval-frozen", ApprovalFrozen(), single_ratings, ratings),
    Core("debate", Debate(), judged_paths, judged_paths),
)


@dataclass(frozen=True)
class Stretch:
    """A stretch of office life. ``work``: every job as it was done; ``minutes``: unhurried work of an episode."""

    work: tuple[Served, ...]
    minutes: float

    @property
    def kept(self) -> float:
        """Mean share of discernment that jobs had time for."""
        return float(np.mean([one.kept for one in self.work]))

    @property
    def waiting(self) -> float:
        """Mean minutes that a job waited for a desk."""
        return float(np.mean([one.started - one.asked for one in self.work])) / TICKS_PER_MINUTE


def stretch(core: Core, setting: Setting, office: Office, load: float, bunched: bool) -> Stretch:
    """A core scheme's supervision in an office of its own at an offered load: unhurried work per staff-minute.

    Raises ``ValueError`` if the office has no staff.
    """
    return shared([core], setting, office, load, bunched)[0]


def shared(cores: Sequence[Core], setting: Setting, office: Office, load: float, bunched: bool) -> list[Stretch]:
    """Several schemes supervised by one pool of people, each given an equal part of the load in human-minutes.

    Raises ``ValueError`` if the office has no staff.
    """
    if office.staff is None:
        raise ValueError("staff: offered load needs an office with a number of people")
    minutes = [core.scheme.episode(setting).human_minutes for core in cores]
    lives: list[list[Life]] = []
    arrivals: list[int] = []
    for number, (core, spent) in enumerate(zip(cores, minutes, strict=True)):
        asks = core.asks(bunched)
        each = spent * setting.trees.questions / len(list(asks(setting)))
        again = itertools.chain.from_iterable(
            asks(setting) for _ in itertools.count()
        )  # few questions: they come again
        lives.append(list(itertools.islice(again, max(1, round(_WORK / len(cores) / each)))))
        keys = streams.keys_from(setting.seed, f"episode {number}" if number else "episode", 0, len(lives[-1]))
        gaps = -np.log(streams.uniforms(keys, "gap"))
        when = np.cumsum(gaps) * each * len(cores) / (load * office.staff) * TICKS_PER_MINUTE
        arrivals += when.astype(np.int64).tolist()
    outcomes = iter(serve(itertools.chain(*lives), office, arrivals))
    return [
        Stretch(tuple(served for outcome in itertools.islice(outcomes, len(own)) for served in outcome.work), spent)
        for own, spent in zip(lives, minutes, strict=True)
    ]


def harm(core: Core, setting: Setting, lived: Stretch) -> Floats:
    """Mass that the optimum for such labels moves from unhurried HCH's answers to false claims, (questions,)."""
    moved = np.maximum(_policy(core, setting, lived).root - setting.hch.root, 0.0)
    moved[setting.trees.root.truth[0], np.arange(setting.trees.questions)] = 0.0
    return np.asarray(moved.sum(axis=0))


def _policy(core: Core, setting: Setting, lived: Stretch) -> Policy:
    """The optimum for labels that were made in this office."""
    if isinstance(core.scheme, Imitation):
        return _imitated(setting, lived)
    hurried = Hurried(member=setting.human, rating_kept=lived.kept)
    return core.scheme.optimum(Setting(setting.trees, hurried, setting.seed))


def _imitated(setting: Setting, lived: Stretch) -> Distributions:
    """Imitation of answers given in the realised times: at each level their mean, by groups of equal shares."""
    levels: list[Floats] = []
    for height in range(setting.trees.depth + 1):
        kind = "join" if height else "think"
        shares = np.sort([one.kept for one in lived.work if one.job.kind == kind])
        groups = [float(group.mean()) for group in np.array_split(shares, _PARTS) if group.size]
        below = levels[-1] if levels else None
        given = [amplify(setting.trees, setting.human, height, below, np.full((1, 1), kept)) for kept in groups]
        levels.append(np.mean(given, axis=0))
    return Distributions(levels)
