"""Joining arrays as rows, columns, layers and blocks: `concatenate` under NumPy's other names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import operand
from pygrad.engine.ops.dimensions import atleast_1d, atleast_2d, atleast_3d, ravel
from pygrad.engine.ops.joining import concatenate
from pygrad.engine.ops.shape import reshape, transpose
from pygrad.exceptions import ArgumentError

if TYPE_CHECKING:
    import numpy.typing as npt

    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["append", "block", "column_stack", "dstack", "hstack", "vstack"]


@implements(np.vstack)
def vstack(
    tup: Sequence[ArrayLike], *, dtype: npt.DTypeLike | None = None, casting: str = "same_kind"
) -> Variable:
    """Join arrays along the first axis; a vector is a row.

    `dtype` and `casting` are those of `concatenate`.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.vstack([[1, 2], [3, 4]])
    Variable([[1 2]
              [3 4]])
    """
    return concatenate([atleast_2d(x) for x in tup], 0, dtype=dtype, casting=casting)


@implements(np.hstack)
def hstack(
    tup: Sequence[ArrayLike], *, dtype: npt.DTypeLike | None = None, casting: str = "same_kind"
) -> Variable:
    """Join arrays along the second axis, vectors along their only one.

    `dtype` and `casting` are those of `concatenate`.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.hstack([[1, 2], 3])
    Variable([1 2 3])
    """
    xs: list[Any] = [atleast_1d(x) for x in tup]
    axis = 0 if xs and xs[0].ndim == 1 else 1
    return concatenate(xs, axis, dtype=dtype, casting=casting)


@implements(np.dstack)
def dstack(tup: Sequence[ArrayLike]) -> Variable:
    """Join arrays along the third axis.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.dstack([[1, 2], [3, 4]])
    Variable([[[1 3]
               [2 4]]])
    """
    return concatenate([atleast_3d(x) for x in tup], 2)


@implements(np.column_stack)
def column_stack(tup: Sequence[ArrayLike]) -> Variable:
    """Join vectors as the columns of a matrix; a matrix keeps its columns.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.column_stack([[1, 2], [3, 4]])
    Variable([[1 3]
              [2 4]])
    """
    xs = [operand(x, "column_stack") for x in tup]
    return concatenate([transpose(atleast_2d(x)) if x.ndim < 2 else x for x in xs], 1)


@implements(np.append)
def append(arr: ArrayLike, values: ArrayLike, axis: int | None = None) -> Variable:
    """`arr` with `values` after it along an axis; without one, both flattened.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.append([1, 2], [[3], [4]])
    Variable([1 2 3 4])
    """
    if axis is None:
        return concatenate([ravel(arr), ravel(values)])
    return concatenate([arr, values], axis)


@implements(np.block)
def block(arrays: Any) -> Variable:
    """Put arrays together as blocks: nested lists of them, innermost along the last axis.

    Raises
    ------
    ArgumentError
        If lists are empty or nested to different depths.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import functions as F
    >>> F.block([[np.eye(2), np.zeros((2, 1))], [np.ones((1, 3))]])
    Variable([[1. 0. 0.]
              [0. 1. 0.]
              [1. 1. 1.]])
    """
    depth = _depth(arrays)
    ndim = max(depth, _most_axes(arrays))
    return _joined(arrays, depth, ndim)


def _depth(arrays):
    if not isinstance(arrays, list):
        return 0
    depths = {_depth(part) for part in arrays}
    if not depths:
        raise ArgumentError("block: there is an empty list; give it at least one array")
    if len(depths) > 1:
        raise ArgumentError("block: the lists are nested to different depths; they must be equal")
    return depths.pop() + 1


def _most_axes(arrays):
    if isinstance(arrays, list):
        return max(map(_most_axes, arrays))
    return operand(arrays, "block").ndim


def _joined(arrays, depth, ndim):
    if isinstance(arrays, list):
        return concatenate([_joined(part, depth - 1, ndim) for part in arrays], -depth)
    x = operand(arrays, "block")
    return reshape(x, (1,) * (ndim - x.ndim) + x.shape)
