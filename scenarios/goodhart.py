"""Goodhart: one question, answers that are good by degrees, and a rater who sees quality through an error.

Quality ``V`` is normal with spread ``σ_V`` among the answers that come to a human's mind, and a rater rates
``κ_leaf·V + γ·X``. The appeal ``X = ρτ·V/σ_V + √(1-ρ²)·x`` is partly on an answer's face and partly in the argument
made for it: ``x`` has scale ``τ`` and a normal, Laplace or Student t law, whose tail decides what optimisation ends
in (Kwa, Thomas, Garriga-Alonso 2407.14503; Gao, Schulman, Hilton 2210.10760). For normal ``x``, ``ρ`` is the
correlation of quality and appeal. Closed forms hold for a human with ``κ_leaf = 1`` and ``λ = 0``, who answers
unpersuaded.

There is nothing below the question (depth 0). Its claims are ``K`` qualities at equal steps over ``±reach·σ_V``, each
as ready to mind as the normal law says; sums over such a grid equal integrals to many digits (the trapezoidal rule),
so enumeration over claims and quadrature over ``x`` are exact together. Claims beyond the grid do not exist: a scheme
that chooses among all claims however rare, as approval does, is bounded by ``reach``.

With ``trap_rate > 0`` one more claim, the *planted trap*, comes to mind with that chance: ``trap_appeal`` on its
face, quality ``trap_quality``, which a rater who verifies (attention) sees. The true claim is the best on the grid;
quality, and not whether an answer is the single best, is what to measure here.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from scenarios import streams
from scenarios.base import Scenario
from scenarios.joins import SumJoin
from scenarios.part import field, part
from scenarios.rhetoric import Rhetoric
from scenarios.streams import Floats
from scenarios.trees import NOT_PLANTED, Grades, Level, Trees


@part
class Goodhart(Scenario):
    """Answers good by degrees, rated through an error: optimisation pressure against closed forms."""

    claims: int = field(81, "qualities that answers can have", symbol="K", ge=2, le=4096)
    reach: float = field(10.0, "best quality on the grid", unit="σ_V", gt=0, le=100)
    quality_scale: float = field(1.0, "spread of quality", symbol="σ_V", unit="merit units", ge=0, le=1e6)
    correlation: float = field(0.0, "correlation of quality and appeal", symbol="ρ", ge=-1, le=1)
    rhetoric_family: Literal["normal", "laplace", "student_t"] = field(
        "normal", "distribution of arguments", symbol="F"
    )
    rhetoric_scale: float = field(1.0, "spread of appeal", symbol="τ", unit="noise units", ge=0, le=1000)
    rhetoric_freedom: float = field(3.0, "degrees of freedom of Student arguments", symbol="ν", ge=1, le=1000)
    trap_rate: float = field(0.0, "chance that the trap comes to mind", unit="probability", ge=0, lt=1)
    trap_appeal: float = field(10.0, "appeal of the trap", unit="noise units", ge=-1e4, le=1e4)
    trap_quality: float = field(0.0, "quality of the trap", unit="merit units", ge=-1e4, le=1e4)

    def size(self) -> tuple[int, int]:
        return 1, self._trapped(np.zeros(self.claims)).size

    def trees(self, seed: int, questions: int, start: int = 0) -> Trees:
        keys = streams.keys_from(seed, "question", start, questions)[None, :]
        steps = np.linspace(-self.reach, self.reach, self.claims)
        weight = np.exp(-0.5 * steps**2)
        chance = self._trapped((1.0 - self.trap_rate) * weight / weight.sum(), self.trap_rate)
        quality = self._trapped(self.quality_scale * steps, self.trap_quality)
        face = self._trapped(self.correlation * self.rhetoric_scale * steps)
        shape = (len(quality), *keys.shape)
        level = Level(
            height=0,
            keys=keys,
            places=keys,
            truth=np.full(keys.shape, self.claims - 1, dtype=np.intp),
            planted=np.full(keys.shape, self.claims if self.trap_rate else NOT_PLANTED, dtype=np.intp),
            face=_spread(face, shape),
            lure=self.trap_appeal,
            rhetoric=self._rhetoric(keys, shape),
            rebuttal=np.zeros(shape),
            grades=Grades(_spread(quality, shape), _spread(np.log(np.maximum(chance, _LEAST)), shape)),
        )
        return Trees((level,), SumJoin(len(quality)), 1)

    def _trapped(self, grid: Floats, trap: float = 0.0) -> Floats:
        """A number per claim: those of the grid and, if there is one, the trap's."""
        return np.append(grid, trap) if self.trap_rate else grid

    def _rhetoric(self, keys: streams.Keys, shape: tuple[int, ...]) -> Rhetoric:
        """Arguments for what of an answer's appeal is not on its face."""
        scale = self.rhetoric_scale * np.sqrt(1.0 - self.correlation**2)
        log_u = np.log(streams.claim_uniforms(keys, "rhetoric", shape[0]))
        return Rhetoric(self.rhetoric_family, self.rhetoric_freedom, log_u, np.full(shape, scale))


_LEAST = 1e-300
"""Chances below this are this, so that their logarithms are numbers."""


def _spread(per_claim: Floats, shape: tuple[int, ...]) -> Floats:
    """The same for every question: (claims,) → (claims, nodes, questions)."""
    return np.ascontiguousarray(np.broadcast_to(per_claim[:, None, None], shape))
