"""Sphinx: ``python -m sphinx -W docs docs-build`` builds these pages (needs the extra ``docs``); nothing is fetched."""

import importlib
import inspect
import pkgutil
import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from divergence.version import version as installed
from scenarios.part import Part, notes

project = "hch-divergence"
version = release = installed()
copyright = "the hch-divergence authors, MIT licence"
extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["_build"]
html_theme = "alabaster"
html_theme_options = {
    "page_width": "1200px",
    "body_max_width": "100%",
    "sidebar_width": "240px",
    "description": "How far from HCH?",
    "font_family": "system-ui, sans-serif",
}
html_static_path = ["_static"]
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
highlight_language = "none"
myst_heading_anchors = 3


class Modules(SphinxDirective):
    """``.. modules:: PACKAGE``: every module of a package from its docstrings, found by walking, like parts are."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        package = importlib.import_module(self.arguments[0])
        lines: list[str] = []
        for module in sorted(pkgutil.iter_modules(package.__path__, f"{package.__name__}."), key=lambda one: one.name):
            if not module.ispkg and not module.name.endswith("__main__"):
                title = f"``{module.name}``"
                lines += [title, "-" * len(title), "", f".. automodule:: {module.name}", "   :members:", ""]
        return self.parse_text_to_nodes("\n".join(lines), allow_section_headings=True)


def equations(lines: list[str]) -> list[str]:
    """Indented lines of a docstring are equations: they stand as they are."""
    found: list[str] = []
    inside = False
    for before, line in zip(["", *lines], lines, strict=False):
        indented = line.startswith("    ")
        if indented and not inside and not before.strip():
            found += ["::", ""]
        inside = indented or (inside and not line.strip())
        found.append(line)
    return found


def fields_of(part: type[Part]) -> list[str]:
    """The fields of a part, as ``hch list`` has them."""
    lines = [""]
    for note in notes(part):
        if note.name in inspect.get_annotations(part):
            symbol = f" ({note.symbol})" if note.symbol else ""
            unit = f", {note.unit}" if note.unit else ""
            default = note.default.part_name() if isinstance(note.default, Part) else note.default
            lines.append(f"* ``{note.name}``{symbol} = ``{default}``: {note.meaning}{unit} ({note.permitted})")
    return [*lines, ""]


def _told(app: Sphinx, what: str, name: str, thing: object, options: object, lines: list[str]) -> None:
    lines[:] = equations([re.sub(r"\*(?=[\w.]+\))", r"\\*", line) for line in lines])
    if isinstance(thing, type) and issubclass(thing, Part) and "__part__" in vars(thing):
        lines += fields_of(thing)


def _signed(
    app: Sphinx, what: str, name: str, thing: object, options: object, signature: str | None, returned: str | None
) -> tuple[str, None] | None:
    """A part is made from its fields, which are told below it."""
    return ("(…)", None) if isinstance(thing, type) and issubclass(thing, Part) else None


def _left_out(app: Sphinx, what: str, name: str, thing: object, skip: bool, options: object) -> bool | None:
    """Fields of parts are told with their part."""
    return True if what == "class" and not callable(thing) and not isinstance(thing, property) else None


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("modules", Modules)
    app.connect("autodoc-process-docstring", _told)
    app.connect("autodoc-process-signature", _signed)
    app.connect("autodoc-skip-member", _left_out)
    return {"parallel_read_safe": True}
