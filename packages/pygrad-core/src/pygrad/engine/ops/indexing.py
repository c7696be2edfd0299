"""Indexing: everything an ndarray takes between brackets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine import binding
from pygrad.engine.function import Unary, apply
from pygrad.engine.kernels.scatter import scatter_add
from pygrad.engine.masking import note_masking
from pygrad.exceptions import DtypeError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["frozen", "get_item"]


# an index that is none of these is read as an array
_SIMPLE = (int, np.integer, slice, type(Ellipsis), type(None))


class GetItem(Unary):
    """y = x[index]."""

    saves = ()
    requires = "an index must lie within its axis, and there may be no more indices than axes"

    def __init__(self, index: Any) -> None:
        self.index = index

    def forward(self, x):
        return x[self.index]

    def backward(self, gy):
        note_masking()
        return ScatterAdd(self.index, self.edges[0].shape).on(gy)


class ScatterAdd(Unary):
    """y = zeros of a shape, with x added at the index; the adjoint of `GetItem`."""

    saves = ()

    def __init__(self, index: Any, shape: tuple[int, ...]) -> None:
        self.index = index
        self.new_shape = shape

    def forward(self, x):
        return scatter_add(x, self.index, self.new_shape)

    def backward(self, gy):
        return gy[self.index]


def get_item(x: ArrayLike, index: Any) -> Variable:
    """What ``x[index]`` means: numbers, slices, Ellipsis, None, integer and boolean arrays, mixed.

    Where an index names a place several times, the gradients of all of them add up there.

    Raises
    ------
    AxisError
        If an index is out of bounds, or there are more indices than axes; it is an IndexError.
    DtypeError
        If an index is neither whole numbers nor booleans.

    Examples
    --------
    >>> from pygrad import Variable, functions as F
    >>> x = Variable([1.0, 2.0, 3.0])
    >>> F.get_item(x, [0, 0, 2]).sum().backward()
    >>> x.grad
    Variable([2. 0. 1.])
    """
    return apply(GetItem(frozen(index)), x)


def frozen(index: Any) -> Any:
    """The index as plain arrays of its own, so that nobody changes it before the backward pass."""
    if isinstance(index, tuple):
        return tuple(frozen(part) for part in index)
    if isinstance(index, binding.Variable):
        index = index.data
    if not isinstance(index, _SIMPLE):
        index = np.array(index)
        if index.size == 0 and index.dtype.kind == "f":
            index = index.astype(np.intp)  # NumPy takes x[[]], too
        if index.dtype.kind not in "iub":
            raise DtypeError(
                f"indexing: an index array has dtype {index.dtype}; it must hold whole numbers or "
                f"booleans"
            )
    return index
