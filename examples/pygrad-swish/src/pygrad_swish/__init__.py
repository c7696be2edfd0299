"""The swish activation for PyGrad, as the function ``F.swish`` and as the layer ``Swish``.

This file is what the entry point names, so it holds the hooks, and imports nothing heavy.
"""

from collections.abc import Callable

from pygrad import hookimpl


@hookimpl
def register_functions(register: Callable[[str, object], None]) -> None:
    from pygrad_swish.function import swish

    register("swish", swish)


@hookimpl
def register_layers(register: Callable[[str, object], None]) -> None:
    # Without pygrad-nn nobody calls this hook, so this package need not depend on it.
    from pygrad_swish.layer import Swish

    register("Swish", Swish)
