"""What is kept of a training run as it goes on: the model at moments, and how busy the people were who taught it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hch.policy import Policy


@dataclass(frozen=True)
class Snapshot:
    """The model at one moment. ``elapsed_minutes``, ``human_minutes``, ``labels``: what training took until then.

    Since the snapshot before: ``queue``, mean number of labels that waited for somebody; ``utilisation``, share of the
    staff's time at work (NaN where everybody has a desk); ``age``: how many minutes old, on average, the snapshots were
    that the new labels' humans consulted.
    """

    elapsed_minutes: float
    human_minutes: float
    labels: int
    policy: Policy
    queue: float = 0.0
    utilisation: float = np.nan
    age: float = 0.0
