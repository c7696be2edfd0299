"""Diagonals and triangles of matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pygrad.engine.function import apply
from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import as_axes, operand
from pygrad.engine.ops.dimensions import moveaxis, ravel
from pygrad.engine.ops.elementwise import where
from pygrad.engine.ops.indexing import GetItem, ScatterAdd
from pygrad.engine.ops.reduction import sum
from pygrad.exceptions import ShapeError

if TYPE_CHECKING:
    import numpy.typing as npt

    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["diag", "diagflat", "diagonal", "trace", "tril", "triu"]


@implements(np.diag)
def diag(v: ArrayLike, k: int = 0) -> Variable:
    """The matrix that has a vector as its diagonal, or the diagonal of a matrix.

    Parameters
    ----------
    v : array_like, shape (n,) or (n, m)
    k : int
        Which diagonal: above the main one if positive, below if negative.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.diag([1, 2])
    Variable([[1 0]
              [0 2]])
    >>> F.diag([[1, 2], [3, 4]])
    Variable([1 4])
    """
    v = operand(v, "diag")
    if v.ndim == 2:
        return diagonal(v, k)
    if v.ndim != 1:
        raise ShapeError(f"diag: v has shape {v.shape}; it must have one axis or two")
    n = v.size + abs(k)
    return apply(ScatterAdd(_places((n, n), k), (n, n)), v)


@implements(np.diagflat)
def diagflat(v: ArrayLike, k: int = 0) -> Variable:
    """The matrix that has the values of `v`, flattened, as its diagonal.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.diagflat([[1, 2]], 1)
    Variable([[0 1 0]
              [0 0 2]
              [0 0 0]])
    """
    return diag(ravel(v), k)


@implements(np.diagonal)
def diagonal(x: ArrayLike, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Variable:
    """The diagonal of a matrix, or of each of many; it is the last axis of the result.

    Parameters
    ----------
    x : array_like
    offset : int
        Which diagonal: above the main one if positive, below if negative.
    axis1, axis2 : int
        The axes that make the matrices.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.diagonal([[1, 2], [3, 4]])
    Variable([1 4])
    """
    x = operand(x, "diagonal")
    if x.ndim < 2:
        raise ShapeError(f"diagonal: x has shape {x.shape}; it must have two axes or more")
    x = moveaxis(x, as_axes((axis1, axis2), x.ndim, "diagonal"), (-2, -1))
    return apply(GetItem((..., *_places(x.shape[-2:], offset))), x)


@implements(np.trace)
def trace(
    x: ArrayLike,
    offset: int = 0,
    axis1: int = 0,
    axis2: int = 1,
    dtype: npt.DTypeLike | None = None,
) -> Variable:
    """The sum of the diagonal of a matrix, or of each of many; arguments as for `diagonal`.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.trace([[1, 2], [3, 4]])
    Variable(5)
    """
    return sum(diagonal(x, offset, axis1, axis2), -1, dtype=dtype)


@implements(np.tril)
def tril(m: ArrayLike, k: int = 0) -> Variable:
    """The lower triangles of matrices: zeros above the `k`-th diagonal.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.tril([[1, 2], [3, 4]])
    Variable([[1 0]
              [3 4]])
    """
    m = operand(m, "tril")
    return where(_triangle(m, k, "tril"), m, np.zeros((), m.dtype))


@implements(np.triu)
def triu(m: ArrayLike, k: int = 0) -> Variable:
    """The upper triangles of matrices: zeros below the `k`-th diagonal.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.triu([[1, 2], [3, 4]])
    Variable([[1 2]
              [0 4]])
    """
    m = operand(m, "triu")
    return where(~_triangle(m, k - 1, "triu"), m, np.zeros((), m.dtype))


def _places(shape, offset):
    """The rows and columns of a diagonal."""
    n = max(min(shape[0] + min(offset, 0), shape[1] - max(offset, 0)), 0)
    steps = np.arange(n)
    return steps - min(offset, 0), steps + max(offset, 0)


def _triangle(m, k, name):
    if m.ndim < 1:
        raise ShapeError(f"{name}: m is a single number; it must have two axes or more")
    rows, columns = m.shape[-2:] if m.ndim > 1 else m.shape * 2
    return np.tri(rows, columns, k=k, dtype=np.bool_)
