"""Axes flattened, added, moved and broadcast: what `reshape` and `transpose` do, by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pygrad.engine.function import Unary, apply
from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import as_axes, operand
from pygrad.engine.ops.shape import broadcast_to, reshape, swapaxes, transpose
from pygrad.exceptions import ArgumentError, AxisError, ShapeError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = [
    "atleast_1d", "atleast_2d", "atleast_3d", "broadcast_arrays", "flatten", "matrix_transpose",
    "moveaxis", "ravel", "rollaxis",
]  # fmt: skip


class Flatten(Unary):
    """y = a copy of x with one axis."""

    saves = ()

    def forward(self, x):
        return x.flatten()

    def backward(self, gy):
        return gy.reshape(self.edges[0].shape)


@implements(np.ravel)
def ravel(x: ArrayLike, order: str = "C") -> Variable:
    """The values along one axis, shared with `x` where possible; for `order` see `reshape`.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.ravel([[1, 2], [3, 4]])
    Variable([1 2 3 4])
    """
    return reshape(x, -1, order)


def flatten(x: ArrayLike, order: str = "C") -> Variable:
    """The values along one axis, copied; for `order` see `reshape`.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.flatten([[1, 2], [3, 4]])
    Variable([1 2 3 4])
    """
    return apply(Flatten(), x if order == "C" else reshape(x, -1, order))


@implements(np.matrix_transpose, np.linalg.matrix_transpose)
def matrix_transpose(x: ArrayLike) -> Variable:
    """The last two axes exchanged: each matrix of a batch transposed.

    Raises
    ------
    ShapeError
        If `x` has fewer than two axes.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.matrix_transpose([[[1, 2], [3, 4]]])
    Variable([[[1 3]
               [2 4]]])
    """
    x = operand(x, "matrix_transpose")
    if x.ndim < 2:
        raise ShapeError(f"matrix_transpose: x has shape {x.shape}; it must have two axes or more")
    return swapaxes(x, -1, -2)


@implements(np.moveaxis)
def moveaxis(
    x: ArrayLike, source: int | Sequence[int], destination: int | Sequence[int]
) -> Variable:
    """Move axes to other places; the rest stay in their order.

    Parameters
    ----------
    x : array_like
    source, destination : int or sequence of int
        Where each axis is, and where it goes.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import functions as F
    >>> F.moveaxis(np.zeros((2, 3, 4)), 0, -1).shape
    (3, 4, 2)
    """
    x = operand(x, "moveaxis")
    sources = as_axes(source, x.ndim, "moveaxis")
    destinations = as_axes(destination, x.ndim, "moveaxis")
    if len(sources) != len(destinations):
        raise ArgumentError(
            f"moveaxis: there are {len(sources)} axes to move and {len(destinations)} places for "
            f"them; the numbers must be equal"
        )
    order = [i for i in range(x.ndim) if i not in sources]
    for to, axis in sorted(zip(destinations, sources, strict=True)):
        order.insert(to, axis)
    return transpose(x, order)


@implements(np.rollaxis)
def rollaxis(a: ArrayLike, axis: int, start: int = 0) -> Variable:
    """Move an axis back until it stands before another one; `moveaxis` is clearer.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import functions as F
    >>> F.rollaxis(np.zeros((2, 3, 4)), 2).shape
    (4, 2, 3)
    """
    a = operand(a, "rollaxis")
    (axis,) = as_axes(axis, a.ndim, "rollaxis")
    to = start + a.ndim if start < 0 else start
    if not 0 <= to <= a.ndim:
        raise AxisError(f"rollaxis: start is {start}; a has {a.ndim} axes")
    return moveaxis(a, axis, to - 1 if axis < to else to)


@implements(np.broadcast_arrays)
def broadcast_arrays(*args: ArrayLike) -> tuple[Variable, ...]:
    """Each array repeated until all have one shape.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.broadcast_arrays([1, 2], 5)
    (Variable([1 2]), Variable([5 5]))
    """
    xs = [operand(x, "broadcast_arrays") for x in args]
    try:
        shape = np.broadcast_shapes(*(x.shape for x in xs))
    except ValueError as error:
        raise ShapeError(f"broadcast_arrays: {error}") from None
    return tuple(broadcast_to(x, shape) for x in xs)


@implements(np.atleast_1d)
def atleast_1d(*arys: ArrayLike) -> Variable | tuple[Variable, ...]:
    """Each array with one axis at least; of several a tuple.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.atleast_1d(3.0)
    Variable([3.])
    """
    return _each(arys, lambda x: reshape(x, 1) if x.ndim < 1 else x)


@implements(np.atleast_2d)
def atleast_2d(*arys: ArrayLike) -> Variable | tuple[Variable, ...]:
    """Each array with two axes at least: a vector becomes a row; of several a tuple.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.atleast_2d([1, 2])
    Variable([[1 2]])
    """
    return _each(arys, lambda x: reshape(x, (1, -1)) if x.ndim < 2 else x)


@implements(np.atleast_3d)
def atleast_3d(*arys: ArrayLike) -> Variable | tuple[Variable, ...]:
    """Each array with three axes at least: a vector becomes (1, n, 1), a matrix (n, m, 1).

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.atleast_3d([1, 2]).shape
    (1, 2, 1)
    """
    return _each(arys, _with_three_axes)


def _with_three_axes(x):
    if x.ndim > 2:
        return x
    return reshape(x, (*x.shape, 1) if x.ndim == 2 else (1, x.size, 1))


def _each(arys, function):
    results = tuple(function(operand(x, "atleast")) for x in arys)
    return results[0] if len(results) == 1 else results
