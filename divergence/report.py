"""A study as one self-contained page: findings in words and pictures, their numbers, and the assumptions.

The page loads nothing: Plotly is in it once, and its security policy forbids every request.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from plotly.offline import get_plotlyjs

from divergence import fragments as html
from divergence import style, wording
from divergence.build import SpecError
from divergence.files import spelt, whole
from divergence.packaged import packaged
from divergence.sections import sections
from divergence.study import Study

NAME = "report.html"
_TITLE = "How far from HCH?"


def write(study: Study, path: Path | None = None) -> Path:
    """Write a study's report (by default ``report.html`` beside its results) and return where it is.

    Raises SpecError for another ending than ``.html``, and OSError if the place cannot be written.
    """
    path = path if path is not None else study.directory / NAME
    if path.suffix != ".html":
        raise SpecError(f"{path}: must end in .html")
    with whole(path) as temporary:
        temporary.write_text(page(study), encoding="utf-8")
    return path


def page(study: Study) -> str:
    """The report as text."""
    parts = sections(study)
    data = {
        "name": spelt(study.directory.resolve().name) or "study",
        "config": style.CONFIG,
        "templates": {theme: style.template(theme) for theme in ("light", "dark")},
        "tables": {name: csv for one in parts for name, (_, csv) in (one.tables or {}).items()},
        "figures": {one.name: json.loads(one.figure.to_json()) for one in parts if one.figure is not None},
    }
    filled = {
        "title": html.text(_TITLE),
        "about": html.text(wording.listed(named.label for named in study.spec.scenarios)),
        "style": packaged("report.css"),
        "theme": packaged("theme.js"),
        "contents": "".join(f'<a href="#{one.name}">{html.text(one.title)}</a>' for one in parts),
        "body": "\n".join(one.page() for one in parts),
        "footer": html.text(f"hch-divergence {study.about.get('version', '')}"),
        "plotly": get_plotlyjs(),
        "data": json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda found: filled[found[1]], packaged("report.html"))
