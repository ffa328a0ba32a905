"""The house rules that a reader relies on: imports flow one way, packages are typed, nothing names a machine."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ORDER = ("scenarios", "overseers", "hch", "distillers", "divergence", "notebooks")
ONLY_IN = {
    "simpy": ("hch",),
    "plotly": ("divergence", "notebooks"),
    "sqlite3": ("divergence",),
    "typer": ("divergence",),
}
FILES = [path for package in ORDER for path in sorted((ROOT / package).rglob("*.py"))]


def imported(path):
    """Top-level names of everything a module imports, wherever the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_package_imports_only_from_its_left(path):
    package = path.relative_to(ROOT).parts[0]
    allowed = ORDER[: ORDER.index(package) + 1]
    for name in imported(path):
        assert name not in ORDER or name in allowed, f"{package} must not import {name}"
        assert package in ONLY_IN.get(name, (package,)), f"only {ONLY_IN.get(name)} may import {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_is(path):
    text = path.read_text(encoding="utf-8")
    assert not text.strip() or ast.get_docstring(ast.parse(text)), "a module's docstring states its definition"


@pytest.mark.parametrize("package", ORDER)
def test_every_package_is_typed(package):
    assert (ROOT / package / "py.typed").exists()


def test_nothing_that_is_tracked_names_a_machine_or_an_index():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    hosts = re.compile("|".join(("/" + "root/", "py" + r"pi\.org", "python" + "hosted", "registry" + r"\.npmjs")))
    for name in listed:
        path = ROOT / name
        if path.suffix in (".py", ".md", ".toml", ".txt", ".cff", ".html", ".css", ".yaml") and path.exists():
            assert not hosts.search(path.read_text(encoding="utf-8")), name
