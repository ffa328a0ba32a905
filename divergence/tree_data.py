"""A consultation as plain data for its page: everybody's question, claims, belief, and how their time went.

One run of a consultation is a list of people, the root first, each followed by those it consulted. What is said of a
person is a list of facts and a list of segments of time, so that whatever else a human comes to have (lateness, hurry)
is one more fact or segment here, and the page shows it without being told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from divergence.consultation import Consulted, corrupted_by, minutes, reason
from hch import exact
from hch.visits import Visit
from overseers.beliefs import together
from scenarios.streams import Floats
from scenarios.trees import Trees, one_hot

SEGMENTS = {
    "queueing": "waiting for a desk",
    "thinking": "first thought",
    "waiting": "waiting for sub-answers",
    "composing": "joining sub-answers",
}
"""What a human's time goes to, in the order of its life."""

FATES = {
    "true": "true answer",
    "misled": "false: passes on what false sub-answers join to",
    "planted": "false: the planted falsehood won",
    "own": "false: talked itself into another claim",
    "attack": "false: what the attack wants",
}
"""What became of an answer; each has a colour and a shape of its own."""

MARKS = {
    "late": "late: the asker went on with a guess of its own (dashed line)",
    "hurried": "had less than its usual time, or skill, to verify",
    "corrupted": "corrupted by an attack",
}
"""What time and attacks did to somebody, besides; each has a sign of its own."""

Places = dict[tuple[int, int], Visit]


@dataclass(frozen=True)
class _Level:
    """What is heard at one level, (claims, nodes): appeal ``v``, own argument ``x_1``, and the belief that follows."""

    appeal: Floats
    thought: Floats
    belief: Floats


def run(title: str, consulted: Consulted) -> dict[str, Any]:
    """One run of a consultation: its title, what came of it, and everybody in it."""
    visits = consulted.record.visits
    trees = consulted.scenario.trees(consulted.seed, 1, start=consulted.question)
    levels = [_level(trees, height, visits, consulted) for height in range(trees.depth + 1)]
    places = {(visit.height, visit.node): visit for visit in visits}
    people = [
        _person(visit, name, parent, levels[visit.height], places)
        for visit, name, parent in _named(visits[0], "q", -1, places, iter(range(len(visits))))
    ]
    return {
        "title": title,
        "finish": minutes(visits[0].finish),
        "summary": consulted.told(),
        "people": people,
    }


def _level(trees: Trees, height: int, visits: tuple[Visit, ...], consulted: Consulted) -> _Level:
    """Beliefs given what everybody verified, and had time to: how often another draw of their noise would answer so."""
    here = sorted((visit for visit in visits if visit.height == height), key=lambda visit: visit.node)
    supported = np.array([[visit.supported] for visit in here], dtype=np.intp)
    nodes = np.array([[visit.subject] for visit in here], dtype=np.intp)
    heard = exact.hearing(trees.levels[height].put(nodes, trees.seats[height].places))
    opinion = consulted.overseer.own(heard)
    kept = np.array([[visit.kept] for visit in here])
    if (kept != 1.0).any():
        opinion = together([voice.hurried(kept) for voice in opinion.voices])
    belief = opinion.answer(one_hot(supported, trees.claims))
    return _Level(heard.appeal[..., 0], heard.thought[..., 0], belief[..., 0])


def _named(
    visit: Visit, name: str, parent: int, places: Places, numbers: Iterator[int]
) -> Iterator[tuple[Visit, str, int]]:
    """Everybody with a name (q.1.2: the second sub-question of q's first) and the number of who asked, -1 for none."""
    yield visit, name, parent
    number = next(numbers)
    for place, node in enumerate(visit.consulted, start=1):
        yield from _named(places[visit.height - 1, node], f"{name}.{place}", number, places, numbers)


def _person(visit: Visit, name: str, parent: int, level: _Level, places: Places) -> dict[str, Any]:
    below = [places[visit.height - 1, node] for node in visit.consulted]
    return {
        "name": name,
        "parent": parent,
        "level": visit.height,
        "answer": visit.answer,
        "truth": visit.truth,
        "planted": visit.planted,
        "supported": visit.supported,
        "fate": fate(visit),
        "marks": marks(visit),
        "facts": _facts(visit, name, below),
        "segments": [[kind, round(start, 4), round(end, 4)] for kind, start, end in segments(visit, below)],
        **{column: _digits(getattr(level, column)[:, visit.node]) for column in ("appeal", "thought", "belief")},
    }


def fate(visit: Visit) -> str:
    """Which of ``FATES`` an answer met."""
    if visit.answer == visit.truth:
        return "true"
    if visit.dictated:
        return "attack"
    if visit.answer == visit.supported:
        return "misled"
    return "planted" if visit.answer == visit.planted else "own"


def marks(visit: Visit) -> list[str]:
    """Which of ``MARKS`` somebody bears."""
    borne = {"late": visit.late, "hurried": visit.kept < 1.0, "corrupted": visit.infected is not None}
    return [name for name, true in borne.items() if true]


def segments(visit: Visit, below: list[Visit]) -> list[tuple[str, float, float]]:
    """How a human's time went: (kind, from, to) in minutes since the root was asked; nothing of no length."""
    ready = min(max((child.finish for child in below), default=visit.joining), visit.joining)
    lived = (
        ("queueing", visit.asked, visit.started),
        ("thinking", visit.started, visit.thought),
        ("waiting", visit.thought, ready),
        ("queueing", ready, visit.joining),
        ("composing", visit.joining, visit.finish),
    )
    return [(kind, minutes(start), minutes(end)) for kind, start, end in lived if end > start]


def _facts(visit: Visit, name: str, below: list[Visit]) -> list[tuple[str, str]]:
    """What is said of a human in words: (label, text)."""
    asks = [f"{name}.{number}" for number in range(1, len(below) + 1)]
    facts = [
        ("question", f"joins {_joiner(visit, below).join(asks)}" if asks else "a leaf: can be checked by looking"),
        ("in hand", f"claim {visit.supported}" + (f" ({_given(below)})" if below else " (checked)")),
        ("answer", f"claim {visit.answer}, {'true' if visit.answer == visit.truth else f'false: {reason(visit)}'}"),
    ]
    spent = minutes(visit.finish - visit.asked)
    facts.append(("time", f"asked at {minutes(visit.asked):.1f}, answered {spent:.1f} minutes later"))
    if visit.late:
        facts.append(("late", f"the asker had gone on without it, on the guess {visit.guess}"))
    if visit.kept != 1.0:
        facts.append(("verifying", f"{visit.kept:.0%} of the usual discernment"))
    if visit.infected is not None:
        cured = "" if visit.dictated else "; in quarantine when it answered"
        facts.append(("corrupted", f"at {minutes(visit.infected):.1f} by {corrupted_by(visit)}{cured}"))
    return facts


def _joiner(visit: Visit, below: list[Visit]) -> str:
    """Sub-questions go out together, or in turn where each depends on the answers so far."""
    return ", then " if any(later.asked > visit.thought for later in below) else ", "


def _given(below: list[Visit]) -> str:
    return "sub-answers " + ", ".join(str(child.answer) for child in below)


def _digits(values: Floats) -> list[float]:
    return [round(float(value), 4) for value in values]
