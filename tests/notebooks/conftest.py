"""What the tests of notebooks share: opening one, turning its knobs, and what its figures show."""

import importlib
from functools import cache
from types import SimpleNamespace

import pytest


def opened(name):
    return importlib.import_module(f"notebooks.{name}").app


@cache
def started(name):
    """Definitions of a notebook as it opens."""
    return opened(name).run()[1]


def knobs(found):
    """The dictionaries of sliders and menus among a notebook's definitions, by name."""
    import marimo as mo

    return {name: value for name, value in found.items() if isinstance(value, mo.ui.dictionary)}


def turned(dictionary, end=None, **values):
    """The same sliders and menus, all at one end (0 or -1), or some at given values."""
    import marimo as mo

    def at(name, knob):
        if isinstance(knob, mo.ui.slider):
            value = values.get(name, knob.value if end is None else knob.steps[end])
            return mo.ui.slider(steps=knob.steps, value=value)
        if isinstance(knob, mo.ui.dropdown):
            words = {value: word for word, value in knob.options.items()}
            value = values.get(name, knob.value if end is None else list(words)[end])
            return mo.ui.dropdown(knob.options, value=words[value])
        return knob

    return mo.ui.dictionary({name: at(name, knob) for name, knob in dictionary.elements.items()})


def run(name, **values):
    """A notebook's definitions when some of its knobs are turned."""
    return opened(name).run(defs={"knobs": turned(started(name)["knobs"], **values)})[1]


def data(found):
    """What every figure among a notebook's definitions holds, as text."""
    import plotly.graph_objects as go

    figures = {}
    for name, value in found.items():
        several = value if isinstance(value, list) else [value]
        figures |= {(name, place): one.to_json() for place, one in enumerate(several) if isinstance(one, go.Figure)}
    return figures


@pytest.fixture(scope="session")
def notebook():
    """The functions above; marimo is imported when they are called."""
    return SimpleNamespace(opened=opened, started=started, knobs=knobs, turned=turned, run=run, data=data)
