"""Neural networks: everything that owns parameters."""

from __future__ import annotations

from typing import Any

from pygrad import Parameter
from pygrad.nn import initializers, layers, optim, schedulers
from pygrad.nn.buffer import Buffer
from pygrad.nn.containers import ModuleDict, ModuleList, Sequential
from pygrad.nn.layers.dropout import Dropout
from pygrad.nn.layers.linear import Linear
from pygrad.nn.module import Module
from pygrad.nn.state import MissingWeightsError, WeightsFileError
from pygrad.nn.summarizing import summary

__all__ = [
    "Buffer",
    "Dropout",
    "Linear",
    "MissingWeightsError",
    "Module",
    "ModuleDict",
    "ModuleList",
    "Parameter",
    "Sequential",
    "WeightsFileError",
    "initializers",
    "layers",
    "optim",
    "schedulers",
    "summary",
]


def __getattr__(name: str) -> Any:
    # A plugin's layer stands beside the others: nn.Swish. A small letter is a submodule that is
    # being imported right now, and must not set off the loading of plugins.
    if not name[:1].isupper():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return layers.__getattr__(name)
