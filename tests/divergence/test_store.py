"""What a study keeps survives whoever writes it: one writer, whole chunks, failures apart, full disks, kill -9."""

import contextlib
import errno
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from divergence import export, plan, pool, running
from divergence import study as studies
from divergence.cell import Failure, Result, Row
from divergence.specfile import parse
from divergence.store import FILE, LOCK, Store, StoreError, is_written, writing

TABLE = {
    "questions": 30,
    "seeds": 2,
    "scenario": {"type": "ledger", "depth": 1},
    "scheme": [{"type": "approval"}, {"type": "debate"}],
    "sweep": {"overseer.gameability": [0.0, 1.0, 2.0, 3.0]},
}
SPEC = parse(TABLE)


def result(index, rows=2, size=10):
    return Result(index, tuple(Row({"seed": index, "place": place}, b"x" * size) for place in range(rows)), b"y" * size)


class TestOneWriter:
    def test_a_second_is_refused_and_the_first_goes_on(self, tmp_path):
        def look(done, total):
            assert is_written(tmp_path)
            with pytest.raises(StoreError, match="somebody else is writing there"):
                running.run(SPEC, tmp_path, workers=1)

        running.run(SPEC, tmp_path, workers=1, progress=look)
        assert not is_written(tmp_path)
        assert len(studies.load(tmp_path).rows) == 16

    def test_a_second_process_is_refused_even_to_start_over(self, tmp_path):
        script = "from divergence.store import writing\nfrom pathlib import Path\nimport sys\n"
        script += "with writing(Path(sys.argv[1])):\n    print('writing', flush=True)\n    sys.stdin.read()\n"
        other = subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        try:
            assert other.stdout.readline() == "writing\n"
            for fresh in (False, True):
                with pytest.raises(StoreError, match="somebody else is writing there"):
                    running.run(SPEC, tmp_path, workers=1, fresh=fresh)
            assert [path.name for path in tmp_path.iterdir()] == [LOCK]
        finally:
            other.kill()
            other.communicate()
        running.run(SPEC, tmp_path, workers=1)  # a killed writer holds nothing

    def test_readers_are_not_in_the_way(self, tmp_path):
        def read(done, total):
            with Store(tmp_path) as store:
                assert len(store.done()) == done

        running.run(SPEC, tmp_path, workers=1, progress=read)

    def test_looking_is_open_to_many_at_once(self, tmp_path):
        """Whoever looks does not make others think that somebody writes, nor keep anybody from it."""
        with writing(tmp_path):
            pass
        with contextlib.closing(sqlite3.connect(f"file:{tmp_path / LOCK}?mode=ro", uri=True)) as looking:
            looking.execute("BEGIN")
            looking.execute("SELECT count(*) FROM sqlite_master").fetchone()
            assert not is_written(tmp_path)
        with writing(tmp_path):
            assert is_written(tmp_path)
        assert not is_written(tmp_path)


READ = """
import os, sys
from pathlib import Path
from divergence import load, status

def read(directory):
    found = status.status(directory)
    return len(load(directory).rows), found.complete, found.running

read(Path(sys.argv[1]))  # whatever is imported late is imported now
if os.getuid() == 0:
    os.setuid(65534)
print(*read(Path(sys.argv[2])))
"""

REPORT = """
import os, sys
from divergence.cli import app

app(["report", sys.argv[1]], standalone_mode=False)  # whatever is imported late is imported now
if os.getuid() == 0:
    os.setuid(65534)
app(["report", *sys.argv[2:]])
"""


@pytest.mark.skipif(not hasattr(os, "setuid"), reason="needs permissions")
class TestReadOnly:
    @pytest.fixture
    def places(self):
        """Where anybody can come (pytest's own directories are closed to others): a finished study, and another."""
        with tempfile.TemporaryDirectory() as made:
            Path(made).chmod(0o755)
            running.run(SPEC, Path(made) / "whole", workers=1)
            shutil.copytree(Path(made) / "whole", Path(made) / "other")
            yield Path(made) / "whole", Path(made) / "other"
            (Path(made) / "other").chmod(0o755)

    def read(self, places, script=READ, *more):
        """What a script does (told both places, and more) as somebody who may not write in the second of them."""
        for path in (*places[1].iterdir(), places[1]):
            path.chmod(0o555 if path.is_dir() else 0o444)
        words = [sys.executable, "-P", "-c", script, *map(str, (*places, *more))]
        return subprocess.run(words, capture_output=True, text=True, check=False)

    def test_a_finished_study_can_be_read(self, places):
        found = self.read(places)
        assert found.stdout.split() == ["16", "True", "False"], found.stderr

    def test_what_was_not_put_in_the_file_yet_is_not_overlooked(self, places):
        """A writer that was killed leaves its newest rows in the log: whoever reads sees them, or is refused."""
        with Store(places[0]) as store:
            store.add([result(8)])
            for name in (FILE, f"{FILE}-wal"):
                shutil.copy(places[0] / name, places[1] / name)
        found = self.read(places)
        assert found.stdout.startswith("18 ") or "StoreError" in found.stderr

    def test_a_report_of_it_says_what_to_do(self, places):
        found = self.read(places, REPORT)
        assert found.returncode == 2
        (line,) = found.stderr.splitlines()
        assert line.startswith(f"error: {places[1] / 'results.csv'}: cannot be written: ")
        assert line.endswith(f"; 'hch report {places[1]} --out FILE.html' writes the report elsewhere")

    def test_its_report_can_be_written_elsewhere(self, places):
        elsewhere = places[1].parent / "elsewhere"
        elsewhere.mkdir()
        elsewhere.chmod(0o777)
        before = {path: path.stat().st_mtime_ns for path in places[1].iterdir()}
        found = self.read(places, REPORT, "--out", elsewhere / "mine.html")
        assert found.returncode == 0, found.stderr
        assert found.stdout.endswith(f"report: {elsewhere / 'mine.html'}\n")
        assert [path.name for path in elsewhere.iterdir()] == ["mine.html"]
        # It is the report; only the directory's name is another.
        there = (elsewhere / "mine.html").read_text().replace("other", "whole")
        assert there == (places[0] / "report.html").read_text().replace("other", "whole")
        assert before == {path: path.stat().st_mtime_ns for path in places[1].iterdir()}


class TestFailures:
    @pytest.fixture
    def broken(self, monkeypatch):
        """Cells whose overseer has γ = 2 cannot be computed, as long as the list holds anything."""
        real, broken = pool.cell.run, [2.0]

        def run(one):
            if one.overseer.part.gameability in broken:
                raise ZeroDivisionError("by nothing")
            return real(one)

        monkeypatch.setattr(pool.cell, "run", run)
        return broken

    def test_the_others_are_kept_and_failures_are_tried_again_on_request_alone(self, tmp_path, broken):
        told = []
        study = running.run(SPEC, tmp_path / "out", workers=1, failed=told.append)
        assert [one.error for one in told] == ["ZeroDivisionError: by nothing"] * 2
        assert [one.index for one in study.failures] == [2, 6]
        assert "in run" in study.failures[0].trace
        assert sorted(set(study.rows["gameability"])) == [0.0, 1.0, 3.0]
        assert len(study.summary.query("measure == 'harm'")) == 6
        broken.clear()
        told.clear()
        assert running.run(SPEC, tmp_path / "out", workers=1, failed=told.append).failures == study.failures
        mended = running.run(SPEC, tmp_path / "out", workers=1, retry=True, failed=told.append)
        assert mended.failures == told == []
        running.run(SPEC, tmp_path / "other", workers=1)
        assert (tmp_path / "out/results.csv").read_bytes() == (tmp_path / "other/results.csv").read_bytes()

    def test_a_study_of_which_nothing_comes_is_an_error(self, tmp_path, broken):
        broken += [0.0, 1.0, 3.0]
        with pytest.raises(StoreError, match="all 8 cells failed; the first: ZeroDivisionError: by nothing"):
            running.run(SPEC, tmp_path, workers=1)
        assert not (tmp_path / "results.csv").exists()

    def test_memory_is_no_fault_of_a_cell(self, tmp_path, monkeypatch):
        def run(one):
            raise MemoryError

        monkeypatch.setattr(pool.cell, "run", run)
        with pytest.raises(MemoryError):
            running.run(SPEC, tmp_path, workers=1)
        with Store(tmp_path) as store:
            assert store.failures() == []


class TestTheFile:
    def test_a_chunk_is_in_it_whole_or_not_at_all(self, tmp_path):
        with Store(tmp_path, create=True) as store:
            store.add([result(0)])
            with pytest.raises(sqlite3.IntegrityError):
                store.add([result(1), Result(2, (Row({}, None),), b"")])
            assert store.done() == {0}
            assert len(store.rows()) == 2

    def test_a_cell_is_finished_or_failed_never_both(self, tmp_path):
        with Store(tmp_path, create=True) as store:
            store.add([result(0, rows=3), Failure(1, "no")])
            store.add([Failure(0, "no"), result(1)])
            assert store.done() == {1}
            assert [one.index for one in store.failures()] == [0]
            assert [row["seed"] for row in store.rows()] == [1, 1]

    def test_it_says_its_schema_and_others_are_left_as_they_are(self, tmp_path):
        with sqlite3.connect(tmp_path / FILE) as db:
            db.execute("CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
            db.execute("INSERT INTO about VALUES ('schema', '1')")
        db.close()
        before = (tmp_path / FILE).read_bytes()
        with pytest.raises(StoreError, match="schema 1, this version reads 2"):
            Store(tmp_path)
        assert (tmp_path / FILE).read_bytes() == before

    def test_a_row_that_is_none_is_damage(self, tmp_path):
        with Store(tmp_path, create=True) as store:
            store.add([result(0)])
            store._db.execute("UPDATE rows SET row = 'no row' WHERE place = 1")
            with pytest.raises(StoreError, match="damaged"):
                store.rows()
            with pytest.raises(StoreError, match="damaged"):
                list(store.details())

    def test_it_is_written_ahead(self, tmp_path):
        with Store(tmp_path, create=True), sqlite3.connect(tmp_path / FILE) as db:
            assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        db.close()

    def test_a_full_file_is_told_and_what_was_there_stays(self, tmp_path):
        with Store(tmp_path, create=True) as store:
            store.add([result(0, size=1000)])
            store._db.execute("PRAGMA max_page_count = 20")
            with pytest.raises(StoreError, match=r"full.*what was finished is kept"):
                store.add([result(index, size=100_000) for index in range(1, 9)])
            assert store.done() == {0}
        with Store(tmp_path) as store:
            assert store.done() == {0}

    def test_a_table_that_cannot_be_written_leaves_no_half(self, tmp_path, monkeypatch):
        study = running.run(SPEC, tmp_path, workers=1)
        before = (tmp_path / "results.csv").read_bytes()

        def full(self, path, **_):
            Path(path).write_text("half")
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr("pandas.DataFrame.to_csv", full)
        with pytest.raises(OSError, match="No space"):
            export.write_csv(study)
        assert (tmp_path / "results.csv").read_bytes() == before
        assert not list(tmp_path.glob("*.part"))


@contextlib.contextmanager
def small_disk(place, size):
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("needs the right to mount a small disk")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


BIG = TABLE | {"questions": 2000, "seeds": 12}


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("mount") is None, reason="needs mount")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_full_disk_is_told_and_the_study_continues_elsewhere(tmp_path, workers):
    spec = tmp_path / "spec.toml"
    from divergence.specfile import dumps

    spec.write_text(dumps(parse(BIG)))
    hch = [sys.executable, "-m", "divergence", "sweep", str(spec), "--workers", workers, "--out"]
    with small_disk(tmp_path / "small", "1m") as disk:
        ran = subprocess.run([*hch, str(disk / "out")], capture_output=True, text=True, timeout=120, check=False)
        assert ran.returncode == 2, ran.stdout + ran.stderr
        assert "full" in ran.stderr
        assert "Traceback" not in ran.stderr
        with Store(disk / "out") as store:
            kept = store.done()
            assert store._db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert kept
        shutil.copytree(disk / "out", tmp_path / "moved")
    with Store(tmp_path / "moved") as store:
        assert store.done() == kept
    running.run(parse(BIG), tmp_path / "moved", workers=1)
    running.run(parse(BIG), tmp_path / "whole", workers=1)
    assert (tmp_path / "moved/results.csv").read_bytes() == (tmp_path / "whole/results.csv").read_bytes()


def marked(mark):
    """Live processes with a mark in their environment."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit() and int(entry) != os.getpid():
            with contextlib.suppress(OSError):
                state = Path(f"/proc/{entry}/stat").read_text().rsplit(")", 1)[1].split()[0]
                if state != "Z" and mark in Path(f"/proc/{entry}/environ").read_bytes():
                    found.append(int(entry))
    return found


@pytest.mark.slow
@pytest.mark.skipif(not os.path.isdir("/proc"), reason="needs /proc to see orphans")
def test_a_parent_killed_at_twenty_moments_loses_nothing(tmp_path):
    """``kill -9`` of the parent alone: workers end by themselves, finished cells stay, rows are whole."""
    table = TABLE | {"questions": 1500, "seeds": 10}
    spec = parse(table)
    running.run(spec, tmp_path / "whole", workers=1)
    script = tmp_path / "script.py"
    script.write_text(
        "from divergence import sweep\nif __name__ == '__main__':\n"
        f"    sweep({table!r}, {str(tmp_path / 'out')!r}, workers=2)\n"
    )
    moments = random.Random(8)
    finished: set[int] = set()
    for trial in range(20):
        mark = f"TRIAL_OF_{os.getpid()}_{trial}".encode()
        parent = subprocess.Popen([sys.executable, str(script)], env=os.environ | {"MARK": mark.decode()})
        time.sleep(moments.uniform(0.2, 4.0))
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        if trial % 5 == 4 and not (tmp_path / "out" / FILE).exists():
            continue
        end = time.monotonic() + 5
        while marked(mark) and time.monotonic() < end:
            time.sleep(0.1)
        assert not marked(mark), f"orphans after kill {trial}"
        if (tmp_path / "out" / FILE).exists():
            with contextlib.suppress(StoreError), Store(tmp_path / "out") as store:  # killed before it had tables
                now = store.done()
                assert finished <= now
                finished = now
                per_cell = store._db.execute("SELECT count(*) FROM rows GROUP BY cell").fetchall()
                assert set(per_cell) <= {(2,)}
                assert len(per_cell) == len(now)
    running.run(spec, tmp_path / "out", workers=2)
    assert (tmp_path / "out/results.csv").read_bytes() == (tmp_path / "whole/results.csv").read_bytes()


def test_the_order_of_computation_is_not_seen_in_what_comes_out(tmp_path, monkeypatch):
    running.run(SPEC, tmp_path / "one", workers=1)
    real = plan.chunks

    def shuffled(todo):
        parts = [[one] for chunk in real(todo) for one in chunk]
        random.Random(3).shuffle(parts)
        return parts

    monkeypatch.setattr(plan, "chunks", shuffled)
    running.run(SPEC, tmp_path / "other", workers=1)
    assert (tmp_path / "one/results.csv").read_bytes() == (tmp_path / "other/results.csv").read_bytes()


def test_the_lock_is_released_when_writing_fails(tmp_path):
    with pytest.raises(RuntimeError), writing(tmp_path):
        raise RuntimeError
    assert not is_written(tmp_path)
    with writing(tmp_path):
        assert is_written(tmp_path)
