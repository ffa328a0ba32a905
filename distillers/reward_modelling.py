"""Reward modelling: fit a reward to demonstrations, then maximise it (IRL and RL; MODEL.md §4).

``r̂ = θ_m·m + θ_p·(v + x_1)``, with its own ``θ_m`` at leaves, is fitted by maximum likelihood to ``N`` answers that
humans of HCH gave (a question anywhere in a tree, sub-answers from HCH, all luck keyed), then maximised with ``x_n`` at
every level, the model consulting itself. In the limit of many demonstrations by attentive humans the fit returns
``(κ, κ_leaf, λγ)``: approval at λγ, which extrapolates from ``x_1`` to ``x_n``.

Few demonstrations by discerning humans hold no error, and then no finite maximum exists: a wide Gaussian prior on the
weights keeps the fit finite. The limit (``demonstrations = 0``) has none: it is fitted to the exact distribution. Where
claims are good by degrees, who answers verifies nothing: there is no reward to learn, and ``status`` says so.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from distillers.approval import maximise, root_ratings
from distillers.base import NoOptimum, Rated
from distillers.episode import Episode, consultation
from distillers.learners.base import Trainable
from distillers.learners.demonstrations import Demonstrations
from distillers.logit import fit
from distillers.students.base import Student
from hch.policy import Choices, Policy
from hch.setting import Setting
from overseers.base import Overseer
from overseers.learned_reward import LearnedReward
from scenarios import streams
from scenarios.joins import Answers
from scenarios.part import field, part
from scenarios.streams import Floats
from scenarios.trees import one_hot

_POPULATION = 100
"""Root questions that stand for the population in the limit of infinitely many demonstrations."""


@part
class RewardModelling(Rated, Trainable):
    """Fit a reward to humans' answers, then maximise it."""

    group: ClassVar[str] = "reward modelling"
    hangs_on_draws: ClassVar[bool] = True

    demonstrations: int = field(100, "answers the reward is fitted to; 0 means the limit of many", symbol="N", ge=0)
    n_search: int = field(64, "arguments searched per claim", symbol="n", unit="draws", ge=1, le=10**9)
    prior_scale: float = field(20.0, "spread of the prior that keeps the fitted weights finite", gt=0, le=1e6)

    def optimum(self, setting: Setting) -> Choices:
        return maximise(setting, self._rater(setting), self.n_search)

    def ratings(self, setting: Setting, policy: Policy) -> Floats:
        return root_ratings(setting, self._rater(setting), self.n_search, policy)

    def episode(self, setting: Setting) -> Episode:
        return consultation(setting)

    def learner(self, setting: Setting, student: Student) -> Demonstrations:
        return self._demonstrations(setting, student, self.prior_scale**-2)

    def limit(self, setting: Setting, student: Student) -> Demonstrations:
        return self._demonstrations(setting, student, 0.0)

    def _demonstrations(self, setting: Setting, student: Student, precision: float) -> Demonstrations:
        _must_show_something(setting)

        def maximised(where: Setting, reward: LearnedReward) -> Choices:
            return maximise(where, where.as_rater(reward), self.n_search)

        def fitted(features: Floats, targets: Floats, start: LearnedReward) -> LearnedReward:
            return _reward(fit(features, targets, precision, start.weights))

        return Demonstrations(setting, student, _features, fitted, maximised)

    def fitted(self, setting: Setting) -> LearnedReward:
        """The reward learned from the setting's demonstrations (by whom it will be used does not matter)."""
        _must_show_something(setting)
        return setting.once(("reward", self.demonstrations, self.prior_scale), lambda: self._fit(setting))

    def _fit(self, setting: Setting) -> LearnedReward:
        """Begins with the humans' own weights: of those who hardly ever err, likelihood is flat to the last digit."""
        if self.demonstrations:
            return _reward(fit(*_sampled(setting, self.demonstrations), precision=self.prior_scale**-2))
        try:
            return _reward(fit(*_population(setting), precision=0.0, start=_own_weights(setting)))
        except ArithmeticError as error:
            raise NoOptimum(f"undefined: in the limit of many demonstrations {error}") from error

    def _rater(self, setting: Setting) -> Overseer:
        return setting.as_rater(self.fitted(setting))


def _must_show_something(setting: Setting) -> None:
    """Where quality is a matter of degree, humans say what comes to mind, and verify nothing before they do."""
    if setting.trees.root.grades is not None:
        raise NoOptimum("undefined: demonstrations show what comes to mind here, and nothing of how good it is")


def _reward(weights: Floats) -> LearnedReward:
    above, leaf, persuasion = (float(weight) for weight in weights)
    return LearnedReward(support_weight=above, leaf_weight=leaf, persuasion_weight=persuasion)


def _features(height: int, merit: Floats, persuasion: Floats) -> Floats:
    """Support above the leaves, support at a leaf, persuasion: (3, claims, …)."""
    nothing = np.zeros_like(merit)
    return np.stack([merit, nothing, persuasion] if height else [nothing, merit, persuasion])


def _sampled(setting: Setting, count: int) -> tuple[Floats, Floats]:
    """Features and chosen claims of ``count`` demonstrations at keyed places anywhere in the trees."""
    claims, questions = setting.trees.claims, setting.trees.questions
    keys = streams.keys_from(setting.seed, "demonstration", 0, count)
    node = (streams.uniforms(keys, "node") * setting.trees.nodes).astype(np.intp)
    question = (streams.uniforms(keys, "question") * questions).astype(np.intp)
    features, targets, first = [], [], 0
    for level in setting.trees.levels:
        width = level.keys.shape[0]
        here = (node >= first) & (node < first + width)
        where = (slice(None), node[here] - first, question[here])
        first += width
        if not here.any():  # few demonstrations, or a large tree: nobody was asked a question of this level
            continue
        chance = setting.hch_supports[level.height][where]
        supported = _draw(chance, keys[here], "sub-answers")
        merit = one_hot(supported, claims)
        hearing = setting.hearing(level.height).at(where)
        answers = setting.human.own(hearing).answer(merit)
        features.append(_features(level.height, merit, hearing.appeal + hearing.thought))
        targets.append(one_hot(_draw(answers, keys[here], "answer"), claims))
    return np.concatenate(features, axis=-1), np.concatenate(targets, axis=-1)


def _draw(chance: Floats, keys: streams.Keys, purpose: str) -> Answers:
    """One claim per key from a distribution over claims, (claims, n) → (n,)."""
    luck = streams.uniforms(keys, purpose)
    return np.asarray(np.minimum((np.cumsum(chance, axis=0) < luck).sum(axis=0), len(chance) - 1))


def _own_weights(setting: Setting) -> Floats:
    """What humans' own beliefs weigh: support above the leaves, support at a leaf, persuasion (by least squares)."""
    support, moved, heard = [], 0.0, 0.0
    for level in setting.trees.levels[:2]:
        hearing = setting.hearing(level.height)
        opinion, persuasion = setting.human.own(hearing), hearing.appeal + hearing.thought
        support.append(float((opinion.expected(np.ones_like(persuasion)) - opinion.persuasion).mean()))
        moved += float((opinion.persuasion * persuasion).sum())
        heard += float((persuasion**2).sum())
    return np.array([support[-1] if len(support) > 1 else 0.0, support[0], moved / heard if heard else 0.0])


def _population(setting: Setting) -> tuple[Floats, Floats]:
    """Every demonstration that could be given on the first root questions, with the chance that it is."""
    claims = setting.trees.claims
    some = slice(0, _POPULATION)
    features, targets = [], []
    for level in setting.trees.levels:
        hearing = setting.hearing(level.height)
        belief = setting.human.own(hearing)
        persuasion = (hearing.appeal + hearing.thought)[..., some].reshape(claims, -1)
        chance = setting.hch_supports[level.height]
        for supported in range(claims):
            merit = np.zeros_like(chance)
            merit[supported] = 1.0
            weight = (belief.answer(merit) * chance[supported])[..., some]
            features.append(_features(level.height, merit[..., some].reshape(claims, -1), persuasion))
            targets.append(weight.reshape(claims, -1))
    return np.concatenate(features, axis=-1), np.concatenate(targets, axis=-1)
