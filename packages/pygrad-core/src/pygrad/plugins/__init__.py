"""Plugins: how others add functions, layers, data sets and commands, and how one finds them.

The contract is `pygrad.plugins.hookspecs`; docs/plugins.md is the tutorial.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pygrad.plugins.registry import PluginWarning, Registry, registry

if TYPE_CHECKING:
    from pygrad.plugins.manager import Plugin

__all__ = [
    "PluginWarning",
    "Registry",
    "kinds",
    "loaded_plugins",
    "register",
    "registry",
    "unregister",
]


def register(plugin: object, name: str | None = None) -> None:
    """Add a plugin that is not installed, as in a notebook or a test.

    Parameters
    ----------
    plugin : object
        A module, or any object, with functions marked with ``@pygrad.hookimpl``.
    name : str, optional
        What messages call it; by default its own ``__name__``, or that of its type.

    Raises
    ------
    PluginError
        If it has no hook, or if it or its name is registered already.

    Examples
    --------
    >>> import pygrad
    >>> from pygrad import functions as F
    >>> class Cubes:
    ...     @pygrad.hookimpl
    ...     def register_functions(self, register):
    ...         register("cube", lambda x: x * x * x)
    >>> pygrad.plugins.register(Cubes())
    >>> F.cube(pygrad.Variable(2.0))
    Variable(8.0)
    >>> pygrad.plugins.unregister("Cubes")
    """
    from pygrad.plugins.manager import manager

    manager.register(plugin, name)


def unregister(plugin: object) -> None:
    """Take out again what `register` added, given the plugin or its name.

    Raises
    ------
    PluginError
        If it was not registered by hand. An installed plugin is kept out with the environment
        variable PYGRAD_PLUGINS.
    """
    from pygrad.plugins.manager import manager

    manager.unregister(plugin)


def kinds() -> list[str]:
    """The kinds of thing that some hook registers, sorted: each is a name for `registry`.

    Examples
    --------
    >>> import pygrad
    >>> "functions" in pygrad.plugins.kinds()
    True
    """
    from pygrad.plugins.manager import manager

    return sorted(manager.state().kinds)


def loaded_plugins() -> tuple[Plugin, ...]:
    """What became of every plugin, PyGrad's own included; ``pygrad plugins`` prints it.

    Examples
    --------
    >>> import pygrad
    >>> pygrad.plugins.loaded_plugins()[0].distribution
    'pygrad-core'
    """
    from pygrad.plugins.manager import manager

    return manager.state().plugins
