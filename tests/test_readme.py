"""The README is a test: its commands, its study and its Python run as they stand, and its picture is current."""

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def run(command, cwd):
    ran = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_there_are_exactly_two_set_up_commands():
    install, test = (block.strip() for block in blocks("sh"))
    start = "python3 -m venv .venv && .venv/bin/python -m pip install -c constraints.txt -e "
    assert install == start + ". && .venv/bin/hch compare"
    assert test == start + '".[test]" && .venv/bin/python -m pytest'


def test_what_it_answers_fits_in_five_lines():
    before_picture = README.split("![")[0].split("\n", 1)[1].strip()
    assert len(before_picture.splitlines()) == 5


@pytest.mark.parametrize("code", blocks("python"), ids=["the four functions", "an overseer of one's own"])
def test_the_python_runs(code, tmp_path):
    (tmp_path / "snippet.py").write_text(code, encoding="utf-8")
    assert "gamma_star" in run([sys.executable, "snippet.py"], tmp_path)


def test_the_study_runs(tmp_path):
    (text,) = blocks("toml")
    tomllib.loads(text)
    (tmp_path / "spec.toml").write_text(text, encoding="utf-8")
    printed = run([sys.executable, "-m", "divergence", "sweep", "spec.toml", "--out", "my-study"], tmp_path)
    assert "report: my-study/report.html" in printed


COMMANDS = [
    command for command in re.findall(r"\| `hch ([^`]*)` \|", README) if not re.search("sweep|DIR|SPEC", command)
]


@pytest.mark.parametrize(
    "command", [pytest.param(one, marks=[pytest.mark.slow] if "trained" in one else []) for one in COMMANDS]
)
def test_the_commands_run(command, tmp_path):
    run([sys.executable, "-m", "divergence", *shlex.split(command)], tmp_path)


def test_all_commands_of_the_table_are_found():
    assert len(COMMANDS) == 8


@pytest.mark.slow
def test_the_main_picture_is_current(tmp_path):
    """Run its study again: the numbers on disk are those, and the picture was made from them."""
    import importlib.util

    import pandas as pd

    spec = importlib.util.spec_from_file_location("main_picture", ROOT / "docs" / "main_picture.py")
    picture = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(picture)
    fresh = picture.numbers(picture.run(tmp_path / "study")).reset_index(drop=True)
    # Another machine's logarithms may differ in the last bit, and so may an argmax now and then.
    pd.testing.assert_frame_equal(pd.read_csv(picture.CSV), fresh, atol=2e-3, check_dtype=False)
    assert picture.fingerprint() in picture.SVG.read_text(encoding="utf-8")
