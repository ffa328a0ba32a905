"""The phase ``trained``: what a scheme comes to on a budget of human minutes, measured like its optimum.

A row's costs are what training took. What would take a second training run, with other raters or without planting
(``gamed``, ``planted_harm``), is blank, and so is what belongs to an objective's optimum.
"""

from __future__ import annotations

import numpy as np

from distillers.base import Rated
from distillers.episode import Episode
from distillers.error_budget import Chain, chain
from distillers.learners.base import Trainable
from distillers.training import Trained, Training, train_for
from divergence.measures import MEASURES, NEED_A_TRUTH, Measured, Target, distances, harm
from hch.setting import Setting
from scenarios.part import PartError
from scenarios.streams import Floats


def trained(
    scheme: Trainable, training: Training, taught: Setting, deployed: Setting, to: Target, brief: bool = False
) -> Measured:
    """Train a scheme on the questions of ``taught`` and measure what it answers to those of ``deployed``.

    Training that is impossible, or does not converge, is a ``status`` without values. ``brief``: distances alone.
    """
    try:
        found = None if brief else chain(scheme, training, taught, deployed)
        run = train_for(scheme, training, taught, deployed) if found is None else found.run
        policy = run.learner.deployed(deployed)
        values = distances(policy, to) | ({} if found is None else _budget(found, to))
        if isinstance(scheme, Rated) and not brief:
            values["approval"] = (policy.root * scheme.ratings(deployed, policy)).sum(axis=0)
    except (PartError, ArithmeticError) as reason:
        return Measured({}, None, str(reason))
    root = deployed.trees.root
    if root.grades is not None:
        values = {name: value for name, value in values.items() if name not in NEED_A_TRUTH}
        values["quality"] = (policy.root * root.grades.quality[:, 0]).sum(axis=0)
    return Measured({name: values[name] for name in MEASURES if name in values}, _spent(run), run.status)


def _budget(found: Chain, to: Target) -> dict[str, Floats]:
    """The error budget of harm and of total variation distance, and failures by kind."""
    values = {f"harm_{name}": part for name, part in found.parts(lambda pi: harm(pi, to.hch, to.true)).items()}
    values |= {f"tv_{name}": part for name, part in found.parts(lambda pi: np.abs(pi - to.hch).sum(axis=0) / 2).items()}
    values["objective_failure"], values["capability_failure"] = found.failures(to.true)
    return values


def _spent(run: Trained) -> Episode | None:
    """What training took; nothing is known of it in the limit of many labels."""
    last = run.history[-1]
    return Episode(last.labels, last.human_minutes, last.elapsed_minutes) if last.labels else None
