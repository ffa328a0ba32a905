"""Whose a directory is: another study is refused, and so are somebody's own files; starting over removes no others."""

import contextlib
import shutil
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from divergence import directory, merge, phase, phase_run, running
from divergence import study as studies
from divergence.api import default_spec
from divergence.build import SpecError
from divergence.cell import Named
from divergence.directory import begin, discard
from divergence.pool import PoolError
from divergence.specfile import parse
from divergence.store import FILE, LOCK, Store, StoreError
from overseers.human import Human

SPEC = parse(
    {
        "questions": 10,
        "seeds": 4,
        "scenario": {"type": "ledger", "depth": 1},
        "scheme": [{"type": "approval"}, {"type": "debate"}],
        "sweep": {"overseer.gameability": [0.0, 3.0]},
        "ablations": {"questions": 5, "seeds": 2},
        "shares": {"points": 2, "questions": 5},
        "box": {"scenario.plant_rate": [0.0, 0.5]},
    }
)
"""A study of several files."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return running.run(SPEC, tmp_path_factory.mktemp("whole"), workers=1)


def test_another_study_in_the_same_directory_is_refused_with_the_difference(small_spec, small_study):
    before = (small_study.directory / FILE).read_bytes()
    with pytest.raises(StoreError) as found:
        running.run(replace(small_spec, questions=41), small_study.directory, workers=1)
    *listed, last = str(found.value).splitlines()
    assert listed == ["what differs from the study there:", "  questions: 40 → 41"]
    assert last.endswith("holds another study; use another directory, or start over (fresh=True, or --fresh)")
    others = (Named("human", Human(attention=0.25)),)
    changed = replace(small_spec, overseers=others, schemes=small_spec.schemes[2:], first_seed=1)
    with pytest.raises(StoreError) as found:
        running.run(changed, small_study.directory, workers=1)
    assert "  scheme.approval: approval → not there" in str(found.value)
    assert "  overseer.attention: 1.0 → 0.25" in str(found.value)
    assert len(str(found.value).splitlines()) == 6  # a line for each scheme, whatever is within it
    with pytest.raises(StoreError, match=r"and [0-9]+ more\n.*holds another study"):
        running.run(default_spec(), small_study.directory, workers=1)
    assert (small_study.directory / FILE).read_bytes() == before


def test_another_version_is_refused(small_spec, tmp_path, monkeypatch):
    one = replace(small_spec, scenarios=small_spec.scenarios[:1], axes=(), seeds=1)
    running.run(one, tmp_path, workers=1)
    monkeypatch.setattr(directory, "version", lambda: "99.0")
    with pytest.raises(StoreError, match=r"version: .* → 99\.0"):
        running.run(one, tmp_path, workers=1)


def test_fresh_removes_a_studys_files_and_nothing_else(small_spec, tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    one = replace(small_spec, scenarios=small_spec.scenarios[:1], axes=(), seeds=1)
    running.run(one, tmp_path, workers=1)
    running.run(replace(one, questions=10), tmp_path, workers=1, fresh=True)
    assert (tmp_path / "mine.txt").read_text() == "keep"
    assert set(studies.load(tmp_path).rows["questions"]) == {10}


def test_the_specification_is_there_from_the_first_moment(tmp_path):
    """Whoever continues an interrupted study needs it, also where it started over from the file itself."""
    there = []

    def look(done, total):
        there.append(parse(tomllib.loads((tmp_path / "spec.toml").read_text())) == SPEC)

    running.run(SPEC, tmp_path, workers=1, progress=look)
    running.run(SPEC, tmp_path, workers=1, progress=look, fresh=True)
    assert all(there)


def test_what_could_not_be_read_again_is_not_begun(tmp_path):
    running.run(SPEC, tmp_path / "out", workers=1)
    before = (tmp_path / "out" / FILE).read_bytes()
    (axis,) = SPEC.axes
    twice = replace(SPEC, axes=(replace(axis, values=(1.0, 1.0)),))
    for out in ("out", "new"):
        with pytest.raises(SpecError, match=r"the study: sweep.*occurs twice"):
            running.run(twice, tmp_path / out, workers=1, fresh=True)
    assert (tmp_path / "out" / FILE).read_bytes() == before
    assert not (tmp_path / "new" / FILE).exists()


@pytest.mark.parametrize("asked", [{"scheduler": "tcp://127.0.0.1:1"}, {"workers": 1}])
def test_starting_over_removes_nothing_where_nothing_can_be_computed(whole, tmp_path, monkeypatch, asked):
    shutil.copytree(whole.directory, tmp_path / "out")
    before = {path.name for path in (tmp_path / "out").iterdir()}

    def none(*_):
        raise PoolError("no scheduler answers")

    monkeypatch.setattr(running.pool, "engine", none)
    monkeypatch.setattr(running.plan, "_memory_available", lambda: 0)
    with pytest.raises(PoolError if "scheduler" in asked else SpecError, match=r"answers|GiB needed"):
        running.run(replace(SPEC, questions=11), tmp_path / "out", fresh=True, **asked)
    assert {path.name for path in (tmp_path / "out").iterdir()} == before


class TestSomebodyElsesFiles:
    """A directory without a study may hold files of the names that a study writes: they stay as they are."""

    @pytest.fixture
    def mine(self, tmp_path):
        for name in ("results.csv", "spec.toml", "phase-harm.html"):
            (tmp_path / name).write_text("# mine")
        return tmp_path

    def untouched(self, mine):
        assert {path.name: path.read_text() for path in mine.iterdir()} == dict.fromkeys(
            ("results.csv", "spec.toml", "phase-harm.html"), "# mine"
        )

    @pytest.mark.parametrize("fresh", [False, True])
    def test_are_named_before_anything_is_written(self, small_spec, mine, fresh):
        with pytest.raises(StoreError, match=r"\(phase-harm.html, results.csv, spec.toml\); use another directory"):
            running.run(small_spec, mine, workers=1, fresh=fresh)
        self.untouched(mine)

    def test_are_safe_from_phase_diagrams_and_merging(self, small_spec, small_study, mine):
        naming = phase.winner("harm")
        with pytest.raises(StoreError, match="use another directory"):
            phase_run.run(phase.plane(small_spec, 0), mine, "harm", naming, workers=1, fresh=True)
        with pytest.raises(StoreError, match="use another directory"):
            merge.merge([small_study.directory], mine)
        self.untouched(mine)

    def test_of_other_names_are_no_obstacle(self, small_spec, tmp_path):
        (tmp_path / "data.csv").write_text("# mine")
        one = replace(small_spec, scenarios=small_spec.scenarios[:1], axes=(), seeds=1, questions=5)
        running.run(one, tmp_path, workers=1)
        assert (tmp_path / "data.csv").read_text() == "# mine"


class TestIdentity:
    """Every file of a study says of which study it is."""

    OTHER = replace(SPEC, seeds=3)

    @pytest.fixture
    def without_results(self, whole, tmp_path):
        """A study whose own cells are gone, for instance because the file was damaged."""
        shutil.copytree(whole.directory, tmp_path / "out")
        for path in (tmp_path / "out").glob("results.sqlite*"):
            path.unlink()
        return tmp_path / "out"

    @pytest.mark.parametrize("asked", [OTHER, replace(OTHER, ablations=None, shares=None, box=())])
    def test_another_study_is_refused_beside_what_is_left_of_one(self, without_results, asked):
        with pytest.raises(StoreError, match=r"seeds: 4 → 3(.|\n)*holds another study"):
            running.run(asked, without_results, workers=1)
        assert not (without_results / "results.sqlite").exists()

    def test_the_same_study_continues_with_what_is_left_of_it(self, whole, without_results):
        with Store(without_results, "ablations.sqlite") as store:
            kept = store.done()
        running.run(SPEC, without_results, workers=1)
        with Store(without_results, "ablations.sqlite") as store:
            assert store.done() == kept
        assert (without_results / "results.csv").read_bytes() == (whole.directory / "results.csv").read_bytes()

    def test_a_file_that_does_not_say_is_refused(self, without_results):
        with Store(without_results, "ablations.sqlite") as store, store._db:
            store._db.execute("DELETE FROM about WHERE key = 'spec'")
        with pytest.raises(StoreError, match="does not say of which study it is"):
            running.run(SPEC, without_results, workers=1)

    def test_starting_over_removes_ablations_and_shares(self, whole, tmp_path):
        shutil.copytree(whole.directory, tmp_path / "out")
        discard(tmp_path / "out")
        assert [path.name for path in (tmp_path / "out").iterdir()] == [LOCK]

    def test_whoever_dies_while_starting_over_leaves_nothing_that_is_mixed(self, whole, tmp_path, monkeypatch):
        """Killed before each file that is removed in turn: another study is refused, or finds nothing."""
        real = Path.unlink
        files = len(list(whole.directory.glob("*.sqlite*"))) + 2
        for moment in range(3 * files):
            out = tmp_path / str(moment)
            shutil.copytree(whole.directory, out)
            removed = []

            def unlink(path, missing_ok=False, *, moment=moment, removed=removed):
                if len(removed) == moment:
                    raise KeyboardInterrupt
                removed.append(path)
                real(path, missing_ok=missing_ok)

            with monkeypatch.context() as dying, contextlib.suppress(KeyboardInterrupt):
                dying.setattr(Path, "unlink", unlink)
                discard(out)
            if list(out.glob("*.sqlite")):
                assert (out / "results.sqlite").exists()
                with pytest.raises(StoreError, match="another study"):
                    begin(self.OTHER, out)
