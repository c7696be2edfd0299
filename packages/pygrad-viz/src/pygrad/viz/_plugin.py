"""What pygrad-viz registers: its own hook, and its own plotters by the same road."""

from __future__ import annotations

from collections.abc import Callable

from pygrad import hookimpl
from pygrad.viz import hookspecs, plot_graph, plot_model


@hookimpl
def register_hookspecs(register: Callable[[str, object], None]) -> None:
    register("viz", hookspecs)


@hookimpl
def register_plotters(register: Callable[[str, object], None]) -> None:
    register("graph", plot_graph)
    register("model", plot_model)
