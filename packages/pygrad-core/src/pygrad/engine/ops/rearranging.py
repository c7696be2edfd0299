"""The same values in other places: flipped, rolled, turned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.function import Unary, apply
from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import as_axes, operand
from pygrad.engine.ops.indexing import GetItem
from pygrad.engine.ops.shape import swapaxes
from pygrad.exceptions import ArgumentError, ShapeError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike, Axis
    from pygrad.variable import Variable

__all__ = ["flip", "fliplr", "flipud", "roll", "rot90"]


class Flip(GetItem):
    """y = x[::-1]; the gradient is flipped back."""

    def backward(self, gy):
        return gy[self.index]


class Roll(Unary):
    """y = x moved along axes, with what falls off put in again at the other end."""

    saves = ()
    requires = "axis must name axes of x, and there must be a shift for each"

    def __init__(self, shift: Any, axis: Any) -> None:
        self.shift = shift
        self.axis = axis

    def forward(self, x):
        return np.roll(x, self.shift, self.axis)

    def backward(self, gy):
        return Roll(np.negative(self.shift), self.axis).on(gy)


@implements(np.flip)
def flip(m: ArrayLike, axis: Axis = None) -> Variable:
    """Reverse the order along an axis, several, or all.

    Raises
    ------
    AxisError
        If `m` does not have such an axis.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.flip([[1, 2], [3, 4]], axis=1)
    Variable([[2 1]
              [4 3]])
    """
    m = operand(m, "flip")
    axes = as_axes(axis, m.ndim, "flip")
    backwards = slice(None, None, -1)
    return apply(Flip(tuple(backwards if i in axes else slice(None) for i in range(m.ndim))), m)


@implements(np.flipud)
def flipud(m: ArrayLike) -> Variable:
    """Reverse the order along the first axis.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.flipud([[1, 2], [3, 4]])
    Variable([[3 4]
              [1 2]])
    """
    m = operand(m, "flipud")
    if m.ndim < 1:
        raise ShapeError("flipud: m is a single number; it must have an axis")
    return flip(m, 0)


@implements(np.fliplr)
def fliplr(m: ArrayLike) -> Variable:
    """Reverse the order along the second axis.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.fliplr([[1, 2], [3, 4]])
    Variable([[2 1]
              [4 3]])
    """
    m = operand(m, "fliplr")
    if m.ndim < 2:
        raise ShapeError(f"fliplr: m has shape {m.shape}; it must have two axes or more")
    return flip(m, 1)


@implements(np.roll)
def roll(x: ArrayLike, shift: int | tuple[int, ...], axis: Axis = None) -> Variable:
    """Move values along axes; what falls off one end comes in at the other.

    Parameters
    ----------
    x : array_like
    shift : int or tuple of int
        By how many places, for each axis.
    axis : int or tuple of int, optional
        By default `x` is rolled as if it were flat.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.roll([1, 2, 3], 1)
    Variable([3 1 2])
    """
    return apply(Roll(shift, axis), x)


@implements(np.rot90)
def rot90(m: ArrayLike, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Variable:
    """Turn by 90 degrees, `k` times, in the plane of two axes, from the first to the second.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.rot90([[1, 2], [3, 4]])
    Variable([[2 4]
              [1 3]])
    """
    m = operand(m, "rot90")
    if len(axes) != 2:
        raise ArgumentError(f"rot90: axes is {axes!r}; it must name two axes")
    first, second = as_axes(axes, m.ndim, "rot90")
    turns = k % 4
    if turns == 0:
        return flip(m, ())
    if turns == 2:
        return flip(m, (first, second))
    if turns == 1:
        return swapaxes(flip(m, second), first, second)
    return flip(swapaxes(m, first, second), second)
