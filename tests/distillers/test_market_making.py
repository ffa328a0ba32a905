"""Market making: prices are the human's belief when all has been argued, sub-answers from the market itself."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from distillers.market_making import MarketMaking
from hch.setting import Setting
from overseers.human import Human
from scenarios.ledger import Ledger
from scenarios.majority import Majority

UNATTACKED = {"attackable_true": 0, "attackable_false": 0}


def plain_prices(made: Setting, height: int, node: int, question: int, n: int) -> np.ndarray:
    """One question's prices: the belief rule spelt out, averaged over every combination of sub-answers."""
    trees, human = made.trees, made.human
    assert isinstance(human, Human)
    level = trees.levels[height]
    speech = level.rhetoric.best_of(n)[:, node, question] - level.rebuttal[:, node, question]
    persuasion = human.gameability * (level.appeal[:, node, question] + speech)

    def believed(supported: int, weight: float) -> np.ndarray:
        e = np.exp(persuasion + weight * (np.arange(trees.claims) == supported))
        return np.asarray(e / e.sum())

    if height == 0:
        return believed(int(level.truth[node, question]), human.leaf_discernment)
    first = node * trees.branching
    below = [plain_prices(made, height - 1, first + i, question, n) for i in range(trees.branching)]
    price = np.zeros(trees.claims)
    for split in itertools.product(range(trees.claims), repeat=trees.branching):
        chance = np.prod([part[claim] for part, claim in zip(below, split, strict=True)])
        price += chance * believed(trees.join.one(split), human.discernment)
    return price


@pytest.mark.parametrize("scenario", [Ledger(claims=3, depth=2), Majority(depth=2), Majority(claims=3, depth=1)])
def test_prices_are_those_of_a_plain_recursion(scenario: Ledger | Majority) -> None:
    made = Setting(scenario.trees(2, 8), Human(gameability=2.0, discernment=5.0))
    root = MarketMaking(n_search=16).optimum(made).root
    plain = [plain_prices(made, scenario.depth, 0, question, 16) for question in range(8)]
    np.testing.assert_allclose(root.T, plain, rtol=0, atol=1e-9)


def test_where_nobody_searches_or_attacks_it_is_hch_of_fully_self_persuaded_humans() -> None:
    made = Setting(Ledger(**UNATTACKED).trees(0, 200), Human(gameability=1.2, self_persuasion=1.0))
    prices = MarketMaking(n_search=1).optimum(made)
    for height in range(5):
        np.testing.assert_allclose(prices.at(height), made.hch.at(height), rtol=0, atol=1e-12)


def test_the_market_predicts_its_own_human_and_is_scored_on_it() -> None:
    made = Setting(Ledger().trees(0, 200), Human())
    market = MarketMaking()
    prices = market.optimum(made).root
    np.testing.assert_allclose(market.target(made), prices, rtol=0, atol=1e-12)
    np.testing.assert_allclose(1 / (1 + np.exp(-market.margins(made))), prices, rtol=1e-9, atol=0)
    np.testing.assert_allclose(market.objective(made, prices), (prices * np.log(prices)).sum(axis=0), rtol=1e-9)


def test_every_question_is_judged_once() -> None:
    made = Setting(Ledger().trees(0, 1000), Human(judge_minutes=3.0, rate_minutes=50.0))
    episode = MarketMaking().episode(made)
    assert episode.labels == 31
    spread = 3.0 * np.sqrt((np.exp(0.25) - 1) * 31 / 1000)
    assert episode.human_minutes == pytest.approx(93.0, abs=4 * spread)
    assert 3.0 < episode.elapsed_minutes < 93.0 / 4
