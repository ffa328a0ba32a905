"""The command as people use it: tables and files when it goes well, one clear message and exit code 2 when not."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

import pandas as pd
import pytest
from typer.testing import CliRunner

from divergence import study as studies
from divergence.cli import app
from divergence.store import Store

TINY = """
questions = 20
seeds = 1
[[scenario]]
type = "ledger"
depth = 2
[overseer]
type = "human"
[[scheme]]
type = "imitation"
[[scheme]]
type = "approval"
[sweep]
"overseer.gameability" = [0.0, 2.0]
"""


@dataclass(frozen=True)
class Ran:
    stdout: str
    stderr: str


def hch(*words, cwd=None, code=0):
    """The command in this process: most tests need no other, and starting one takes seconds."""
    with contextlib.chdir(cwd or "."):
        ran = CliRunner().invoke(app, [str(word) for word in words])
    assert ran.exit_code == code, ran.output + repr(ran.exception)
    assert "Traceback" not in ran.output
    return Ran(ran.stdout, ran.stderr)


def hch_outside(*words, cwd=None, code=0):
    """The command in a process of its own: what it imports or starts stays there."""
    command = [sys.executable, "-m", "divergence", *map(str, words)]
    ran = subprocess.run(
        command, capture_output=True, text=True, cwd=cwd, stdin=subprocess.DEVNULL, timeout=300, check=False
    )
    assert ran.returncode == code, ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr + ran.stdout
    return Ran(ran.stdout, ran.stderr)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    directory = tmp_path_factory.mktemp("tiny")
    (directory / "spec.toml").write_text(TINY)
    ran = hch("sweep", directory / "spec.toml", "--out", directory / "out", "--workers", 1)
    return directory / "out", ran.stdout


class TestCommands:
    def test_sweep_prints_tables_and_the_reports_path_last(self, tiny):
        directory, printed = tiny
        assert "γ*" in printed
        assert "imitation" in printed
        assert printed.rstrip().splitlines()[-1] == f"report: {directory / 'report.html'}"

    def test_sweep_writes_everything(self, tiny):
        directory, _ = tiny
        assert {path.name for path in directory.iterdir()} >= {
            "results.sqlite", "results.csv", "summary.csv", "report.html", "spec.toml",
        }  # fmt: skip
        rows = pd.read_csv(directory / "results.csv")
        assert {"scenario", "scheme", "phase", "gameability", "seed", "questions", "status", "harm"} <= set(
            rows.columns
        )
        assert len(rows) == 4

    def test_report_writes_the_report_again(self, tiny):
        directory, _ = tiny
        (directory / "report.html").unlink()
        hch("report", directory)
        assert (directory / "report.html").exists()

    def test_the_same_command_continues(self, tiny):
        directory, printed = tiny
        again = hch("sweep", directory.parent / "spec.toml", "--out", directory, "--workers", 1)
        assert again.stdout == printed

    def test_diff_puts_two_studies_side_by_side(self, tiny, tmp_path):
        directory, _ = tiny
        spec = (directory.parent / "spec.toml").read_text().replace("depth = 2", "depth = 2\nplant_rate = 0.0")
        (tmp_path / "spec.toml").write_text(spec)
        hch("sweep", "spec.toml", "--out", "out", "--workers", 1, cwd=tmp_path)
        printed = hch("diff", directory, tmp_path / "out", "--out", tmp_path / "diff.csv").stdout
        assert printed.index("scenario.plant_rate: 0.3 → 0.0") < printed.index("approval")
        assert {"before", "after", "difference", "low", "high"} <= set(pd.read_csv(tmp_path / "diff.csv").columns)

    def test_a_study_with_grounds_tells_them_and_report_tells_them_again(self, tmp_path):
        asked = "[ablations]\nseeds = 1\nquestions = 20\n[shares]\npoints = 4\nquestions = 10\n"
        box = '[box]\n"overseer.self_persuasion" = [0.0, 1.0]\n'
        (tmp_path / "spec.toml").write_text(TINY + asked + box)
        assert "beside them" in hch("sweep", "spec.toml", "--dry-run", cwd=tmp_path).stdout
        printed = hch("sweep", "spec.toml", "--out", "out", "--workers", 2, cwd=tmp_path).stdout
        assert "Here imitation stays with HCH longer than approval" in printed
        assert "attackable_false 16" in printed
        for name in ("ablations", "shares", "points", "verdicts"):
            assert (tmp_path / "out" / f"{name}.csv").exists()
        kept = (tmp_path / "out" / "results.csv").read_bytes()
        assert hch("report", "out", cwd=tmp_path).stdout == printed
        assert (tmp_path / "out" / "results.csv").read_bytes() == kept

    def test_compare_asks_what_its_ranking_hangs_on_unless_it_is_quick(self):
        from divergence import api, plan

        core = ("imitation", "approval", "approval-frozen", "reward-modelling", "debate")
        default, quick, full = api.default_spec(), api.default_spec(quick=True), api.default_spec(full=True)
        assert default.ablations.schemes == default.shares.schemes == full.shares.schemes == core
        assert (default.ablations.questions, default.ablations.seeds, default.shares.points) == (250, 2, 64)
        assert full.ablations.schemes == ()
        assert full.shares.points == 256
        assert quick.ablations is quick.shares is None
        assert quick.load is None
        assert not plan.everything(quick)["ablations.sqlite"]
        assert len(plan.everything(default)["load.sqlite"]) == len(default.scenarios)
        named = api.customised(default, 0, None, {"scheme": ["debate", "market-making"]})
        assert named.ablations.schemes == named.shares.schemes == ()
        once = api.customised(default, 0, 2.0, {})
        assert once.ablations is once.shares is once.load is named.load is None

    def test_a_finished_study_shows_no_progress(self, tiny):
        directory, _ = tiny
        ran = hch("sweep", directory.parent / "spec.toml", "--out", directory, "--workers", 1)
        assert ran.stderr.strip() == "continuing: 2 of 2 cells are kept"

    def test_list_as_json(self):
        listed = json.loads(hch("list", "--json").stdout)
        schemes = {scheme["name"]: scheme for scheme in listed["schemes"]}
        assert {"imitation", "approval", "approval-frozen", "reward-modelling", "debate"} <= set(schemes)
        human = next(one for one in listed["overseers"] if one["name"] == "human")
        gamma = next(one for one in human["fields"] if one["name"] == "gameability")
        assert gamma["symbol"] == "γ"
        assert gamma["default"] == 1.5
        assert gamma["low"] == 0

    def test_list_for_people(self):
        printed = hch("list").stdout
        assert "scenario ledger" in printed
        assert "plant_rate" in printed
        assert not re.search(r"None|True|False|\(\)|10000000", printed)  # what one would type, not Python

    def test_tree_tells_where_a_falsehood_won(self):
        printed = hch("tree", "--gameability", 2.5, "--question", 3).stdout
        assert "the planted falsehood won" in printed
        assert len(re.findall(r"–\d+ +answers \d", printed)) == 31

    def test_tree_without_gameability_is_almost_always_right(self):
        printed = hch("tree", "--gameability", 0).stdout
        assert "γ = 0" in printed
        assert "0 false answers" in printed

    def test_version(self):
        assert re.match(r"hch-divergence \d+\.\d+", hch("--version").stdout)

    @pytest.mark.parametrize("command", ["compare", "sweep", "report", "figures", "diff", "list", "tree", "new"])
    def test_help_teaches(self, command):
        assert len(hch(command, "--help").stdout.splitlines()) > 8

    def test_compare_takes_overrides_without_a_file(self, tmp_path):
        words = ("--gameability", 2, "--scheme", "debate", "--scenario", "ledger", "--set", "scenario.depth=2")
        hch("compare", "--quick", "--out", tmp_path / "out", "--workers", 1, "--seed", 3, *words)
        rows = studies.load(tmp_path / "out").rows
        assert set(rows["scheme"]) == {"debate"}
        assert set(rows["gameability"]) == {2.0}
        assert set(rows["seed"]) == {3, 4}

    def test_the_default_directory_is_named_by_the_study(self, tmp_path):
        words = (
            "compare",
            "--quick",
            "--scheme",
            "approval",
            "--gameability",
            1,
            "--scenario",
            "majority",
            "--workers",
            1,
        )
        first = hch(*words, cwd=tmp_path).stdout
        second = hch(*words, cwd=tmp_path).stdout
        assert first == second
        assert re.search(r"report: hch-[0-9a-f]{10}/report.html", first)
        assert len(list(tmp_path.glob("hch-*"))) == 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["overseer", "scheme", "scenario"])
def test_a_new_part_works_at_once_and_in_workers(kind, tmp_path):
    told = hch("new", kind, "night-shift", cwd=tmp_path).stdout
    (file,) = tmp_path.glob("*.py")
    assert 18 <= len(file.read_text().splitlines()) <= 34
    command = re.search(r"hch (compare .*)", told).group(1).split()
    command += ["--gameability", "2", "--workers", "2", "--set", "scenario.depth=2", "--out", "out"]
    printed = hch_outside(*command, cwd=tmp_path).stdout
    rows = pd.read_csv(tmp_path / "out" / "results.csv")
    assert "night-shift" in set(rows[kind])
    assert "night-shift" in printed
    other = rows[rows[kind] != "night-shift"]
    if kind != "scenario":
        assert set(other[kind]) >= {"overseer": {"human"}, "scheme": {"imitation", "approval"}}[kind]
    hch_outside("report", "out", "--plugin", file.name, cwd=tmp_path)


def complaint(*words, cwd=None, code=2, run=hch):
    ran = run(*words, cwd=cwd, code=code)
    return re.sub(r"[\s│]+", " ", ran.stderr)


def test_gameability_of_an_overseer_who_wraps_another_is_that_of_the_one_within(tmp_path):
    small = ["--scenario", "ledger", "--set", "scenario.depth=1", "--scheme", "approval", "--quick", "--workers", 1]
    hch("compare", *small, "--overseer", "sceptic", "--overseer", "human", "--out", "swept", cwd=tmp_path)
    swept = studies.load(tmp_path / "swept").rows
    assert set(swept.groupby("overseer")["gameability"].nunique()) == {9}
    words = ["--overseer", "sceptic", "--gameability", "2"]
    hch("compare", *small, *words, "--out", "one", cwd=tmp_path)
    one = studies.load(tmp_path / "one").rows
    assert set(one["gameability"]) == {2.0}
    there = swept.query("overseer == 'sceptic' and gameability == 2 and self_persuasion != self_persuasion")
    assert list(one["harm"]) == list(there["harm"])
    told = [hch("tree", "--overseer", "panel", "--gameability", gamma).stdout for gamma in (0, 1000)]
    assert told[0] != told[1]


class TestBadInput:
    def test_an_unknown_scheme_offers_the_nearest(self):
        assert "did you mean 'approval'" in complaint("compare", "--scheme", "aproval")

    def test_a_gameability_out_of_range(self):
        told = complaint("compare", "--gameability", "-1")
        assert "gameability" in told
        assert "≥ 0" in told

    def test_a_gameability_that_is_no_number(self):
        assert "nan" in complaint("compare", "--gameability", "nan").lower()
        complaint("compare", "--gameability", "much")

    def test_an_unknown_field_to_set(self):
        assert "did you mean 'depth'" in complaint("compare", "--set", "scenario.dept=2")

    def test_a_field_of_the_overseer_within(self):
        told = complaint("compare", "--overseer", "sceptic", "--set", "overseer.discernment=1")
        assert "did you mean 'member.discernment'" in told

    @pytest.mark.parametrize("overseer", ["sceptic", "human", "panel"])
    def test_a_gameability_out_of_range_is_told_with_its_place_once(self, overseer, tmp_path):
        file = TINY.replace('type = "human"', f'type = "{overseer}"')
        (tmp_path / "spec.toml").write_text(file)
        (tmp_path / "swept.toml").write_text(file.replace("[0.0, 2.0]", "[-1.0, 2.0]"))
        path = "overseer.gameability"
        for words, place in (
            (["compare", "--overseer", overseer, "--gameability", "-1"], "--gameability"),
            (["tree", "--overseer", overseer, "--gameability", "-1"], "--gameability"),
            (["compare", "--overseer", overseer, "--set", f"{path}=-1"], f"--set {path}"),
            (["sensitivity", "spec.toml", "--field", f"{path}=[-1.0, 1.0]"], f"--field {path}"),
            (["sweep", "swept.toml"], f'swept.toml: sweep."{path}"'),
        ):
            assert complaint(*words, cwd=tmp_path).startswith(f"error: {place}: Input should be greater")

    def test_a_gameability_that_no_overseer_has(self):
        for command in ("compare", "tree"):
            told = complaint(command, "--overseer", "learned-reward", "--gameability", "2")
            assert "--gameability: learned-reward: no gameability" in told

    @pytest.mark.parametrize("path", ["scenario.claims", "scheme.approval.n_search", "overseer.member.discernment"])
    def test_a_value_out_of_range_is_told_with_its_place_once(self, path):
        told = complaint("compare", "--overseer", "sceptic", "--scheme", "approval", "--set", f"{path}=-1")
        assert told.startswith(f"error: --set {path}: ")
        assert "permitted: " in told

    def test_a_setting_that_is_none(self):
        assert "PATH=VALUE" in complaint("compare", "--set", "depth")

    def test_trees_too_large(self):
        assert "GiB needed" in complaint("compare", "--set", "scenario.depth=24")

    def test_quick_and_full(self):
        assert "--quick and --full exclude" in complaint("compare", "--quick", "--full")

    def test_an_unknown_phase(self):
        assert "--phase training: there are: optimum, trained" in complaint("compare", "--phase", "training")

    def test_a_missing_spec(self):
        assert complaint("sweep", "nowhere.toml") == "error: nowhere.toml: cannot be read: No such file or directory "

    def test_a_range_the_wrong_way_round(self, tmp_path):
        (tmp_path / "s.toml").write_text(TINY)
        told = complaint("sensitivity", "s.toml", "--field", "overseer.gameability=[4.0, 0.0]", cwd=tmp_path)
        assert "[low, high] must have low < high, not [4.0, 0.0]" in told

    def test_a_table_that_cannot_be_written(self, tiny, tmp_path):
        told = complaint("export", tiny[0], "--out", "nodir/rows.csv", cwd=tmp_path)
        assert told == "error: nodir/rows.csv: cannot be written: there is no such directory "
        if os.path.isdir("/proc"):
            told = complaint("export", tiny[0], "--out", "/proc/rows.csv")
            assert told.startswith("error: /proc/rows.csv: cannot be written: ")

    def test_a_report_that_cannot_be_written(self, tiny, tmp_path):
        assert complaint("report", tiny[0], "--out", tmp_path) == f"error: {tmp_path}: must end in .html "
        told = complaint("report", tiny[0], "--out", "nodir/mine.html", cwd=tmp_path)
        assert told == "error: nodir/mine.html: cannot be written: there is no such directory "

    def test_a_study_whose_plugin_is_not_given(self, tmp_path):
        hch("new", "overseer", "wary", cwd=tmp_path)
        words = ["--quick", "--set", "scenario.depth=1", "--gameability", "1", "--scheme", "approval", "--out", "out"]
        hch_outside("compare", "--overseer", "wary", "--plugin", "wary.py", *words, cwd=tmp_path)
        for command in (["report", "out"], ["export", "out", "--out", "x.csv"], ["diff", "out", "out"]):
            told = complaint(*command, cwd=tmp_path)
            assert told == "error: out: made with parts that are not there as they were then: give --plugin wary.py "

    def test_a_directory_given_as_spec(self, tmp_path):
        assert "cannot be read" in complaint("sweep", tmp_path)

    def test_a_spec_with_two_mistakes_names_both(self, tmp_path):
        (tmp_path / "bad.toml").write_text(TINY.replace("depth = 2", "dept = 2").replace("seeds = 1", "seeds = 0"))
        told = complaint("sweep", tmp_path / "bad.toml")
        assert "scenario.dept" in told
        assert "seeds" in told

    def test_studies_without_a_common_point(self, tiny, tmp_path):
        directory, _ = tiny
        spec = (directory.parent / "spec.toml").read_text().replace("[0.0, 2.0]", "[1.0]")
        (tmp_path / "spec.toml").write_text(spec)
        hch("sweep", "spec.toml", "--out", "out", "--workers", 1, cwd=tmp_path)
        assert "no point in common" in complaint("diff", directory, tmp_path / "out")
        assert "no study here" in complaint("diff", directory, tmp_path / "nowhere")

    def test_a_missing_study(self, tmp_path):
        assert "no study here" in complaint("report", tmp_path / "nothing")

    def test_an_out_that_is_a_file(self, tmp_path):
        (tmp_path / "file").write_text("")
        told = complaint("compare", "--quick", "--out", tmp_path / "file")
        assert "cannot be written" in told

    def test_an_out_that_is_nothing(self, tmp_path):
        for words in (["sweep", "x.toml"], ["sensitivity", "x.toml"], ["merge", "x"]):
            assert "give a directory's name" in complaint(*words, "--out", "", cwd=tmp_path)
        assert not list(tmp_path.iterdir())

    def test_a_study_of_ones_own_in_the_directory_to_write_to(self, tmp_path):
        (tmp_path / "spec.toml").write_text(TINY)
        for words in (["sweep", "--fresh"], ["sensitivity", "--field", "scenario.plant_rate=[0.0, 0.5]"]):
            told = complaint(*words, "spec.toml", "--out", ".", cwd=tmp_path)
            assert "files that a study would overwrite (spec.toml); use another directory" in told
        assert (tmp_path / "spec.toml").read_text() == TINY
        assert len(list(tmp_path.iterdir())) == 1

    @pytest.mark.skipif(os.geteuid() == 0 and not os.path.isdir("/proc"), reason="needs a place nobody can write to")
    def test_an_out_that_cannot_be_written(self):
        assert "cannot be written" in complaint("compare", "--quick", "--out", "/proc/nothing/here")

    def test_a_damaged_store(self, tmp_path):
        (tmp_path / "results.sqlite").write_bytes(b"garbage" * 1000)
        assert "damaged" in complaint("report", tmp_path)

    def test_another_study_in_the_directory(self, tiny):
        directory, _ = tiny
        before = (directory / "results.csv").read_bytes()
        told = complaint("sweep", directory.parent / "spec.toml", "--set", "questions=3", "--out", directory)
        assert "path starts with" in told
        told = complaint("sweep", directory.parent / "spec.toml", "--set", "scenario.depth=1", "--out", directory)
        assert "another study" in told
        assert "scenario.depth: 2 → 1" in told
        assert "measuring" not in told
        assert (directory / "results.csv").read_bytes() == before

    def test_an_unknown_kind_of_part(self, tmp_path):
        assert "did you mean 'overseer'" in complaint("new", "overser", "x", cwd=tmp_path)

    def test_a_name_that_is_none(self, tmp_path):
        assert "is no name" in complaint("new", "overseer", "../x", cwd=tmp_path)

    def test_a_name_that_is_taken(self, tmp_path):
        for kind, name in (("overseer", "human"), ("scheme", "Reward Modelling"), ("scenario", "ledger")):
            told = complaint("new", kind, name, cwd=tmp_path)
            assert f"called '{name.lower().replace(' ', '-')}' already" in told
        assert not list(tmp_path.iterdir())

    def test_a_new_part_that_is_no_python_file(self, tmp_path):
        assert "must end in .py" in complaint("new", "overseer", "mine", "--out", "mine.txt", cwd=tmp_path)

    @pytest.mark.parametrize("level", ["nan", "inf"])
    def test_a_level_that_is_no_number(self, level, tmp_path):
        (tmp_path / "s.toml").write_text(TINY + '"scenario.plant_rate" = [0.0, 0.5]\n')
        told = complaint("phase", "s.toml", "--scheme", "approval", "--level", level, cwd=tmp_path)
        assert f"--level {level}: must be a finite number" in told

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (["--gameability", "1", "--gameability", "1.0"], "--gameability: a value occurs twice: 1.0, 1.0"),
            (["--seed", 10**23], "seed: must be a whole number from 0 to 4611686018427387904"),
        ],
    )
    def test_what_could_not_be_read_again_is_not_begun(self, words, told, tmp_path):
        assert told in complaint("compare", "--quick", *words, cwd=tmp_path)
        assert not list(tmp_path.iterdir())

    def test_a_part_that_fails_somewhere_is_told_beside_what_did_not(self, tmp_path):
        """Its report has what there is; the part mended is other code, and results are not mixed."""
        (tmp_path / "boom.py").write_text(BOOM)
        (tmp_path / "s.toml").write_text(TINY.replace('"human"', '"boom"').replace("[0.0, 2.0]", "[0.5, 2.0]"))
        words = ["sweep", "s.toml", "--plugin", "boom.py", "--workers", 1, "--out", "out"]
        told = complaint(*words, cwd=tmp_path, code=1, run=hch_outside)
        assert "cell(s) failed and are missing above; the first: RuntimeError: too gameable" in told
        assert (tmp_path / "out/report.html").exists()
        assert set(pd.read_csv(tmp_path / "out/results.csv")["gameability"]) == {0.5}
        (tmp_path / "boom.py").write_text(BOOM.replace("> 1", "> 3"))
        told = complaint(*words, "--retry", cwd=tmp_path, run=hch_outside)
        assert "what is finished there was computed by other code, which is not to be mixed with this" in told

    def test_a_file_that_exists_is_not_overwritten(self, tmp_path):
        hch("new", "overseer", "mine", cwd=tmp_path)
        assert "exists already" in complaint("new", "overseer", "mine", cwd=tmp_path)


BOOM = """
from overseers.human import Human
from scenarios.part import part


@part
class Boom(Human):
    def rating(self, hearing, speech):
        if self.gameability > 1:
            raise RuntimeError("too gameable")
        return super().rating(hearing, speech)
"""
PLUGINS = {
    "syntax": ("def broken(:\n", ["plugin.py:1", "SyntaxError"]),
    "raises": ("x = 1\nraise RuntimeError('boom')\n", ["plugin.py:2", "boom"]),
    "no part": ("x = 1\n", ["defines no part"]),
    "undecorated": ("from overseers.base import Overseer\nclass Mine(Overseer):\n    pass\n", ["Mine", "@part"]),
    "abstract": (
        "from overseers.base import Overseer\nfrom scenarios.part import part\n"
        "@part\nclass Mine(Overseer):\n    pass\n",
        ["Mine", "does not define own, rating"],
    ),
    "a name that is taken": (
        "from overseers.human import Human as Base\nfrom scenarios.part import part\n"
        "@part\nclass Human(Base):\n    pass\n",
        ["two parts are called 'human'"],
    ),
}


def test_whoever_reads_may_stop_early(tmp_path):
    """As under ``| head``: nothing is said when the reader is gone."""
    command = [sys.executable, "-c", "import time; time.sleep(3); from divergence.cli import main; main()"]
    running = subprocess.Popen([*command, "tree"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    running.stdout.close()
    assert running.stderr.read() == ""
    running.stderr.close()
    assert running.wait(timeout=60) == 1


@pytest.mark.parametrize(("source", "told"), PLUGINS.values(), ids=PLUGINS.keys())
def test_a_bad_plugin_is_told(source, told, tmp_path):
    (tmp_path / "plugin.py").write_text(source)
    message = complaint("list", "--plugin", "plugin.py", cwd=tmp_path, run=hch_outside)
    assert all(word in message for word in told), message


def test_a_missing_plugin(tmp_path):
    assert "cannot be read" in complaint("list", "--plugin", tmp_path / "none.py")


@pytest.mark.slow
def test_ctrl_c_keeps_what_was_finished(tmp_path):
    command = [sys.executable, "-m", "divergence", "compare", "--out", str(tmp_path / "out"), "--workers", "2"]
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    for _ in range(600):
        time.sleep(0.1)
        if (tmp_path / "out" / "results.sqlite").exists():
            with Store(tmp_path / "out") as store:
                if len(store.done()) > 20:
                    break
    os.killpg(running.pid, signal.SIGINT)
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 130, errors
    assert "Traceback" not in errors
    assert "the same command continues" in errors
    with Store(tmp_path / "out") as store:
        assert 20 < len(store.done()) < 816


def test_the_command_line_is_there_before_numpy_is():
    """``hch --help`` need not wait for what only a study needs."""
    heavy = "{'numpy', 'pandas', 'plotly', 'scipy', 'marimo'}"
    asked = f"import sys, divergence.cli; print(sorted({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout == "[]\n"
