"""``hch notebook`` and ``hch explore`` without a server: what is listed, what is refused, what marimo is handed."""

import importlib.util
import runpy
import sys
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from divergence import notebook_commands
from divergence.cli import app

ROOT = Path(__file__).parents[2]


def run(*words):
    return CliRunner().invoke(app, words)


@pytest.fixture
def handed(monkeypatch):
    """What marimo would have been started with."""
    found = []
    monkeypatch.setattr(notebook_commands, "_need_marimo", lambda: None)
    monkeypatch.setattr(
        notebook_commands.importlib, "import_module", lambda name: type("Policy", (), {"install": lambda: None})
    )
    monkeypatch.setattr(runpy, "run_module", lambda *_, **__: found.append(list(sys.argv)))
    monkeypatch.setattr(sys, "argv", list(sys.argv))
    return found


def test_the_questions_are_listed_in_order():
    listed = notebook_commands.notebooks()
    assert [one.number for one in listed] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert all(one.question.endswith("?") and one.about for one in listed)
    said = run("notebook")
    assert said.exit_code == 0
    assert all(f"hch notebook {one.number}  {one.question}" in said.output for one in listed)


def test_an_unknown_notebook_is_refused():
    said = run("notebook", "9")
    assert said.exit_code == 2
    assert "permitted: 1, 2, 3, 4, 5" in said.stderr


@pytest.mark.parametrize("words", [("notebook", "1"), ("explore",)])
def test_without_marimo_it_says_what_to_install(words, monkeypatch):
    there = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "marimo" else there(name))
    said = run(*words)
    assert said.exit_code == 2
    assert 'pip install -c constraints.txt -e ".[notebooks]"' in said.stderr


def test_the_server_listens_on_this_machine_alone(handed):
    assert run("notebook", "2", "--headless", "--port", "4321").exit_code == 0
    (words,) = handed
    assert words[:2] == ["marimo", "run"]
    assert words[words.index("--host") + 1] == "127.0.0.1"
    assert words[words.index("--port") + 1] == "4321"
    assert "--headless" in words
    assert words[-1].endswith("n2_when_does_approval_leave_hch.py")


def test_editing_works_on_a_copy_that_is_kept(handed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("notebook", "5", "--edit").exit_code == 0
    copy = tmp_path / "n5_write_your_own.py"
    copy.write_text("# mine", encoding="utf-8")
    assert run("notebook", "5", "--edit").exit_code == 0
    assert copy.read_text(encoding="utf-8") == "# mine"
    assert handed[0][1] == "edit"
    assert "--skip-update-check" in handed[0]


def test_explore_refuses_what_is_no_study(handed, tmp_path):
    said = run("explore", str(tmp_path))
    assert said.exit_code == 2
    assert "no study here" in said.stderr
    assert not handed


def test_notebooks_are_shipped():
    packaged = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    assert "notebooks" in packaged["packages"]
    assert "*.html" in packaged["package-data"]["notebooks"]
