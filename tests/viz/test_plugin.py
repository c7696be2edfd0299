"""The hook for plotters, and pygrad.viz without the other packages."""

from __future__ import annotations

import pytest

import pygrad
from pygrad import hookimpl, viz
from pygrad.exceptions import UnknownNameError
from pygrad.plugins import registry


def test_its_own_plotters_come_by_the_hook():
    assert registry("plotters").get("model") is viz.plot_model
    assert registry("plotters").get("graph") is viz.plot_graph
    assert registry("plotters").owner("model").startswith("viz")


def test_anybody_can_add_a_plotter():
    class Plugin:
        @hookimpl
        def register_plotters(self, register):
            register("shout", lambda model: f"{type(model).__name__.upper()}!")

    plugin = Plugin()
    pygrad.plugins.register(plugin, "shouting")
    try:
        assert "shout" in viz.plotters.names()
        assert viz.plotters.get("shout")(3) == "INT!"
    finally:
        pygrad.plugins.unregister(plugin)
    assert "shout" not in viz.plotters.names()


def test_an_unknown_plotter_names_those_that_are_near():
    with pytest.raises(UnknownNameError, match=r"no plotter called 'modell'; did you mean 'model'"):
        viz.plotters.get("modell")


def test_it_works_without_the_other_parts(python):
    program = """if True:
        import sys
        class Refuse:
            def find_spec(self, name, path=None, target=None):
                assert not name.startswith(("pygrad.nn", "pygrad.data")), name
        sys.meta_path.insert(0, Refuse())
        from pygrad import Variable
        from pygrad.viz import plot_graph, plot_model
        x = Variable(3.0, name="x")
        print(len(plot_graph(x * x).graph.nodes))
        try:
            plot_model(x)
        except TypeError as error:
            print(error)
    """
    assert python(program).splitlines() == [
        "3",
        "model.plot: expected a model, an nn.Module, got Variable; "
        "viz.plot_graph(y) draws the graph of a Variable",
    ]
