"""What a script or a notebook calls: ``compare``, ``sweep``, ``load``, ``tree``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from distillers.base import Scheme
from divergence import running, specfile, study
from divergence.build import FAMILIES, SpecError, build
from divergence.cell import OPTIMUM, Named, gameability_steps
from divergence.paths import apply
from divergence.plain import plain
from divergence.running import Progress
from divergence.spec import Spec
from divergence.study import Study
from overseers.base import Overseer
from scenarios import part as parts
from scenarios.base import Scenario
from scenarios.part import Part

QUICK: dict[str, Any] = {"questions": 100, "seeds": 2}
if TYPE_CHECKING:
    from hch.corruption import Attack
    from hch.office import Office

Where = tuple[tuple[str, tuple[Any, ...]], ...]
ELSEWHERE: Where = (
    ("self_persuasion", (0.5,)),
    ("gameability", (0.0, 0.5, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0)),
)
"""Where the default study measures schemes beyond the core, as it has to stay a matter of a minute: at fewer γ, most
of them where schemes leave HCH."""


def compare(
    out: Path | str | None = None,
    *,
    seed: int = 0,
    workers: int | None = None,
    quick: bool = False,
    full: bool = False,
    phases: Sequence[str] = (OPTIMUM,),
    gameability: Sequence[float] | float | None = None,
    scenarios: Sequence[Scenario | str] | None = None,
    overseers: Sequence[Overseer | str] | None = None,
    schemes: Sequence[Scheme | str] | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> Study:
    """Compare schemes by their divergence from HCH: the packaged study, or part of it, or with parts of your own.

    ``scenarios``, ``overseers`` and ``schemes`` are parts or their names and replace the study's; ``gameability``
    replaces its sweep of γ. ``quick`` is a coarse look at the core schemes (seconds) without ablations, shares, load;
    ``full`` measures every scheme at every λ, ablates every scheme and has four times the points. ``phases``: with
    ``"trained"`` among them it is the study of core schemes on a budget of human minutes. ``out`` names the
    directory that keeps the results (by default ``hch-…`` in the current one). Returns the study: ``.rows``,
    ``.summary``, ``.crossings`` and ``.differences()`` are DataFrames, and so are ``.grounds.ablations``, ``.shares``,
    ``.load`` and ``.verdicts``. Raises SpecError on bad input.
    """
    spec = default_spec(quick=quick, full=full, phases=phases)
    spec = customised(spec, seed, gameability, {"scenario": scenarios, "overseer": overseers, "scheme": schemes})
    return running.run(spec, _path(out), workers=workers, fresh=fresh, progress=progress)


def sweep(
    spec: Spec | Mapping[str, Any] | Path | str,
    out: Path | str | None = None,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    fresh: bool = False,
    retry: bool = False,
    progress: Progress | None = None,
) -> Study:
    """Run any study: a TOML file's path, the table that such a file would hold, or a ``Spec``.

    ``scheduler``: a dask scheduler's address, ``tcp://…``. ``retry``: compute cells again that failed before.
    """
    return running.run(
        as_spec(spec),
        _path(out),
        workers=workers,
        scheduler=scheduler,
        fresh=fresh,
        retry=retry,
        progress=progress,
    )


def load(directory: Path | str) -> Study:
    """The study in a directory, finished or not. Raises StoreError if there is none."""
    return study.load(directory)


def tree(
    scenario: Scenario | str = "ledger",
    overseer: Overseer | str = "human",
    *,
    seed: int = 0,
    question: int = 0,
    worst: float | None = None,
    staff: int | None = None,
    office: Office | None = None,
    attack: Attack | None = None,
) -> Any:
    """One consultation of HCH, as a record; ``print`` it to see who was asked what, when, and what they answered.

    ``worst``: an ``ε``; the record then also has what the core schemes' worst ``ε``-near optima answer there.
    ``staff``: how many people share the work; by default everybody has a desk. ``office``: how they are organised
    (deadlines, hurry; ``hch.office.Office``), and ``attack``: what corrupts them (``hch.corruption.Attack``).
    """
    from divergence.consultation import consultation
    from hch.office import Office

    office = Office() if office is None else office
    if staff is not None:
        if staff < 1:
            raise SpecError(f"staff must be a whole number ≥ 1, not {staff}")
        office = replace(office, staff=staff)

    asked = _part("scenario", scenario), _part("overseer", overseer)
    core = default_spec(quick=True).schemes if worst is not None else ()
    return consultation(*asked, seed, question, worst, core, office, attack)


def as_spec(spec: Spec | Mapping[str, Any] | Path | str) -> Spec:
    """A study from whatever describes it."""
    if isinstance(spec, Spec):
        return spec
    if isinstance(spec, Mapping):
        return specfile.parse(dict(spec))
    if not isinstance(spec, str | Path):
        raise SpecError(f"a study is a TOML file's path, the table that it would hold, or a Spec, not {spec!r}")
    return specfile.read(Path(spec))


def default_spec(*, quick: bool = False, full: bool = False, phases: Sequence[str] = (OPTIMUM,)) -> Spec:
    """The packaged study of ``hch compare``.

    With ``trained`` among its ``phases``, the small study of schemes on a budget. Of optima alone:
    Its core schemes at every swept value, and every other scheme there is where λ is 0.5, at fewer γ; ``full``: at
    every value too. ``quick``: coarse, the core schemes alone.
    """
    if quick and full:
        raise SpecError("--quick and --full exclude each other")
    if tuple(phases) != (OPTIMUM,):
        return _training_spec(quick, full, phases)
    text = resources.files("divergence").joinpath("studies/compare.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text) | (QUICK if quick else {})
    if quick:
        table["sweep"]["overseer.gameability"]["steps"] = 9
        del table["ablations"], table["shares"], table["box"], table["load"]
    if full:
        del table["ablations"]["schemes"]
        table["shares"]["points"] = 256
    spec = specfile.parse(table, "compare")
    return spec if quick else spec.having("scheme", every_scheme(spec.schemes, () if full else ELSEWHERE))


def _training_spec(quick: bool, full: bool, phases: Sequence[str]) -> Spec:
    """Core schemes as they are trained; ``quick``: less of it."""
    if full:
        raise SpecError("--full: only of optima; trained schemes are swept with a study of your own (hch sweep)")
    text = resources.files("divergence").joinpath("studies/trained.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text) | {"phases": list(phases)} | ({"questions": 30, "seeds": 1} if quick else {})
    if quick:
        table["sweep"]["overseer.gameability"]["steps"] = 5
        table["training"]["human_minutes"] = 30_000.0
    return specfile.parse(table, "compare")


def every_scheme(core: Sequence[Named], where: Where) -> tuple[Named, ...]:
    """The core schemes, then all others that are found, by group, measured at some swept values alone."""
    listed = {named.label for named in core}
    groups = list(dict.fromkeys(type(named.part).group for named in core))
    found = parts.find(Scheme, "distillers")  # type: ignore[type-abstract]
    others = [cls for name, cls in found.items() if name not in listed]
    others.sort(
        key=lambda cls: (groups.index(cls.group) if cls.group in groups else len(groups), cls.group, cls.part_name())
    )
    return (*core, *(Named(cls.part_name(), cls(), where) for cls in others))


def customised(
    spec: Spec,
    seed: int,
    gameability: Sequence[float] | float | None,
    chosen: Mapping[str, Sequence[Part | str] | None],
) -> Spec:
    """The study with its first seed, its swept γ and some of its parts replaced; None keeps what is there."""
    seed, gameability = plain(seed), plain(gameability)
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= specfile.LAST_SEED:
        raise SpecError(f"seed: must be a whole number from 0 to {specfile.LAST_SEED}, not {seed!r}")
    spec = replace(spec, first_seed=seed)
    for kind, wanted in chosen.items():
        if wanted is not None and not isinstance(wanted, str | Part) and not len(wanted):
            raise SpecError(f"{kind}s: at least one is needed; leave it out for the study's own")
        if wanted is not None:
            spec = spec.having(kind, _chosen(kind, wanted, spec.of(kind)))
    if chosen.get("scheme"):  # whoever names schemes wants to see all of them under every change, and no others
        spec = replace(
            spec,
            ablations=spec.ablations and replace(spec.ablations, schemes=()),
            shares=spec.shares and replace(spec.shares, schemes=()),
            load=None,
        )
    if isinstance(gameability, Sequence) and not gameability:
        raise SpecError("gameability: at least one γ is needed; leave it out for the study's own")
    if gameability is not None:  # whoever names γ wants to see every scheme there
        if all(gameability_steps(one.part) is None for one in spec.overseers):
            labels = ", ".join(one.label for one in spec.overseers)
            raise SpecError(f"--gameability: {labels}: no gameability, neither of its own nor of an overseer within")
        spec = replace(spec, schemes=tuple(_anywhere(named, "gameability") for named in spec.schemes))
    axes = []
    for axis in spec.axes:
        values = axis.values
        if axis.column == "gameability" and gameability is not None:
            values = tuple(float(v) for v in (gameability if isinstance(gameability, Sequence) else [gameability]))
            if len({*values}) < len(values):
                raise SpecError(f"--gameability: a value occurs twice: {', '.join(map(str, values))}")
        if _settable(spec, axis.path, axis.values[0]):
            axes.append(replace(axis, values=values))
            for value in values:
                apply(spec, {axis.path: value}, f"--{axis.column}")
    return supported(replace(spec, axes=tuple(axes)))


def _anywhere(named: Named, column: str) -> Named:
    """A scheme measured whatever the value of a field."""
    return replace(named, where=tuple(one for one in named.where if one[0] != column))


def supported(spec: Spec) -> Spec:
    """The study without what its parts have no field for; where γ is not swept, nothing is asked about γ*."""
    reached = [one for one in spec.box if all(_settable(spec, one.path, value) for value in one.values)]
    spec = replace(spec, box=tuple(reached))
    if spec.gameability is None:
        return replace(spec, ablations=None, shares=None, box=(), load=None)
    return spec if spec.box else replace(spec, shares=None)


def _settable(spec: Spec, path: str, value: Any) -> bool:
    """Whether any part at hand has the field; an overseer of one's own need not have them all."""
    try:
        apply(spec, {path: value})
    except SpecError:
        return False
    return True


def _chosen(kind: str, wanted: Sequence[Part | str], there: Sequence[Named]) -> tuple[Named, ...]:
    known = {named.label: named for named in there}
    found: list[Named] = []
    for one in [wanted] if isinstance(wanted, str | Part) else wanted:
        named = known.get(one) if isinstance(one, str) else None
        found.append(
            replace(named, where=())
            if named
            else Named(one if isinstance(one, str) else one.part_name(), _part(kind, one))
        )
    labels = [named.label for named in found]
    for label in labels:
        if labels.count(label) > 1:
            raise SpecError(f"{kind}: '{label}' occurs twice; a study with two needs a name for each")
    return tuple(found)


def _part(kind: str, one: Part | str) -> Any:
    family, _ = FAMILIES[kind]
    if isinstance(one, str):
        return build(kind, {"type": one}, kind)
    if not isinstance(one, family):
        raise SpecError(f"{kind}: must be {family.__name__.lower()} or its name, not {one!r}")
    return one


def _path(out: Path | str | None) -> Path | None:
    if isinstance(out, str) and not out.strip():
        raise SpecError("out: must name a directory ('.' for this one), not nothing")
    return None if out is None else Path(out)
