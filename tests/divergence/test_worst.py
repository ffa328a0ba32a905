"""Worst near-optima against their definition: attained, within budget, and beaten by nothing that was tried.

Harm and objectives are computed here anew. Upper bounds are a linear programme (over mixtures of point masses, whose
harm bounds that of any policy) and the Lagrangian dual with every set of claims and a fine grid of masses.
"""

import itertools
import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import optimize, special

from distillers.answer_first_log_score import AnswerFirstLogScore
from distillers.approval import Approval
from distillers.approval_abstaining import ApprovalAbstaining
from distillers.approval_filtered import ApprovalFiltered
from distillers.approval_frozen import ApprovalFrozen
from distillers.approval_frozen_informed import ApprovalFrozenInformed
from distillers.approval_whitelist import ApprovalWhitelist
from distillers.base import Filtered, Linear, LogScored, Objective, Regularised
from distillers.consultancy import Consultancy
from distillers.debate import Debate
from distillers.imitation import Imitation
from distillers.kl_regularised import KLRegularised
from distillers.market_making import MarketMaking
from divergence import api, figures, knapsack, subsets, waterfilling
from divergence.build import SpecError
from divergence.measures import EPSILONS, MEASURES, WORST, measure, target
from divergence.worst import NoWorst, pinsker, reason_against, worst, worsts
from divergence.worst_curves import worst_curves
from hch.setting import Setting
from overseers.human import Human
from scenarios.goodhart import Goodhart
from scenarios.ledger import Ledger
from scenarios.majority import Majority

SCHEMES = [named.part for named in api.default_spec().schemes if not reason_against(named.part)]
CORE = [Imitation(), Approval(), ApprovalFrozen(), Debate(), KLRegularised()]
PLACES = [
    Setting(Ledger(depth=2).trees(0, 50), Human(gameability=1.0)),
    Setting(Ledger(depth=3, claims=4).trees(1, 40), Human(gameability=2.5, self_persuasion=1.0)),
    Setting(Majority(depth=2).trees(2, 60), Human(gameability=2.0, attention=0.9)),
]
GRID = [0.0, *np.geomspace(1e-5, 1.0, 26)]
NAMES = {"ids": lambda s: s.part_name() if hasattr(s, "part_name") else None}


def truth(setting):
    return setting.trees.root.truth[0]


def harm_of(policy, setting):
    """Harm claim by claim, per question."""
    hch, true = setting.hch.root, truth(setting)
    return np.array(
        [
            sum(max(policy[a, q] - hch[a, q], 0.0) for a in range(len(policy)) if a != true[q])
            for q in range(policy.shape[1])
        ]
    )


def allowed(scheme, setting):
    if isinstance(scheme, Filtered):
        return scheme.allowed(setting, setting.trees.depth)[:, 0]
    return np.ones(setting.hch.root.shape, dtype=bool)


def scored(scheme, setting, policy):
    return float(scheme.objective(setting, policy).mean())


def uniform(scheme, setting):
    may = allowed(scheme, setting).astype(float)
    return may / may.sum(axis=0)


@pytest.mark.parametrize("setting", PLACES, ids=["ledger", "ledger-4", "majority"])
@pytest.mark.parametrize("scheme", SCHEMES, **NAMES)
class TestEveryScheme:
    def test_it_is_attained_by_the_policy_returned_within_the_budget(self, scheme, setting):
        optimum = scheme.optimum(setting)
        best = scored(scheme, setting, optimum.root)
        gained = best - scored(scheme, setting, uniform(scheme, setting))
        for epsilon, found in zip(GRID, worsts(scheme, setting, GRID), strict=True):
            assert (found.policy >= 0).all()
            np.testing.assert_allclose(found.policy.sum(axis=0), 1.0, atol=1e-9)
            assert (found.policy[~allowed(scheme, setting)] == 0).all()
            assert found.best == pytest.approx(best, abs=1e-9)
            assert found.budget == pytest.approx(epsilon * gained, abs=1e-9)
            assert found.objective == pytest.approx(scored(scheme, setting, found.policy), abs=1e-9)
            assert scored(scheme, setting, found.policy) >= best - epsilon * gained - 1e-9
            np.testing.assert_allclose(
                found.harm, harm_of(found.policy, setting) * (1.0 - optimum.abstained), atol=1e-12
            )
            assert found.mean == found.harm.mean()

    def test_at_zero_it_is_the_optimums_own_harm(self, scheme, setting):
        optimum = scheme.optimum(setting)
        own = harm_of(optimum.root, setting) * (1.0 - optimum.abstained)
        np.testing.assert_allclose(worst(scheme, setting, 0.0).harm, own, atol=1e-9)

    def test_more_to_give_up_is_never_less_harm(self, scheme, setting):
        means = [found.mean for found in worsts(scheme, setting, GRID)]
        assert (np.diff(means) >= -1e-9).all()
        assert means[-1] > means[0] or isinstance(scheme, Filtered), "a filter may bar every falsehood"

    def test_several_at_once_are_each_alone(self, scheme, setting):
        for found in worsts(scheme, setting, EPSILONS):
            assert worst(scheme, setting, found.epsilon).mean == pytest.approx(found.mean, abs=1e-7)


@pytest.mark.slow
@pytest.mark.parametrize("setting", PLACES, ids=["ledger", "ledger-4", "majority"])
@pytest.mark.parametrize("scheme", [*CORE, ApprovalFiltered(), MarketMaking(), AnswerFirstLogScore()], **NAMES)
def test_nothing_feasible_that_is_tried_does_more(scheme, setting):
    """Steps from the optimum and from the worst towards random policies, each as far as the budget allows."""
    luck = np.random.default_rng(0)
    found, optimum = worst(scheme, setting, 0.03), scheme.optimum(setting).root
    score, floor, may = scorer(scheme, setting), found.best - found.budget, allowed(scheme, setting)
    tried = 0
    for trial in range(1500):
        start = optimum if trial % 2 else found.policy
        goal = luck.dirichlet(np.full(len(optimum), 0.2), size=optimum.shape[1]).T * may
        goal = np.where(goal.sum(axis=0) > 0, goal / np.maximum(goal.sum(axis=0), 1e-300), start)
        goal = np.where(luck.random(optimum.shape[1]) < luck.random() ** 3, goal, start)
        step = 1.0
        while step > 1e-4 and score((1 - step) * start + step * goal) < floor:
            step /= 2
        if step > 1e-4:
            tried += 1
            policy = (1 - step) * start + step * goal
            assert harms(policy, setting.hch.root, truth(setting)).mean() <= found.mean + 1.0 / optimum.shape[1]
    assert tried > 300


def scorer(scheme, setting):
    """``J`` of a root policy, written out, with what does not depend on the policy worked out once."""
    if isinstance(scheme, Linear):
        values = scheme.values(setting)
        return lambda policy: (policy * values).sum(axis=0).mean()
    if isinstance(scheme, LogScored):
        wanted = scheme.target(setting)
        return lambda policy: special.xlogy(wanted, policy).sum(axis=0).mean()
    return lambda policy: scheme.objective(setting, policy).mean()


@pytest.mark.parametrize("epsilon", GRID)
@pytest.mark.parametrize("setting", PLACES, ids=["ledger", "ledger-4", "majority"])
def test_imitation_stays_under_pinskers_bound(setting, epsilon):
    found = worst(Imitation(), setting, epsilon)
    spent = special.rel_entr(setting.hch.root, found.policy).sum(axis=0)
    assert spent.mean() <= found.budget + 1e-9
    assert found.mean <= pinsker(found.budget) + 1e-9
    assert (found.harm <= np.sqrt(spent / 2) + 1e-9).all()


class TestKnapsack:
    @settings(max_examples=150, deadline=None)
    @given(st.integers(0, 10**6), st.integers(2, 7), st.integers(1, 30), st.floats(0, 1.2))
    def test_within_one_question_of_the_linear_programme(self, seed, claims, questions, share):
        values, hch, true, together = random_linear(seed, claims, questions, share)
        (policy,) = knapsack.worst_policies(values, hch, 1.0 - true, [together])
        cost = values.max(axis=0) - values
        assert (policy * cost).sum() <= together + 1e-9
        bound = -optimize.linprog(
            -((1 - hch) * (1 - true)).T.reshape(-1),
            A_ub=cost.T.reshape(1, -1),
            b_ub=[together],
            A_eq=np.kron(np.eye(questions), np.ones(claims)),
            b_eq=np.ones(questions),
        ).fun
        harm = (np.maximum(policy - hch, 0) * (1 - true)).sum()
        assert bound - 1.0 - 1e-7 <= harm <= bound + 1e-7

    @settings(max_examples=60, deadline=None)
    @given(st.integers(0, 10**6), st.integers(2, 3), st.floats(0.01, 1.0))
    def test_one_question_exhaustively(self, seed, claims, share):
        values, hch, true, together = random_linear(seed, claims, 1, share)
        (policy,) = knapsack.worst_policies(values, hch, 1.0 - true, [together])
        every = simplex(claims, 60)
        cost = (values.max() - values[:, 0]) @ every
        harms = (np.maximum(every - hch, 0) * (1 - true)).sum(axis=0)
        found = (np.maximum(policy - hch, 0) * (1 - true)).sum()
        assert found >= harms[cost <= together].max(initial=0.0) - 1e-12

    def test_of_tied_optima_the_worst_counts(self):
        values = np.array([[1.0], [1.0], [0.0]])
        hch, true = np.array([[0.6], [0.3], [0.1]]), np.array([[1.0], [0.0], [0.0]])
        (policy,) = knapsack.worst_policies(values, hch, 1.0 - true, [0.0])
        assert policy[:, 0].tolist() == [0, 1, 0]

    def test_a_barred_claim_is_never_answered(self):
        values = np.array([[1.0], [-np.inf], [0.0]])
        hch, true = np.full((3, 1), 1 / 3), np.array([[1.0], [0.0], [0.0]])
        for policy in knapsack.worst_policies(values, hch, 1.0 - true, [0.0, 0.4, 5.0]):
            assert policy[1, 0] == 0


def random_linear(seed, claims, questions, share):
    luck = np.random.default_rng(seed)
    values = luck.normal(size=(claims, questions)) * luck.choice([1.0, 5.0], size=questions)
    hch = luck.dirichlet(np.full(claims, 0.5), size=questions).T
    true = np.eye(claims)[:, luck.integers(claims, size=questions)]
    return values, hch, true, share * (values.max(axis=0) - values.mean(axis=0)).sum()


def simplex(claims, steps):
    """All policies over so many claims in steps of 1/steps, (claims, policies)."""
    counts = [c for c in itertools.product(range(steps + 1), repeat=claims - 1) if sum(c) <= steps]
    return np.array([(*c, steps - sum(c)) for c in counts]).T / steps


SPENDS = {"log score": waterfilling.log_score, "penalty": waterfilling.penalty}


def divergence(spend, best, policy):
    pair = (best, policy) if spend is waterfilling.log_score else (policy, best)
    return special.rel_entr(*pair).sum(axis=0)


def random_divergence(seed, claims, questions, alike):
    luck = np.random.default_rng(seed)
    spread = luck.choice([0.1, 0.5, 2.0])
    best = np.maximum(luck.dirichlet(np.full(claims, spread), size=questions).T, 1e-12)
    best /= best.sum(axis=0)
    hch = best if alike else luck.dirichlet(np.full(claims, spread), size=questions).T
    return best, hch, luck.integers(claims, size=questions)


def harms(policy, hch, true):
    return (np.maximum(policy - hch, 0) * (np.arange(len(policy))[:, None] != true)).sum(axis=0)


def dual(spend, best, hch, true, together):
    """The Lagrangian bound: every set of false claims, 5,000 masses each, price by bounded search. An upper bound."""
    claims = len(best)
    options = []
    for q, t in enumerate(true):
        points = [np.zeros((2, 1))]
        false = [a for a in range(claims) if a != t]
        for size in range(1, claims):
            for chosen in map(list, itertools.combinations(false, size)):
                p, h = best[chosen, q].sum(), hch[chosen, q].sum()
                near = np.geomspace(1e-9, 1.0, 2500)  # fine near p and near 1 alike
                mass = p + (1 - p) * np.concatenate([[0.0], near[:-1], 1.0 - near[:-1]])
                old, new = np.array([[p], [1 - p]]), np.stack([mass, 1 - mass])
                pair = (old, new) if spend is waterfilling.log_score else (new, old)
                points.append(np.stack([mass - h, special.rel_entr(*pair).sum(axis=0)]))
        options.append(np.concatenate(points, axis=1))

    def bound(log_price):
        price = np.exp(log_price)
        return sum((o[0] - price * o[1]).max() for o in options) + price * together

    found = optimize.minimize_scalar(bound, bounds=(-25, 15), method="bounded", options={"xatol": 1e-9})
    return found.fun


@pytest.mark.parametrize("spend", SPENDS.values(), ids=SPENDS)
class TestWaterfilling:
    @settings(max_examples=40, deadline=None)
    @given(st.integers(0, 10**6), st.integers(2, 5), st.integers(1, 8), st.floats(1e-4, 0.5), st.booleans())
    def test_within_one_question_of_the_dual(self, spend, seed, claims, questions, mean, alike):
        best, hch, true = random_divergence(seed, claims, questions, alike)
        (policy,) = waterfilling.worst_policies(best, hch, true, spend, [mean * questions])
        np.testing.assert_allclose(policy.sum(axis=0), 1.0, atol=1e-9)
        assert divergence(spend, best, policy).sum() <= mean * questions + 1e-9
        bound = dual(spend, best, hch, true, mean * questions)
        # Masses are tried in steps of 1 % of their distance from p or from 1: so the bound may lie 1e-4 low.
        assert bound - 1.0 <= harms(policy, hch, true).sum() <= bound + 1e-4 * questions

    @settings(max_examples=60, deadline=None)
    @given(st.integers(0, 10**6), st.integers(2, 3), st.floats(1e-3, 1.0), st.booleans())
    @example(seed=51368, claims=3, together=1.0, alike=False)  # the best set at no price
    def test_one_question_exhaustively(self, spend, seed, claims, together, alike):
        best, hch, true = random_divergence(seed, claims, 1, alike)
        (policy,) = waterfilling.worst_policies(best, hch, true, spend, [together])
        every = simplex(claims, 80)
        cost = divergence(spend, np.broadcast_to(best, every.shape), every)
        reached = harms(every, hch, np.broadcast_to(true, every.shape[1]))[cost <= together].max(initial=0.0)
        assert harms(policy, hch, true)[0] >= reached - 1e-7

    @settings(max_examples=30, deadline=None)
    @given(st.integers(0, 10**6), st.booleans())
    def test_two_questions_exhaustively(self, spend, seed, alike):
        """Every pair of policies on a grid; one price for two questions may miss half a question at most."""
        best, hch, true = random_divergence(seed, 3, 2, alike)
        (policy,) = waterfilling.worst_policies(best, hch, true, spend, [0.3])
        every = simplex(3, 60)
        pairs = []
        for q in range(2):
            cost = divergence(spend, np.broadcast_to(best[:, [q]], every.shape), every)
            harm = harms(every, hch[:, [q]], np.broadcast_to(true[q], every.shape[1]))
            order = np.argsort(cost)
            pairs.append((cost[order], np.maximum.accumulate(harm[order])))
        (cost, harm), (other, reached) = pairs
        place = np.searchsorted(other, 0.3 - cost, side="right")
        both = np.where(place > 0, harm + reached[np.maximum(place - 1, 0)], 0.0)
        assert harms(policy, hch, true).sum() >= both.max() - 1.0
        assert harms(policy, hch, true).sum() <= dual(spend, best, hch, true, 0.3) + 2e-4

    @pytest.mark.parametrize("alike", [True, False])
    @pytest.mark.parametrize("mean", [0.03, *(pytest.param(mean, marks=pytest.mark.slow) for mean in (0.003, 0.3))])
    def test_many_questions_leave_next_to_nothing(self, spend, mean, alike):
        """A question's jump is bridged by the others, so far less is missed than the one question that may be."""
        for seed in range(3):
            best, hch, true = random_divergence(seed, 5, 40, alike)
            (policy,) = waterfilling.worst_policies(best, hch, true, spend, [mean * 40])
            bound = dual(spend, best, hch, true, mean * 40)
            assert bound - 0.01 <= harms(policy, hch, true).sum() <= bound + 1e-4 * 40

    @pytest.mark.slow
    def test_identical_questions_jump_one_after_another(self, spend):
        """All questions alike, so that every jump is a tie: the budget is spent all the same."""
        best = np.repeat([[0.7], [0.2], [0.08], [0.02]], 30, axis=1)
        true = np.zeros(30, dtype=np.intp)
        hch = np.repeat([[0.7], [0.1], [0.1], [0.1]], 30, axis=1)
        for mean in np.geomspace(1e-4, 1.0, 25):
            (policy,) = waterfilling.worst_policies(best, hch, true, spend, [mean * 30])
            harm = harms(policy, hch, true).sum()
            assert harm >= dual(spend, best, hch, true, mean * 30) - 1.0
            spent = divergence(spend, best, policy).sum()
            assert spent >= 0.999 * mean * 30 or harm >= 30 * 0.69

    @settings(max_examples=25, deadline=None)
    @given(st.integers(0, 10**6), st.lists(st.floats(1e-6, 2.0), min_size=2, max_size=8), st.booleans())
    @example(seed=308600, means=[1.0, 1.1], alike=False)  # the first sets cannot spend what others can
    def test_monotone_whatever_the_budgets(self, spend, seed, means, alike):
        best, hch, true = random_divergence(seed, 5, 6, alike)
        budgets = [6 * mean for mean in sorted(means)]
        found = waterfilling.worst_policies(best, hch, true, spend, budgets)
        reached = [harms(policy, hch, true).mean() for policy in found]
        assert (np.diff(reached) >= -1e-8).all()

    @pytest.mark.parametrize("alike", [True, False])
    def test_many_claims_lose_little_and_do_not_explode(self, spend, alike, monkeypatch):
        """Twelve claims, every set against blocks; then 64 claims."""
        best, hch, true = random_divergence(5, 12, 20, alike)
        few = waterfilling.worst_policies(best, hch, true, spend, [20 * mean for mean in (0.01, 0.1)])
        monkeypatch.setattr(subsets, "ALL_UP_TO", 12)
        every = waterfilling.worst_policies(best, hch, true, spend, [20 * mean for mean in (0.01, 0.1)])
        for one, other in zip(few, every, strict=True):
            assert harms(one, hch, true).mean() >= harms(other, hch, true).mean() - 0.01
        best, hch, true = random_divergence(6, 64, 500, alike)
        before = time.process_time()
        waterfilling.worst_policies(best, hch, true, spend, [0.0, 5.0, 50.0])
        assert time.process_time() - before < 5.0


def test_ties_without_gameability_are_all_optimal():
    """Nothing tells claims apart: every policy is optimal, and the worst of them counts."""
    setting = Setting(Ledger(depth=1).trees(0, 30), Human(gameability=0.0, attention=0.0))
    found = worst(Approval(), setting, 0.0)
    assert found.budget == 0
    rest = np.where(np.arange(6)[:, None] == truth(setting), np.inf, setting.hch.root).min(axis=0)
    np.testing.assert_allclose(found.harm, 1.0 - rest)


def test_an_abstained_question_does_no_harm_and_costs_nothing():
    setting = Setting(Ledger(depth=2).trees(0, 40), Human(gameability=1.0))
    scheme = ApprovalAbstaining(least_rating=11.0)
    silent = scheme.optimum(setting).abstained == 1.0
    assert 0 < silent.sum() < 40
    found = worst(scheme, setting, 0.2)
    assert (found.harm[silent] == 0).all()
    assert (found.policy[:, silent] == scheme.optimum(setting).root[:, silent]).all()


@pytest.mark.parametrize("scheme", [ApprovalFiltered(), ApprovalWhitelist()], **NAMES)
def test_filters_hold_however_much_is_given_up(scheme):
    found = worst(scheme, PLACES[0], 10.0)
    assert (found.policy[~allowed(scheme, PLACES[0])] == 0).all()


class TestBlanks:
    def test_schemes_without_an_objective_say_why(self):
        for scheme in (Consultancy(), ApprovalFrozenInformed()):
            assert reason_against(scheme)
            with pytest.raises(NoWorst, match="objective"):
                worst(scheme, PLACES[0], 0.01)

    def test_every_scheme_with_a_known_objective_has_one(self):
        for named in api.default_spec().schemes:
            known = isinstance(named.part, LogScored | Regularised) or hasattr(named.part, "values")
            assert bool(reason_against(named.part)) != known
            assert isinstance(named.part, Objective) or not known

    @pytest.mark.parametrize("epsilon", [-0.1, np.nan, np.inf])
    def test_a_bad_epsilon_is_refused(self, epsilon):
        with pytest.raises(ValueError, match="epsilon"):
            worst(Approval(), PLACES[0], epsilon)


class TestInStudies:
    def test_measured(self):
        setting = PLACES[0]
        for scheme in CORE:
            found = measure(scheme, setting, target(setting)).worst
            assert list(found) == list(WORST)
            assert list(found.values()) == [w.mean for w in worsts(scheme, setting, EPSILONS)]
        assert measure(Consultancy(), setting, target(setting)).worst == {}

    def test_rows_and_summary(self, small_study):
        rows, summary = small_study.rows, small_study.summary
        assert np.allclose(rows["worst_harm_0"], rows["harm"], atol=1e-6)
        assert (rows["worst_harm_0.01"] <= rows["worst_harm_0.1"]).all()
        keys = ["scenario", "overseer", "scheme", "gameability", "self_persuasion"]
        for name in WORST:
            lines = summary[summary["measure"] == name].set_index(keys)
            for key, own in rows.groupby(keys):
                line, error = lines.loc[key], own[name].std(ddof=1) / np.sqrt(len(own))
                assert line["mean"] == pytest.approx(own[name].mean())
                assert line["low"] == pytest.approx(max(own[name].mean() - 1.96 * error, 0), abs=1e-7)
                assert line["high"] == pytest.approx(min(own[name].mean() + 1.96 * error, 1), abs=1e-7)
        assert set(summary["measure"]) >= {*WORST, "harm"}
        assert not set(WORST) & set(MEASURES)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("gamma", "scheme", "epsilon", "expected"),
    [
        (1.0, Imitation(), 0.01, 0.053),
        (1.0, Approval(), 0.01, 0.018),
        (2.0, Imitation(), 0.01, 0.059),
        (2.0, Approval(), 0.01, 0.557),
        (2.0, Approval(), 0.0, 0.50),
    ],
)
def test_the_models_closing_figures(gamma, scheme, epsilon, expected):
    """MODEL.md §9, last sentence: ledger, 8 seeds × 3,000 roots, within ±0.01."""
    trees = (Ledger().trees(seed, 3000) for seed in range(8))
    found = [worst(scheme, Setting(batch, Human(gameability=gamma)), epsilon).mean for batch in trees]
    assert np.mean(found) == pytest.approx(expected, abs=0.01)


@pytest.fixture(scope="module")
def curves(small_study):
    return worst_curves(small_study.spec, gammas=(1.0, 2.0), epsilons=(1e-4, 0.01, 1.0))


class TestFigure:
    def test_the_table_holds_means_over_seeds_and_pinskers_bound(self, curves, small_study):
        spec = small_study.spec
        assert set(curves["scenario"]) == {"ledger", "majority"}
        assert len(curves) == 2 * 2 * 5 * 3
        line = curves[
            (curves["scenario"] == "ledger") & (curves["scheme"] == "imitation") & (curves["epsilon"] == 0.01)
        ].set_index("gameability")
        human = Human(gameability=2.0, self_persuasion=0.5)
        batches = [Setting(spec.scenarios[0].part.trees(seed, spec.questions), human, seed) for seed in range(2)]
        found = [worst(Imitation(), setting, 0.01) for setting in batches]
        assert line.loc[2.0, "mean"] == pytest.approx(np.mean([one.mean for one in found]), abs=1e-7)
        assert line.loc[2.0, "bound"] == pytest.approx(np.mean([pinsker(one.budget) for one in found]))
        assert line.loc[2.0, "mean"] <= line.loc[2.0, "bound"]
        assert curves[curves["scheme"] != "imitation"]["bound"].isna().all()

    def test_a_line_per_scheme_a_panel_per_gamma_and_the_bound_dashed(self, curves):
        figure = figures.worst(curves)
        bounds = [trace for trace in figure.data if "Pinsker" in trace.name]
        assert len(bounds) == 4
        assert {trace.line.dash for trace in bounds} == {"dash"}
        lines = [trace for trace in figure.data if trace.mode == "lines+markers"]
        assert len(lines) == 4 * 5
        assert all((np.diff(trace.y) >= -1e-9).all() for trace in lines)
        assert figure.layout.xaxis.type == "log"
        assert {"narrow", "medium", "wide"} == set(figure.layout.meta["layouts"])

    def test_a_study_is_drawn_from_its_spec(self, small_study):
        assert len(figures.worst(small_study).data) > 20

    def test_nothing_to_draw_says_so(self, curves):
        assert "no values" in figures.worst(curves[:0]).layout.annotations[0].text


class TestTree:
    def test_one_question_as_text(self):
        record = api.tree(Ledger(depth=2), Human(gameability=2.0), question=503, worst=0.05)
        near = record.worst
        assert (near.first, near.last, near.place) == (500, 999, 3)
        setting = Setting(Ledger(depth=2).trees(0, 500, start=500), Human(gameability=2.0))
        by_label = {one.label: one for one in near.found}
        for scheme in (Imitation(), Debate()):
            np.testing.assert_allclose(
                by_label[scheme.part_name()].worst.policy, worst(scheme, setting, 0.05).policy, atol=1e-6
            )
        told = str(record).splitlines()
        assert any(line.startswith("imitation ") and "→" in line and "harm" in line for line in told)
        assert "questions 500 to 999" in str(record)

    def test_without_it_nothing_is_added(self):
        assert "worst" not in str(api.tree(Ledger(depth=1), Human()))

    def test_a_bad_epsilon_is_told(self):
        with pytest.raises(SpecError, match="≥ 0"):
            api.tree(Ledger(depth=1), Human(), worst=-0.5)

    def test_large_trees_share_with_fewer(self):
        near = api.tree(Ledger(depth=9), Human(), question=700, worst=0.01).worst
        assert near.last - near.first + 1 == 10**6 // (1023 * 6)
        assert near.first <= 700 <= near.last


def test_where_claims_are_good_by_degrees_nothing_is_harmful():
    setting = Setting(Goodhart().trees(0, 20), Human(gameability=1.0))
    with pytest.raises(NoWorst, match="degrees"):
        worst(Approval(), setting, 0.01)
    assert measure(Approval(), setting, target(setting)).worst == {}
