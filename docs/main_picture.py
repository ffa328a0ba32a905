"""Make the README's picture from a run: ``python docs/main_picture.py`` (needs the extra ``images`` and a browser).

Writes ``main_picture.csv``, the numbers, and ``main_picture.svg``, which carries their fingerprint; a test runs the
study again and checks both.
"""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go

from divergence import api, running
from divergence.figures import curves
from divergence.study import Study

HERE = Path(__file__).parent
CSV, SVG = HERE / "main_picture.csv", HERE / "main_picture.svg"
SCHEMES = ("imitation", "approval", "approval-frozen", "reward-modelling", "debate")


def run(directory: Path) -> Study:
    """Five schemes in two scenarios, γ from 0 to 4, λ = 0.5, eight seeds of 500 questions."""
    spec = api.customised(api.default_spec(), 0, None, {"scheme": SCHEMES})
    axes = tuple(axis for axis in spec.axes if axis.column == "gameability")
    return running.run(replace(spec, axes=axes, ablations=None, shares=None, box=()), directory)


def numbers(study: Study) -> pd.DataFrame:
    """What the picture shows, to six digits."""
    summary = study.summary
    shown = summary[summary["measure"].isin(["harm", "chance_harm"])]
    return shown[["scenario", "scheme", "gameability", "measure", "mean", "low", "high"]].round(6)


def fingerprint() -> str:
    """Of the numbers on disk."""
    return hashlib.sha256(CSV.read_bytes()).hexdigest()


def draw(figure: go.Figure) -> None:
    """Write the picture; Kaleido would fetch MathJax if it were not told otherwise."""
    import kaleido  # an extra

    asked = {"fig": figure.to_dict(), "path": SVG, "opts": {"format": "svg", "width": 1000, "height": 560}}
    kaleido.write_fig_from_object_sync([asked], kopts={"mathjax": False})


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        study = run(Path(scratch) / "study")
        numbers(study).to_csv(CSV, index=False)
        figure = curves(study.summary, study.crossings)
        draw(figure.update_layout(paper_bgcolor="white", plot_bgcolor="white"))
    SVG.write_text(SVG.read_text(encoding="utf-8") + f"<!-- numbers: {fingerprint()} -->\n", encoding="utf-8")


if __name__ == "__main__":
    main()
