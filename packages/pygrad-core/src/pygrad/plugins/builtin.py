"""What pygrad-core itself contributes, through the hooks that everybody uses."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from pygrad import hookimpl

__all__ = ["register_commands", "register_functions"]


@hookimpl
def register_functions(register: Callable[[str, object], None]) -> None:
    """The functions of `pygrad.functions`, so that nobody else's can take their names unnoticed."""
    from pygrad import functions

    for name in functions.__all__:
        thing = getattr(functions, name)
        # not the Function classes, and not what the module has of its own
        if inspect.isfunction(thing) and thing.__module__ != functions.__name__:
            register(name, thing)


@hookimpl
def register_commands(register: Callable[[str, object], None]) -> None:
    """``pygrad demo``, ``pygrad info``, ``pygrad plugins``."""
    from pygrad.cli import demo, info, plugins

    for command in (demo, info, plugins):
        register(command.__name__.rpartition(".")[2], command)
