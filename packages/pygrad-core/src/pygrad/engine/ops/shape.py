"""Functions that change an array's shape and leave its values."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pygrad.engine.broadcasting import sum_to_shape
from pygrad.engine.function import Unary, apply
from pygrad.engine.kernels.reduction import filled
from pygrad.engine.numpy_protocols import implements
from pygrad.exceptions import ArgumentError, ShapeError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = [
    "broadcast_to", "expand_dims", "reshape", "squeeze", "sum_to", "swapaxes", "transpose",
]  # fmt: skip


class _Reshaping(Unary):
    """A function whose derivative is the way back to the input's shape."""

    saves = ()

    def backward(self, gy):
        return gy.reshape(self.edges[0].shape)


class Reshape(_Reshaping):
    """y = x in another shape."""

    requires = "the new shape must hold as many values as x; one of its lengths may be -1"

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.new_shape = shape

    def forward(self, x):
        return x.reshape(self.new_shape)


class Squeeze(_Reshaping):
    """y = x without its axes of length 1."""

    requires = "an axis that is removed must have length 1"

    def __init__(self, axis: int | tuple[int, ...] | None) -> None:
        self.axis = axis

    def forward(self, x):
        return np.squeeze(x, axis=self.axis)


class ExpandDims(_Reshaping):
    """y = x with new axes of length 1."""

    requires = "axis must name places in the result, each once"

    def __init__(self, axis: int | tuple[int, ...]) -> None:
        self.axis = axis

    def forward(self, x):
        return np.expand_dims(x, self.axis)


class Transpose(Unary):
    """y = x with its axes in another order; the way back is the inverse permutation."""

    saves = ()
    requires = "axes must name every axis of x once; x.swapaxes(i, j) exchanges two"

    def __init__(self, axes: tuple[int, ...] | None) -> None:
        self.axes = axes

    def forward(self, x):
        return np.transpose(x, self.axes)

    def backward(self, gy):
        axes = self.axes
        if axes is None:
            return gy.transpose()
        n = len(axes)
        inverse = sorted(range(n), key=lambda i: axes[i] % n)
        return gy.transpose(*inverse)


class Swapaxes(Unary):
    """y = x with two axes exchanged."""

    saves = ()
    requires = "both axes must be axes of x"

    def __init__(self, axis1: int, axis2: int) -> None:
        self.axis1 = axis1
        self.axis2 = axis2

    def forward(self, x):
        return np.swapaxes(x, self.axis1, self.axis2)

    def backward(self, gy):
        return gy.swapaxes(self.axis1, self.axis2)


class BroadcastTo(Unary):
    """y = x repeated along new axes and axes of length 1."""

    saves = ()
    requires = "x must broadcast to the new shape"

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.new_shape = shape

    def forward(self, x):
        return filled(x, self.new_shape)

    def backward(self, gy):
        return sum_to_shape(gy, self.edges[0].shape)


class SumTo(Unary):
    """y = x summed over the axes along which `shape` would be broadcast to it."""

    saves = ()
    requires = "the new shape must broadcast to that of x"

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.new_shape = shape

    def forward(self, x):
        if np.broadcast_shapes(x.shape, self.new_shape) != x.shape:
            raise ShapeError(
                f"sum_to: x has shape {x.shape}, which {self.new_shape} does not broadcast to; "
                f"{self.requires}"
            )
        return sum_to_shape(x, self.new_shape)

    def backward(self, gy):
        return BroadcastTo(self.edges[0].shape).on(gy)


@implements(np.reshape)
def reshape(x: ArrayLike, shape: int | Sequence[int], order: str = "C") -> Variable:
    """The same values in another shape.

    Parameters
    ----------
    x : array_like
    shape : int or sequence of int
        One length may be -1: it is whatever is left.
    order : {'C', 'F', 'A'}
        In which order the values are read and placed: the last axis fastest, or the first; 'A' is
        'F' for an array that lies so in memory.

    Raises
    ------
    ShapeError
        If `shape` does not hold as many values as `x`.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.reshape([1, 2, 3, 4], (2, -1))
    Variable([[1 2]
              [3 4]])
    """
    if order == "C":
        return apply(Reshape(_lengths(shape)), x)
    if order not in ("F", "A"):
        raise ArgumentError(
            f"reshape: order is {order!r}; it must be 'C', 'F' or 'A'; to join the axes "
            f"from the second on, write x.reshape(len(x), -1)"
        )
    flags = np.asarray(getattr(x, "_data", x)).flags
    if order == "A" and not (flags.f_contiguous and not flags.c_contiguous):
        return reshape(x, shape)
    return transpose(reshape(transpose(x), _lengths(shape)[::-1]))


@implements(np.transpose)
def transpose(x: ArrayLike, axes: Sequence[int] | None = None) -> Variable:
    """The axes in another order; reversed, if no order is given.

    Parameters
    ----------
    x : array_like
    axes : sequence of int, optional
        For each axis of the result, the axis of `x` that it is.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.transpose([[1, 2], [3, 4]])
    Variable([[1 3]
              [2 4]])
    """
    return apply(Transpose(None if axes is None else tuple(axes)), x)


@implements(np.swapaxes)
def swapaxes(x: ArrayLike, axis1: int, axis2: int) -> Variable:
    """Exchange two axes.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.swapaxes([[1, 2, 3]], 0, 1).shape
    (3, 1)
    """
    return apply(Swapaxes(axis1, axis2), x)


@implements(np.squeeze)
def squeeze(x: ArrayLike, axis: int | tuple[int, ...] | None = None) -> Variable:
    """Remove axes of length 1: those named, or all.

    Raises
    ------
    ShapeError
        If an axis that is named has another length.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.squeeze([[1, 2, 3]])
    Variable([1 2 3])
    """
    return apply(Squeeze(axis), x)


@implements(np.expand_dims)
def expand_dims(x: ArrayLike, axis: int | tuple[int, ...]) -> Variable:
    """Insert axes of length 1; `axis` says where they are in the result.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.expand_dims([1, 2, 3], 0)
    Variable([[1 2 3]])
    """
    return apply(ExpandDims(axis), x)


@implements(np.broadcast_to)
def broadcast_to(x: ArrayLike, shape: int | Sequence[int]) -> Variable:
    """Repeat `x` along new axes and axes of length 1 until it has the shape.

    Unlike NumPy's, the result is an array of its own, and can be written to.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.broadcast_to([1, 2], (2, 2))
    Variable([[1 2]
              [1 2]])
    """
    return apply(BroadcastTo(_lengths(shape)), x)


def sum_to(x: ArrayLike, shape: int | Sequence[int]) -> Variable:
    """Sum over the axes along which `shape` would be broadcast to that of `x`.

    It is the derivative of `broadcast_to`, and the other way round.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.sum_to([[1, 2], [3, 4]], (1, 2))
    Variable([[4 6]])
    """
    return apply(SumTo(_lengths(shape)), x)


def _lengths(shape: int | Sequence[int]) -> tuple[int, ...]:
    return (
        tuple(map(operator.index, shape))
        if isinstance(shape, Sequence)
        else (operator.index(shape),)
    )
