"""The fifth notebook, run by ``test_notebooks.py`` in a process of its own."""

OWN = "n5_write_your_own"


def test_every_figure_follows_the_sliders(notebook):
    before = notebook.started(OWN)
    after = notebook.opened(OWN).run(defs={"knobs": notebook.turned(before["knobs"], -1)})[1]
    assert len(notebook.data(before)) == 4
    assert all(drawn != notebook.data(after)[name] for name, drawn in notebook.data(before).items())


def test_parts_of_ones_own_meet_the_built_in_ones_where_they_should(notebook):
    found = notebook.run(OWN, haste=0.0, caution=0.0)
    asked, tried = (
        found[name]
        .summary.query("measure == 'harm'")
        .pivot_table(index="gameability", columns=["overseer", "scheme"], values="mean")
        for name in ("asked", "tried")
    )
    assert (asked["human", "approval"] == asked["deadlined", "approval"]).all()
    assert (tried["human", "approval"] == tried["human", "cautious"]).all()
    assert (notebook.started(OWN)["asked"].of(overseer="deadlined").crossings["gamma_star"] < 1.5).any()
