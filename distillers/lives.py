"""The human work of supervised episodes as generators of jobs, for the office (MODEL.md §6; ``hch/jobs.py``).

The same work as in ``episode.py``: what takes how long, and what waits for what. In an office with a desk for everybody
an episode takes exactly the human minutes and the elapsed minutes that are stated there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from hch.jobs import Job, Life, Together, one
from hch.minds import durations
from hch.setting import Setting


def consultations(setting: Setting) -> Iterator[Life]:
    """A human at every question answers, consulting the humans below: one consultation of HCH for each root."""
    spent = [durations(here, setting.human) for here in setting.trees.seats]
    think, join = [own.think.tolist() for own in spent], [own.join.tolist() for own in spent]
    branching = setting.trees.branching

    def consult(height: int, node: int, question: int) -> Life:
        yield Job(think[height][node][question], "think")
        if height:
            below = [consult(height - 1, child, question) for child in range(node * branching, (node + 1) * branching)]
            for asked in ([life] for life in below) if setting.trees.in_turn else [below]:
                yield Together(asked)
            yield Job(join[height][node][question], "join", continuing=True)

    for question in range(setting.trees.questions):
        yield consult(setting.trees.depth, 0, question)


def ratings(setting: Setting) -> Iterator[Life]:
    """Every question of the tree is rated once, for each root; the ratings wait for nobody."""
    return _at_once(setting, "rate")


def comparisons(setting: Setting) -> Iterator[Life]:
    """At every question of the tree two answers are compared once, for each root, all at once."""
    return _at_once(setting, "compare")


def judged_paths(setting: Setting) -> Iterator[Life]:
    """The questions on one path down the tree are judged one after another, for each root."""
    spent = [setting.human.ticks("judge", here.places[0]).tolist() for here in setting.trees.seats]

    def judge(question: int) -> Life:
        for number, ticks in enumerate(spent):
            yield Job(ticks[question], "judge", continuing=number > 0)

    for question in range(setting.trees.questions):
        yield judge(question)


def single_answers(setting: Setting) -> Iterator[Life]:
    """Every question of every tree is answered by a human who consults a model, which answers at once."""
    spent = [durations(here, setting.human) for here in setting.trees.seats]

    def answer(think: int, join: int) -> Life:
        yield Job(think, "think")
        if join:
            yield Job(join, "join", continuing=True)

    for question in range(setting.trees.questions):
        for level in spent:
            for node in range(len(level.think)):
                yield answer(int(level.think[node, question]), int(level.join[node, question]))


def single_ratings(setting: Setting) -> Iterator[Life]:
    """Every question of every tree is rated, each rating asked for by itself."""
    return _one_by_one(setting, "rate")


def single_comparisons(setting: Setting) -> Iterator[Life]:
    """At every question of every tree two answers are compared, each comparison asked for by itself."""
    return _one_by_one(setting, "compare")


def _at_once(setting: Setting, kind: Literal["rate", "compare"]) -> Iterator[Life]:
    spent = [setting.human.ticks(kind, here.places).tolist() for here in setting.trees.seats]

    def work(question: int) -> Life:
        yield Together([one(Job(node[question], kind)) for level in spent for node in level])

    for question in range(setting.trees.questions):
        yield work(question)


def _one_by_one(setting: Setting, kind: Literal["rate", "compare"]) -> Iterator[Life]:
    spent = [setting.human.ticks(kind, here.places).tolist() for here in setting.trees.seats]
    for question in range(setting.trees.questions):
        for level in spent:
            for node in level:
                yield one(Job(node[question], kind))
