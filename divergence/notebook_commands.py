"""``hch notebook`` and ``hch explore``: marimo pages served to this machine alone.

Marimo runs in this process, so parts of one's own (``--plugin``) are known to the pages. The server listens on
127.0.0.1, sharing is switched off, and the pages' security policy forbids requests to anywhere else.
"""

from __future__ import annotations

import ast
import gc
import importlib
import importlib.util
import os
import runpy
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

HOST = "127.0.0.1"
MISSING = (
    "notebooks need marimo, which is not installed; in your clone run:\n"
    '.venv/bin/python -m pip install -c constraints.txt -e ".[notebooks]"'
)

Headless = Annotated[bool, typer.Option("--headless", help="Serve, but open no browser; print the address.")]
Port = Annotated[
    int | None, typer.Option("--port", min=1, max=65535, help="Port on 127.0.0.1. Default: a free one from 2718.")
]


@dataclass(frozen=True)
class Notebook:
    """One of the packaged notebooks: its number, the question it asks, and what it shows."""

    number: int
    question: str
    about: str
    path: Path


def notebooks() -> list[Notebook]:
    """The packaged notebooks in reading order."""
    found = []
    for path in sorted(_folder().glob("n[0-9]_*.py")):
        said = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n\n")[0]
        question, _, about = said.partition("? ")
        found.append(Notebook(int(path.name[1]), f"{question}?", about, path))
    return found


def notebook(
    number: Annotated[int | None, typer.Argument(metavar="[N]", help="Which; without it, all are listed.")] = None,
    headless: Headless = False,
    port: Port = None,
    edit: Annotated[
        bool, typer.Option("--edit", help="Copy it into the current directory and open it in marimo's editor.")
    ] = False,
) -> None:
    """List the interactive notebooks, or open one in the browser."""
    known = {one.number: one for one in notebooks()}
    if number is None:
        for one in known.values():
            print(f"  hch notebook {one.number}  {one.question}  {one.about}")
        print("  hch explore     All of it on one page, over live runs or a finished study.")
        return
    if number not in known:
        from divergence.build import SpecError

        raise SpecError(f"notebook: there is no number {number}; permitted: {', '.join(map(str, known))}")
    _need_marimo()
    if edit:
        _serve(["edit", "--skip-update-check"], _copied(known[number].path), headless, port)
    else:
        _serve(["run", "--include-code", "--no-check"], known[number].path, headless, port)


def explore(
    directory: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="A study's directory; without it, live runs.")
    ] = None,
    headless: Headless = False,
    port: Port = None,
    plugin: Annotated[
        list[Path] | None, typer.Option("--plugin", help="A Python file with parts of your own; repeatable.")
    ] = None,
) -> None:
    """Turn every knob on one page: live runs, or the results of a finished study."""
    from divergence import study
    from divergence.plugins import load_plugins

    _need_marimo()
    load_plugins(plugin)
    given = []
    if directory is not None:
        study.load(directory)
        given = ["--", "--study", str(directory.resolve())]
    _serve(["run", "--include-code", "--no-check"], _folder() / "explore.py", headless, port, given)


def _folder() -> Path:
    found = importlib.util.find_spec("notebooks")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


def _need_marimo() -> None:
    """Raises SpecError, which says what to install."""
    if importlib.util.find_spec("marimo") is None:
        from divergence.build import SpecError

        raise SpecError(MISSING)


def _copied(path: Path) -> Path:
    """The reader's own copy; one that exists already is opened as it is."""
    own = Path.cwd() / path.name
    if not own.exists():
        shutil.copy(path, own)
    return own


def _serve(command: list[str], path: Path, headless: bool, port: int | None, given: list[str] | None = None) -> None:
    """Hand over to marimo, as ``python -m marimo`` would; returns when the server is stopped."""
    os.environ["MARIMO_RESTRICT_SHARING"] = "true"
    gc.disable()  # imports leave next to no garbage, and looking for it takes a tenth of their time; warmup.py ends it
    for name in ("policy", "assets", "warmup"):  # by name: divergence does not depend on notebooks
        importlib.import_module(f"notebooks.{name}").install()
    options = ["--host", HOST, "--no-sandbox", *(["--headless"] if headless else [])]
    options += ["--port", str(port)] if port else []
    sys.argv = ["marimo", *command, *options, str(path), *(given or [])]
    runpy.run_module("marimo", run_name="__main__", alter_sys=True)
