"""How schemes look in every picture: a colour, a dash and a marker each, told apart without colour.

Colours are Okabe and Ito's, which colour-blind readers tell apart, less black and yellow, which vanish on one of the
two backgrounds. The core schemes always look the same; others take the next free combination in order of appearance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

ORANGE, SKY, GREEN, BLUE, VERMILION, PURPLE = "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#CC79A7"
GREY = "#7F7F7F"
_TRAINED = " (trained)"
"""How the label of a scheme's trained phase ends; see ``cell.label``."""

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

CONFIG: dict[str, Any] = {
    "displaylogo": False,
    "responsive": True,
    "modeBarButtonsToRemove": ["sendChartToCloud", "select2d", "lasso2d", "autoScale2d", "toImage"],
}
"""Plotly's configuration: no cloud button, no logo. Pictures are saved by buttons of our own."""


@dataclass(frozen=True)
class Look:
    """How one line is drawn."""

    colour: str
    dash: str = "solid"
    marker: str = "circle"

    def faint(self, share: float = 0.18) -> str:
        """The colour of the band around the line."""
        red, green, blue = (int(self.colour[place : place + 2], 16) for place in (1, 3, 5))
        return f"rgba({red},{green},{blue},{share:g})"


CORE = {
    "imitation": Look(BLUE, "solid", "circle"),
    "approval": Look(VERMILION, "solid", "square"),
    "approval-frozen": Look(ORANGE, "dash", "diamond"),
    "reward-modelling": Look(GREEN, "dashdot", "triangle-up"),
    "debate": Look(PURPLE, "solid", "x"),
}

_COLOURS = (SKY, GREEN, VERMILION, BLUE, ORANGE, PURPLE)
_DASHES = ("dot", "longdash", "dash", "longdashdot", "dashdot")
_MARKERS = (
    "star",
    "triangle-down",
    "pentagon",
    "cross",
    "hexagon",
    "bowtie",
    "hourglass",
    "star-triangle-up",
    "diamond",
)

REFERENCES = {
    "hch_accuracy": ("HCH", Look(GREY, "solid")),
    "hch_mode_accuracy": ("HCH's most likely answer", Look(GREY, "dash")),
    "hch_noise_free_accuracy": ("HCH without noise", Look(GREY, "dashdot")),
    "hch_unpersuaded_accuracy": ("HCH with γ = 0", Look(GREY, "longdash")),
    "chance_accuracy": ("an answer at random", Look(GREY, "dot")),
    "chance_harm": ("an answer at random", Look(GREY, "dot")),
}
"""What every picture is drawn against: grey lines, named and dashed."""


def looks(labels: Sequence[str]) -> dict[str, Look]:
    """A look for each label. 6 colours, 5 dashes and 9 markers: the first thirty that are not core all differ.

    A trained scheme keeps its colour and marker, which is open then, on a dotted line.
    """
    schemes = {label: label.removesuffix(_TRAINED) for label in labels}
    others = [scheme for scheme in dict.fromkeys(schemes.values()) if scheme not in CORE]
    cycle = {
        scheme: Look(
            _COLOURS[place % len(_COLOURS)],
            _DASHES[(place // len(_COLOURS) + place) % len(_DASHES)],
            _MARKERS[place % len(_MARKERS)],
        )
        for place, scheme in enumerate(others)
    }
    own = CORE | cycle
    return {label: own[scheme] if label == scheme else _trained(own[scheme]) for label, scheme in schemes.items()}


def _trained(look: Look) -> Look:
    return replace(look, dash="dash" if look.dash == "dot" else "dot", marker=f"{look.marker}-open")


def template(theme: str = "light") -> dict[str, Any]:
    """What depends on the background alone; traces look the same on both."""
    dark = theme == "dark"
    text, grid, edge, box = (
        ("#E6E6E6", "#33373E", "#6B7280", "#1F2329") if dark else ("#1F2328", "#E4E7EB", "#8B949E", "#FFFFFF")
    )
    axis = {
        "gridcolor": grid,
        "linecolor": edge,
        "zerolinecolor": edge,
        "zerolinewidth": 1,
        "showline": True,
        "ticks": "outside",
        "tickcolor": edge,
        "ticklen": 4,
        "title": {"standoff": 6, "font": {"size": 13}},
    }
    return {
        "layout": {
            "font": {"family": FONT, "size": 12, "color": text},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "xaxis": axis,
            "yaxis": axis,
            "hoverlabel": {"bgcolor": box, "bordercolor": edge, "font": {"color": text, "size": 12}, "align": "left"},
            "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": edge, "activecolor": text},
        }
    }
