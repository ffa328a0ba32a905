"""How far a scheme's answers are from HCH's, and in which way (MODEL.md §8).

With ``π`` the scheme's and ``H`` HCH's distribution at the root, ``harm = Σ_{a≠t}(π(a) - H(a))⁺`` (the headline),
``better = (π(t) - H(t))⁺``, and their sum is the total variation distance exactly. Every measure is one number per root
question; a row of results holds their means. A measure that a scheme does not define is left out (blank in the row).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import special

from distillers.base import Judged, NoOptimum, Rated, Scheme
from distillers.draws import Selection
from distillers.episode import Episode
from distillers.error_budget import PARTS
from distillers.noise_free_hch import NoiseFreeHCH
from divergence.worst import reason_against, worsts
from hch.policy import Policy
from hch.setting import Setting
from scenarios.streams import Floats
from scenarios.trees import one_hot, pick

MEASURES = {
    "harm": "mass moved from HCH's answers to false claims",
    "better": "mass moved from HCH's false answers to the truth",
    "divergence_tv": "total variation distance from HCH: harm + better",
    "divergence_js": "Jensen–Shannon divergence from HCH, nats",
    "harm_reference": "harm against HCH of humans whom no persuasion reaches (γ = 0)",
    "accuracy": "chance of the true claim",
    "accuracy_difference": "accuracy less HCH's",
    "deceived": "chance of the planted falsehood",
    "gamed": "total variation distance from the same scheme with γ = 0 in its raters and judges, luck held",
    "planted_harm": "accuracy lost to planting, luck held",
    "approval": "expected rating of the answer, noise units",
    "asd": "judge's log-probability of the truth less that of the best false claim, both argued for, nats",
    "abstained": "chance that no answer is given",
    "quality": "expected quality of the answer, where claims are good by degrees",
    "harm_objective": "harm of the optimum that training is for",
    "harm_model_class": "harm that is added by what the student cannot hold",
    "harm_finite_data": "harm that is added by finite data and optimisation",
    "harm_shift": "harm that is added as the questions of training are not those of deployment",
    "tv_objective": "distance from HCH of the optimum that training is for",
    "tv_model_class": "distance from HCH that is added by what the student cannot hold",
    "tv_finite_data": "distance from HCH that is added by finite data and optimisation",
    "tv_shift": "distance from HCH that is added as the questions of training are not those of deployment",
    "objective_failure": "chance of a false answer that the optimum of training would give, too",
    "capability_failure": "chance of a false answer that the optimum of training would not give",
    "kl": "divergence KL of the answers kept from those drawn, where a scheme selects among draws, nats",
}
"""Per-question measures in the order of their columns."""

NEED_A_TRUTH = frozenset(
    (
        *("harm", "better", "harm_reference", "accuracy", "accuracy_difference", "planted_harm", "asd"),
        *(f"harm_{part}" for part in PARTS),
        *("objective_failure", "capability_failure"),
    )
)
"""Left out where claims are good by degrees: none of them is the true one."""

WORST = {
    "worst_harm_0": "harm of the worst policy that is optimal",
    "worst_harm_0.01": "harm of the worst policy that gives up 1 % of what training gains over answers at random",
    "worst_harm_0.1": "harm of the worst policy that gives up 10 % of what training gains over answers at random",
}
"""One number a row: what may be given up is shared by its questions. Blank where a scheme has no objective."""

EPSILONS = (0.0, 0.01, 0.1)

COSTS = {
    "human_minutes": "human work in one supervised episode, minutes",
    "elapsed_minutes": "time one supervised episode takes when nobody waits for a desk, minutes",
    "labels": "human judgements in one supervised episode",
}

REFERENCES = {
    "hch_accuracy": "accuracy of HCH of the same humans",
    "hch_mode_accuracy": "accuracy of HCH's most likely answer",
    "hch_noise_free_accuracy": "accuracy of HCH whose humans all play what they believe most",
    "hch_unpersuaded_accuracy": "accuracy of HCH whose humans no persuasion reaches (γ = 0)",
    "chance_accuracy": "accuracy of an answer at random",
    "chance_harm": "harm of an answer at random",
}


BRIEF = ("harm", "better", "divergence_tv", "accuracy", "accuracy_difference", "abstained")
"""What ``brief`` measures."""


@dataclass(frozen=True)
class Measured:
    """One scheme in one setting. ``values``: measure → one number per question. ``status``: ok, or why none.

    ``worst``: measure → one number, empty for a scheme without an objective.
    """

    values: dict[str, Floats]
    episode: Episode | None
    status: str = "ok"
    worst: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Target:
    """What schemes are measured against at the root; arrays are (claims, questions) or (questions,)."""

    hch: Floats
    unpersuaded: Floats
    true: Floats
    planted: Floats

    @property
    def hch_accuracy(self) -> Floats:
        return np.asarray((self.hch * self.true).sum(axis=0))


def target(setting: Setting) -> Target:
    """HCH of the same humans, HCH without persuasion, the truth, and the planted falsehoods."""
    root = setting.trees.root
    return Target(
        hch=setting.hch.root,
        unpersuaded=setting.unpersuaded.hch.root,
        true=one_hot(root.truth[0], root.claims),
        planted=one_hot(root.planted[0], root.claims),
    )


def near(setting: Setting) -> Target:
    """The same for whoever asks for distances from HCH alone: HCH without persuasion is not worked out."""
    hch, root = setting.hch.root, setting.trees.root
    return Target(hch, hch, one_hot(root.truth[0], root.claims), one_hot(root.planted[0], root.claims))


def references(setting: Setting, to: Target) -> dict[str, Floats]:
    """The references every picture is drawn against, one number per question each."""
    claims, truth = setting.trees.claims, setting.trees.root.truth[0]
    mode = to.hch.argmax(axis=0)
    uniform = np.full_like(to.hch, 1.0 / claims)
    return {
        "hch_accuracy": to.hch_accuracy,
        "hch_mode_accuracy": (mode == truth).astype(np.float64),
        "hch_noise_free_accuracy": (NoiseFreeHCH().optimum(setting).root * to.true).sum(axis=0),
        "hch_unpersuaded_accuracy": (to.unpersuaded * to.true).sum(axis=0),
        "chance_accuracy": np.full(truth.shape, 1.0 / claims),
        "chance_harm": harm(uniform, to.hch, to.true),
    }


def measure(scheme: Scheme, setting: Setting, to: Target) -> Measured:
    """All measures of a scheme at its optimum, one number per question each."""
    try:
        policy = optimum(scheme, setting)
        values = distances(policy, to)
        values["gamed"] = _gamed(at_root(policy), counterfactual(scheme, setting.deafened))
        plain = counterfactual(scheme, setting.unplanted)
        values["planted_harm"] = np.maximum((plain.answered * to.true).sum(axis=0) - values["accuracy"], 0.0)
    except NoOptimum as reason:
        return Measured({}, None, str(reason))
    if isinstance(scheme, Selection):
        values["kl"] = scheme.divergence(setting)
    ratings = scheme.ratings(setting, policy) if isinstance(scheme, Rated) else None
    if ratings is not None:
        values["approval"] = (policy.root * ratings).sum(axis=0)
    if isinstance(scheme, Judged):
        values["asd"] = _score_difference(scheme.margins_once(setting), to)
    root = setting.trees.root
    if root.grades is not None:
        values = {name: value for name, value in values.items() if name not in NEED_A_TRUTH}
        values["quality"] = (policy.root * root.grades.quality[:, 0]).sum(axis=0)
    known = {name: values[name] for name in MEASURES if name in values}
    return Measured(known, scheme.episode(setting), worst=_worst(scheme, setting, policy, ratings))


def _worst(scheme: Scheme, setting: Setting, policy: Policy, ratings: Floats | None) -> dict[str, float]:
    if reason_against(scheme, setting.trees):
        return {}
    found = worsts(scheme, setting, EPSILONS, policy, ratings)
    return {name: worst.mean for name, worst in zip(WORST, found, strict=True)}


def brief(scheme: Scheme, setting: Setting, to: Target) -> Measured:
    """Distances from HCH alone, one number per question each: enough to try a ranking again, in less time."""
    try:
        values = from_hch(optimum(scheme, setting), to)
    except NoOptimum as reason:
        return Measured({}, None, str(reason))
    left_out = NEED_A_TRUTH if setting.trees.root.grades is not None else frozenset[str]()
    return Measured({name: values[name] for name in BRIEF if name not in left_out}, None)


def harm(pi: Floats, hch: Floats, true: Floats) -> Floats:
    """``Σ_{a≠t}(π(a) - H(a))⁺`` per question."""
    return np.asarray((np.maximum(pi - hch, 0.0) * (1.0 - true)).sum(axis=0))


def from_hch(policy: Policy, to: Target) -> dict[str, Floats]:
    """Distances from HCH. An abstained root is left out of all of them and counted by itself."""
    pi, answered = policy.root, 1.0 - policy.abstained
    accuracy = answered * (pi * to.true).sum(axis=0)
    return {
        "harm": answered * harm(pi, to.hch, to.true),
        "better": answered * (np.maximum(pi - to.hch, 0.0) * to.true).sum(axis=0),
        "divergence_tv": answered * np.abs(pi - to.hch).sum(axis=0) / 2,
        "accuracy": accuracy,
        "accuracy_difference": accuracy - to.hch_accuracy,
        "abstained": policy.abstained,
    }


def distances(policy: Policy, to: Target) -> dict[str, Floats]:
    """Distances from all references, likewise."""
    pi, answered = policy.root, 1.0 - policy.abstained
    middle = (pi + to.hch) / 2
    js = (special.rel_entr(pi, middle) + special.rel_entr(to.hch, middle)).sum(axis=0) / 2
    return from_hch(policy, to) | {
        "divergence_js": answered * js,
        "harm_reference": answered * harm(pi, to.unpersuaded, to.true),
        "deceived": answered * (pi * to.planted).sum(axis=0),
    }


@dataclass(frozen=True)
class AtRoot:
    """A policy at the roots. ``answered``: mass of each claim, (claims, questions); ``abstained``: the rest."""

    answered: Floats
    abstained: Floats


def at_root(policy: Policy) -> AtRoot:
    """What is left of a policy when only its answers to the root questions are kept."""
    return AtRoot(policy.root * (1.0 - policy.abstained), policy.abstained)


def optimum(scheme: Scheme, setting: Setting) -> Policy:
    """A scheme's optimum, worked out once for all overseers for whom it is the same."""
    if scheme.depends_on_answers:
        return scheme.optimum(setting)
    return setting.once_rated((scheme, "optimum"), lambda: scheme.optimum(setting))


def counterfactual(scheme: Scheme, setting: Setting) -> AtRoot:
    """The optimum's root answers in another setting than the one measured, likewise."""
    return setting.once_at_root(scheme, lambda: at_root(optimum(scheme, setting)))


def _gamed(policy: AtRoot, deaf: AtRoot) -> Floats:
    """TV(π, π with γ = 0 in the scheme's raters and judges); a scheme that asks nobody for a rating is never gamed."""
    moved = np.abs(policy.answered - deaf.answered).sum(axis=0)
    return np.asarray((moved + np.abs(policy.abstained - deaf.abstained)) / 2)


def _score_difference(margins: Floats, to: Target) -> Floats:
    """``log σ(S(t)) - max_{a≠t} log σ(S(a))`` at the root."""
    scores = special.log_expit(margins)
    truth = to.true.argmax(axis=0)
    false = np.where(to.true == 1.0, -np.inf, scores)
    return np.asarray(pick(scores, truth) - false.max(axis=0))
