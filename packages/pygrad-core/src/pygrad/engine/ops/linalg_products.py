"""`numpy.linalg`'s products: powers, chains, and its own forms of what NumPy has as well."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.kernels.chain import best_split
from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import as_axis, operand
from pygrad.engine.ops import cross as crossing
from pygrad.engine.ops import diagonal as diagonals
from pygrad.engine.ops import products
from pygrad.engine.ops.elementwise import where
from pygrad.engine.ops.linalg import matmul
from pygrad.engine.ops.linalg_solving import inv
from pygrad.engine.ops.products import dot
from pygrad.exceptions import ArgumentError, LinAlgError, ShapeError

if TYPE_CHECKING:
    import numpy.typing as npt

    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["cross", "diagonal", "matrix_power", "multi_dot", "outer", "trace"]


@implements(np.linalg.matrix_power)
def matrix_power(a: ArrayLike, n: int) -> Variable:
    """The product of n equal matrices; for negative n that of their inverses.

    For n = 0 it is the identity, and its gradient zero.

    Parameters
    ----------
    a : array_like, shape (..., m, m)
    n : int

    Raises
    ------
    LinAlgError
        If `a` is not square; or if it is singular and n negative.

    Examples
    --------
    >>> from pygrad import linalg
    >>> linalg.matrix_power([[1, 1], [0, 1]], 5)
    Variable([[1 5]
              [0 1]])
    """
    a = operand(a, "matrix_power")
    if a.ndim < 2 or a.shape[-1] != a.shape[-2]:
        raise LinAlgError(f"matrix_power: a has shape {a.shape}; its last two axes must be equal")
    try:
        n = operator.index(n)
    except TypeError:
        raise ArgumentError(f"matrix_power: n is {n!r}; it must be a whole number") from None
    if n == 0:
        return where(False, a, np.eye(a.shape[-1], dtype=a.dtype))
    square = a if n > 0 else inv(a)
    n = abs(n)
    power: Any = None
    while True:
        n, odd = divmod(n, 2)
        if odd:
            power = square if power is None else matmul(power, square)
        if not n:
            return power if power is not a else +power  # as NumPy's, no array of the caller's
        square = matmul(square, square)


@implements(np.linalg.multi_dot)
def multi_dot(arrays: Sequence[ArrayLike]) -> Variable:
    """The product of several matrices, in the order that takes the fewest multiplications.

    Parameters
    ----------
    arrays : sequence of array_like
        Two or more matrices. The first and the last may be vectors: a row and a column.

    Raises
    ------
    ShapeError
        If the shapes do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import linalg
    >>> linalg.multi_dot([[1.0, 2.0], np.eye(2), [3.0, 4.0]])
    Variable(11.0)
    """
    xs: list[Any] = [operand(x, "multi_dot") for x in arrays]
    if len(xs) < 2:
        raise ShapeError(f"multi_dot: it takes two arrays or more, and got {len(xs)}")
    for i, x in enumerate(xs):
        if x.ndim != 2 and not (x.ndim == 1 and i in (0, len(xs) - 1)):
            raise LinAlgError(
                f"multi_dot: array {i} has shape {x.shape}; all must be matrices, the first and "
                f"the last may be vectors"
            )
    rows = [1 if x.ndim == 1 and i == 0 else x.shape[0] for i, x in enumerate(xs)]
    split = best_split([*rows, xs[-1].shape[1] if xs[-1].ndim > 1 else 1])

    def product(i: int, j: int) -> Any:
        if i == j:
            return xs[i]
        k = split[i, j]
        return dot(product(i, k), product(k + 1, j))

    result: Variable = product(0, len(xs) - 1)
    return result


@implements(np.linalg.outer)
def outer(a: ArrayLike, b: ArrayLike) -> Variable:
    """Every product of a value of one vector and one of another.

    Raises
    ------
    ShapeError
        If an argument is no vector; `pygrad.functions.outer` flattens it.

    Examples
    --------
    >>> from pygrad import linalg
    >>> linalg.outer([1, 2], [3, 4])
    Variable([[3 4]
              [6 8]])
    """
    a, b = operand(a, "outer"), operand(b, "outer")
    if a.ndim != 1 or b.ndim != 1:
        raise ShapeError(f"outer: the shapes are {a.shape} and {b.shape}; both must be vectors")
    return products.outer(a, b)


@implements(np.linalg.cross)
def cross(a: ArrayLike, b: ArrayLike, *, axis: int = -1) -> Variable:
    """The vector product of vectors of length 3 along an axis; the other axes broadcast.

    Raises
    ------
    ShapeError
        If the vectors have another length, or the other axes do not broadcast.

    Examples
    --------
    >>> from pygrad import linalg
    >>> linalg.cross([1.0, 0.0, 0.0], [0.0, 1.0, 0.0])
    Variable([0. 0. 1.])
    """
    a, b = operand(a, "cross"), operand(b, "cross")
    for x in (a, b):
        if x.shape[as_axis(axis, x.ndim, "cross")] != 3:
            raise ShapeError(f"cross: x has shape {x.shape}; its axis {axis} must have length 3")
    return crossing.cross(a, b, axis=axis)


@implements(np.linalg.diagonal)
def diagonal(x: ArrayLike, *, offset: int = 0) -> Variable:
    """The diagonal of each matrix: of the last two axes, unlike `pygrad.functions.diagonal`.

    Examples
    --------
    >>> from pygrad import linalg
    >>> linalg.diagonal([[[1, 2], [3, 4]]])
    Variable([[1 4]])
    """
    return diagonals.diagonal(x, offset, -2, -1)


@implements(np.linalg.trace)
def trace(x: ArrayLike, *, offset: int = 0, dtype: npt.DTypeLike | None = None) -> Variable:
    """The sum of the diagonal of each matrix: of the last two axes.

    Examples
    --------
    >>> from pygrad import linalg
    >>> linalg.trace([[[1, 2], [3, 4]]])
    Variable([5])
    """
    return diagonals.trace(x, offset, -2, -1, dtype)
