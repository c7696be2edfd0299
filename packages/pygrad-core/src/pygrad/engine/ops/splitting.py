"""Cutting an array into parts: `split` under NumPy's other names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import as_axis, operand
from pygrad.engine.ops.dimensions import moveaxis
from pygrad.engine.ops.joining import split
from pygrad.exceptions import ArgumentError, ShapeError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["array_split", "dsplit", "hsplit", "unstack", "vsplit"]


@implements(np.array_split)
def array_split(
    x: ArrayLike, indices_or_sections: int | Sequence[int], axis: int = 0
) -> list[Variable]:
    """Cut an array along an axis, as `split`, into parts that need not be equal.

    Of `n` values in `k` parts the first ``n % k`` have one more than the rest.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.array_split([1, 2, 3], 2)
    [Variable([1 2]), Variable([3])]
    """
    x = operand(x, "array_split")
    axis = as_axis(axis, x.ndim, "array_split")
    parts = indices_or_sections
    if np.ndim(parts):
        return split(x, parts, axis)
    if parts < 1:  # type: ignore[operator]
        raise ArgumentError(f"array_split: there are {parts} parts; there must be at least one")
    lengths = [len(part) for part in np.array_split(np.empty(x.shape[axis], bool), parts)]
    return split(x, np.cumsum(lengths)[:-1].tolist(), axis)


@implements(np.vsplit)
def vsplit(x: ArrayLike, indices_or_sections: int | Sequence[int]) -> list[Variable]:
    """Cut a matrix into parts one below another: along the first axis.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.vsplit([[1, 2], [3, 4]], 2)
    [Variable([[1 2]]), Variable([[3 4]])]
    """
    return split(_with_axes(x, 2, "vsplit"), indices_or_sections, 0)


@implements(np.hsplit)
def hsplit(x: ArrayLike, indices_or_sections: int | Sequence[int]) -> list[Variable]:
    """Cut a matrix into parts side by side, along the second axis; a vector along its only one.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.hsplit([1, 2, 3, 4], 2)
    [Variable([1 2]), Variable([3 4])]
    """
    x = _with_axes(x, 1, "hsplit")
    return split(x, indices_or_sections, 1 if x.ndim > 1 else 0)


@implements(np.dsplit)
def dsplit(x: ArrayLike, indices_or_sections: int | Sequence[int]) -> list[Variable]:
    """Cut an array along the third axis.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> [part.shape for part in F.dsplit([[[1, 2, 3]]], [1])]
    [(1, 1, 1), (1, 1, 2)]
    """
    return split(_with_axes(x, 3, "dsplit"), indices_or_sections, 2)


@implements(getattr(np, "unstack", None))
def unstack(x: ArrayLike, *, axis: int = 0) -> tuple[Variable, ...]:
    """The slices along an axis, which `stack` puts together again.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.unstack([[1, 2], [3, 4]])
    (Variable([1 2]), Variable([3 4]))
    """
    return tuple(moveaxis(_with_axes(x, 1, "unstack"), axis, 0))


def _with_axes(given: ArrayLike, ndim: int, where: str) -> Variable:
    x = operand(given, where)
    if x.ndim < ndim:
        raise ShapeError(f"{where}: x has shape {x.shape}; it must have {ndim} axes or more")
    return x
