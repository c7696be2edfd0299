"""Initializers that draw nothing: zeros, ones, a constant, the identity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pygrad.exceptions import ShapeError

if TYPE_CHECKING:
    from pygrad.nn.initializers.typing import Array, Fans, Generator, Shape

__all__ = ["constant", "identity", "ones", "zeros"]


def zeros(shape: Shape, fans: Fans | None = None, rng: Generator | None = None) -> Array:
    """Zeros.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.initializers.zeros((2,))
    array([0., 0.])
    """
    return np.zeros(shape)


def ones(shape: Shape, fans: Fans | None = None, rng: Generator | None = None) -> Array:
    """Ones.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.initializers.ones((2,))
    array([1., 1.])
    """
    return np.ones(shape)


def constant(
    shape: Shape, fans: Fans | None = None, rng: Generator | None = None, *, value: float = 0.0
) -> Array:
    """One value everywhere.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.initializers.constant((2,), value=0.5)
    array([0.5, 0.5])
    """
    return np.full(shape, float(value))


def identity(
    shape: Shape, fans: Fans | None = None, rng: Generator | None = None, *, gain: float = 1.0
) -> Array:
    """What hands its input on: a matrix with `gain` on the diagonal.

    For a convolution, of shape ``(out, in, *kernel)``: `gain` at the middle of the kernel from
    channel i to channel i.

    Raises
    ------
    ShapeError
        If there are fewer than two axes.

    Examples
    --------
    >>> from pygrad import nn
    >>> nn.initializers.identity((2, 3))
    array([[1., 0., 0.],
           [0., 1., 0.]])
    """
    if len(shape) < 2:
        raise ShapeError(f"identity: the shape {tuple(shape)} must have at least two axes")
    values = np.zeros(shape)
    middle = tuple(n // 2 for n in shape[2:])
    for i in range(min(shape[:2])):
        values[(i, i, *middle)] = gain
    return values
