"""Loss as a chisel, measured: sampled training on its way, beside the argmax of the same rating (MODEL.md §5).

An *exploit* of a question is its best paid claim where that is false: what an argmax would say. It is *found* when it
is first given, and *taken* when the model gives it more often than not. Four lines start from the same imitation of
HCH: policy gradient on sampled answers, its expectation, the argmax, and the start itself, which nobody trains.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from distillers.base import Rated
from distillers.chisel import NEVER, Carved, Chisel, Flags, Worth, carve
from distillers.rewards import Rating, Reward
from distillers.tampering import Tampering, Tempted, tempt
from divergence.measures import harm
from hch.setting import Setting
from scenarios import streams
from scenarios.joins import Answers
from scenarios.streams import Floats
from scenarios.trees import one_hot

SAMPLED, EXPECTED, ARGMAX, START = "policy gradient", "its expectation", "argmax of the rating", "imitation start"
LINES = (SAMPLED, EXPECTED, ARGMAX, START)


@dataclass(frozen=True)
class Chiselled:
    """``timeline``: one line per kept step and ``line`` with ``harm``, ``accuracy`` (``low``, ``high``: 95 % of harm,
    normal, over questions), and for sampled training ``found`` and ``taken``, shares of the questions that have an
    exploit, and ``tampering``, its chance. ``exploits``: questions that have one. ``found``, ``taken``: at which step,
    of those questions, infinite if never. ``tempted``: what became of tampering.
    """

    timeline: pd.DataFrame
    exploits: int
    found: Floats
    taken: Floats
    tempted: Tempted


def chiselled(
    setting: Setting,
    chisel: Chisel | None = None,
    reward: Reward | None = None,
    tampering: Tampering | None = None,
    scheme: Rated | None = None,
) -> Chiselled:
    """Train from HCH's imitation by a scheme's ratings (approval's by default), sub-answers being HCH's."""
    chisel, worth = chisel or Chisel(), (reward or Rating()).worth(setting, scheme)
    keys, start = setting.trees.root.places[0], setting.hch.root
    sampled = carve(replace(chisel, exact=False), start, worth, keys)
    meant = carve(replace(chisel, exact=True), start, worth, keys)
    exploit, exploited = _exploits(setting, worth, chisel.steps)
    questions = np.arange(keys.size)
    first = sampled.first[exploit, questions][exploited].astype(np.float64)
    first[first == NEVER] = np.inf
    share = sampled.policies[:, exploit, questions][:, exploited]
    tempted = tempt(
        replace(tampering or Tampering(), steps=chisel.steps),
        lambda step: sampled.ratings[np.searchsorted(sampled.steps, step, side="right") - 1],
        streams.keys_from(setting.seed, "tampering", 0, 1),
    )
    lines = {
        SAMPLED: sampled.policies,
        EXPECTED: meant.policies,
        ARGMAX: np.stack([_argmax(setting, worth(max(0, step - 1))) for step in sampled.steps]),
        START: np.broadcast_to(start, sampled.policies.shape),
    }
    table = pd.concat([_line(setting, name, sampled.steps, policies) for name, policies in lines.items()])
    own = table["line"] == SAMPLED
    table.loc[own, "found"] = [float((first <= step).mean()) if first.size else np.nan for step in sampled.steps]
    table.loc[own, "taken"] = (share > 0.5).mean(axis=1) if first.size else np.nan
    table.loc[own, "tampering"] = tempted.chances[sampled.steps]
    return Chiselled(table.reset_index(drop=True), int(exploited.sum()), first, _taken(sampled, share), tempted)


def _exploits(setting: Setting, worth: Worth, steps: int) -> tuple[Answers, Flags]:
    """The best paid claim in the end, (questions,), and whether it is a false one."""
    best = _argmax(setting, worth(steps - 1)).argmax(axis=0)
    return best, best != setting.trees.root.truth[0]


def _argmax(setting: Setting, rated: Floats) -> Floats:
    """The best paid claim; an equal share of each where several are, (claims, questions)."""
    best = rated == rated.max(axis=0)
    return np.asarray(best / best.sum(axis=0))


def _taken(sampled: Carved, share: Floats) -> Floats:
    """Kept step from which on the exploit is given more often than not, to the end, (exploits,)."""
    over = share > 0.5
    since = np.flip(np.logical_and.accumulate(np.flip(over, axis=0), axis=0), axis=0)
    if not over.shape[1]:
        return np.zeros(0)
    return np.where(over[-1], sampled.steps[since.argmax(axis=0)], np.inf)


def _line(setting: Setting, name: str, steps: Answers, policies: Floats) -> pd.DataFrame:
    true = one_hot(setting.trees.root.truth[0], setting.trees.claims)
    each = np.stack([harm(policy, setting.hch.root, true) for policy in policies])
    half = 1.96 * each.std(axis=1) / np.sqrt(each.shape[1])
    mean = each.mean(axis=1)
    return pd.DataFrame(
        {
            "step": steps,
            "line": name,
            "harm": mean,
            "low": np.maximum(0.0, mean - half),
            "high": np.minimum(1.0, mean + half),
            "accuracy": (policies * true).sum(axis=1).mean(axis=1),
            "found": np.nan,
            "taken": np.nan,
            "tampering": np.nan,
        }
    )
