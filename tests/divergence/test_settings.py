"""What two studies are set to differently, told from what their stores say alone."""

import pytest

from divergence.settings import changed

SHORT = 'questions = 10\n[[scheme]]\nname = "debate"\ntype = "debate"\nrounds = 2\n'
OTHER = '[[scheme]]\nname = "mine"\ntype = "best-of"\nn = 4\n[scheme.inner]\ntype = "approval"\nweight = 0.5\n'


def spec(text):
    return {"spec": text}


def test_nothing_differs_from_itself():
    assert changed(spec(SHORT), spec(SHORT)) == []


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("questions = 10", "questions = 20", "questions: 10 → 20"),
        ("", "first_seed = 3", "first_seed: not there → 3"),
        ('[box]\n"scenario.bias" = [0.0, 1.0]', "", "box.scenario.bias: [0.0, 1.0] → not there"),
        ('[sweep]\n"overseer.x" = [1, 2]', '[sweep]\n"overseer.x" = [1]', "sweep of overseer.x: 1, 2 → 1"),
        (SHORT, SHORT.replace("rounds = 2", "rounds = 3"), "scheme.rounds: 2 → 3"),  # one scheme needs no label
        (SHORT, SHORT + OTHER, "scheme.mine: not there → best-of"),  # and nothing of what is within it
        (SHORT + OTHER, SHORT, "scheme.mine: best-of → not there"),
        (SHORT + OTHER, SHORT + OTHER.replace("0.5", "0.7"), "scheme.mine.inner.weight: 0.5 → 0.7"),
    ],
)
def test_what_differs_in_a_specification(before, after, told):
    assert changed(spec(before), spec(after))[-1:] == [told]
    assert len(changed(spec(before), spec(after))) == 1


def test_a_part_within_one_that_both_have():
    without = OTHER.partition("[scheme.inner]")[0]
    assert changed(spec(without), spec(OTHER)) == ["scheme.inner: not there → approval"]


def test_what_computed_them():
    before = {"version": "1", "plugins": "mine.py 0123456789abcdef", "measures": "harm"}
    after = {"version": "2", "plugins": "", "measures": "harm better"}
    assert changed(before, after) == [
        "version: 1 → 2",
        "plug-ins: mine.py 01234567 → none",
        "measures kept: harm → harm better",
    ]
