"""Studies on disk from the outside: where they stand, their tables as files, several as one, what they will cost."""

import errno
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from divergence import export, plan, pool, running
from divergence import merge as merging
from divergence import status as statuses
from divergence.build import SpecError
from divergence.cell import Failure
from divergence.cli import app
from divergence.measures import REFERENCES
from divergence.specfile import dumps, parse
from divergence.store import Store, StoreError

TABLE = {
    "questions": 25,
    "seeds": 4,
    "scenario": [{"type": "ledger", "depth": 1}, {"type": "majority", "depth": 1}],
    "scheme": [{"type": "approval"}, {"type": "debate"}],
    "sweep": {"overseer.gameability": [0.0, 1.5, 3.0]},
    "ablations": {"questions": 10, "seeds": 2},
    "shares": {"points": 3, "questions": 10},
    "box": {"scenario.plant_rate": [0.0, 0.5]},
}
SPEC = parse(TABLE)


def hch(*words, code=0):
    ran = CliRunner().invoke(app, [str(word) for word in words])
    assert ran.exit_code == code, ran.output + repr(ran.exception)
    return ran


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return running.run(SPEC, tmp_path_factory.mktemp("whole"), workers=1)


def stopped(spec, directory, share):
    """A study that was interrupted."""

    def stop(done, total):
        if done > share * total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        running.run(spec, directory, workers=1, progress=stop)


class TestStatus:
    def test_a_finished_study(self, whole):
        found = statuses.status(whole.directory)
        assert found.complete
        assert not found.running
        assert [part.name for part in found.parts] == ["results", "ablations", "shares"]
        assert [part.done for part in found.parts] == [len(cells) for cells in plan.everything(SPEC).values() if cells]
        assert "finished" in hch("status", whole.directory).stdout

    def test_a_stopped_study_says_how_much_is_left_and_how_to_continue(self, tmp_path):
        stopped(SPEC, tmp_path, 0.02)
        found = statuses.status(tmp_path)
        with Store(tmp_path) as store:
            done = len(store.done())
        total = sum(len(cells) for cells in plan.everything(SPEC).values())
        assert found.left == total - done
        text = hch("status", tmp_path).stdout
        assert "stopped" in text
        assert f"results: {done} of 24 cells" in text
        assert "left with 1 worker" in text

    def test_from_beside_a_running_study(self, tmp_path):
        seen = []
        running.run(
            SPEC, tmp_path, workers=1, progress=lambda done, total: seen.append((done, statuses.status(tmp_path)))
        )
        assert all(found.running for _, found in seen)
        assert [sum(part.done for part in found.parts) for _, found in seen] == [done for done, _ in seen]

    def test_failures_are_counted_by_kind(self, tmp_path, monkeypatch):
        real = pool.cell.run

        def run(one):
            if one.seed == 2 and not one.brief:
                raise ValueError(f"odd at {one.seed}")
            return real(one)

        monkeypatch.setattr(pool.cell, "run", run)
        running.run(SPEC, tmp_path, workers=1)
        text = hch("status", tmp_path, "--errors").stdout
        assert "6 failed" in text
        assert "6 cell(s) failed: ValueError: odd at 2" in text
        assert "Traceback" in text  # asked for
        assert "Traceback" not in hch("status", tmp_path).stdout

    def test_time_left_is_shared_by_the_workers(self):
        parts = [statuses.Part("results", 10, 3, [Failure(3, "no")], 2.0), statuses.Part("shares", 4, 0, [], None)]
        found = statuses.Status(Path("out"), parts, workers=4, running=False)
        assert found.left == 6 + 4
        assert found.seconds_left == (6 + 4) * 2.0 / 4

    def test_a_study_with_failures_is_not_complete(self):
        parts = [statuses.Part("results", 2, 1, [Failure(1, "no")], 2.0)]
        found = statuses.Status(Path("out"), parts, workers=1, running=False)
        assert not found.left
        assert not found.complete
        assert "but for cells that failed" in statuses.describe(found)
        assert replace(found, parts=[statuses.Part("results", 2, 2, [], 2.0)]).complete

    def test_where_there_is_none(self, tmp_path):
        assert "no study here" in hch("status", tmp_path, code=2).stderr


class TestExport:
    def test_rows_as_csv_are_the_bytes_of_the_study(self, whole, tmp_path):
        hch("export", whole.directory, "--out", tmp_path / "rows.csv")
        assert (tmp_path / "rows.csv").read_bytes() == (whole.directory / "results.csv").read_bytes()

    @pytest.mark.slow
    @pytest.mark.parametrize("table", export.TABLES)
    def test_parquet_holds_the_same(self, whole, tmp_path, table):
        pytest.importorskip("pyarrow", reason="needs the extra 'parquet'")
        lines = export.export(whole, table, tmp_path / "out.parquet")
        read = pd.read_parquet(tmp_path / "out.parquet")
        assert len(read) == lines > 0
        pd.testing.assert_frame_equal(read, export.TABLES[table](whole), check_exact=True, check_dtype=False)

    def test_questions_average_to_the_rows(self, whole):
        found = export.questions(whole)
        assert len(found) == len(whole.rows) * 25
        keys = ["scenario", "scheme", "gameability", "seed"]
        measures = ["harm", "accuracy", *REFERENCES]
        means = found.groupby(keys, sort=False)[measures].mean().reset_index()
        expected = whole.rows[[*keys, *measures]].astype(dict.fromkeys(measures, float))
        both = means.merge(expected, on=keys, suffixes=("", "_row"))
        assert len(both) == len(expected)
        for name in measures:
            np.testing.assert_allclose(both[name], both[f"{name}_row"], atol=1e-6)

    def test_an_unfinished_study_is_not_passed_off_as_complete(self, tmp_path):
        stopped(SPEC, tmp_path / "out", 0.02)
        ran = hch("export", tmp_path / "out", "--out", tmp_path / "rows.csv")
        assert "not complete" in ran.stderr

    @pytest.mark.parametrize("ending", ["csv", "parquet"])
    def test_a_file_is_written_whole_or_not_at_all(self, whole, tmp_path, monkeypatch, ending):
        out = tmp_path / f"out.{ending}"
        out.write_text("before")

        def full(self, path, **_):
            Path(path).write_text("half")
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(f"pandas.DataFrame.to_{ending}", full)
        with pytest.raises(OSError, match="No space"):
            export.export(whole, "rows", out)
        assert out.read_text() == "before"
        assert list(tmp_path.iterdir()) == [out]

    def test_without_the_extra(self, whole, tmp_path, monkeypatch):
        monkeypatch.setitem(sys.modules, "pyarrow", None)
        with pytest.raises(SpecError, match="extra 'parquet'"):
            export.export(whole, "rows", tmp_path / "out.parquet")

    @pytest.mark.parametrize(
        ("words", "told"), [(["--out", "x.xlsx"], ".csv or .parquet"), (["--table", "row"], "rows")]
    )
    def test_mistakes(self, whole, tmp_path, words, told):
        words = ["--out", str(tmp_path / "x.csv"), *words]
        assert told in hch("export", whole.directory, *words, code=2).stderr


class TestMerge:
    def test_halves_of_the_seeds_make_the_whole(self, whole, tmp_path):
        for name, first in (("a", 0), ("b", 2)):
            running.run(replace(SPEC, first_seed=first, seeds=2), tmp_path / name, workers=1)
        found = merging.merge([tmp_path / "b", tmp_path / "a"], tmp_path / "both")
        assert found.done == 24
        assert (tmp_path / "both/results.csv").read_bytes() == (whole.directory / "results.csv").read_bytes()
        again = running.run(SPEC, tmp_path / "both", workers=1)  # only what its grounds lack is computed
        pd.testing.assert_frame_equal(again.summary, whole.summary, check_exact=True)
        pd.testing.assert_frame_equal(again.grounds.points, whole.grounds.points, check_exact=True)

    def test_copies_that_got_some_way(self, whole, tmp_path):
        stopped(SPEC, tmp_path / "a", 0.01)
        stopped(SPEC, tmp_path / "b", 0.05)
        found = merging.merge([tmp_path / "a", tmp_path / "b"], tmp_path / "both")
        with Store(tmp_path / "b") as store:
            assert found.done == len(store.done())
        assert found.left > 0
        running.run(SPEC, tmp_path / "both", workers=1)
        assert (tmp_path / "both/results.csv").read_bytes() == (whole.directory / "results.csv").read_bytes()
        assert statuses.status(tmp_path / "both").complete

    def test_ablations_and_shares_come_along(self, whole, tmp_path):
        found = merging.merge([whole.directory], tmp_path / "both")
        assert found.left == 0
        for name in ("ablations", "points"):
            own, theirs = getattr(found.study.grounds, name), getattr(whole.grounds, name)
            pd.testing.assert_frame_equal(own, theirs, check_exact=True)

    def test_a_failure_in_one_directory_is_none_if_another_finished_the_cell(self, whole, tmp_path):
        shutil.copytree(whole.directory, tmp_path / "a")
        with Store(tmp_path / "a") as store:
            store.add([Failure(3, "no"), Failure(5, "no")])
        merging.merge([tmp_path / "a", whole.directory], tmp_path / "both")
        with Store(tmp_path / "both") as store:
            assert store.failures() == []
            assert store.done() == set(range(24))

    @pytest.mark.parametrize("key", ["version", "plugins", "measures"])
    def test_what_other_code_computed_is_refused(self, whole, tmp_path, key):
        shutil.copytree(whole.directory, tmp_path / "a")
        with Store(tmp_path / "a") as store:
            store.note({key: "another"})
        with pytest.raises(StoreError, match=f"other {key} than"):
            merging.merge([whole.directory, tmp_path / "a"], tmp_path / "both")

    @pytest.mark.parametrize("key", ["version", "plugins"])
    def test_it_says_of_itself_what_computed_it_not_what_merged_it(self, whole, tmp_path, key):
        shutil.copytree(whole.directory, tmp_path / "old")
        for path in (tmp_path / "old").glob("*.sqlite"):
            with Store(tmp_path / "old", path.name) as store:
                store.note({key: "of old"})
        merging.merge([tmp_path / "old"], tmp_path / "both")
        for file in ("results.sqlite", "ablations.sqlite", "shares.sqlite"):
            with Store(tmp_path / "both", file) as store:
                assert store.about()[key] == "of old"
                assert store.about()["spec"] == dumps(SPEC)
        with pytest.raises(StoreError, match="of old"):
            running.run(SPEC, tmp_path / "both", workers=1)

    def test_another_study_is_refused(self, whole, tmp_path):
        running.run(replace(SPEC, questions=26, ablations=None, shares=None, box=()), tmp_path / "a", workers=1)
        with pytest.raises(StoreError, match="another study"):
            merging.merge([whole.directory, tmp_path / "a"], tmp_path / "both")

    def test_seeds_with_a_gap_are_refused(self, tmp_path):
        bare = replace(SPEC, ablations=None, shares=None, box=(), seeds=1)
        for seed in (0, 2):
            running.run(replace(bare, first_seed=seed), tmp_path / f"{seed}", workers=1)
        with pytest.raises(SpecError, match="seeds 1 are in none"):
            merging.merge([tmp_path / "0", tmp_path / "2"], tmp_path / "both")

    def test_nothing_is_written_over(self, whole, tmp_path):
        with pytest.raises(StoreError, match="holds a study already"):
            merging.merge([whole.directory], whole.directory)
