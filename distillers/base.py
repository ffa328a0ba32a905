"""Training schemes at their optimum: what each would converge to if it optimised its objective perfectly (MODEL.md §4).

A scheme is a frozen part with two duties: the policy at its optimum, exactly and without sampling, and what one
supervised episode costs in human work. Where a scheme states what it optimises, it is also an ``Objective``; an
objective that is linear in the policy says what each claim is worth (a rating, or a judge's verdict), one that is a
divergence from the optimum says which. Trainers live elsewhere.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import special

from distillers.episode import Episode
from hch.policy import Policy
from hch.setting import Setting
from scenarios.part import Part
from scenarios.streams import Floats


class NoOptimum(ArithmeticError):
    """The objective has no maximum (it diverges); the message is the row's ``status`` and names the field."""


class Scheme(Part, ABC):
    """A way to train a model ``M`` with human supervision."""

    group: ClassVar[str] = "others"
    """With which schemes it is shown: lists, tables and pictures go by groups."""
    depends_on_answers: ClassVar[bool] = True
    """Whether anything depends on how humans answer by themselves (λ, HCH). Where it does not, sweeps share work."""

    hangs_on_draws: ClassVar[bool] = False
    """Whether a seed draws something that all its questions share, such as demonstrations: then seeds differ by more
    than their questions, and intervals say so."""

    @abstractmethod
    def optimum(self, setting: Setting) -> Policy:
        """The policy that perfect optimisation ends in, for every question of the trees. May raise ``NoOptimum``."""

    @abstractmethod
    def episode(self, setting: Setting) -> Episode:
        """What supervising one root question, with the questions below it, costs."""


class Objective(Scheme, ABC):
    """A scheme that states what it maximises over root policies, sub-answers being as at its optimum."""

    @abstractmethod
    def objective(self, setting: Setting, root: Floats) -> Floats:
        """``J`` of a root policy (claims, questions), per question; the scheme maximises its mean."""


class LogScored(Objective, ABC):
    """A scheme trained to predict answers: ``J`` is the mean log score of the policy against a target distribution."""

    @abstractmethod
    def target(self, setting: Setting) -> Floats:
        """The distribution that answers are drawn from at the root, (claims, questions)."""

    def objective(self, setting: Setting, root: Floats) -> Floats:
        return np.asarray(special.xlogy(self.target(setting), root).sum(axis=0))


class Linear(Objective, ABC):
    """A scheme that maximises the mean value of what it answers."""

    @abstractmethod
    def values(self, setting: Setting) -> Floats:
        """What each claim at the root is worth when sub-answers are as at the optimum, (claims, questions)."""

    def objective(self, setting: Setting, root: Floats) -> Floats:
        return np.asarray((root * self.values(setting)).sum(axis=0))


class Regularised(Objective, ABC):
    """A scheme that pays for leaving a base policy, so that ``J`` is a constant less a multiple of ``KL(π‖π*)``."""

    @abstractmethod
    def per_nat(self) -> float:
        """``β``: what a nat of KL from the optimum costs in ``J``."""


class Rated(Linear, ABC):
    """A scheme whose objective is a rating, by a human or by a learned reward."""

    @abstractmethod
    def ratings(self, setting: Setting, policy: Policy) -> Floats:
        """Expected rating of every claim at the root when sub-answers come from the policy, (claims, questions)."""

    def values(self, setting: Setting) -> Floats:
        return self.ratings(setting, self.optimum(setting))


class Filtered(Rated, ABC):
    """A rated scheme whose policies may only put mass on some claims."""

    @abstractmethod
    def allowed(self, setting: Setting, height: int) -> NDArray[np.bool_]:
        """Which claims may be answered at one level, (claims, nodes, questions). Raises where none may."""


class Judged(Scheme, ABC):
    """A scheme with a judge, who says how far each claim convinces when argued for. It need not have an objective."""

    @abstractmethod
    def margins(self, setting: Setting) -> Floats:
        """``S(a)``: the judge's log-odds of upholding each claim at the root, argued for, (claims, questions)."""

    def margins_once(self, setting: Setting) -> Floats:
        """The margins, worked out once for all overseers for whom they are the same."""
        if self.depends_on_answers:
            return self.margins(setting)
        return setting.once_rated((self, "margins"), lambda: self.margins(setting))


class Convincing(Linear, Judged, ABC):
    """A scheme whose models are trained to convince the judge: ``J = Σπσ(S)``."""

    def values(self, setting: Setting) -> Floats:
        return np.asarray(special.expit(self.margins_once(setting)))
