"""The hooks of pygrad-core: the whole contract, on one page.

A plugin is a module, or any object, with functions named and marked like this::

    from pygrad import hookimpl

    @hookimpl
    def register_functions(register):
        register("swish", swish)

and is announced by an entry point in the group ``pygrad``::

    [project.entry-points.pygrad]
    swish = "pygrad_swish"

Every hook is handed one callable, ``register(name, thing)``, and is called at the first look-up of
a name of its kind. A name is a Python identifier without a leading underscore. An implementation
that raises costs one warning; what it registered before that stays.

The functions below are never called: they say what there is to implement. Each package has such
a page of its own, and hands it in through `register_hookspecs`.
"""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["register_commands", "register_functions", "register_hookspecs"]


def register_functions(register: Callable[[str, object], None]) -> None:
    """Offer functions of Variables: ``register("swish", swish)`` makes ``F.swish``."""


def register_commands(register: Callable[[str, object], None]) -> None:
    """Offer subcommands of ``pygrad``: a thing with ``add_arguments(parser)`` and ``run(args)``."""


def register_hookspecs(register: Callable[[str, object], None]) -> None:
    """Offer further hooks: ``register("nn", page)``, where ``page`` is a module like this one."""
