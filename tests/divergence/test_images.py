"""``hch figures``: every picture of the report as a file, and a clear word where there is no Kaleido or no browser."""

import importlib.util
import struct

import pytest
from typer.testing import CliRunner

from divergence import images, sweep
from divergence.cli import app
from divergence.sections import sections

PICTURES = ["harm", "better", "accuracy", "costs", "worst"]
NEEDS_KALEIDO = pytest.mark.skipif(importlib.util.find_spec("kaleido") is None, reason="needs the extra images")


def figures(study, *words):
    return CliRunner().invoke(app, ["figures", str(study.directory), *words])


def test_there_is_a_file_for_every_picture_of_the_report(small_study, monkeypatch):
    drawn = {}
    monkeypatch.setattr(images.importlib.util, "find_spec", lambda name: True)
    monkeypatch.setattr(images, "_draw", lambda pictures, format_: drawn.update(pictures))
    ran = figures(small_study, "--format", "png")
    assert ran.exit_code == 0, ran.output
    assert ran.stdout.split() == [str(path) for path in drawn]
    assert [path.name for path in drawn] == [f"{name}.png" for name in PICTURES]
    assert [one.name for one in sections(small_study) if one.figure is not None] == PICTURES


def test_without_kaleido_the_extra_is_named(small_study, monkeypatch):
    monkeypatch.setattr(images.importlib.util, "find_spec", lambda name: None)
    ran = figures(small_study)
    assert ran.exit_code == 2
    assert "[images]" in ran.stderr


@NEEDS_KALEIDO
def test_without_a_browser_it_says_so(small_study, monkeypatch):
    monkeypatch.setenv("BROWSER_PATH", str(small_study.directory / "nowhere"))
    ran = figures(small_study)
    assert ran.exit_code == 2
    assert "Chrome or Chromium" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_another_format_is_refused(small_study):
    ran = figures(small_study, "--format", "gif")
    assert ran.exit_code == 2
    assert "gif" in ran.stderr


@NEEDS_KALEIDO
def test_the_page_that_draws_names_no_address():
    from kaleido import PageGenerator

    assert "http" not in PageGenerator(mathjax=False).generate_index()


@NEEDS_KALEIDO
@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("format_", ["svg", "png"])
def test_they_are_images(tmp_path, format_):
    schemes = [{"type": "imitation"}, {"type": "approval"}]
    table = {"questions": 10, "seeds": 1, "scenario": {"type": "majority", "depth": 1}, "scheme": schemes}
    study = sweep(table, tmp_path / "study", workers=1)
    for path in images.write(study, format_):
        if format_ == "svg":
            assert path.read_text(encoding="utf-8").startswith("<svg")
        else:
            start = path.read_bytes()[:24]
            assert start.startswith(b"\x89PNG")
            assert struct.unpack(">I", start[16:20]) == (2 * images.WIDTH,)
