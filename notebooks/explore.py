"""Every knob on one page, over live runs or a finished study (``hch explore [DIR]``)."""

import marimo

app = marimo.App(width="full", app_title="Explore", html_head_file="head.html")

with app.setup:
    from dataclasses import replace

    import marimo as mo
    import numpy as np

    from divergence import figures, load
    from divergence.figures import names
    from divergence.worst import reason_against
    from divergence.worst_curves import worst_curves
    from notebooks import explorer
    from notebooks.page import beside, controls, departures, picture


@app.cell
def _():
    directory = mo.cli_args().get("study")
    return (directory,)


@app.cell
def _(directory):
    study = load(directory) if directory else None
    mo.md(
        f"# Explore the study in `{directory}`\n\nValues are those that the study tried. "
        "Only the worst models at the bottom are worked out anew, on at most 200 questions."
        if study
        else "# Explore\n\nEvery change is computed at once, on 200 questions. "
        "`hch explore DIR` shows a finished study instead."
    )
    return (study,)


@app.cell
def _(study):
    knobs = explorer.study_knobs(study) if study else explorer.live_knobs()
    return (knobs,)


@app.cell
def _(knobs, study):
    mo.stop(not knobs.value["schemes"], mo.md("**Choose at least one scheme.**"))
    tables = explorer.study_tables(study, knobs.value) if study else explorer.live_tables(knobs.value)
    _measure = knobs.value["measure"]
    _stars = tables.crossings if _measure == "harm" else None
    figure = figures.curves(tables.summary, _stars, _measure, names.of_spec(tables.spec), references=grey(_measure))
    return figure, tables


@app.function
def grey(measure):
    """What is drawn grey beside a measure."""
    return ("hch_accuracy",) if measure == "accuracy" else ()


@app.cell
def _(figure, knobs, tables):
    _shown = [
        mo.md(f"### {names.measure_title(knobs.value['measure']).capitalize()} of each scheme"),
        picture(figure, 520 if knobs.value["measure"] == "harm" else 440),
    ]
    if len(tables.crossings):
        stars = departures(tables.summary["gameability"].min(), here=tables.crossings)
        _shown += [mo.md("γ*, where harm first reaches 0.1, with its 95 % interval:"), mo.plain(stars)]
    beside(controls(knobs), mo.vstack(_shown))
    return


@app.cell
def _():
    gamma = mo.ui.slider(
        steps=np.linspace(0, 4, 17).tolist(), value=1.5, show_value=True, label="**γ**, how gameable people are"
    )
    return (gamma,)


@app.cell
def _(gamma, tables):
    _objective = [named for named in tables.spec.schemes if not reason_against(named.part)]
    mo.stop(not _objective, mo.md("None of these schemes states an objective that a policy could nearly maximise."))
    near = worst_curves(replace(tables.spec, questions=min(tables.spec.questions, 200), seeds=1), [gamma.value])
    worst = figures.worst(near)
    mo.vstack([mo.md("### The worst model within ε of each optimum"), gamma, picture(worst, 440)])
    return near, worst


if __name__ == "__main__":
    app.run()
