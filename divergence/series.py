"""A training run over time: what the model is like, and how busy the people are who teach it (MODEL.md §6)."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pandas as pd

from distillers.learners.base import Trainable
from distillers.snapshot import Snapshot
from distillers.training import Training, train
from divergence.measures import harm
from hch.policy import Policy
from hch.setting import Setting
from scenarios.trees import one_hot


def series(scheme: Trainable, training: Training, setting: Setting) -> pd.DataFrame:
    """One line per published snapshot: ``elapsed_minutes``, ``human_minutes``, ``labels``; ``queue``, ``utilisation``
    and ``age`` since the one before; ``harm`` and ``accuracy`` at the roots, and ``all_harm``, ``all_accuracy`` over
    all questions of the trees (level by level, roots are taught last). Raises ``PartError`` as ``train`` does.
    """
    run = train(scheme, training, setting)
    known = [one.name for one in fields(Snapshot) if one.name != "policy"]
    return pd.DataFrame(
        [{name: getattr(one, name) for name in known} | _measured(setting, one.policy) for one in run.history]
    )


def _measured(setting: Setting, policy: Policy) -> dict[str, float]:
    """Harm and accuracy at the roots, and over all questions of the trees."""
    harms, hits = [], []
    for level in setting.trees.levels:
        answered, true = policy.at(level.height), one_hot(level.truth, level.claims)
        harms.append(harm(answered, setting.hch.at(level.height), true))
        hits.append((answered * true).sum(axis=0))
    return {
        "harm": float(harms[-1].mean()),
        "accuracy": float(hits[-1].mean()),
        "all_harm": float(np.concatenate(harms).mean()),
        "all_accuracy": float(np.concatenate(hits).mean()),
    }
