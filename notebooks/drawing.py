"""A tree of questions as a picture: who was asked, what they answered, and whether it was true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from divergence import style

_ASKED = {
    "true answer": (style.BLUE, "circle"),
    "false answer": (style.VERMILION, "square"),
    "not asked": (style.GREY, "circle-open"),
}


@dataclass(frozen=True)
class Node:
    """One question. ``answer``: the claim given, None where nobody was asked. ``chosen``: drawn with a thick edge."""

    truth: int
    answer: int | None = None
    planted: bool = False
    note: str = ""
    chosen: bool = False

    @property
    def kind(self) -> str:
        if self.answer is None:
            return "not asked"
        return "true answer" if self.answer == self.truth else "false answer"


def tree(levels: Sequence[Sequence[Node]], chosen: str = "") -> go.Figure:
    """A tree, ``levels[0]`` its leaves. Numbers are claims; a dotted ring marks a planted falsehood.

    ``chosen``: what a thick edge means, for the legend.
    """
    places = {(height, place): (_across(levels, height, place), height) for height, place, _ in _nodes(levels)}
    figure = go.Figure([_edges(levels, places, False), _edges(levels, places, True, chosen)])
    rings = [places[height, place] for height, place, node in _nodes(levels) if node.planted]
    figure.add_scatter(
        x=[x for x, _ in rings],
        y=[y for _, y in rings],
        mode="markers",
        name="a persuasive falsehood is planted",
        marker={"symbol": "star-diamond-open", "size": 34, "color": style.GREY, "line": {"width": 1.5}},
        hoverinfo="skip",
    )
    for kind, (colour, symbol) in _ASKED.items():
        own = [(places[height, place], node) for height, place, node in _nodes(levels) if node.kind == kind]
        figure.add_scatter(
            x=[x for (x, _), _ in own],
            y=[y for (_, y), _ in own],
            mode="markers+text",
            name=kind,
            marker={"symbol": symbol, "size": 21, "color": colour},
            text=["" if node.answer is None else str(node.answer) for _, node in own],
            textfont={"color": "#FFFFFF", "size": 12},
            hovertext=[_told(node) for _, node in own],
            hoverinfo="text",
        )
    hidden = {"visible": False, "fixedrange": True}
    return figure.update_layout(xaxis=hidden | {"range": [-0.04, 1.04]}, yaxis=hidden, margin={"l": 8})


def _nodes(levels: Sequence[Sequence[Node]]) -> list[tuple[int, int, Node]]:
    return [(height, place, node) for height, level in enumerate(levels) for place, node in enumerate(level)]


def _across(levels: Sequence[Sequence[Node]], height: int, place: int) -> float:
    return (place + 0.5) / len(levels[height])


def _edges(
    levels: Sequence[Sequence[Node]],
    places: dict[tuple[int, int], tuple[float, int]],
    thick: bool,
    name: str = "",
) -> go.Scatter:
    """Lines from every question to those it was split into, broken by None."""
    x: list[float | None] = []
    y: list[float | None] = []
    for height, place, node in _nodes(levels[:-1]):
        above = place * len(levels[height + 1]) // len(levels[height])
        if (node.chosen and levels[height + 1][above].chosen) == thick:
            for at in (places[height, place], places[height + 1, above]):
                x.append(at[0])
                y.append(at[1])
            x.append(None)
            y.append(None)
    line = {"color": style.ORANGE if thick else style.GREY, "width": 5 if thick else 1}
    return go.Scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", name=name, showlegend=bool(thick and name))


def _told(node: Node) -> str:
    said = "not asked" if node.answer is None else f"answers {node.answer}"
    planted = "<br>a persuasive falsehood is planted here" if node.planted else ""
    return f"{said}; the truth is {node.truth}{planted}{'<br>' if node.note else ''}{node.note}"
