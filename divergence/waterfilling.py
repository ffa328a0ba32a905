"""The worst policy within a divergence of the optimum: water-filling over questions and sets of claims (MODEL.md §4).

Where giving up ``J`` is a divergence from the optimum ``π*``, the cheapest way to put mass ``q`` on a set ``S`` of
false claims scales ``π*`` by one factor inside ``S`` and by another outside, at the cost of a divergence of two
numbers, and does ``q - H(S)`` of harm or more. With one price ``μ`` of divergence for all questions each maximises
``q - H(S) - μ·cost`` over ``S`` and ``q``, which has a closed form in ``q``:

- log score, ``cost = kl(p, q)``, ``p = π*(S)``: ``μ(q - p) = q(1 - q)``;
- KL penalty, ``cost = kl(q, p)``: ``logit q = logit p + 1/μ``.

``μ`` is sought at which the budget is spent. Which ``S`` is best changes with ``μ``, in jumps: where the budget falls
into a jump, questions jump in order of harm per cost as far as it reaches, the sets are held, and the rest is spent
at one price again, with and without the next question's jump: the better of the two. So the result is attained, is
within one question's harm of the bound, and does not fall when more may be given up. Of a single question every set is
tried with the whole budget, and the result is exact.

Sets are tried as in column generation: ``μ`` is found with few sets a question, all are tried at that price, better
ones are added, until none is better.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from divergence.prices import CHEAPEST, brackets
from divergence.subsets import Subsets, subsets
from scenarios.joins import Answers
from scenarios.streams import Floats
from scenarios.trees import pick

Spend = Callable[[Floats, Floats, Floats], tuple[Floats, Floats, Floats]]
"""(mass inside, mass outside, price) → (new mass inside, new mass outside, cost), elementwise."""

_TINY = 1e-300
_NOTHING = 1e-13
"""Mean divergence, nats, that rounding makes meaningless: so little is not spent."""

_NEARLY, _EXACT = 1e-6, 1e-9
"""Share of a budget that may be left while sets are sought, and in the end."""

_ROUNDS = 12
_BETTER = 1e-9
"""Mean gain, in harm, for which it is not worth looking for better sets."""


def log_score(inside: Floats, outside: Floats, price: Floats) -> tuple[Floats, Floats, Floats]:
    """``cost = kl(p, q)``: what the log score loses when ``p`` is predicted to be ``q``. Stable at both ends."""
    inside = np.maximum(inside, _TINY)
    root = np.sqrt((4.0 * price) * inside + (1.0 - price) ** 2)
    fall = (root + (1.0 + price)) * (0.5 / price)  # p and 1 - p are the roots' products, so nothing is subtracted
    root += np.abs(1.0 - price)
    high = price > 1.0
    if high.all() or not high.any():  # the same as below: choosing between two large arrays is slow
        rise = (2.0 * price) / root if high.all() else (0.5 * root) / inside
    else:
        rise = np.where(high, (2.0 * price) / root, (0.5 * root) / inside)
    return inside * rise, outside / fall, outside * np.log(fall) - inside * np.log(rise)


def penalty(inside: Floats, outside: Floats, price: Floats) -> tuple[Floats, Floats, Floats]:
    """``cost = kl(q, p)``: what a policy pays that leaves ``p`` for ``q``. What ``π*`` never says stays unsaid."""
    fall = np.maximum(np.exp(-1.0 / price), _TINY)
    total = inside + outside * fall
    rest = outside * fall / total
    return inside / total, rest, -np.log(total) + rest * np.log(fall)


@dataclass(frozen=True)
class Columns:
    """Sets under consideration, some per question. Arrays (sets, rows, questions), a row for each budget."""

    number: Answers
    inside: Floats
    outside: Floats
    hch: Floats

    @classmethod
    def of(cls, tried: Subsets, number: Answers) -> Columns:
        at = number, np.arange(number.shape[-1])
        return cls(number, tried.inside[at], tried.outside[at], tried.hch[at])

    def best(self, spend: Spend, price: Floats) -> Chosen:
        """The best set of every question at a price per row, (rows,)."""
        moved, _, cost = spend(self.inside, self.outside, price[:, None])
        somewhere = self.number != 0
        harm, cost = (moved - self.hch) * somewhere, cost * somewhere
        if len(self.number) == 1:
            return Chosen(self.number[0], harm[0], cost[0])
        which = (harm - price[:, None] * cost).argmax(axis=0)
        numbers = np.take_along_axis(np.broadcast_to(self.number, harm.shape), which[None], axis=0)[0]
        return Chosen(numbers, pick(harm, which), pick(cost, which))

    def spending(self, spend: Spend) -> Callable[[Floats], Floats]:
        """What each row spends on its best sets at the log of a price."""
        return lambda x: self.best(spend, np.exp(x)).cost.sum(axis=1)


@dataclass(frozen=True)
class Chosen:
    """One set a question, its harm and its cost at a price, (rows, questions)."""

    number: Answers
    harm: Floats
    cost: Floats

    def worth(self, price: Floats) -> Floats:
        return np.asarray((self.harm - price[:, None] * self.cost).mean(axis=1))


def worst_policies(best: Floats, hch: Floats, truth: Answers, spend: Spend, budgets: Sequence[float]) -> list[Floats]:
    """A policy for each budget, (claims, questions). ``budgets``: divergence that the questions may spend together.

    ``best``: the optimum, ``hch``: HCH, (claims, questions); ``truth``: (questions,).
    """
    some = [place for place, budget in enumerate(budgets) if budget > _NOTHING * len(truth)]
    policies = [best] * len(budgets)
    if not some:
        return policies
    tried = subsets(best, hch, truth)
    wanted = np.array([budgets[place] for place in some])
    settled = _alone(tried, spend, wanted) if len(truth) == 1 else _together(tried, spend, wanted)
    for place, (numbers, price) in zip(some, settled, strict=True):
        policies[place] = _policy(best, tried, spend, numbers, price)
    return policies


def _alone(tried: Subsets, spend: Spend, budgets: Floats) -> list[tuple[Answers, float]]:
    """The best set of a single question, by trying all, and the price at which it spends each budget."""
    every = np.arange(len(tried.inside))[:, None]
    held = Columns.of(tried, every[None])
    found = []
    for budget in budgets.tolist():
        _, last = brackets(held.spending(spend), np.full(len(every), budget), np.zeros(len(every)), _EXACT)
        number = int(held.best(spend, np.exp(last)).harm[:, 0].argmax())
        found.append((every[number], float(np.exp(last[number]))))
    return found


def _together(tried: Subsets, spend: Spend, budgets: Floats) -> list[tuple[Answers, float]]:
    """A set for each of many questions, and the price at which they spend each budget together."""
    columns, low, high = _generated(tried, spend, budgets)
    return _settled(tried, columns, spend, budgets, low, high)


def _generated(tried: Subsets, spend: Spend, budgets: Floats) -> tuple[Columns, Floats, Floats]:
    """Sets enough that none is better at the price found, and prices (logs) that spend just over and just under."""
    guess = 0.5 * np.log(np.maximum((tried.inside * tried.outside).max(axis=0).sum(), _TINY) / (2.0 * budgets))
    number = _priced(tried, spend, np.exp(np.maximum(guess, CHEAPEST))).number[None]
    low, high, rows = guess.copy(), guess.copy(), np.arange(len(budgets))
    for _ in range(_ROUNDS):
        columns = Columns.of(tried, number[:, rows])
        low[rows], high[rows] = brackets(columns.spending(spend), budgets[rows], high[rows], _NEARLY)
        price = np.exp(high[rows])
        better = _priced(tried, spend, price)
        gains = better.worth(price) - columns.best(spend, price).worth(price) >= _BETTER
        rows = rows[gains]
        if len(rows) == 0:
            break
        added = number[0].copy()
        added[rows] = better.number[gains]
        number = np.concatenate([number, added[None]])
    return Columns.of(tried, number), low, high


def _priced(tried: Subsets, spend: Spend, price: Floats) -> Chosen:
    """The best of all sets at each price; one price after another, for these tables are the large ones.

    Where the optimum is HCH itself, what the log score's best ``q`` yields is concave in ``p`` alone (the divergence is
    convex in both together), so the best set is one of the two whose masses enclose the best ``p``.
    """
    if tried.ascending is not None and spend is log_score:
        wanted = _best_mass(price)[:, None, None]
        ranked, masses = tried.ascending
        under = (masses <= wanted).sum(axis=1)
        either = np.stack([np.maximum(under - 1, 0), np.minimum(under, len(ranked) - 1)])
        return Columns.of(tried, ranked[either, np.arange(under.shape[1])]).best(spend, price)
    number = np.broadcast_to(np.arange(len(tried.inside))[:, None, None], (len(tried.inside), 1, 1))
    every = Columns(number, tried.inside[:, None], tried.outside[:, None], tried.hch[:, None])
    found = [every.best(spend, one) for one in price[:, None]]
    return Chosen(*(np.concatenate([getattr(one, part) for one in found]) for part in ("number", "harm", "cost")))


def _best_mass(price: Floats) -> Floats:
    """The ``p`` at which ``max_q q - p - μ·kl(p, q)`` is largest: near ½ at high prices, small at low ones.

    From ``logit q - logit p = s`` and ``q - p = s·q(1 - q)``, ``s = 1/μ``.
    """
    s = 1.0 / price
    fall = np.exp(-s)
    odds = np.where(s < 1e-3, 1.0 - s / 3.0, (1.0 - (1.0 + s) * fall) / np.maximum(s - 1.0 + fall, _TINY))
    return np.asarray(fall / (fall + odds))


def _settled(
    tried: Subsets, columns: Columns, spend: Spend, budgets: Floats, low: Floats, high: Floats
) -> list[tuple[Answers, float]]:
    """One set a question and one price for each budget, the budget being spent."""
    rows, questions = len(budgets), tried.inside.shape[1]
    dear, cheap = columns.best(spend, np.exp(high)), columns.best(spend, np.exp(np.maximum(low, CHEAPEST)))
    price = np.exp(high)[:, None]
    fixed = [Columns.of(tried, chosen.number[None]).best(spend, price[:, 0]) for chosen in (dear, cheap)]
    extra, gain = fixed[1].cost - fixed[0].cost, fixed[1].harm - fixed[0].harm
    jumps = (dear.number != cheap.number) & (extra > 0.0)
    rate = np.where(jumps, gain / np.where(jumps, extra, 1.0), -np.inf)
    order = np.argsort(-rate, axis=1, kind="stable")
    spent = np.cumsum(np.take_along_axis(np.where(jumps, extra, np.inf), order, axis=1), axis=1)
    fits = (spent <= (budgets - fixed[0].cost.sum(axis=1))[:, None]).sum(axis=1)
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.broadcast_to(np.arange(questions), order.shape), axis=1)
    numbers = np.concatenate(
        [np.where(jumps & (place < count[:, None]), cheap.number, dear.number) for count in (fits, fits + 1)]
    )
    held = Columns.of(tried, numbers[None])
    twice = np.concatenate([budgets, budgets])
    _, last = brackets(held.spending(spend), twice, np.concatenate([high, high]), _EXACT)
    harm = held.best(spend, np.exp(last)).harm.sum(axis=1)
    chosen = np.where(harm[rows:] > harm[:rows], rows, 0) + np.arange(rows)
    return [(numbers[row], float(np.exp(last[row]))) for row in chosen]


def _policy(best: Floats, tried: Subsets, spend: Spend, number: Answers, price: float) -> Floats:
    """The optimum with its mass inside the chosen sets scaled up, and outside them down."""
    chosen = Columns.of(tried, number[None, None])
    moved, rest, _ = spend(chosen.inside[0, 0], chosen.outside[0, 0], np.array(price))
    inside, outside = np.maximum(chosen.inside[0, 0], _TINY), np.maximum(chosen.outside[0, 0], _TINY)
    members = tried.members(number)
    ratio = np.where(members, moved / inside, rest / outside)
    return np.where(number == 0, best, best * ratio)
