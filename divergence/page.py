"""One picture as one self-contained page, with a sentence or two on how to read it."""

from __future__ import annotations

import html
from pathlib import Path

import plotly.graph_objects as go

from divergence import style


def write(figure: go.Figure, narrow: go.Figure, path: Path, title: str, words: str) -> None:
    """Write a picture with Plotly in it, and what takes its place on a phone; nothing is loaded.

    Raises OSError if the place cannot be written.
    """
    still = style.CONFIG | {"displayModeBar": False}
    pages = (("wide", figure, style.CONFIG), ("narrow", narrow.update_layout(dragmode=False), still))
    plot = "".join(
        f'<div class="{name}">{one.to_html(full_html=False, include_plotlyjs=name == "wide", config=config)}</div>'
        for name, one, config in pages
    )
    page = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>body {{ font-family: {style.FONT}; max-width: 75rem; margin: 2rem auto; padding: 0 1rem; "
        "color: #1F2328; background: #fff } p { max-width: 50rem; line-height: 1.5 } "
        ".narrow { display: none } @media (max-width: 620px) { .wide { display: none } .narrow { display: block } }"
        "</style></head>"
        f"<body><h1>{html.escape(title)}</h1><p>{html.escape(words)}</p>{plot}</body></html>\n"
    )
    temporary = path.with_name(f"{path.name}.part")
    temporary.write_text(page, encoding="utf-8")
    temporary.replace(path)
