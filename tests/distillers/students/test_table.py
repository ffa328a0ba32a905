"""VALIDATION.md 13 and the law of large numbers, through the student that users train."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from distillers.approval import Approval
from distillers.imitation import Imitation
from distillers.students.base import Seen
from distillers.students.table import Entries, Table, bradley_terry
from distillers.training import Training, train
from hch.policy import Choices
from hch.setting import Setting
from overseers.human import Human
from scenarios.ledger import Ledger
from scenarios.powering import Powering


def labelled(setting, scheme, student, each):
    """The learner after ``each`` labels of every question, level by level."""
    learner = scheme.learner(setting, student)
    for height in learner.heights:
        learner.learn(learner.ask(height, np.arange(each * setting.level(height).keys.size)), learner.policy())
    return learner


@pytest.mark.parametrize(("each", "expected"), [(10, 0.225254), (100, 0.06885)])
def test_de_moivre_for_a_uniform_answer_among_four(each, expected):
    blank = Human(leaf_discernment=0.0, gameability=0.0)
    setting = Setting(Ledger(claims=4, depth=0).trees(3, 8_000), blank, 3)
    learned = labelled(setting, Imitation(), Table(), each).policy().root
    distance = np.abs(learned - 0.25).sum(axis=0) / 2
    assert abs(distance.mean() - expected) <= 4 * distance.std() / np.sqrt(distance.size)


def test_mass_that_was_never_seen():
    """E missing mass = Σ p(1 - p)^n, whatever p."""
    setting = Setting(Ledger(claims=5, depth=0).trees(1, 20_000), Human(leaf_discernment=2.0, gameability=2.0), 1)
    p = setting.hch.root
    missing = np.where(labelled(setting, Imitation(), Table(), 8).policy().root == 0.0, p, 0.0).sum(axis=0)
    error = missing - (p * (1 - p) ** 8).sum(axis=0)
    assert abs(error.mean()) <= 4 * error.std() / np.sqrt(error.size)


def test_imitation_comes_closer_as_the_root_of_its_data():
    slopes = []
    each = np.array([32, 64, 128, 256, 512, 1024])  # of whom no answer is so rare that so many do not show it
    for seed in range(8):
        setting = Setting(Ledger(depth=2).trees(seed, 40), Human(discernment=3.0, leaf_discernment=3.0), seed)
        distance = [
            np.abs(labelled(setting, Imitation(), Table(), n).policy().root - setting.hch.root).sum() for n in each
        ]
        slopes.append(stats.linregress(np.log(each), np.log(distance)).slope)
    low, high = stats.t.interval(0.95, len(slopes) - 1, loc=np.mean(slopes), scale=stats.sem(slopes))
    assert low <= -0.5 <= high
    assert high - low < 0.15


def test_approval_comes_to_its_optimum_and_stays_away_from_hch():
    setting = Setting(Ledger(depth=1).trees(4, 150), Human(gameability=2.5), 4)
    hch, optimum = setting.hch.root, Approval().optimum(setting).root
    away = [
        (np.abs(policy - hch).sum(axis=0).mean() / 2, np.abs(policy - optimum).sum(axis=0).mean() / 2)
        for policy in (labelled(setting, Approval(), Table(), each).policy().root for each in (20, 200, 2000))
    ]
    to_hch, to_optimum = zip(*away, strict=True)
    assert to_optimum[0] > to_optimum[1] > to_optimum[2]
    assert to_optimum[2] < 0.05
    assert to_hch[2] == pytest.approx(np.abs(optimum - hch).sum(axis=0).mean() / 2, abs=0.04)
    assert to_hch[2] > 0.3


def test_errors_of_finite_data_compound_within_their_bound():
    """Distance from HCH at a question ≤ its own error + those of its sub-questions: noisy answers contract."""
    setting = Setting(Ledger(depth=3).trees(2, 200), Human(), 2)
    learner = labelled(setting, Imitation(), Table(), 40)
    policy, bound, root = learner.policy(), None, []
    for height in learner.heights:
        distance = np.abs(policy.at(height) - setting.hch.at(height)).sum(axis=0) / 2
        own = np.abs(policy.at(height) - learner._taught(height, policy)).sum(axis=0) / 2
        bound = own if bound is None else own + bound.reshape(-1, 2, bound.shape[1]).sum(axis=1)
        assert (distance <= bound + 1e-12).all()
        root.append((distance.mean(), bound.mean()))
    assert [first for first, _ in root] == sorted(first for first, _ in root)  # it does compound
    assert root[-1][0] > 0.25 * root[-1][1]  # and the bound is not idle


def test_scores_from_exact_comparisons_are_the_ratings():
    ratings = np.array([[0.0, 2.0, -1.0, 12.0], [5.0, 5.0, 1.0, 0.0]])
    wins = 1.0 / (1.0 + np.exp(-(ratings[:, :, None] - ratings[:, None, :])))
    wins[:, np.arange(4), np.arange(4)] = 0.0
    scores = bradley_terry(wins * 1e12, 0.01)
    centred = scores - scores.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(centred, ratings - ratings.mean(axis=1, keepdims=True), atol=1e-6)


def test_scores_from_few_comparisons_are_where_the_slope_is_nothing():
    wins = np.array([[[0, 3, 0], [1, 0, 0], [2, 0, 0]]], dtype=float)  # the first and last were compared one way only
    scores = bradley_terry(wins, 0.01)[0]
    chance = 1.0 / (1.0 + np.exp(-(scores[:, None] - scores[None, :])))
    slope = (wins[0] * (1.0 - chance) - wins[0].T * chance).sum(axis=1) - 0.01 * scores
    np.testing.assert_allclose(slope, 0.0, atol=1e-8)


def test_what_a_table_was_never_shown_it_answers_at_random():
    trees = Ledger(depth=1).trees(0, 8)
    elsewhere = Ledger(depth=1).trees(0, 12).levels[0]
    level = trees.levels[0]
    counts = np.zeros_like(level.appeal)
    counts[2] = 1.0
    fitted = Table().answers(Seen(level, level.appeal), counts)
    assert isinstance(fitted, Entries)
    scores = fitted.scores(Seen(elsewhere, elsewhere.appeal))
    assert (scores[:, :, 8:] == 0.0).all()
    np.testing.assert_array_equal(scores[:, :, :8], fitted.columns)


def test_powering_is_mastered_by_the_table_level_by_level():
    """(64, 6) of Christiano, Shlegeris and Amodei, taught by humans who err neither by noise nor by persuasion."""
    perfect = Human(discernment=1000.0, leaf_discernment=1000.0, gameability=0.0)
    setting = Setting(Powering(claims=64, bits=6).trees(0, 40), perfect, 0)
    run = train(Imitation(), Training(human_minutes=1e7, batch=2560, curriculum=0.999), setting)
    assert run.status == "ok"
    assert (run.policy.root.argmax(axis=0) == setting.trees.root.truth[0]).all()


@pytest.mark.parametrize("scenario", ["powering", "ledger"])
def test_without_direct_supervision_as_accurate_and_modestly_slower(scenario):
    """Christiano, Shlegeris and Amodei 1810.08575: algorithmic tasks are learned without anybody who knows the answers.

    Directly supervised, humans are told the true sub-answers; amplified, they consult the model's likeliest ones.
    """
    drawn = {"powering": Powering(claims=16, bits=4), "ledger": Ledger(depth=3)}[scenario]
    noisy = Human(discernment=5.0, leaf_discernment=5.0, gameability=0.0)
    setting = Setting(drawn.trees(0, 100), noisy, 0)
    claims, truth = setting.trees.claims, [level.truth for level in setting.trees.levels]

    def right(each, direct):
        learner = Imitation().learner(setting, Table())
        for height in learner.heights:
            likeliest = [learner.policy().at(level).argmax(axis=0) for level in range(len(truth))]
            snapshot = Choices(truth if direct else likeliest, claims)
            learner.learn(learner.ask(height, np.arange(each * setting.level(height).keys.size)), snapshot)
        return float((learner.policy().root.argmax(axis=0) == truth[-1][0]).mean())

    assert right(1, direct=True) > right(1, direct=False) + 0.2  # slower
    assert right(4, direct=False) >= right(2, direct=True) - 0.05  # modestly: about twice the labels
    assert right(16, direct=False) == right(16, direct=True) == 1.0  # as accurate
