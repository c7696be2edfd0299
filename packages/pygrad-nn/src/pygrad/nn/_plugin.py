"""What pygrad-nn registers: its hooks, and its functions, layers and optimizers the same way."""

from __future__ import annotations

from collections.abc import Callable

from pygrad import hookimpl
from pygrad.nn import functional, hookspecs, layers, optim


@hookimpl
def register_hookspecs(register: Callable[[str, object], None]) -> None:
    register("nn", hookspecs)


@hookimpl
def register_functions(register: Callable[[str, object], None]) -> None:
    for name in functional.__all__:
        register(name, getattr(functional, name))


@hookimpl
def register_layers(register: Callable[[str, object], None]) -> None:
    for name in layers.__all__:
        if name[0].isupper():
            register(name, getattr(layers, name))


@hookimpl
def register_optimizers(register: Callable[[str, object], None]) -> None:
    for optimizer in (optim.AdaDelta, optim.AdaGrad, optim.Adam, optim.SGD):
        register(optimizer.__name__, optimizer)
