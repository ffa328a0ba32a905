"""One consultation of HCH as text: who was asked what, when, what they answered, and where a planted falsehood won."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from divergence.build import SpecError
from divergence.cell import Named
from divergence.near_optima import NearOptima, near_optima
from hch import events
from hch.corruption import ASKER, OUTSIDE, Attack
from hch.exact import hch
from hch.office import Office
from hch.visits import Consultation, Visit
from overseers.base import Overseer
from overseers.pace import TICKS_PER_MINUTE
from scenarios.base import Scenario
from scenarios.part import Part, as_table, notes

OPEN = Office()
LEGEND = (
    "✓ true answer, ✗ false answer; ⚑ n: claim n is a planted, persuasive falsehood; "
    "times in minutes since the root was asked"
)


@dataclass(frozen=True)
class Consulted:
    """A consultation with what is needed to read it. ``print`` it. ``worst``: near-optimal policies, if asked for.

    ``office``: how people were organised; ``attack``: what corrupts them, if anything does.
    """

    scenario: Scenario
    overseer: Overseer
    seed: int
    question: int
    record: Consultation
    hch_accuracy: float
    worst: NearOptima | None = None
    office: Office = OPEN
    attack: Attack | None = None

    def __str__(self) -> str:
        below = [] if self.worst is None else ["", str(self.worst)]
        return "\n".join([*self._head(), *self._lines(), "", *self._tally(), LEGEND, *below])

    def told(self) -> list[str]:
        """What came of it, in two sentences."""
        return [self._spent(), *self._tally()]

    def _spent(self) -> str:
        done, staff = minutes(self.record.visits[0].finish), self.record.staff
        at_once = "" if staff is None else f", {staff} at a time"
        return (
            f"{len(self.record.visits)} people{at_once}, {minutes(self.record.work):.0f} minutes of work, answered "
            f"after {done:.0f} minutes; HCH{self._undisturbed()} gives the true answer with probability "
            f"{self.hch_accuracy:.3f}"
        )

    def _undisturbed(self) -> str:
        """What the probability leaves out: it is that of people whom neither an attack nor time disturbs."""
        office = self.office
        waits = [office.deadline(level) for level in range(1, len(office.deadlines) + 1)]
        left_out = {
            "the attack": self.attack is not None,
            "hurry": office.hurry > 0 and office.staff is not None,
            "deadlines": any(wait is not None for wait in waits),
            "unequal skill": office.skill_spread > 0,
        }
        missing = [name for name, true in left_out.items() if true]
        return f" without {' or '.join(missing)}" if missing else ""

    def _head(self) -> list[str]:
        return [
            f"{described(self.scenario)}, seed {self.seed}, question {self.question}",
            f"asked: {described(self.overseer)}",
            self._spent(),
            *self.circumstances(),
            "",
        ]

    def circumstances(self) -> list[str]:
        """The office and the attack, where they are not the ordinary ones."""
        made = (self.office, OPEN), (self.attack, None)
        return [f"{one.part_name()}: {changed(one)}" for one, usual in made if one is not None and one != usual]

    def _lines(self) -> list[str]:
        by_place = {(visit.height, visit.node): visit for visit in self.record.visits}
        root = self.record.visits[0]
        lines: list[tuple[str, Visit]] = []
        _walk(root, "", "", "q", by_place, lines)
        width = max(len(label) for label, _ in lines)
        return [f"{label:<{width}}  {_told(visit)}" for label, visit in lines]

    def _tally(self) -> list[str]:
        wrong = [visit for visit in self.record.visits if visit.answer != visit.truth]
        planted = sum(visit.answer == visit.planted for visit in wrong)
        free = [visit for visit in wrong if not visit.dictated]
        own = sum(visit.supported == visit.truth for visit in free)
        fooled = sum(visit.answer == visit.planted and visit.supported == visit.truth for visit in free)
        attacked = f", {len(wrong) - len(free)} what the attack wants" if self.attack is not None else ""
        answers = "answer" if len(wrong) == 1 else "answers"
        claims = "is a planted claim" if planted == 1 else "are planted claims"
        return [
            f"{len(wrong)} false {answers}: {own} by people who had the truth in hand ({fooled} fell for a planted "
            f"falsehood), {len(free) - own} misled by sub-answers{attacked}; {planted} {claims}",
            *self._suffered(),
        ]

    def _suffered(self) -> list[str]:
        """What time and attacks did to people, if they did."""
        visits = self.record.visits
        late, hurried = sum(visit.late for visit in visits), sum(visit.kept < 1.0 for visit in visits)
        told = [f"answers that came too late: {late}"] if late else []
        told += [f"people who verified less than usual: {hurried}"] if hurried else []
        if self.attack is not None:
            infected = sum(visit.infected is not None for visit in visits)
            told.append(f"people corrupted: {infected}, still when they answered: {sum(v.dictated for v in visits)}")
        return ["; ".join(told)] if told else []


def consultation(
    scenario: Scenario,
    overseer: Overseer,
    seed: int = 0,
    question: int = 0,
    worst: float | None = None,
    schemes: Sequence[Named] = (),
    office: Office = OPEN,
    attack: Attack | None = None,
) -> Consulted:
    """Consult HCH on root question number ``question`` of a seed. ``office``: how people are organised.

    ``attack``: what corrupts people. Raises SpecError where people are stuck.

    ``worst``: an ``ε``; what the schemes' worst ``ε``-near optima answer there is worked out too.
    """
    if seed < 0 or question < 0:
        raise SpecError(f"seed and question must be whole numbers ≥ 0, not {seed} and {question}")
    trees = scenario.trees(seed, 1, start=question)
    accuracy = float(hch(trees, overseer).root[trees.root.truth[0, 0], 0])
    near = None if worst is None else near_optima(scenario, overseer, schemes, worst, seed, question)
    try:
        record = events.consult(trees, 0, overseer, office, attack)
    except events.Deadlock as stuck:
        raise SpecError(str(stuck)) from None
    return Consulted(scenario, overseer, seed, question, record, accuracy, near, office, attack)


def _walk(
    visit: Visit, front: str, rest: str, name: str, places: dict[tuple[int, int], Visit], lines: list[tuple[str, Visit]]
) -> None:
    """Lines of a subtree, drawn with branches; sub-questions are numbered from 1."""
    lines.append((f"{front}{name}", visit))
    for number, node in enumerate(visit.consulted, start=1):
        last = number == len(visit.consulted)
        below = places[visit.height - 1, node]
        _walk(
            below,
            rest + ("└─ " if last else "├─ "),
            rest + ("   " if last else "│  "),
            f"{name}.{number}",
            places,
            lines,
        )


def _told(visit: Visit) -> str:
    """One human's line: when, what, and why if it was false."""
    right = visit.answer == visit.truth
    flag = f"  ⚑ {visit.planted}" if visit.planted is not None else ""
    when = f"{minutes(visit.started):5.0f}–{minutes(visit.finish):<4.0f}"
    why = "" if right else f"  (truth {visit.truth}: {reason(visit)})"
    time = f"  late, guessed {visit.guess}" if visit.late else ""
    time += f"  {visit.kept:.0%} of its discernment" if visit.kept != 1.0 else ""
    return f"{when} answers {visit.answer} {'✓' if right else '✗'}{flag}{why}{time}{_attacked(visit)}"


def _attacked(visit: Visit) -> str:
    return "" if visit.infected is None else f"  corrupted at {minutes(visit.infected):.0f} by {corrupted_by(visit)}"


def corrupted_by(visit: Visit) -> str:
    """Who passed the attack on to somebody."""
    others = {OUTSIDE: "the world outside", ASKER: "who asked it"}
    return others.get(visit.source) or f"sub-answer {visit.source + 1}"


def reason(visit: Visit) -> str:
    """Why a false answer was given."""
    if visit.dictated:
        return "what the attack wants"
    if visit.supported != visit.truth:
        if visit.answer == visit.supported:
            return f"misled, sub-answers join to {visit.supported}"
        won = "the planted falsehood won" if visit.answer == visit.planted else "talked itself into another claim"
        return f"misled by sub-answers, and {won}"
    return "the planted falsehood won" if visit.answer == visit.planted else "talked itself out of it"


def described(made: Part) -> str:
    """Name and the fields that have a symbol: ledger (K = 6, b = 2, …)."""
    table = as_table(made)
    shown = [f"{note.symbol} = {_number(table[note.name])}" for note in notes(type(made)) if note.symbol]
    return f"{made.part_name()} ({', '.join(shown)})"


def changed(made: Part) -> str:
    """The fields that are not as they are by default: staff 3, hurry 1."""
    usual = as_table(type(made)())
    shown = [(name, value) for name, value in as_table(made).items() if value != usual[name]]
    return ", ".join(f"{name} {_number(value)}" for name, value in shown) or "as usual"


def _number(value: object) -> str:
    if isinstance(value, tuple | list):
        return "/".join(map(_number, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def minutes(ticks: int) -> float:
    """Ticks as minutes."""
    return ticks / TICKS_PER_MINUTE
