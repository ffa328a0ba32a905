"""Training on a mixture: some of what is learned is of the questions that are met at deployment (MODEL.md §5).

Training's questions and deployment's stand side by side as one batch, each with its own trees; where these are the same
questions but for a shift, training's bear other identities, for they are other questions to a student that remembers
identities (where training's are all there is, they keep them: the same questions, met again). A student of little
capacity (a hashed table with few bins, whose bins then hold ``w·p_train + (1 - w)·p_deploy``) trades one kind against
the other.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hch.setting import Setting
from scenarios import streams
from scenarios.part import PartError
from scenarios.rhetoric import Rhetoric
from scenarios.streams import Floats
from scenarios.trees import Grades, Level

_TRAINING = streams.word("training's own questions")


def mixed(taught: Setting, deployed: Setting) -> Setting:
    """The questions of ``taught``, then those of ``deployed``, as one setting. Raises ``PartError`` where trees differ
    in depth, or ask in turn.
    """
    one, other = taught.trees, deployed.trees
    if one.depth != other.depth or one.in_turn:
        raise PartError("training.training_share: takes trees of one depth whose sub-questions are asked all at once")
    levels = tuple(_side_by_side(*pair) for pair in zip(one.levels, other.levels, strict=True))
    return replace(taught, trees=replace(one, levels=levels))


def weights(taught: Setting, deployed: Setting, share: float) -> Floats:
    """What a label of each root's questions counts, mean 1: ``share`` of all is training's. (questions,)."""
    sizes = taught.trees.questions, deployed.trees.questions
    each = share * sum(sizes) / sizes[0], (1.0 - share) * sum(sizes) / sizes[1]
    return np.repeat(each, sizes)


def _side_by_side(one: Level, other: Level) -> Level:
    def both(name: str) -> np.ndarray:
        return np.concatenate([getattr(one, name), getattr(other, name)], axis=-1)

    rhetoric = Rhetoric(
        one.rhetoric.family,
        one.rhetoric.freedom,
        np.concatenate([one.rhetoric.log_u, other.rhetoric.log_u], axis=-1),
        np.concatenate([one.rhetoric.scale, other.rhetoric.scale], axis=-1),
    )
    grades = None
    if one.grades is not None and other.grades is not None:
        kinds = ("quality", "readiness")
        grades = Grades(
            *(np.concatenate([getattr(g, kind) for g in (one.grades, other.grades)], axis=-1) for kind in kinds)
        )
    return replace(
        one,
        keys=np.concatenate([streams.derive(one.keys, _TRAINING), other.keys], axis=-1),
        places=both("places"),
        truth=both("truth"),
        planted=both("planted"),
        face=both("appeal"),  # planting may add as much here as there
        lure=0.0,
        rhetoric=rhetoric,
        rebuttal=both("rebuttal"),
        grades=grades,
    )
