"""Putting arrays together and taking them apart along an axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.function import Function, apply
from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import operand
from pygrad.engine.ops.elementwise import astype
from pygrad.engine.ops.shape import reshape
from pygrad.exceptions import ArgumentError, DtypeError

if TYPE_CHECKING:
    import numpy.typing as npt

    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["concatenate", "split", "stack"]


class Concatenate(Function):
    """y = the inputs one after another along an axis."""

    saves = ()
    requires = "the inputs must have equal shapes but for the length of that axis"

    def __init__(self, axis: int) -> None:
        self.axis = axis

    def forward(self, *xs):
        self.lengths = [x.shape[self.axis] if x.ndim else 0 for x in xs]
        return np.concatenate(xs, axis=self.axis)

    def backward(self, gy):
        before = (slice(None),) * (self.axis % gy.ndim)
        ends = np.cumsum(self.lengths).tolist()
        return tuple(
            gy[(*before, slice(end - n, end))] for n, end in zip(self.lengths, ends, strict=True)
        )


class Stack(Function):
    """y = the inputs one behind another along a new axis."""

    saves = ()
    requires = "the inputs must have equal shapes"

    def __init__(self, axis: int) -> None:
        self.axis = axis

    def forward(self, *xs):
        return np.stack(xs, axis=self.axis)

    def backward(self, gy):
        before = (slice(None),) * (self.axis % gy.ndim)
        return tuple(gy[(*before, i)] for i in range(len(self.edges)))


class Split(Function):
    """Several outputs: parts of x, in order, along an axis."""

    saves = ()
    requires = "the parts must divide the length of that axis, or say where each ends"

    def __init__(self, parts: int | tuple[int, ...], axis: int) -> None:
        self.parts = parts
        self.axis = axis

    def forward(self, x):
        return tuple(np.split(x, self.parts, axis=self.axis))

    def backward(self, *gys):
        return Concatenate(self.axis).on(*gys)


@implements(np.concatenate)
def concatenate(
    arrays: Sequence[ArrayLike],
    axis: int | None = 0,
    *,
    dtype: npt.DTypeLike | None = None,
    casting: str = "same_kind",
) -> Variable:
    """Join arrays along an axis that they have; with ``axis=None``, flattened.

    With a `dtype` they are converted to it first, as far as `casting` permits.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.concatenate([[1, 2], [3]])
    Variable([1 2 3])
    """
    arrays = _several(arrays, "concatenate", dtype, casting)
    if axis is None:
        return apply(Concatenate(0), *[reshape(array, -1) for array in arrays])
    return apply(Concatenate(axis), *arrays)


@implements(np.stack)
def stack(
    arrays: Sequence[ArrayLike],
    axis: int = 0,
    *,
    dtype: npt.DTypeLike | None = None,
    casting: str = "same_kind",
) -> Variable:
    """Join arrays of one shape along a new axis; this makes an array of 0-d Variables, too.

    `dtype` and `casting` are those of `concatenate`.

    Examples
    --------
    >>> from pygrad import Variable, functions as F
    >>> x = Variable(2)
    >>> F.stack([x, x * x])
    Variable([2 4])
    """
    return apply(Stack(axis), *_several(arrays, "stack", dtype, casting))


@implements(np.split)
def split(x: ArrayLike, indices_or_sections: int | Sequence[int], axis: int = 0) -> list[Variable]:
    """Cut an array along an axis: into so many equal parts, or before the given indices.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.split([1, 2, 3, 4], 2)
    [Variable([1 2]), Variable([3 4])]
    >>> F.split([1, 2, 3, 4], [3])
    [Variable([1 2 3]), Variable([4])]
    """
    parts: Any = indices_or_sections
    return list(Split(tuple(parts) if np.ndim(parts) else parts, axis)(x))


def _several(
    arrays: Sequence[ArrayLike], where: str, dtype: npt.DTypeLike | None, casting: Any
) -> list[ArrayLike]:
    arrays = list(arrays)
    if not arrays:
        raise ArgumentError(f"{where}: there is nothing to join; give at least one array")
    if dtype is None:
        return arrays
    for i, x in enumerate(arrays):
        kind = operand(x, where).dtype
        if not np.can_cast(kind, dtype, casting):
            raise DtypeError(
                f"{where}: array {i} holds {kind}, which casting={casting!r} does not turn into "
                f"{np.dtype(dtype)}"
            )
    return [astype(x, dtype) for x in arrays]
