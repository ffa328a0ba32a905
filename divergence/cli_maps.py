"""Commands of ``hch`` that map a measure over fields: what it hangs on, and where its phases lie."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from divergence.cli import (
    Fresh,
    Out,
    Plugins,
    Retry,
    Scheduler,
    Settings,
    Workers,
    app,
    console,
    customised,
    load_plugins,
    progress,
    reported,
)

SpecFile = Annotated[Path, typer.Argument(metavar="SPEC.toml", help="The study.")]
Measure = Annotated[str, typer.Option("--measure", help="Any measure of the results, e.g. harm or accuracy.")]


@app.command()
@reported
def sensitivity(
    spec_file: SpecFile,
    field: Annotated[
        list[str] | None,
        typer.Option("--field", metavar="PATH=[LOW, HIGH]", help="A field and its range; repeatable."),
    ] = None,
    measure: Measure = "harm",
    points: Annotated[
        int, typer.Option("--points", min=2, max=2**16, help="A power of 2; times (fields + 2) points are computed.")
    ] = 64,
    out: Out = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    settings: Settings = None,
    plugin: Plugins = None,
    fresh: Fresh = False,
    retry: Retry = False,
) -> None:
    """Sobol indices: which fields a measure hangs on, alone and together, with 95 % intervals.

    Fields and ranges: --field, or the study's \\[sample.fields], or its \\[box].
    A \\[sweep] of other fields multiplies the points: indices are found at each of its values.
    Writes sensitivity-MEASURE.csv and .html.
    """
    from divergence.workers import prepare

    prepare(1 if scheduler else workers)
    from divergence import page, running, specfile
    from divergence import sensitivity as indices
    from divergence.figures import indices as figures
    from divergence.files import write_table

    load_plugins(plugin)
    spec = indices.prepared(customised(specfile.read(spec_file), settings), points, _fields(field or []))
    indices.check_measure(measure, spec)
    with progress() as (tell, failed):
        done = running.run(
            spec, out, workers=workers, scheduler=scheduler, fresh=fresh, retry=retry, progress=tell, failed=failed
        )
    found = indices.table(spec, done.rows, measure)
    path = done.directory / f"sensitivity-{measure}.html"
    write_table(found, path.with_suffix(".csv"))
    words = (
        f"Every field is drawn evenly from its range, {points} × (fields + 2) points in all. First order: the share of "
        f"the variance of {measure} that goes when the field is known; total: the share that stays when others are. "
        "Lines are 95 % intervals."
    )
    page.write(figures.figure(found), figures.figure(found, columns=1), path, f"What {measure} hangs on", words)
    _show(found, measure)
    print(f"\npicture: {path}")
    if failures := done.failures:
        print(
            f"error: {len(failures)} cell(s) failed; indices that need them are blank; the first: {failures[0].error}\n"
            f"       'hch status {done.directory} --errors' shows where; --retry computes them again",
            file=sys.stderr,
        )
        raise typer.Exit(1)


@app.command()
@reported
def phase(
    spec_file: SpecFile,
    measure: Measure = "harm",
    scheme: Annotated[
        str | None, typer.Option("--scheme", help="Where this scheme's measure reaches --level, not who does best.")
    ] = None,
    level: Annotated[float, typer.Option("--level", help="The level for --scheme.")] = 0.1,
    refine: Annotated[int, typer.Option("--refine", min=0, max=6, help="How often squares are halved.")] = 2,
    out: Out = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    settings: Settings = None,
    plugin: Plugins = None,
    fresh: Fresh = False,
    retry: Retry = False,
) -> None:
    """A phase diagram over the two fields that a study sweeps, refined along the boundary.

    Phases: the scheme that does best by a measure; or, with --scheme, where its measure reaches a level.
    Writes phase-MEASURE.csv and .html.
    """
    from divergence.workers import prepare

    prepare(1 if scheduler else workers)
    from divergence import files, page, phase_run, specfile
    from divergence import phase as phases
    from divergence.build import SpecError
    from divergence.directory import default_name
    from divergence.figures import phases as figures
    from divergence.files import write_table

    load_plugins(plugin)
    plane = phases.plane(customised(specfile.read(spec_file), settings), refine)
    labels = phases.labels(plane.spec)
    if scheme is not None and scheme not in labels:
        raise SpecError(f"--scheme {scheme}: there are: {', '.join(labels)}")
    name = phases.winner(measure) if scheme is None else phases.reaches(scheme, level)
    directory = out if out is not None else Path(default_name(plane.spec))
    with progress() as (tell, _):
        found = phase_run.run(
            plane,
            directory,
            measure,
            name,
            workers=workers,
            scheduler=scheduler,
            fresh=fresh,
            retry=retry,
            progress=tell,
        )
    of = "" if scheme is None else f"-{files.spelt(scheme)}-{level:g}"
    path = directory / f"phase-{measure}{of}.html"
    write_table(found.points.drop(columns=["i", "j"]), path.with_suffix(".csv"))
    if scheme is None:
        title = f"Which scheme has the {'most' if measure in phases.MORE_IS_BETTER else 'least'} {measure}"
    else:
        title = f"Where {measure} of {scheme} reaches {level:g}"
    words = "Dots are points that were tried; squares whose corners disagree were divided, the others filled in."
    if scheme is None:
        words += f" {phases.TIED.capitalize()}: the two best differ by less than {phases.APART:g}."
    page.write(figures.figure(found), figures.figure(found, columns=1), path, title, words)
    fine = plane.shape[0] * plane.shape[1]
    tried = len(found.points.drop_duplicates(["i", "j"]))
    for (where, who), own in found.points.groupby(["scenario", "overseer"], sort=False):
        counts = own["phase"].value_counts()
        print(f"{where}, overseer {who}: " + ", ".join(f"{phase} {count}" for phase, count in counts.items()))
    print(f"{tried:,} of {fine:,} points of the finest grid were tried\n\npicture: {path}")


def _fields(given: list[str]) -> dict[str, Any]:
    """``PATH=[LOW, HIGH]`` words."""
    from divergence.build import SpecError

    found: dict[str, Any] = {}
    for word in given:
        path, sign, text = word.partition("=")
        try:
            found[path.strip()] = tomllib.loads(f"value = {text.strip()}")["value"]
        except tomllib.TOMLDecodeError:
            sign = ""
        if not sign or not path.strip():
            raise SpecError(f"--field {word}: must be PATH=[LOW, HIGH], e.g. scenario.plant_rate=[0.0, 0.5]")
    return found


def _show(found: Any, measure: str) -> None:
    from divergence.figures import names

    table = Table(title=f"share of the variance of {measure}", title_justify="left", box=None, pad_edge=False)
    keys = list(found.columns)
    keys = keys[: keys.index("field")] if len(found) else []
    shown = [name for name in keys if name in ("scenario", "scheme") or found[name].nunique(dropna=False) > 1]
    for name in (*shown, "field", "first order", "total"):
        table.add_column(name, no_wrap=name not in ("first order", "total"))
    for line in found.to_dict("records") if len(found) else []:
        blank = line["first"] != line["first"]
        spelt = [
            "–" if blank else names.interval(*(line[f"{o}{e}"] for e in ("", "_low", "_high")))
            for o in ("first", "total")
        ]
        table.add_row(*(names.value(line[name]) for name in shown), line["field"], *spelt)
    console().print(table)
    if len(found) and found["first"].isna().any():
        console().print(f"–: {measure} does not vary there, or is undefined at some point")
