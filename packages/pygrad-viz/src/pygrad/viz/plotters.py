"""Plotters by name: those that come with PyGrad, and those that plugins registered.

Examples
--------
>>> from pygrad.viz import plotters
>>> {"graph", "model"} <= set(plotters.names())
True
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pygrad.plugins import registry

__all__ = ["get", "names"]


def get(name: str) -> Callable[..., Any]:
    """The plotter registered under this name.

    Raises
    ------
    UnknownNameError
        If nobody registered the name; the message says which are near.

    Examples
    --------
    >>> from pygrad.viz import plotters
    >>> plotters.get("graph").__name__
    'plot_graph'
    """
    found: Callable[..., Any] = registry("plotters").get(name)
    return found


def names() -> list[str]:
    """The names of all plotters, in alphabetical order.

    Examples
    --------
    >>> from pygrad.viz import plotters
    >>> "model" in plotters.names()
    True
    """
    return registry("plotters").names()
