"""The documentation is a test: its commands and files run in order and print what it says, and it builds unwarned."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = ("tutorial", "howto-overseer", "howto-scheme", "howto-scenario", "howto-office", "howto-training")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
SAVED = re.compile(r"[Ss]ave\s+this\s+as\s+`([\w.]+)`:\s*\Z")


def blocks(topic):
    """(language, file that it is to be saved as, text) of every block of a page."""
    text = (DOCS / f"{topic}.md").read_text(encoding="utf-8")
    found = []
    for block in BLOCK.finditer(text):
        named = SAVED.search(text[: block.start()])
        found.append((block[1], named and named[1], block[2]))
    return found


def command(line):
    """The command as the reader types it, with the Python that runs the tests."""
    program, *words = shlex.split(line)
    return {"hch": [sys.executable, "-m", "divergence"], "python": [sys.executable]}[program] + words


@pytest.mark.slow
@pytest.mark.parametrize("topic", PAGES)
def test_following_a_page_alone_works(topic, tmp_path):
    printed = ""
    for language, name, text in blocks(topic):
        if name:
            (tmp_path / name).write_text(text, encoding="utf-8")
        elif language == "text":
            shown = [" ".join(line.split()) for line in printed.splitlines()]
            for line in text.splitlines():
                assert " ".join(line.split()) in shown, (line, printed)
        elif "venv" not in text:
            for line in text.splitlines():
                ran = subprocess.run(
                    command(line), cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
                )
                assert ran.returncode == 0, f"{line}\n{ran.stdout}{ran.stderr}"
                printed = ran.stdout


@pytest.mark.parametrize("topic", PAGES)
def test_every_block_is_a_command_a_file_or_what_is_printed(topic):
    for language, name, text in blocks(topic):
        assert language in {"sh", "text", "python", "toml"}
        assert (name is not None) == (language in {"python", "toml"})
        if language == "python":
            compile(text, name, "exec")
        if language == "sh" and "venv" not in text:
            assert all(command(line) for line in text.splitlines())


def test_setting_up_is_as_in_the_readme():
    _, _, text = next(block for block in blocks("tutorial") if "venv" in block[2])
    assert text.splitlines()[0] in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted(DOCS.glob("*.md")), ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text(encoding="utf-8")):
        assert target.startswith("http") or (path.parent / target).exists(), target


@pytest.mark.slow
def test_the_pages_build_without_a_warning_and_ask_nobody(tmp_path):
    pytest.importorskip("sphinx")
    pytest.importorskip("myst_parser")
    build = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-E", "-b", "html", "-d", tmp_path / "trees"]
    ran = subprocess.run([*build, DOCS, tmp_path / "html"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    for page in (tmp_path / "html").rglob("*.html"):
        loaded = re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="([^"]+)"', page.read_text(encoding="utf-8"))
        assert not [one for one in loaded if "//" in one], page
    reference = (tmp_path / "html" / "reference" / "overseers.html").read_text(encoding="utf-8")
    for piece in ("overseers.human", "weight of persuasion", "leaf_discernment", "κ·m(a)"):
        assert piece in reference
