"""Layers by name: those that come with PyGrad, and those that plugins registered.

Examples
--------
>>> from pygrad import nn
>>> nn.layers.get("Linear")(4, 2)
Linear(4, 2)
"""

from __future__ import annotations

from typing import Any

from pygrad.nn.containers import ModuleDict, ModuleList, Sequential
from pygrad.nn.layers.activation import (
    CELU,
    ELU,
    GELU,
    GLU,
    SELU,
    Hardtanh,
    LeakyReLU,
    LogSigmoid,
    LogSoftmax,
    Mish,
    ReLU,
    ReLU6,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Softsign,
    Tanh,
)
from pygrad.nn.layers.dropout import Dropout
from pygrad.nn.layers.linear import Linear
from pygrad.nn.module import Module
from pygrad.plugins import registry as _registry

__all__ = [
    "CELU", "ELU", "GELU", "GLU", "SELU", "Dropout", "Hardtanh", "LeakyReLU", "Linear",
    "LogSigmoid", "LogSoftmax", "Mish", "ModuleDict", "ModuleList", "ReLU", "ReLU6",
    "Sequential", "SiLU", "Sigmoid", "Softmax", "Softplus", "Softsign", "Tanh", "get", "names",
]  # fmt: skip


def get(name: str) -> type[Module]:
    """The layer registered under this name, a class.

    Raises
    ------
    UnknownNameError
        If nobody registered it; the message says which names are near.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.layers.get("Dropout")(0.2)
    Dropout(0.2)
    """
    found: type[Module] = _registry("layers").get(name)
    return found


def names() -> list[str]:
    """The names of all layers, sorted, those of plugins included.

    Examples
    --------
    >>> from pygrad import nn
    >>> "Linear" in nn.layers.names()
    True
    """
    return _registry("layers").names()


def __getattr__(name: str) -> Any:
    # Classes begin with a capital. A small letter is a submodule that is being imported right now,
    # and must not set off the loading of plugins.
    if not name[:1].isupper():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _registry("layers").attribute(name)
