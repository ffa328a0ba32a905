"""What is asked: a scenario makes batches of question trees with planted, persuasive falsehoods (MODEL.md §1)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from functools import lru_cache
from typing import Literal

import numpy as np

from scenarios import streams
from scenarios.joins import Answers, Join
from scenarios.part import Part, field, part
from scenarios.rhetoric import Rhetoric
from scenarios.streams import Floats, Keys
from scenarios.trees import NOT_PLANTED, Level, Trees, one_hot


class Scenario(Part, ABC):
    """A family of questions. The one thing it must do is to draw trees; how they split and join is its own affair."""

    @abstractmethod
    def trees(self, seed: int, questions: int, start: int = 0) -> Trees:
        """Trees number ``start`` … ``start + questions - 1`` of a seed; tree ``i`` is the same in every batch."""

    @abstractmethod
    def size(self) -> tuple[int, int]:
        """(questions in one tree, claims per question): what memory is estimated from."""

    def as_drawn(self) -> Scenario:
        """One form for all scenarios whose trees are drawn together with this one's; else itself."""
        return self


@part
class Shape(Part):
    """The shape of regular trees."""

    claims: int = field(6, "claims per question, one of them true", symbol="K", ge=2, le=64)
    branching: int = field(2, "sub-questions per question", symbol="b", ge=1, le=64)
    depth: int = field(4, "levels of sub-questions below the root", symbol="d", ge=0, le=24)


@part
class Persuading(Scenario, ABC):
    """Questions whose claims have an appeal on their face, arguments for them, and attacks on these."""

    appeal_noise: float = field(0.3, "spread of appeal among claims", symbol="σ_v", unit="noise units", ge=0, le=100)
    truth_bonus: float = field(0.0, "appeal that truth adds", unit="noise units", ge=-100, le=100)
    plant_rate: float = field(0.3, "share of questions with a planted falsehood", unit="probability", ge=0, le=1)
    plant_strength: float = field(3.0, "appeal that planting adds", unit="noise units", ge=-100, le=100)
    rhetoric_family: Literal["normal", "laplace", "student_t"] = field(
        "normal", "distribution of arguments", symbol="F"
    )
    rhetoric_scale: float = field(1.0, "spread of arguments", symbol="τ", unit="noise units", ge=0, le=100)
    rhetoric_freedom: float = field(3.0, "degrees of freedom of Student arguments", symbol="ν", ge=1, le=1000)
    asymmetry: float = field(0.0, "extra spread of arguments for false claims, as a share of τ", ge=-1, le=10)
    attackable_true: int = field(64, "attacks a true claim is open to (0: none)", unit="draws", ge=0, le=10**9)
    attackable_false: int = field(64, "attacks a false claim is open to (0: none)", unit="draws", ge=0, le=10**9)

    def level(self, height: int, keys: Keys, truth: Answers) -> Level:
        """The questions of one level, from their identities and true claims, (nodes, questions)."""
        claims = self.size()[1]
        true = one_hot(truth, claims)
        scale = self.rhetoric_scale * (1.0 + self.asymmetry * (1.0 - true))
        return Level(
            height=height,
            keys=keys,
            places=keys,
            truth=truth,
            planted=self._planted(keys, truth, claims),
            face=self.truth_bonus * true + self.appeal_noise * streams.normals(keys, "appeal", claims),
            lure=self.plant_strength,
            rhetoric=self._rhetoric(keys, "rhetoric", scale),
            rebuttal=self._rebuttal(keys, true, scale),
        )

    def _planted(self, keys: Keys, truth: Answers, claims: int) -> Answers:
        """With probability ``plant_rate`` one false claim, any of them equally likely; otherwise -1."""
        other = (streams.uniforms(keys, "planted claim") * (claims - 1)).astype(np.intp)
        falsehood = (truth + 1 + other) % claims
        return np.where(streams.uniforms(keys, "planted") < self.plant_rate, falsehood, NOT_PLANTED)

    def _rhetoric(self, keys: Keys, purpose: str, scale: Floats) -> Rhetoric:
        log_u = np.log(streams.claim_uniforms(keys, purpose, len(scale)))
        return Rhetoric(self.rhetoric_family, self.rhetoric_freedom, log_u, scale)

    def _rebuttal(self, keys: Keys, true: Floats, scale: Floats) -> Floats:
        attacks = np.where(true == 1.0, self.attackable_true, self.attackable_false)
        best = self._rhetoric(keys, "rebuttal", scale).best_of(np.maximum(attacks, 1).astype(np.float64))
        return np.where(attacks > 0, best, 0.0)


@part
class TreeScenario(Persuading, Shape):
    """Regular trees: every question above the leaves splits into ``branching`` sub-questions at once."""

    @abstractmethod
    def join(self) -> Join:
        """How sub-answers make an answer."""

    @abstractmethod
    def leaf_truths(self, keys: Keys, roots: Keys) -> Answers:
        """The true claim of every leaf, (leaves, questions), from the leaves' and the roots' identities.

        What is planted comes later and changes nothing else: neither truths nor luck may depend on it.
        """

    def size(self) -> tuple[int, int]:
        return sum(self.branching**height for height in range(self.depth + 1)), self.claims

    def trees(self, seed: int, questions: int, start: int = 0) -> Trees:
        """Drawn once for all that differ in planting alone."""
        bare = _unplanted(self.as_drawn(), seed, questions, start)
        planted = [
            replace(one, planted=self._planted(one.keys, one.truth, self.claims), lure=self.plant_strength)
            for one in bare
        ]
        return Trees(tuple(planted), self.join(), self.branching)

    def as_drawn(self) -> TreeScenario:
        """What is planted is drawn last, and changes nothing else."""
        return replace(self, plant_rate=0.0, plant_strength=0.0)

    def drawn(self, seed: int, questions: int, start: int) -> tuple[Level, ...]:
        """The levels of ``trees``, leaves first."""
        join = self.join()
        keys = self._keys(streams.keys_from(seed, "question", start, questions))
        truth = self.leaf_truths(keys[0], keys[-1])
        trees = Trees((self.level(0, keys[0], truth),), join, self.branching)
        for height in range(1, self.depth + 1):
            truth = trees.joined(truth)
            trees = Trees((*trees.levels, self.level(height, keys[height], truth)), join, self.branching)
        return trees.levels

    def _keys(self, roots: Keys) -> list[Keys]:
        """Identities by level, leaves first: a sub-question's key is derived from its question's and its number."""
        levels = [roots[None, :]]
        for _ in range(self.depth):
            above = levels[0]
            below = np.empty((above.shape[0], self.branching, above.shape[1]), dtype=np.uint64)
            for child in range(self.branching):
                below[:, child] = streams.derive(above, child)
            levels.insert(0, below.reshape(-1, above.shape[1]))
        return levels


@lru_cache(maxsize=1)
def _unplanted(scenario: TreeScenario, seed: int, questions: int, start: int) -> tuple[Level, ...]:
    return scenario.drawn(seed, questions, start)
