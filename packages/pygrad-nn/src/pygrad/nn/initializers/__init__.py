"""Initializers: what a parameter holds before training.

An initializer is called as ``f(shape, fans, rng)`` and returns an array of that shape. `fans` are
the numbers of values that flow into one output and out of one input; without them they are read
off the shape: ``(in, out)`` for a matrix, as the `W` of `Linear`, and ``(out, in, *kernel)`` for
more axes, as that of a convolution. Further settings are given by ``functools.partial``.

Examples
--------
>>> from functools import partial
>>> from pygrad import nn
>>> nn.Linear(3, 2, init="zeros").W
Parameter([[0. 0.]
           [0. 0.]
           [0. 0.]])
>>> layer = nn.Linear(3, 2, init=partial(nn.initializers.normal, std=0.02))
>>> nn.initializers.get("orthogonal")((2, 2)).shape
(2, 2)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pygrad.nn.initializers.drawn import normal, orthogonal, sparse, trunc_normal, uniform
from pygrad.nn.initializers.fixed import constant, identity, ones, zeros
from pygrad.nn.initializers.making import checked_dtype, parameter
from pygrad.nn.initializers.scaled import (
    calculate_gain,
    fan_in_uniform,
    fans_of,
    kaiming_normal,
    kaiming_uniform,
    lecun_normal,
    lecun_uniform,
    xavier_normal,
    xavier_uniform,
)
from pygrad.nn.initializers.typing import Initializer
from pygrad.plugins import registry as _registry

__all__ = [
    "Initializer", "calculate_gain", "checked_dtype", "constant", "fan_in_uniform", "fans_of",
    "get", "identity", "kaiming_normal", "kaiming_uniform", "lecun_normal", "lecun_uniform",
    "names", "normal", "ones", "orthogonal", "parameter", "sparse", "trunc_normal", "uniform",
    "xavier_normal", "xavier_uniform", "zeros",
]  # fmt: skip


def get(name: str) -> Callable[..., Any]:
    """The initializer registered under this name.

    Raises
    ------
    UnknownNameError
        If nobody registered it; the message says which names are near.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.initializers.get("ones")((2,))
    array([1., 1.])
    """
    found: Callable[..., Any] = _registry("initializers").get(name)
    return found


def names() -> list[str]:
    """The names of all initializers, sorted, those of plugins included.

    Examples
    --------
    >>> from pygrad import nn
    >>> "xavier_uniform" in nn.initializers.names()
    True
    """
    return _registry("initializers").names()


def __getattr__(name: str) -> Any:
    return _registry("initializers").attribute(name)
