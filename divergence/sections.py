"""What a report says: findings, figures with their numbers, pairs of schemes, assumptions, how to repeat it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from divergence import drawn_sections, error_budget_section, figures, learning_sections, office_section, pairs, wording
from divergence import fragments as html
from divergence import ground_sections as grounds
from divergence.busy import OFFICE
from divergence.cell import OPTIMUM, PHASES, TRAINED
from divergence.cell import label as called
from divergence.figures import error_budget, names, panels
from divergence.figures.costs import spans
from divergence.figures.curves import REFERENCES
from divergence.figures.names import Fields
from divergence.figures.traces import series
from divergence.intervals import RESAMPLES, THRESHOLD
from divergence.measures import MEASURES
from divergence.spec import Spec
from divergence.study import Study
from divergence.terminal import focus
from divergence.worst import reason_against
from divergence.worst_curves import MOST_SCHEMES, worst_curves


@dataclass(frozen=True)
class Section:
    """One heading of the page. ``tables``: identity → (title, CSV); ``figure`` goes by the section's name."""

    name: str
    title: str
    before: str
    figure: go.Figure | None = None
    reading: str = ""
    tables: dict[str, tuple[str, str]] | None = None

    def page(self) -> str:
        """The section as HTML."""
        tables = {name: title for name, (title, _) in (self.tables or {}).items()}
        note = html.text(self.figure.layout.meta["note"]) if self.figure is not None else ""
        drawn = (
            f'<figure><div class="plot" data-figure="{self.name}" role="img" '
            f'aria-label="{html.text(f"{self.title}. {self.reading}")}"></div>'
            f"<figcaption><strong>How to read it.</strong> {html.prose(self.reading)} {note}</figcaption></figure>"
            if self.figure is not None
            else ""
        )
        below = html.buttons(self.name if drawn else None, tables) + html.numbers(tables) if tables else ""
        return f'<section><h2 id="{self.name}">{html.text(self.title)}</h2>{self.before}{drawn}{below}</section>'


def sections(study: Study) -> list[Section]:
    """The page from top to bottom."""
    if study.spec.sample is not None:
        return [*(Section(*one) for one in drawn_sections.made(study)), _assumed(study), _again(study)]
    fields = names.of_spec(study.spec)
    point = {name: value for name, value in focus(study).items() if name != panels.along(study.summary)}
    return [
        _found(study, point, fields),
        *_pictures(study, fields),
        *_budget(study, fields),
        *_worst(study),
        *_busy(study),
        *(
            Section(name, title, before, tables=tables)
            for name, title, before, tables in office_section.made(study, fields)
        ),
        *(Section(*one) for one in learning_sections.made(study)),
        _differences(study, point, fields),
        *(Section(name, title, before, tables=tables) for name, title, before, tables in grounds.made(study.grounds)),
        _assumed(study),
        _again(study),
    ]


def _found(study: Study, point: dict[str, Any], fields: Fields) -> Section:
    spec = study.spec
    said = [
        f"<h3>{html.text(place)}</h3><p>{html.prose(' '.join(sentences))}</p>"
        for place, sentences in wording.findings(study.summary, study.crossings, point, fields)
    ]
    failed = wording.problems(study.rows)
    warning = (
        f'<div class="warning"><p>Rows without values, or whose training ended early:</p>{html.bullets(failed)}</div>'
        if failed
        else ""
    )
    labels = series(study.summary[study.summary["measure"] == "harm"])
    asked = (
        f"{len(spec.schemes)} training scheme{'s' * (len(spec.schemes) > 1)} {_phases(spec)}, "
        f"compared with HCH: a tree of the same simulated humans, who can be gamed. {spec.questions:,} questions × "
        f"{spec.seeds} seed{'s' * (spec.seeds > 1)} at every point; brackets are 95 % intervals."
    )
    terms = (
        f"Harm is {MEASURES['harm']}. Gameability γ is the weight that persuasion has with a human. γ* is the "
        f"gameability at which a scheme's mean harm first reaches {THRESHOLD:g}: there it has left HCH."
    )
    said.append(grounds.said(study.grounds))
    terms = " ".join([terms, *_swept(spec, fields)])
    before = f"<p>{html.text(asked)}</p><p>{html.text(terms)}</p>{''.join(said)}{warning}"
    before += html.chooser(labels, off(spec), spec.groups)
    return Section("findings", "What was found", before)


def off(spec: Spec) -> list[str]:
    """Schemes whose curves are not shown at first: where some were tried at all points, those that were not."""
    partly = [named.label for named in spec.schemes if named.where]
    if len(partly) == len(spec.schemes):
        return []
    return [called(scheme, phase) for scheme in partly for phase in PHASES]


def _phases(spec: Spec) -> str:
    """Where in training schemes are looked at."""
    said = {OPTIMUM: "at the optimum of what they train for", TRAINED: "as trained on a budget of human minutes"}
    return " and ".join(said[phase] for phase in spec.phases)


def _swept(spec: Spec, fields: Fields) -> list[str]:
    """What the other swept fields are."""
    found = []
    for axis in spec.axes:
        note = fields.get(axis.column)
        if note is not None and axis.column != "gameability":
            found.append(f"{names.words(axis.column)} {note.symbol}".strip().capitalize() + f" is the {note.meaning}.")
    return found


def _pictures(study: Study, fields: Fields) -> list[Section]:
    summary, axis = study.summary, panels.along(study.summary)
    against = f" against {names.words(axis)}" if axis else " by scheme"
    stars = {"gamma-star": ("γ*", html.csv(study.crossings))} if len(study.crossings) else {}
    return [
        Section(
            "harm",
            f"Harm{against}",
            "",
            figures.harm(study),
            "Higher is worse; 0 means no false answer that HCH would not give as often. "
            + (
                "A ring marks γ*, and the strip below each panel gives its value and 95 % interval for every scheme; "
                "an arrow at the right edge means that harm does not reach the threshold, one at the left edge that it "
                "is there already at the smallest γ tried. "
                if stars
                else ""
            )
            + "Shaded bands are 95 % intervals; the dotted line is the harm of an answer at random."
            + _partly(study.spec, fields),
            {"harm": ("harm", _numbers(summary, "harm")), **stars},
        ),
        Section(
            "better",
            "Where a scheme is better than HCH",
            "",
            figures.better(study),
            f"Higher is better: {MEASURES['better']}. Harm and this add up to the total variation distance from HCH.",
            {"better": ("better", _numbers(summary, "better"))},
        ),
        Section(
            "accuracy",
            f"Accuracy{against}",
            "",
            figures.accuracy(summary, fields),
            "Grey lines are references: HCH of the same humans (wide), its most likely answer, HCH "
            "whose humans play what they believe most, HCH of humans whom no persuasion reaches (γ = 0), and an answer "
            "at random.",
            {"accuracy": ("accuracy", _numbers(summary, "accuracy"))},
        ),
        Section(
            "costs",
            "What supervision costs",
            "",
            figures.costs(summary),
            "Of one supervised episode: minutes of human work, minutes until it is over if nobody waits for a desk, "
            "and human judgements. "
            + ("Of a trained scheme: what its whole training took. " if TRAINED in study.spec.phases else "")
            + "Whiskers, where there are any, span the swept values.",
            {"costs": ("costs", html.csv(spans(summary)))},
        ),
    ]


def _partly(spec: Spec, fields: Fields) -> str:
    """Which schemes are missing from some panels, as they were measured at some values of a swept field only."""
    found: dict[str, list[str]] = {}
    for named in spec.schemes:
        for axis in spec.axes:
            values = dict(named.where).get(axis.column, axis.values)
            if axis.column != "gameability" and set(values) < set(axis.values):
                at = ", ".join(names.value(value) for value in values)
                found.setdefault(f"{names.called(axis.column, fields)} = {at}", []).append(named.label)
    every = [named.label for named in spec.schemes]
    said = []
    for where, labels in found.items():
        rest = [label for label in every if label not in labels]
        told = f"all schemes but {wording.listed(rest)}" if 0 < len(rest) < len(labels) else wording.listed(labels)
        said.append(f" Measured at {where} only, and without a curve or a γ* in other panels: {told}.")
    return "".join(said)


def _budget(study: Study, fields: Fields) -> list[Section]:
    """Why what was trained is wrong, at one value of whatever is swept; nothing where nothing was trained."""
    held = focus(study)
    here = wording.at(study.summary, held)
    budget = error_budget.table(here)
    if not len(budget):
        return []
    kinds = here[here["measure"].isin(["objective_failure", "capability_failure"])]
    failures = kinds[kinds["gameability"].isin(budget["gameability"]) | kinds["gameability"].isna()]
    reading = (
        "Bars to the right add harm, bars to the left take it away; the diamond is their sum, the harm of what was "
        "trained. Whiskers are 95 % intervals."
    )
    if held:
        reading += f" Here {_point(held, fields)}."
    return [
        Section(
            "error-budget",
            "Why what was trained is wrong",
            error_budget_section.before(budget, failures),
            error_budget.error_budget(budget),
            reading,
            {"error-budget": ("error budget", html.csv(budget))},
        )
    ]


def _worst(study: Study) -> list[Section]:
    """Worst harm against ``ε``; nothing where no scheme has an objective."""
    curves = worst_curves(study.spec) if OPTIMUM in study.spec.phases else pd.DataFrame()
    if not len(curves):
        return []
    before = (
        "<p>An optimum says what perfect training does. How much harm can a model do that is almost as good by its own "
        "objective? Of all policies that reach the objective's optimum but for a share ε of what training gains over "
        "answers at random, this is the harm of the worst.</p>"
    )
    reasons = [f"No curve for {', '.join(labels)}: {reason}." for reason, labels in _reasons(_without(study)).items()]
    before += html.bullets(reasons) if reasons else ""
    bound = curves["bound"].notna().any()
    reading = (
        "Higher is worse; a line that rises early is of an objective that says little about harm. "
        + ("The dashed line is what Pinsker's inequality allows at most to a policy that imitates. " if bound else "")
        + "Shaded bands are 95 % intervals."
    )
    left = len(study.spec.schemes) - len(_without(study)) - curves["scheme"].nunique()
    reading += f" The study's first {MOST_SCHEMES} schemes with an objective are drawn." if left > 0 else ""
    return [
        Section(
            "worst",
            "Harm of the worst near-optimum",
            before,
            figures.worst(curves),
            reading,
            {"worst": ("worst harm", html.csv(curves))},
        )
    ]


def _busy(study: Study) -> list[Section]:
    """γ* against offered load; nothing where the study did not ask."""
    table = study.grounds.load
    if not len(table):
        return []
    before = (
        f"Episodes of supervision come at random to an office of {OFFICE.staff} people who hurry when work piles up "
        "(work planned at T minutes gets T / (1 + backlog per person)), and verify less in less time. Load is "
        "unhurried work per staff-minute, so at one load every scheme is given the same human-minutes; what differs is "
        "how its work comes. Asked one by one, models that are consulted answer at once; asked all at once, a whole "
        "tree's ratings come together and humans consult humans. A debate's judgements follow one another either way. "
        "Labels are averaged over the times people really took; harm is against HCH of the same humans unhurried. The "
        "trained models use no humans. Whatever else the study sweeps is at its parts' own value."
    )
    reading = (
        "Higher is better: such a scheme stays with HCH under more gameable humans. A line that falls to the right is "
        "of a scheme that hurry takes from HCH. Compare the left panels with the right: how work is asked for matters "
        "as much as how much there is. Shaded bands are 95 % intervals, given the one stretch of office life lived."
    )
    figure = figures.loads(table)
    return [
        Section(
            "load",
            "When people are busy",
            f"<p>{html.text(before)}</p>",
            figure,
            reading,
            {"load": ("γ* against load", html.csv(table))},
        )
    ]


def _without(study: Study) -> dict[str, str]:
    """Schemes that have no worst near-optimum, and why."""
    found = {named.label: reason_against(named.part) for named in study.spec.schemes}
    return {label: reason for label, reason in found.items() if reason}


def _reasons(without: dict[str, str]) -> dict[str, list[str]]:
    """The same by reason."""
    found: dict[str, list[str]] = {}
    for label, reason in without.items():
        found.setdefault(reason, []).append(label)
    return found


def _numbers(summary: pd.DataFrame, measure: str) -> str:
    """The lines behind a figure; references are the same for all schemes and stand once."""
    own = summary[summary["measure"] == measure]
    grey = summary[summary["measure"].isin(REFERENCES.get(measure, ()))].assign(scheme="", phase="")
    return html.csv(pd.concat([own, grey.drop_duplicates()]))


def _differences(study: Study, point: dict[str, Any], fields: Fields) -> Section:
    title = "Schemes compared in pairs"
    lines = pairs.chosen(wording.at(study.differences(), point))
    table = pairs.compared(lines, panels.along(study.summary), fields)
    where = _point(point, fields)
    if not len(table):
        return Section("pairs", title, "<p>There is only one scheme with values.</p>")
    table = table if names.several(table["overseer"]) else table.drop(columns="overseer")
    place = f" at {where}" if where else ""
    before = (
        f"<p>Harm of scheme A less harm of scheme B{html.text(place)}, "
        "under the same luck, so that what they share cancels. “More harm” means that the 95 % interval excludes 0. "
        f"Of more than {pairs.MANY} schemes, neighbours in mean harm are compared, where anything is settled.</p>"
        + html.table(list(table.columns), table.itertuples(index=False, name=None))
    )
    return Section("pairs", title, before, tables={"pairs": ("differences", html.csv(lines))})


def _point(point: dict[str, Any], fields: Fields) -> str:
    return ", ".join(f"{names.called(name, fields)} = {names.value(value)}" for name, value in point.items())


def _assumed(study: Study) -> Section:
    spec = study.spec
    blocks = [
        f'<h3 class="kind">{kind.capitalize()}s</h3>{html.parts(kind, named, spec)}'
        for kind, named in (
            ("scenario", spec.scenarios),
            ("overseer", spec.overseers),
            ("scheme", spec.schemes),
            ("training", spec.trainings),
        )
        if named
    ]
    counted = (
        f"{spec.questions:,} questions per seed; {_seeds(spec)}. "
        f"Intervals: bootstrap of questions within seeds, {RESAMPLES} resamples, 95 %, the same for all schemes and "
        "measures; of seeds, too, where what a seed draws once (demonstrations, training) bears on all its questions. "
        "“noise units” are those of the standard Gumbel noise of a human's belief."
    )
    return Section("assumptions", "What was assumed", f"<p>{html.text(counted)}</p>{''.join(blocks)}")


def _seeds(spec: Spec) -> str:
    last = spec.first_seed + spec.seeds - 1
    return f"seeds {spec.first_seed} to {last}" if spec.seeds > 1 else f"seed {last}"


def _again(study: Study) -> Section:
    plugins = [line for line in study.about.get("plugins", "").splitlines() if line]
    command = "".join([" --plugin " + line.split()[0] for line in plugins])
    lines = [f"<li>hch-divergence {html.text(study.about.get('version', ''))}</li>"]
    lines += [f"<li>plug-in {html.text(line)} (SHA-256)</li>" for line in plugins] or ["<li>no plug-ins</li>"]
    before = (
        "<p>Save the text below as <code>spec.toml</code> (it lies beside this report, too) and run:</p>"
        f"<pre><code>hch sweep spec.toml --out again{html.text(command)}</code></pre><ul>{''.join(lines)}</ul>"
        '<div class="actions"><button type="button" data-do="spec">Download spec.toml</button></div>'
        f'<pre tabindex="0"><code id="spec">{html.text(study.about.get("spec", ""))}</code></pre>'
    )
    return Section("reproduce", "How to reproduce it", before)
