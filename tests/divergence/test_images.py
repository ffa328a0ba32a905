"""``hch figures``: every picture of the report as a file, and a clear word where there is no Kaleido or no browser."""

import importlib.util
import os
import struct
from pathlib import Path

import pytest
from typer.testing import CliRunner

from divergence import images, sweep
from divergence.cli import app
from divergence.sections import sections

PICTURES = ["harm", "better", "accuracy", "costs", "worst", "load"]
NEEDS_KALEIDO = pytest.mark.skipif(importlib.util.find_spec("kaleido") is None, reason="needs the extra images")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    schemes = [{"type": "imitation"}, {"type": "approval"}]
    table = {"questions": 10, "seeds": 1, "scenario": {"type": "majority", "depth": 1}, "scheme": schemes}
    table["load"] = {"questions": 10, "seeds": 1}
    return sweep(table, tmp_path_factory.mktemp("tiny") / "study", workers=1)


def figures(study, *words):
    return CliRunner().invoke(app, ["figures", str(study.directory), *words])


def test_there_is_a_file_for_every_picture_of_the_report(tiny, monkeypatch):
    drawn = {}
    monkeypatch.setattr(images.importlib.util, "find_spec", lambda name: True)
    monkeypatch.setattr(images, "_draw", lambda pictures, format_: drawn.update(pictures))
    ran = figures(tiny, "--format", "png")
    assert ran.exit_code == 0, ran.output
    assert ran.stdout.split() == [str(path) for path in drawn]
    assert [path.name for path in drawn] == [f"{name}.png" for name in PICTURES]
    assert [one.name for one in sections(tiny) if one.figure is not None] == PICTURES


def test_without_kaleido_the_extra_is_named(tiny, monkeypatch):
    monkeypatch.setattr(images.importlib.util, "find_spec", lambda name: None)
    ran = figures(tiny)
    assert ran.exit_code == 2
    assert "[images]" in ran.stderr


@NEEDS_KALEIDO
@pytest.mark.slow
def test_without_a_browser_it_says_so(tiny, monkeypatch):
    monkeypatch.setenv("BROWSER_PATH", str(tiny.directory / "nowhere"))
    ran = figures(tiny)
    assert ran.exit_code == 2
    assert "Chrome or Chromium" in ran.stderr
    assert "Traceback" not in ran.stderr


@NEEDS_KALEIDO
@pytest.mark.slow
@pytest.mark.skipif(not os.path.isdir("/proc"), reason="needs a place where nobody can write")
def test_pictures_that_cannot_be_written_are_told(tiny):
    figure = next(one.figure for one in sections(tiny) if one.figure is not None)
    with pytest.raises(OSError, match=r"harm\.svg"):
        images._draw({Path("/proc/harm.svg"): figure}, "svg")


def test_another_format_is_refused(tiny):
    ran = figures(tiny, "--format", "gif")
    assert ran.exit_code == 2
    assert "gif" in ran.stderr


@NEEDS_KALEIDO
@pytest.mark.slow
def test_the_page_that_draws_names_no_address():
    from kaleido import PageGenerator

    assert "http" not in PageGenerator(mathjax=False).generate_index()


@NEEDS_KALEIDO
@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("format_", ["svg", "png"])
def test_they_are_images(tiny, format_):
    for path in images.write(tiny, format_):
        if format_ == "svg":
            assert path.read_text(encoding="utf-8").startswith("<svg")
        else:
            start = path.read_bytes()[:24]
            assert start.startswith(b"\x89PNG")
            assert struct.unpack(">I", start[16:20]) == (2 * images.WIDTH,)
