"""The ``hch`` command: a question on the command line, a table and a picture back."""

from __future__ import annotations

import functools
import itertools
import json
import sys
import tomllib
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from divergence import command_figures, notebook_commands

if TYPE_CHECKING:
    from divergence.cell import Failure
    from divergence.spec import Spec
    from divergence.study import Study

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="How far imitation, approval, reward modelling and debate end from HCH when the overseer can be gamed.\n\n"
    "Start with [bold]hch compare --quick[/bold].",
)


def named_directory(given: str) -> Path:
    """A directory's name as a path; no name would be the current directory."""
    if not given.strip():
        raise typer.BadParameter("give a directory's name ('.' for this one), not nothing")
    return Path(given)


Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        parser=named_directory,
        metavar="DIR",
        help="Directory for the results. Default: hch-… by the study's hash.",
    ),
]
Workers = Annotated[int | None, typer.Option("--workers", min=1, max=256, help="Worker processes. Default: all cores.")]
Plugins = Annotated[
    list[Path] | None, typer.Option("--plugin", help="A Python file with parts of your own; repeatable.")
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Start over: discard what the directory holds of a study.")]
Retry = Annotated[bool, typer.Option("--retry", help="Compute cells again that failed before.")]
Scheduler = Annotated[
    str | None,
    typer.Option("--scheduler", metavar="tcp://…", help="Compute on the workers of this dask scheduler."),
]
Open = Annotated[bool, typer.Option("--open", help="Open the report in the browser.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Set a field, e.g. scenario.depth=3; repeatable."),
]


def reported(command: Callable[..., None]) -> Callable[..., None]:
    """Turn every foreseen mistake into one clear message and exit code 2; Ctrl-C into exit code 130.

    Whoever reads our output may stop early (``| head``): that is left to click, which ends without a word.
    """

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            _complain(f"{error.filename or 'file'}: {error.strerror or error}")
            raise typer.Exit(2) from None
        except MemoryError:
            _complain("out of memory: lower questions, scenario.depth or scenario.branching, or use --workers 1")
            raise typer.Exit(2) from None
        except KeyboardInterrupt:
            _complain("interrupted: what was finished is kept, the same command continues")
            raise typer.Exit(130) from None
        except _foreseen() as error:
            _complain(str(error))
            raise typer.Exit(2) from None

    return run


def _foreseen() -> tuple[type[Exception], ...]:
    """Mistakes that have a message of their own; imported once something is wrong, so that commands start at once."""
    from divergence.build import SpecError
    from divergence.images import ImagesError
    from divergence.plugins import PluginError
    from divergence.pool import PoolError
    from divergence.store import StoreError
    from scenarios.part import PartError

    return SpecError, StoreError, PluginError, PoolError, PartError, ImagesError


def _complain(message: str) -> None:
    lines = message.splitlines() or ["unknown error"]
    print("error: " + "\n       ".join(lines), file=sys.stderr)


def _version(wanted: bool) -> None:
    if wanted:
        from divergence.version import version

        print(f"hch-divergence {version()}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command()
@reported
def compare(
    out: Out = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="First of the study's seeds.")] = 0,
    workers: Workers = None,
    quick: Annotated[bool, typer.Option("--quick", help="A coarse look at the core schemes, in seconds.")] = False,
    full: Annotated[
        bool, typer.Option("--full", help="Every scheme at every λ and under every change, in minutes.")
    ] = False,
    phase: Annotated[
        list[str] | None,
        typer.Option(help="optimum (the default), or trained: on a budget of human minutes; repeatable."),
    ] = None,
    gameability: Annotated[list[float] | None, typer.Option(help="Only this γ; repeatable.")] = None,
    scenario: Annotated[list[str] | None, typer.Option(help="Only this scenario; repeatable.")] = None,
    overseer: Annotated[list[str] | None, typer.Option(help="This overseer instead of human; repeatable.")] = None,
    scheme: Annotated[list[str] | None, typer.Option(help="Only this scheme; repeatable.")] = None,
    settings: Settings = None,
    plugin: Plugins = None,
    fresh: Fresh = False,
    retry: Retry = False,
    scheduler: Scheduler = None,
    open_: Open = False,
) -> None:
    """Compare schemes by their divergence from HCH, over gameability. The main job.

    Prints harm (mass moved from HCH's answers to false claims) and the gameability γ* at which each scheme leaves HCH.
    Writes results.sqlite, results.csv, summary.csv, report.html, spec.toml; run again, it continues where it stopped.
    """
    from divergence.workers import prepare

    prepare(1 if scheduler else workers)
    from divergence import api
    from divergence.build import SpecError
    from divergence.cell import PHASES

    load_plugins(plugin)
    for name in phase or ():
        if name not in PHASES:
            raise SpecError(f"--phase {name}: there are: {', '.join(PHASES)}")
    spec = api.default_spec(quick=quick, full=full, phases=list(dict.fromkeys(phase or ["optimum"])))
    chosen = {"scenario": scenario or None, "overseer": overseer or None, "scheme": scheme or None}
    spec = customised(api.customised(spec, seed, gameability or None, chosen), settings)
    _run(spec, Running(out, workers, scheduler, fresh, retry), open_)


@app.command()
@reported
def sweep(
    spec_file: Annotated[
        Path, typer.Argument(metavar="SPEC.toml", help="The study; see 'hch compare' for an example.")
    ],
    out: Out = None,
    workers: Workers = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check the study and say what it would compute.")] = False,
    settings: Settings = None,
    plugin: Plugins = None,
    fresh: Fresh = False,
    retry: Retry = False,
    scheduler: Scheduler = None,
    open_: Open = False,
) -> None:
    """Run a study of your own: any field of any part may be swept, several at once."""
    from divergence.workers import prepare

    prepare(1 if scheduler or dry_run else workers)
    from divergence import plan, specfile

    load_plugins(plugin)
    spec = customised(specfile.read(spec_file), settings)
    if dry_run:
        from divergence.dry import describe

        plan.check_memory(itertools.chain(*plan.everything(spec).values()), _cores(workers))
        print(describe(spec, _cores(workers)))
        return
    _run(spec, Running(out, workers, scheduler, fresh, retry), open_)


@app.command()
@reported
def report(
    directory: Annotated[Path, typer.Argument(help="A study's directory, finished or not.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Ends in .html. Write the report there and nothing into DIRECTORY."),
    ] = None,
    plugin: Plugins = None,
    open_: Open = False,
) -> None:
    """Write a study's report.html and its tables again, and print them."""
    from divergence import study

    load_plugins(plugin)
    _finish(study.load(directory), open_, out)


@app.command()
@reported
def diff(
    before: Annotated[Path, typer.Argument(metavar="DIR1", help="A study's directory.")],
    after: Annotated[Path, typer.Argument(metavar="DIR2", help="Another's: the same with something changed, say.")],
    out: Annotated[Path | None, typer.Option("--out", help="A CSV file for the differences at every point.")] = None,
    plugin: Plugins = None,
) -> None:
    """Two studies side by side: what was changed, and what that did to harm and γ*, paired where luck is shared."""
    from divergence import diff as diffs
    from divergence import study, terminal_diff
    from divergence.files import write_table

    load_plugins(plugin)
    found = diffs.diff(study.load(before), study.load(after))
    if out is not None:
        write_table(found.harm, out)
    terminal_diff.show(found, console())


@app.command("list")
@reported
def list_(
    json_: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False, plugin: Plugins = None
) -> None:
    """Every scenario, overseer and scheme: fields, symbols, units, ranges, a line each."""
    from divergence import listing

    load_plugins(plugin)
    if json_:
        print(json.dumps(listing.as_records(), ensure_ascii=False, indent=2))
    else:
        listing.show(console())


@app.command()
@reported
def new(
    kind: Annotated[str, typer.Argument(metavar="overseer|scheme|scenario", help="What to write.")],
    name: Annotated[str, typer.Argument(help="Its class name in words, e.g. tired-human.")],
    out: Annotated[Path | None, typer.Option("--out", help="The file. Default: NAME.py here.")] = None,
) -> None:
    """Write a working part of about 20 lines to start from, and say how to compare it."""
    from divergence import templates

    path = templates.write(kind, name, out)
    print(f"wrote {path}; try it:\n\n  {templates.command(kind, name, path)}\n")


for _command in (command_figures.figures, notebook_commands.notebook, notebook_commands.explore):
    app.command()(reported(_command))


def load_plugins(plugins: list[Path] | None) -> None:
    """``plugins.load_plugins``, imported by the commands that need it: ``hch --help`` has to be there at once."""
    from divergence import plugins as loader

    loader.load_plugins(plugins)


def customised(spec: Spec, settings: list[str] | None) -> Spec:
    """The study with fields set from ``PATH=VALUE`` words. A field that was swept, or in the box, no longer is."""
    from divergence.api import supported
    from divergence.paths import apply, freed

    for setting in settings or []:
        path, value = assigned(setting)
        where = f"--set {path}"
        spec = apply(freed(spec, path, where), {path: value}, where)
    return supported(spec) if settings else spec


def assigned(setting: str) -> tuple[str, Any]:
    """A ``PATH=VALUE`` word's path and value. Raises SpecError if it is none."""
    from divergence.build import SpecError

    path, sign, text = setting.partition("=")
    if not sign or not path.strip():
        raise SpecError(f"--set {setting}: must be PATH=VALUE, e.g. scenario.depth=3")
    try:
        return path.strip(), tomllib.loads(f"value = {text.strip()}")["value"]
    except tomllib.TOMLDecodeError:
        return path.strip(), text.strip()


@dataclass(frozen=True)
class Running:
    """How a study is run."""

    out: Path | None
    workers: int | None
    scheduler: str | None
    fresh: bool
    retry: bool


def _run(spec: Spec, how: Running, open_: bool) -> None:
    """Run a study and show it. Cells that failed are told, and the exit code is 1 then."""
    from divergence import running

    with progress() as (tell, failed):
        finished = running.run(
            spec,
            how.out,
            workers=how.workers,
            scheduler=how.scheduler,
            fresh=how.fresh,
            retry=how.retry,
            progress=tell,
            failed=failed,
            resumed=_continues,
        )
    _finish(finished, open_)
    if failures := finished.failures:
        _complain(
            f"{len(failures)} cell(s) failed and are missing above; the first: {failures[0].error}\n"
            f"'hch status {finished.directory} --errors' shows where; --retry computes them again"
        )
        raise typer.Exit(1)


def _continues(kept: int, total: int) -> None:
    """Say what is kept of an interrupted study, and what is not."""
    left = total - kept
    again = f"the other {left:,} start from their beginning, also those it was training when it stopped" if left else ""
    typer.echo(f"continuing: {kept:,} of {total:,} cells are kept" + (f"; {again}" if again else ""), err=True)


def _finish(finished: Study, open_: bool, out: Path | None = None) -> None:
    """Write what a reader opens, print the tables, and the report's path last."""
    from divergence import terminal, terminal_sample

    path = _written(finished, out)
    shown = terminal if finished.spec.sample is None else terminal_sample
    shown.show(finished, console())
    print(f"\nreport: {path}")
    if open_:
        webbrowser.open(path.resolve().as_uri())


def _written(finished: Study, out: Path | None) -> Path:
    """The report's path: in the study's directory, with the tables beside it, or at ``out``, alone."""
    from divergence import export
    from divergence import report as reports

    if out is not None:
        return reports.write(finished, out)
    try:
        export.write_tables(finished)
        return reports.write(finished)
    except OSError as error:
        told = f"{error.strerror}; 'hch report {finished.directory} --out FILE.html' writes the report elsewhere"
        raise OSError(error.errno, told, error.filename) from error


@contextmanager
def progress() -> Iterator[tuple[Callable[[int, int], None], Callable[[Failure], None]]]:
    """A progress bar with time left and failures, on standard error: what to call with progress, and with a failure.

    It appears once there are cells to compute.
    """
    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("cells")]
    console = Console(stderr=True)
    failures = 0
    bar = Progress(*columns, TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(), console=console)
    task = bar.add_task("measuring", total=None)

    def tell(done: int, total: int) -> None:
        bar.update(task, completed=done, total=total)
        if done < total:  # not before: what is wrong with the input is told first
            bar.start()

    def failed(_: Failure) -> None:
        nonlocal failures
        failures += 1
        bar.update(task, description=f"measuring ({failures} failed)")

    try:
        yield tell, failed
    finally:
        if bar.live.is_started:
            bar.stop()


def console() -> Console:
    """Standard output; where it is no terminal, wide enough for the tables."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=max(120, console.width))


def _cores(workers: int | None) -> int:
    import os

    return workers or os.cpu_count() or 1


from divergence import cli_maps, cli_studies, cli_tree  # noqa: E402, F401  (their commands use what is above)


def main() -> None:
    """Entry point of the ``hch`` command."""
    app()
