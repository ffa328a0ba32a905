"""The table: one distribution, or one vector of scores, for every question by itself. It can hold anything.

Imitating, it holds the frequencies of the answers it was shown, ``p̂ = counts / n``, so that its expected distance from
``p`` is De Moivre's, ``½ Σ E|p̂ - p|``. A question it was never shown it answers at random: a table does not generalise.

Of comparisons it fits the Bradley–Terry model to each question by itself. A few comparisons of one question often hold
no upset, and then the likelihood has no maximum: a weak Gaussian prior keeps scores finite.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from distillers.students.base import Fitted, Mask, Seen, Student
from scenarios.part import field, part
from scenarios.streams import Floats, Keys

_MOST_STEPS = 200
_LONGEST_STEP = 3.0
_CLOSE = 1e-9
_NOTHING = 1e-15
"""A gain in log-likelihood per label that is lost in rounding."""


@dataclass(frozen=True)
class Entries(Fitted):
    """One column of scores for every question, by its identity. ``keys``: (nodes, questions)."""

    keys: Keys
    columns: Floats

    def scores(self, seen: Seen) -> Floats:
        if np.array_equal(self.keys, seen.level.keys):
            return self.columns
        known, asked = self.keys.reshape(-1), seen.level.keys.reshape(-1)
        order = known.argsort()
        place = order[np.minimum(np.searchsorted(known, asked, sorter=order), known.size - 1)]
        found = np.where(known[place] == asked, self.columns.reshape(len(self.columns), -1)[:, place], 0.0)
        return np.asarray(found.reshape(seen.speech.shape))

    def stepped(self, seen: Seen, slope: Floats) -> Entries:
        return replace(self, columns=self.columns + slope)


@part
class Table(Student):
    """One distribution, or one vector of scores, per question."""

    prior: float = field(0.0, "answers of each kind that it imagines to have seen", unit="labels", ge=0, le=1e6)

    spread: float = field(10.0, "spread of its prior on how much a claim is liked", unit="noise units", gt=0, le=1e6)

    def blank(self, seen: Seen) -> Entries:
        return Entries(seen.level.keys, np.zeros_like(seen.speech))

    def answers(self, seen: Seen, counts: Floats, before: Fitted | None = None) -> Entries:
        return Entries(seen.level.keys, frequencies(counts, self.prior))

    def preferences(self, seen: Seen, wins: Floats, before: Fitted | None, changed: Mask) -> Entries:
        columns = (self.blank(seen) if before is None else before).scores(seen).copy()
        columns[:, changed] = bradley_terry(np.moveaxis(wins[..., changed], 2, 0), self.spread**-2).T
        return Entries(seen.level.keys, columns)


def frequencies(counts: Floats, prior: float) -> Floats:
    """Logarithm of the share of every answer, (claims, …); 0 for all where nothing was counted."""
    total = counts.sum(axis=0)
    with np.errstate(divide="ignore"):
        columns = np.log((counts + prior) / np.where(total > 0.0, total, 1.0))
    return np.asarray(np.where(total > 0.0, columns, 0.0))


def bradley_terry(wins: Floats, precision: float) -> Floats:
    """Scores by Newton's method, (questions, claims), under a Gaussian prior. ``wins``: (questions, claims, claims).

    It starts at mean log-odds, which is where labels that are exact probabilities end, too.
    """
    losses = np.swapaxes(wins, 1, 2)
    seldom = np.where((wins > 0.0) & (losses > 0.0), 0.0, 0.5)
    scores: Floats = np.mean(np.log(wins + seldom) - np.log(losses + seldom), axis=2)
    counted, each = wins + losses, np.arange(wins.shape[1])
    todo = np.arange(len(wins))
    for _ in range(_MOST_STEPS):
        if not todo.size:
            return np.asarray(scores)
        margin = scores[todo, :, None] - scores[todo, None, :]
        won, lost = special.expit(margin), special.expit(-margin)
        slope = (wins[todo] * lost - losses[todo] * won).sum(axis=2) - precision * scores[todo]
        weight = counted[todo] * won * lost
        bend = -weight
        bend[:, each, each] += weight.sum(axis=2) + precision
        step = np.clip(np.linalg.solve(bend, slope[..., None])[..., 0], -_LONGEST_STEP, _LONGEST_STEP)
        scores[todo] += step
        gain = (slope * step).sum(axis=1) > _NOTHING * counted[todo].sum(axis=(1, 2))
        todo = todo[gain & (np.abs(step).max(axis=1) > _CLOSE)]
    raise ArithmeticError(f"scores from comparisons did not converge in {_MOST_STEPS} Newton steps")
