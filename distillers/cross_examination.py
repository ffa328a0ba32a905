"""Cross-examination: debate in which a flaw is found with probability ``φ`` per level; else the judge decides there.

    π_φ = Σ_{j<ℓ} φ^j (1-φ)·debate_j + φ^ℓ·debate_ℓ

(MODEL.md §4; Barnes and Christiano on obfuscated arguments.) ``debate_j`` is judged ``j`` levels down, unaided above
the leaves, so a flaw that only the leaves show is found with probability ``φ^ℓ``. ``φ = 1`` is plain debate; ``φ = 0``
asks the unaided judge at the root. Every question is the root of its own cross-examination, down to the same judged
level.

There is a judge, whose chance of upholding a claim is the mean over where the examination ends, but no objective: the
mixture is what comes out, and no one answer is chosen for it.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from scipy import special

from distillers.base import Judged
from distillers.debate import FULL_DEPTH, Debate
from distillers.episode import Episode, judged_path
from distillers.protocol import joined_above, judged_height
from hch.policy import Distributions
from hch.setting import Setting
from scenarios.joins import Answers
from scenarios.part import field, part
from scenarios.streams import Floats, choose
from scenarios.trees import one_hot


@part
class CrossExamination(Judged):
    """Debate that may lose the thread: at each level the flaw is found with some probability."""

    group: ClassVar[str] = "debate"
    depends_on_answers: ClassVar[bool] = False

    found: float = field(0.9, "chance that the flaw is found, per level", symbol="φ", unit="probability", ge=0, le=1)
    n_search: int = field(64, "arguments searched per claim", symbol="n", unit="draws", ge=1, le=10**9)
    judged_depth: int = field(
        FULL_DEPTH, "levels down at which the judge decides; more than the tree has means its leaves", symbol="ℓ", ge=0
    )

    def weights(self, levels_down: int) -> list[float]:
        """Chance that the examination ends ``0, 1, … levels_down`` levels down."""
        lost = [self.found**level * (1.0 - self.found) for level in range(levels_down)]
        return [*lost, self.found**levels_down]

    def optimum(self, setting: Setting) -> Distributions:
        trees, lowest = setting.trees, judged_height(setting, self.judged_depth)
        debates = [_debate_judged_at(self._judge(), setting, height) for height in range(trees.depth + 1)]
        levels = []
        for height in range(trees.depth + 1):
            ends = self.weights(max(0, height - lowest))
            mixed = [one_hot(debates[height - down][down], trees.claims) * end for down, end in enumerate(ends)]
            levels.append(np.sum(mixed, axis=0))
        return Distributions(levels)

    def margins(self, setting: Setting) -> Floats:
        ends = self.weights(setting.trees.depth - judged_height(setting, self.judged_depth))
        margins = np.stack([self._judge(down).margins(setting) for down in range(len(ends))])
        weights = np.reshape(ends, (-1, 1, 1))
        upheld = special.logsumexp(special.log_expit(margins), b=weights, axis=0)
        return np.asarray(upheld - special.logsumexp(special.log_expit(-margins), b=weights, axis=0))

    def episode(self, setting: Setting) -> Episode:
        """Expected over where the examination ends: a path of ``j + 1`` questions is judged."""
        ends = self.weights(setting.trees.depth - judged_height(setting, self.judged_depth))
        paths = [judged_path(setting, down) for down in range(len(ends))]
        return Episode(
            labels=sum(end * path.labels for end, path in zip(ends, paths, strict=True)),
            human_minutes=sum(end * path.human_minutes for end, path in zip(ends, paths, strict=True)),
            elapsed_minutes=sum(end * path.elapsed_minutes for end, path in zip(ends, paths, strict=True)),
        )

    def _judge(self, levels_down: int = 0) -> Debate:
        return Debate(n_search=self.n_search, judged_depth=levels_down)


def _debate_judged_at(debate: Debate, setting: Setting, height: int) -> list[Answers]:
    """Winners of the questions at one level, and what they make the answers of every level above."""
    level = setting.level(height)
    winners = choose(debate.verdicts(setting, height), level.places)
    return [winners, *joined_above(setting.trees, winners, height)]


def found_by_spot_checks(steps: int, flaws: int, checks: int) -> float:
    """Chance that ``checks`` of ``steps`` steps, picked at random, hit one of ``flaws``: ``1 - C(N-m, k)/C(N, k)``.

    A cross-examiner who cannot tell where a long argument is weak checks some of its steps: as ``found``, this chance
    makes such an examiner, ``CrossExamination(found=found_by_spot_checks(100, 5, 10))``. Raises ``ValueError`` for
    impossible counts.
    """
    if not (0 <= flaws <= steps and 0 <= checks <= steps):
        raise ValueError(f"flaws and checks must lie between 0 and steps ({steps}), not {flaws} and {checks}")
    missed = 1.0
    for check in range(checks):
        missed *= max(0, steps - flaws - check) / (steps - check)
    return 1.0 - missed
