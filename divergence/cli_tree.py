"""The command that shows one consultation: as text and as a page, in an office and under attack if asked to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from divergence.cli import Plugins, Settings, app, assigned, customised, load_plugins, reported

if TYPE_CHECKING:
    from divergence.build import PartKind
    from hch.corruption import Attack
    from hch.office import Office
    from scenarios.base import Scenario


@app.command()
@reported
def tree(
    scenario: Annotated[str, typer.Option(help="Which scenario.")] = "ledger",
    overseer: Annotated[str, typer.Option(help="Which overseer.")] = "human",
    gameability: Annotated[float | None, typer.Option(help="The overseer's γ.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the questions.")] = 0,
    question: Annotated[int, typer.Option(min=0, help="Number of the root question.")] = 0,
    worst: Annotated[
        float | None,
        typer.Option(metavar="EPS", help="Also what each scheme's worst policy within ε of its optimum answers."),
    ] = None,
    staff: Annotated[int | None, typer.Option(min=1, help="People who share the work. Default: all.")] = None,
    hurry: Annotated[float | None, typer.Option(help="How much a backlog of one request a person hurries.")] = None,
    deadline: Annotated[
        list[float] | None,
        typer.Option(
            help="Minutes to wait for sub-answers. Once: at every level; repeated: at level 1, 2, … from below."
        ),
    ] = None,
    exposure: Annotated[
        float | None, typer.Option(help="Attack: the chance that somebody is corrupted from outside.")
    ] = None,
    bandwidth: Annotated[float | None, typer.Option(help="Attack: the share of it that a message passes on.")] = None,
    quarantine: Annotated[
        float | None, typer.Option(help="Attack: minutes until whoever is corrupted is quarantined.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Also as a page: tree and timeline, γ = 0 beside.")
    ] = None,
    settings: Settings = None,
    plugin: Plugins = None,
) -> None:
    """One consultation of HCH as text: who was asked what, when, what they answered, where a planted falsehood won.

    Time can change answers (--staff with --hurry, --deadline).
    So can an attack that spreads (--exposure, --bandwidth, --quarantine).
    Every field of either can be set, as in --set office.holds_desk=true.
    """
    from divergence import api, tree_page
    from divergence.paths import apply

    load_plugins(plugin)
    spec = api.customised(api.default_spec(), 0, gameability, {"scenario": [scenario], "overseer": [overseer]})
    if gameability is not None:
        spec = apply(spec, {"overseer.gameability": gameability}, "--gameability")
    around = {"office.": dict[str, Any](), "attack.": dict[str, Any]()}
    parts = []
    for setting in settings or []:
        kind = next((kind for kind in around if setting.lstrip().startswith(kind)), None)
        if kind is None:
            parts.append(setting)
        else:
            path, value = assigned(setting)
            around[kind][path.removeprefix(kind)] = value
    spec = customised(spec, parts or None)
    asked, asks = spec.scenarios[0].part, spec.overseers[0].part
    if html is not None:
        tree_page.check(asked)
    office = _office({"staff": staff, "hurry": hurry} | around["office."], deadline or [], asked)
    attacked = {"exposure": exposure, "bandwidth": bandwidth, "quarantine_minutes": quarantine} | around["attack."]
    attack = _attack(attacked)
    consulted = api.tree(asked, asks, seed=seed, question=question, worst=worst, office=office, attack=attack)
    print(consulted)
    if html is not None:
        print(f"\npage: {tree_page.write(consulted, html)}")


def _office(given: dict[str, Any], deadlines: list[float], scenario: Scenario) -> Office:
    from hch.office import Office

    if len(deadlines) == 1:
        deadlines = deadlines * scenario.trees(0, 1).depth
    return made(Office, given | ({"deadlines": deadlines} if deadlines else {}), "office")


def _attack(given: dict[str, Any]) -> Attack | None:
    """An attack if anything is said of one."""
    from hch.corruption import Attack

    said = any(value is not None for value in given.values())
    return made(Attack, given, "attack") if said else None


def made(kind: type[PartKind], given: dict[str, Any], where: str) -> PartKind:
    """An office or an attack from what was said of it. Raises SpecError with what is permitted."""
    from divergence.build import SpecError, make, nearest
    from scenarios.part import notes

    known = {note.name for note in notes(kind)}
    wrong = [
        f"--set {where}.{name}: there is no such field{nearest(name, known)}; permitted: {', '.join(sorted(known))}"
        for name in given
        if name not in known
    ]
    if wrong:
        raise SpecError(*wrong)
    return make(kind, {name: value for name, value in given.items() if value is not None}, where)
