"""What a report says of the grounds of a ranking: verdicts, ablations, shares. What was not asked for is left out.

A section here is (name, title, HTML, tables): ``sections.py`` sets it into the page.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from divergence import fragments as html
from divergence import readable, sentences
from divergence.figures import names
from divergence.grounds import Grounds
from divergence.intervals import THRESHOLD
from divergence.spec import Range
from divergence.verdicts import EPSILON, EXACT

Made = tuple[str, str, str, dict[str, tuple[str, str]]]


def made(grounds: Grounds) -> list[Made]:
    """The sections for which there is anything to show."""
    return [section for section in (_verdicts(grounds), _ablations(grounds), _shares(grounds)) if section]


def said(grounds: Grounds) -> str:
    """What the ranking hangs on, as paragraphs; nothing where nothing was asked."""
    if not (len(grounds.ablations) or len(grounds.shares)):
        return ""
    found = [
        f"<h4>{html.text(_place(place))}</h4>{html.bullets(sentences.said(grounds, place))}"
        for place in sentences.places(grounds)
    ]
    return f"<h3>What the ranking hangs on</h3>{''.join(found)}"


def _verdicts(grounds: Grounds) -> Made | None:
    if not len(grounds.verdicts):
        return None
    before = (
        f"Whether a scheme's optimum is HCH, by mean total variation distance: exactly (below {EXACT:g}), within "
        f"{EPSILON:g}, or not; at the γ tried that is nearest the overseer's own, and at every γ tried."
    )
    title = "Is it HCH?"
    if grounds.spec.ablations is not None:
        title = "Is it HCH, and what takes it away?"
        before += (
            " What takes it away: the harm that goes when one mechanism is switched off, luck held, at the first γ at "
            "which the scheme has left HCH (or, where it never does, where it does most harm). Mechanisms work "
            "together, so the parts need not add up. It is tried for the schemes of the ablation table; “hch compare "
            "--full” tries all."
        )
    tables = {"verdicts": ("verdicts", html.csv(grounds.verdicts))}
    tables |= {"switches": ("mechanisms", html.csv(grounds.switches))} if len(grounds.switches) else {}
    return "verdicts", title, _page(grounds, before, readable.verdicts), tables


def _ablations(grounds: Grounds) -> Made | None:
    asked = grounds.spec.ablations
    if asked is None or not len(grounds.ablations):
        return None
    before = (
        f"γ* (where mean harm reaches {THRESHOLD:g}) under one change of an assumption at a time, "
        f"{asked.seeds} seeds of {asked.questions} questions. * marks a scheme that has changed places with another "
        "against the study as it is; ? where that is not settled by the resampled γ*s. Whatever else the study sweeps "
        f"stays at its parts' own value. {_fewer(grounds)}"
    )
    tables = {
        "ablations": ("γ* under each change", html.csv(grounds.ablations)),
        "turns": ("pairs that change places", html.csv(grounds.turns)),
    }
    return "ablations", "γ* under one change at a time", _page(grounds, before, readable.ablations), tables


def _fewer(grounds: Grounds) -> str:
    """Why γ* as it is may be another than that of the study."""
    told = readable.fewer(grounds).removeprefix(", ")
    return told[:1].upper() + told[1:]


def _shares(grounds: Grounds) -> Made | None:
    asked = grounds.spec.shares
    if asked is None or not len(grounds.shares):
        return None
    low, high = (readable.percent(share) for share in readable.DEPENDS)
    before = (
        f"At {asked.points} points of the box of plausible assumptions below (scrambled Sobol points; one seed of "
        f"{asked.questions} questions each) every pair of schemes is put in order: by γ*, or where neither leaves HCH "
        "by mean harm over γ. The share of the points in which the order is the one shown, ties left aside, has a 95 % "
        f"interval (Wilson). Between {low} and {high} the order depends on what is assumed; then the field that "
        "explains most of the difference in γ* by itself is named, with how much of its variance."
    )
    page = _page(grounds, before, lambda all_, place, shown: readable.shares(all_, place))
    page += "<h3>The box</h3>" + html.table(
        ["assumption", "plausible values"], [[one.path, _values(one)] for one in grounds.spec.box]
    )
    tables = {"shares": ("shares", html.csv(grounds.shares)), "points": ("points of the box", html.csv(grounds.points))}
    return "shares", "How often each order holds", page, tables


def _values(one: Range) -> str:
    between = ", " if one.chosen else " to "
    return between.join(map(names.value, one.values))


def _page(
    grounds: Grounds, before: str, table: Callable[[Grounds, readable.Place, list[str] | None], pd.DataFrame]
) -> str:
    """An explanation, then a table for every scenario and overseer."""
    blocks = []
    for place in sentences.places(grounds):
        shown = table(grounds, place, None)
        if len(shown):
            heads, lines = list(map(str, shown.columns)), shown.itertuples(index=False, name=None)
            blocks.append(f"<h3>{html.text(_place(place))}</h3>{html.table(heads, lines)}")
    return f"<p>{html.prose(before)}</p>{''.join(blocks)}"


def _place(place: readable.Place) -> str:
    return f"{place[0]}, overseer {place[1]}"
