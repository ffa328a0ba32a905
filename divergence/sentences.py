"""What a ranking hangs on, in sentences made from the numbers.

Neighbours in the ranking are what a reader would quote, so each pair of neighbours gets a sentence: in how much of the
box of plausible assumptions their order holds (it *depends* between 10 % and 90 %), and which single change turns it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable

import pandas as pd

from divergence import readable
from divergence.changes import ABLATIONS, UNCHANGED
from divergence.grounds import Grounds
from divergence.readable import Place


def places(grounds: Grounds) -> list[Place]:
    """The scenarios and overseers of which there is something to say."""
    found = grounds.verdicts
    return list(dict.fromkeys(zip(found["scenario"], found["overseer"], strict=True))) if len(found) else []


def said(grounds: Grounds, place: Place) -> list[str]:
    """All sentences about one scenario and overseer."""
    shown = readable.schemes(grounds)
    return [*identical(grounds, place, shown), *orders(grounds, place, shown), *causes(grounds, place, shown)]


def identical(grounds: Grounds, place: Place, shown: list[str]) -> list[str]:
    """Which optima are HCH, and how far the others are from it."""
    here = readable.at(grounds.verdicts, place)
    here = here[here["scheme"].isin(shown)]
    exact = here[here["hch"] == "exactly"]["scheme"].tolist()
    sentences = [f"{listed(exact)} {_is(exact)} HCH exactly, at every γ tried."] if exact else []
    rest = here[here["hch"] != "exactly"]
    if len(rest):
        gamma = float(rest["gamma_default"].iloc[0])
        distances = [
            f"{name} {distance:.2f} (harm {harm:.2f})"
            for name, distance, harm in zip(rest["scheme"], rest["distance_default"], rest["harm_default"], strict=True)
        ]
        sentences.append(f"Total variation distance from HCH at γ = {gamma:g}: {listed(distances)}.")
    return sentences


def orders(grounds: Grounds, place: Place, shown: list[str]) -> list[str]:
    """A sentence for every two neighbours in the ranking, where anything is known of their order beyond the study."""
    ranked = [name for name in grounds.ranking.get(place, []) if name in shown]
    found = [_order(grounds, place, a, b) for a, b in itertools.pairwise(ranked)]
    return [sentence for sentence in found if sentence]


def _order(grounds: Grounds, place: Place, a: str, b: str) -> str:
    pairs = readable.at(grounds.shares, place)
    pairs = pairs[(pairs["a"] == a) & (pairs["b"] == b)] if len(pairs) else pairs
    parts = [_in_the_box(pairs.iloc[0])] if len(pairs) else []
    parts += _turned(grounds, place, a, b)
    return f"Here {a} stays with HCH longer than {b}: {'; '.join(parts)}." if parts else ""


def _in_the_box(line: pd.Series) -> str:
    """What a share says, in words."""
    so = readable.so(float(line["share"]))
    if so == "no order":
        return f"in all of {line['points']} plausible worlds they are tied"
    apart = int(line["points"]) - int(line["tied"])
    where = f"{readable.share(line)} of {apart} plausible worlds"
    word = {
        "depends": "it depends, holding in",
        "holds": "it holds in",
        "the other way round": "it is the exception, holding in",
    }[so]
    field = str(line["decided_by"])
    tied = f" ({line['tied']} more are ties)" if line["tied"] else ""
    return f"{word} {where}{tied}" + (f", and `{field}` decides most" if field else "")


def _turned(grounds: Grounds, place: Place, a: str, b: str) -> list[str]:
    """Which single changes of the ablation table put the two in the other order."""
    if not len(grounds.ablations):
        return []
    lines = readable.at(grounds.ablations, place)
    lines = lines[lines["change"] == UNCHANGED]
    stars = dict(zip(lines["scheme"], lines["gamma_star"].fillna(math.inf), strict=True))
    if a not in stars or b not in stars:
        return []
    if stars[a] < stars[b]:
        return ["in the ablations' fewer questions they stand the other way round, so no change is said to turn them"]
    turns = readable.at(grounds.turns, place)
    turns = turns[(turns["a"] == a) & (turns["b"] == b)] if len(turns) else turns
    settled = turns["settled"].astype(bool)
    listed_changes = [change.label for change in ABLATIONS]
    sure = [name for name in listed_changes if name in set(turns[settled]["change"])]
    unsure = [name for name in listed_changes if name in set(turns[~settled]["change"])]
    said = [f"turned round by {listed(sure)}"] if sure else []
    said += [f"perhaps by {listed(unsure)} (not settled)"] if unsure else []
    return said or ["turned round by no single change in the ablation table"]


def causes(grounds: Grounds, place: Place, shown: list[str]) -> list[str]:
    """What takes each scheme away from HCH: the mechanisms without which its harm goes."""
    off = readable.at(grounds.switches, place)
    sentences = []
    for name in shown:
        strongest = readable.mechanisms(grounds, (*place, name))
        own = off[off["scheme"] == name] if len(off) else off
        if strongest and math.isfinite(own["gamma"].iloc[0]):
            sentences.append(
                f"Of {name}'s harm at γ = {own['gamma'].iloc[0]:g} ({own['harm'].iloc[0]:.2f}), switching off one "
                f"mechanism at a time removes: {listed(strongest)}."
            )
    return sentences


def _is(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"


def listed(items: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    words = list(items)
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
