"""Where the error of a deployed policy comes from: a chain of policies from HCH to what was trained (MODEL.md §5).

    HCH → the objective's optimum → the best that this student can hold → trained on a budget → on other questions

Each step gives up one idealisation: that the objective is to answer like HCH, that the model can hold anything, that
labels and optimisation are unlimited, that training's questions are those of deployment. A distance from HCH grows by
some increment at each step (or shrinks: what training leaves undone can be a blessing where the objective is bad), and
the increments add up to the distance of what is deployed.

Until the last step all is at deployment's questions, so each part answers to its own knob: with an objective as at HCH,
a student that can hold anything, exact labels and no shift, each of the others is 0.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from distillers.learners.base import Trainable
from distillers.students.table import Table
from distillers.training import Trained, Training, in_the_limit, train, train_for
from hch.setting import Setting
from scenarios.streams import Floats

PARTS = ("objective", "model_class", "finite_data", "shift")
"""What is given up at each step."""


@dataclass(frozen=True)
class Chain:
    """Answers to deployment's root questions, (claims, questions), from HCH to what is deployed; and its training."""

    policies: tuple[Floats, ...]
    run: Trained

    @property
    def optimum(self) -> Floats:
        """What perfect training gives."""
        return self.policies[1]

    @property
    def deployed(self) -> Floats:
        """What was trained gives."""
        return self.policies[-1]

    def parts(self, distance: Callable[[Floats], Floats]) -> dict[str, Floats]:
        """Increments of a distance from HCH, per question. ``distance``: of a root policy; 0 for HCH itself."""
        along = [distance(policy) for policy in self.policies]
        steps = (after - before for before, after in itertools.pairwise(along))
        return dict(zip(PARTS, steps, strict=True))

    def failures(self, true: Floats) -> tuple[Floats, Floats]:
        """Chance of a false answer that the optimum would give too (of the *objective*), and of any other (of
        *capability*), per question. ``true``: 1 for the truth, (claims, questions).
        """
        wrong = np.minimum(self.deployed, self.optimum) * (1.0 - true)
        objective = wrong.sum(axis=0)
        return objective, (self.deployed * (1.0 - true)).sum(axis=0) - objective


def chain(scheme: Trainable, training: Training, taught: Setting, deployed: Setting) -> Chain:
    """Train a scheme on the questions of ``taught`` for those of ``deployed``, and under all idealisations.

    Raises ``PartError`` if the budget pays for nothing, ``ArithmeticError`` if a fit does not converge.
    """
    best = in_the_limit(scheme, training, deployed)
    anything = replace(training, student=Table())
    ideal = best if training == anything else in_the_limit(scheme, anything, deployed)
    here = best if training.exact_labels else train(scheme, training, deployed)
    run = here if taught is deployed else train_for(scheme, training, taught, deployed)
    trained = (ideal.policy, best.policy, here.policy, run.learner.deployed(deployed))
    return Chain((deployed.hch.root, *(policy.root for policy in trained)), run)
