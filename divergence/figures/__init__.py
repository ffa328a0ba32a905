"""Pictures: tables in, Plotly figures out. Nothing here reads a store or writes a file.

``curves(study.summary, study.crossings)`` is the headline; ``harm(study)`` and its like do the same with symbols and
units of the study's own fields.
"""

from __future__ import annotations

import plotly.graph_objects as go

from divergence.figures import names
from divergence.figures.costs import costs
from divergence.figures.curves import accuracy, curves
from divergence.figures.loads import loads
from divergence.figures.worst import worst
from divergence.study import Study

__all__ = ["accuracy", "better", "costs", "curves", "harm", "loads", "worst"]


def harm(study: Study) -> go.Figure:
    """Harm against gameability, with γ* of every scheme."""
    return curves(study.summary, study.crossings, "harm", names.of_spec(study.spec))


def better(study: Study) -> go.Figure:
    """What schemes put right that HCH gets wrong, against gameability."""
    return curves(study.summary, None, "better", names.of_spec(study.spec))
