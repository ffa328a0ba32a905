"""The belief rule and its five roles against the formulas of MODEL.md §2, written out plainly."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from overseers import base as roles
from overseers import pace
from overseers.base import Belief, Hearing
from overseers.human import Human
from overseers.unpersuaded import Unpersuaded
from scenarios import streams
from scenarios.trees import one_hot

K = 3
FINITE = st.floats(-20, 20)
CLAIMS = st.lists(FINITE, min_size=K, max_size=K)
WEIGHT = st.floats(0, 40)
ALPHA = st.floats(0, 1)


def column(values):
    return np.array(values, dtype=float).reshape(K, 1, 1)


def hearing(appeal, thought, height=1, aided=True):
    return Hearing(height, aided, column(appeal), column(thought), np.zeros((1, 1), dtype=np.uint64))


def softmax(values):
    top = max(values)
    e = [math.exp(value - top) for value in values]
    return [one / sum(e) for one in e]


@given(CLAIMS, WEIGHT, ALPHA, st.lists(st.floats(0.01, 1), min_size=K, max_size=K))
def test_answers_mix_a_softmax_over_what_is_supported(bias, weight, alpha, raw):
    chance = [one / sum(raw) for one in raw]
    expected = np.zeros(K)
    for supported in range(K):
        for attentive, share in ((weight, alpha), (0.0, 1 - alpha)):
            beliefs = [bias[a] + attentive * (a == supported) for a in range(K)]
            expected += chance[supported] * share * np.array(softmax(beliefs))
    found = Belief(column(bias), weight, alpha).answer(column(chance)).reshape(-1)
    np.testing.assert_allclose(found, expected, atol=1e-12)


@given(st.lists(st.integers(-3, 3), min_size=6 * K, max_size=6 * K), st.integers(-4, 6), ALPHA, st.integers(0, 99))
def test_the_favourite_of_a_belief_is_what_it_rates_highest(bias, weight, alpha, seed):
    """Whole numbers, so that there are ties of all kinds; a learned reward's weight may be negative."""
    keys = streams.keys_from(seed, "place", 0, 6)[None]
    supported = (streams.uniforms(keys, "supported") * K).astype(np.intp)
    merit = one_hot(supported, K)
    for weights in (float(weight), np.linspace(-weight, weight, 6)[None]):
        for attention in (1.0, alpha):
            belief = Belief(np.array(bias, dtype=float).reshape(K, 1, 6), weights, attention)
            best = streams.choose(belief.expected(merit), keys)
            np.testing.assert_array_equal(belief.favourite(supported, keys), best)


@given(CLAIMS, st.floats(-5, 800), ALPHA, st.integers(0, K - 1))
def test_what_is_supported_for_sure_needs_no_sum_over_claims(bias, weight, alpha, claim):
    supported = np.array([[claim]])
    for attention in (1.0, alpha):
        belief = Belief(column(bias), weight, attention)
        np.testing.assert_array_equal(belief.answer_given(supported), belief.answer(one_hot(supported, K)))


def test_answers_survive_enormous_beliefs():
    found = Belief(column([900.0, 0.0, -900.0]), 1000.0).answer(column([0.0, 0.0, 1.0]))
    # L̄ = (900, 0, 100): the first claim wins, e^-800 is nothing.
    np.testing.assert_allclose(found.reshape(-1), [1.0, 0.0, 0.0], atol=1e-300)


@given(CLAIMS, WEIGHT, st.lists(st.floats(0.01, 1), min_size=K, max_size=K))
def test_the_way_for_extreme_beliefs_agrees_with_the_usual_one(bias, weight, raw):
    belief, chance = Belief(column(bias), weight), column([one / sum(raw) for one in raw])
    np.testing.assert_allclose(belief._extreme_answer(chance), belief.answer(chance), atol=1e-12)


@given(CLAIMS, CLAIMS, CLAIMS, st.floats(0, 4), st.floats(0, 1), ALPHA)
def test_a_human_hears_what_the_model_says(appeal, thought, speech, gamma, share, alpha):
    human = Human(gameability=gamma, self_persuasion=share, attention=alpha, discernment=5.0)
    merit = column([0.2, 0.8, 0.0])
    own = human.own(hearing(appeal, thought)).expected(merit).reshape(-1)
    rated = roles.rate(human, hearing(appeal, thought), column(speech), merit).reshape(-1)
    for a in range(K):
        support = alpha * 5.0 * merit[a, 0, 0]
        assert own[a] == pytest.approx(support + share * gamma * (appeal[a] + thought[a]), abs=1e-9)
        assert rated[a] == pytest.approx(support + gamma * (appeal[a] + speech[a]), abs=1e-9)


@pytest.mark.parametrize(
    ("height", "aided", "weight"), [(0, True, 6.0), (0, False, 6.0), (2, True, 8.0), (2, False, 8.0 * 0.49)]
)
def test_discernment_depends_on_the_place_and_on_help(height, aided, weight):
    human = Human(discernment=8.0, leaf_discernment=6.0, unaided_decay=0.7)
    assert human.own(hearing([0] * K, [0] * K, height, aided)).weight == pytest.approx(weight)


@given(CLAIMS, CLAIMS, WEIGHT, ALPHA)
def test_comparing_and_judging_average_over_attention(bias, merit, weight, alpha):
    merit = [abs(m) / 20 for m in merit]
    human = Human(gameability=1.0, discernment=weight, attention=alpha)
    heard = hearing([0] * K, [0] * K)

    def preferred(a, b):
        verified = bias[a] - bias[b] + weight * (merit[a] - merit[b])
        return alpha / (1 + math.exp(-verified)) + (1 - alpha) / (1 + math.exp(-(bias[a] - bias[b])))

    margin = roles.judge(human, heard, column(bias), column(merit)).reshape(-1)
    for a in range(K):
        worst = min(preferred(a, b) for b in range(K) if b != a)
        assert 1 / (1 + math.exp(-margin[a])) == pytest.approx(worst, abs=1e-9)
        for b in range(K):
            place = (np.full((1, 1), a), np.full((1, 1), b))
            chance = roles.compare(human, heard, column(bias), column(merit), *place)[0, 0]
            assert chance == pytest.approx(preferred(a, b), abs=1e-9)


def test_full_attention_makes_the_margin_the_lead_over_the_best_rival():
    margin = roles.judge(Human(gameability=1.0), hearing([0] * K, [0] * K), column([1, 4, 2]), column([1, 0, 0]))
    np.testing.assert_allclose(margin.reshape(-1), [5.0, -5.0, -7.0])


def test_nearly_full_attention_judges_nearly_like_full_attention():
    heard, speech, merit = hearing([0] * K, [0] * K), column([1, 4, 2]), column([1, 0, 0])
    full = roles.judge(Human(gameability=1.0), heard, speech, merit)
    nearly = roles.judge(Human(gameability=1.0, attention=1 - 1e-12), heard, speech, merit)
    np.testing.assert_allclose(nearly, full, atol=1e-6)


@given(CLAIMS, CLAIMS, CLAIMS, st.floats(0, 3), ALPHA)
def test_accepting_pits_an_argued_claim_against_unargued_rivals(appeal, thought, speech, gamma, alpha):
    human = Human(gameability=gamma, self_persuasion=0.5, attention=alpha)
    merit = [1.0, 0.0, 0.0]
    found = roles.accept(human, hearing(appeal, thought), column(speech), column(merit))
    for shown in range(K):
        unargued = [0.5 * gamma * (appeal[b] + thought[b]) for b in range(K)]
        bias = [gamma * (appeal[b] + speech[b]) if b == shown else unargued[b] for b in range(K)]
        verified = softmax([bias[b] + 8.0 * merit[b] for b in range(K)])
        expected = alpha * np.array(verified) + (1 - alpha) * np.array(softmax(bias))
        np.testing.assert_allclose(found[shown].reshape(-1), expected, atol=1e-9)


@given(CLAIMS, CLAIMS, CLAIMS)
def test_the_unpersuaded_are_humans_with_no_gameability(appeal, thought, speech):
    heard, merit = hearing(appeal, thought), column([0.0, 1.0, 0.0])
    deaf, plain = Unpersuaded(member=Human(gameability=3.0)), Human(gameability=0.0)
    assert (roles.rate(deaf, heard, column(speech), merit) == roles.rate(plain, heard, column(speech), merit)).all()
    assert (roles.answer(deaf, heard, merit) == roles.answer(plain, heard, merit)).all()


PLACES = streams.keys_from(0, "question", 0, 400_000)


@pytest.mark.parametrize("minutes", [1.0, 12.5])
def test_log_normal_times(minutes):
    spent = pace.durations(PLACES, "think", minutes, "lognormal", 0.5) / pace.TICKS_PER_MINUTE
    assert abs(spent.mean() - minutes) < 4 * spent.std() / np.sqrt(spent.size)
    log = np.log(spent)
    assert abs(log.std() - 0.5) < 4 * 0.5 / np.sqrt(2 * spent.size)
    assert stats.kstest(spent, stats.lognorm(0.5, scale=minutes * math.exp(-0.125)).cdf).pvalue > 1e-4


def test_exponential_times():
    spent = pace.durations(PLACES, "think", 3.0, "exponential", 0.5) / pace.TICKS_PER_MINUTE
    assert abs(spent.mean() - 3.0) < 4 * 3.0 / np.sqrt(spent.size)
    assert stats.kstest(spent, stats.expon(scale=3.0).cdf).pvalue > 1e-4


def test_times_are_whole_ticks_without_ties():
    spent = pace.durations(PLACES[:100_000], "think", 10.0, "lognormal", 0.5)
    assert spent.dtype == np.int64
    assert len(np.unique(spent)) == len(spent)


def test_without_spread_every_time_is_the_mean():
    assert (pace.durations(PLACES, "think", 10.0, "lognormal", 0.0) == 10 * pace.TICKS_PER_MINUTE).all()


def test_work_of_no_length_takes_no_time():
    assert (pace.durations(PLACES[:10], "join", 0.0, "lognormal", 0.5) == 0).all()


def test_asking_nobody_gives_no_answers():
    """A level from which no demonstration is drawn, say."""
    nothing = np.zeros((4, 0))
    assert Belief(nothing, 8.0).answer(nothing).shape == (4, 0)
