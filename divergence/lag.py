"""What lag does: harm over time, time to first harm, and defections before they are detected (MODEL.md §6).

A *defection* is a false answer that oversight as of this minute (no delay) would not have rated best: only the delay
lets it through. It is detected when oversight comes to know the search behind it, one delay later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from distillers.base import Rated
from distillers.chisel import Flags
from distillers.lag import Lag, race
from distillers.staleness import Moving, critical_latency, turned
from divergence.measures import harm
from hch.setting import Setting
from scenarios.streams import Floats
from scenarios.trees import one_hot


@dataclass(frozen=True)
class Lagging:
    """``timeline``: one line per look with ``minutes``, ``searched``, ``known``, ``harm`` (against HCH),
    ``prompt_harm`` (if oversight had no delay) and ``defecting`` (share of questions). Per question, (questions,):
    ``first``, minutes to the first defection (infinite if none), and ``before_detection``, defections until that one is
    detected, a question being asked at every look.
    """

    timeline: pd.DataFrame
    first: Floats
    before_detection: Floats


def lagging(lag: Lag, setting: Setting) -> Lagging:
    """Let search run ahead of oversight, and count."""
    run, prompt = race(lag, setting), race(replace(lag, delay=0.0), setting)
    truth = setting.trees.root.truth[0]
    defecting: Flags = (run.answers != truth) & (prompt.answers != run.answers)
    first = np.where(defecting.any(axis=0), run.times[defecting.argmax(axis=0)], np.inf)
    until = (run.times[:, None] >= first) & (run.times[:, None] < first + lag.delay)
    timeline = pd.DataFrame(
        {
            "minutes": run.times,
            "searched": run.searched,
            "known": run.known,
            "harm": [_harm(setting, answers) for answers in run.answers],
            "prompt_harm": [_harm(setting, answers) for answers in prompt.answers],
            "defecting": defecting.mean(axis=1),
        }
    )
    return Lagging(timeline, first, np.asarray((defecting & until).sum(axis=0), dtype=np.float64))


def stale(scheme: Rated, setting: Setting, moving: Moving, minute: float, latencies: Sequence[float]) -> pd.DataFrame:
    """One line per latency: share of labels ``turned`` by the old snapshot they rest on, and share of questions whose
    ``critical`` latency is shorter.
    """
    critical = critical_latency(scheme, setting, moving, minute)
    return pd.DataFrame(
        {
            "latency": latencies,
            "turned": [float(turned(scheme, setting, moving, minute, one).mean()) for one in latencies],
            "critical": [float((critical < one).mean()) for one in latencies],
        }
    )


def _harm(setting: Setting, answers: np.ndarray) -> float:
    claims = setting.trees.claims
    return float(harm(one_hot(answers, claims), setting.hch.root, one_hot(setting.trees.root.truth[0], claims)).mean())
