"""Values put in order along an axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.function import Unary, apply
from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import as_axis, operand
from pygrad.engine.ops.shape import reshape
from pygrad.exceptions import ArgumentError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["partition", "sort"]


class Permute(Unary):
    """y = each line of x along an axis in an order of its own; the way back is the inverse."""

    saves = ()

    def __init__(self, order: Any, axis: int) -> None:
        self.order = order
        self.axis = axis

    def forward(self, x):
        return np.take_along_axis(x, self.order, self.axis)

    def backward(self, gy):
        inverse = np.empty_like(self.order)
        places = np.arange(self.order.shape[self.axis])
        places = places.reshape(-1, *(1,) * (self.order.ndim - 1 - self.axis))
        np.put_along_axis(inverse, self.order, places, self.axis)
        return Permute(inverse, self.axis).on(gy)


@implements(np.sort)
def sort(
    x: ArrayLike,
    axis: int | None = -1,
    kind: str | None = None,
    *,
    stable: bool | None = None,
) -> Variable:
    """The values in ascending order along an axis, NaN last; with ``axis=None``, flattened.

    Parameters
    ----------
    x : array_like
    axis : int, optional
    kind, stable : optional
        Have no effect: the order is always stable, and equal values keep their own gradients.

    Examples
    --------
    >>> from pygrad import Variable, functions as F
    >>> x = Variable([3.0, 1.0, 2.0])
    >>> (F.sort(x) * [1.0, 10.0, 100.0]).sum().backward()
    >>> x.grad
    Variable([100.   1.  10.])
    """
    x, place = _line(x, axis, "sort")
    return apply(Permute(np.argsort(x.data, place, kind="stable"), place), x)


@implements(np.partition)
def partition(
    x: ArrayLike,
    kth: int | Sequence[int],
    axis: int | None = -1,
    kind: str = "introselect",
) -> Variable:
    """The `kth` value along an axis at its sorted place, smaller ones before, larger ones behind.

    Among themselves those have any order, and equal values share nothing, as in `sort`.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.partition([3, 1, 2], 0)[0]
    Variable(1)
    """
    x, place = _line(x, axis, "partition")
    try:
        order = np.argpartition(x.data, kth, place)
    except ValueError as error:
        raise ArgumentError(f"partition: {error}; x has shape {x.shape}") from None
    return apply(Permute(order, place), x)


def _line(x: ArrayLike, axis: int | None, where: str) -> tuple[Variable, int]:
    x = operand(x, where)
    if axis is None:
        return reshape(x, x.size), 0
    return x, as_axis(axis, x.ndim, where)
