"""A consultation as one self-contained page: a tree and a timeline, as it went beside the same people at γ = 0.

The page loads nothing; its security policy forbids every request.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from divergence import fragments as html
from divergence import tree_data
from divergence.build import SpecError
from divergence.consultation import Consulted, consultation, described
from divergence.packaged import packaged
from divergence.version import version
from overseers.unpersuaded import Unpersuaded
from scenarios.base import Scenario
from scenarios.part import Part, as_table

MOST = 5000
"""People on a page: more would be slow to open, and nobody would read it."""


def check(scenario: Scenario) -> None:
    """Refuse trees too large for a page. Raises SpecError."""
    people, _ = scenario.size()
    if people > MOST:
        raise SpecError(
            f"--html: {people:,} people are too many for a page (at most {MOST:,}); lower scenario.depth or "
            "scenario.branching"
        )


def write(consulted: Consulted, path: Path) -> Path:
    """Write the page and return where it is. Raises SpecError if the tree is too large, OSError if it cannot be."""
    check(consulted.scenario)
    path.write_text(page(consulted), encoding="utf-8")
    return path


def page(consulted: Consulted) -> str:
    """The page as text."""
    filled = {
        "title": html.text(f"One consultation: {consulted.scenario.part_name()}, question {consulted.question}"),
        "style": packaged("report.css") + packaged("tree.css"),
        "theme": packaged("theme.js"),
        "intro": "".join(f"<p>{html.text(line)}</p>" for line in _intro(consulted)),
        "fates": _legend("fate", _fates(consulted)),
        "segments": _legend("segment", tree_data.SEGMENTS),
        "marks": _legend("mark", _borne(consulted)),
        "provenance": _provenance(consulted),
        "data": json.dumps(_data(consulted), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
        "script": packaged("tree.js"),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda found: filled[found[1]], packaged("tree.html"))


def _data(consulted: Consulted) -> dict[str, Any]:
    silent = consultation(
        consulted.scenario,
        Unpersuaded(member=consulted.overseer),
        consulted.seed,
        consulted.question,
        office=consulted.office,
        attack=consulted.attack,
    )
    return {
        "name": f"tree-{consulted.scenario.part_name()}-{consulted.seed}-{consulted.question}",
        "fates": tree_data.FATES,
        "segments": tree_data.SEGMENTS,
        "marks": tree_data.MARKS,
        "runs": [tree_data.run(_title(consulted.overseer), consulted), tree_data.run("γ = 0", silent)],
    }


def _title(overseer: Part) -> str:
    gamma = getattr(overseer, "gameability", None)
    return overseer.part_name() if gamma is None else f"γ = {gamma:g}"


def _intro(consulted: Consulted) -> list[str]:
    """What is seen here."""
    scenario = type(consulted.scenario)
    meaning = " ".join((scenario.__doc__ or "").split())
    return [
        f"HCH is asked one question: a simulated human who splits it, asks other such humans, and joins their answers. "
        f"{scenario.part_name()}: {meaning} Each human gives one of {consulted.scenario.size()[1]} claims, numbered "
        "from 0; one is true, and some questions carry a planted, persuasive falsehood (a small flag).",
        "Beside it, the same people with the same luck whom no persuasion reaches (γ = 0).",
    ]


def _borne(consulted: Consulted) -> dict[str, str]:
    """The marks that somebody bears here."""
    borne = {name for visit in consulted.record.visits for name in tree_data.marks(visit)}
    return {name: meaning for name, meaning in tree_data.MARKS.items() if name in borne}


def _fates(consulted: Consulted) -> dict[str, str]:
    """What may become of an answer here."""
    return {name: meaning for name, meaning in tree_data.FATES.items() if name != "attack" or consulted.attack}


def _legend(kind: str, meanings: dict[str, str]) -> str:
    if not meanings:
        return ""
    items = "".join(
        f'<li><span class="key" data-{kind}="{html.text(name)}" aria-hidden="true"></span> {html.text(meaning)}</li>'
        for name, meaning in meanings.items()
    )
    return f'<ul class="legend">{items}</ul>'


def _provenance(consulted: Consulted) -> str:
    staff = "a desk for everybody" if consulted.record.staff is None else f"staff {consulted.record.staff}"
    where = f"hch-divergence {version()}; seed {consulted.seed}, question {consulted.question}; {staff}."
    drawn = [described(consulted.scenario), described(consulted.overseer), *consulted.circumstances()]
    parts = [
        consulted.scenario,
        consulted.overseer,
        consulted.office,
        *([consulted.attack] if consulted.attack else []),
    ]
    fields = json.dumps([as_table(one) for one in parts], ensure_ascii=False, indent=1)
    return (
        f"<p>{html.text(where)}</p>{html.bullets(drawn)}<details><summary>Every field</summary>"
        f'<pre tabindex="0"><code>{html.text(fields)}</code></pre></details>'
    )
