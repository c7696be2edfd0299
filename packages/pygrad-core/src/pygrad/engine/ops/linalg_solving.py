"""Inverses and systems of linear equations."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pygrad.engine.broadcasting import sum_to_shape
from pygrad.engine.function import OUTPUT, apply
from pygrad.engine.matrices import MatrixFunction
from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import as_axes, operand
from pygrad.engine.ops.dimensions import moveaxis, ravel
from pygrad.engine.ops.shape import reshape
from pygrad.exceptions import ArgumentError, ShapeError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["inv", "solve", "tensorinv", "tensorsolve"]


class Inv(MatrixFunction):
    """Y = A^-1; dY = -Y dA Y."""

    saves = (OUTPUT,)
    requires = "a must be a square matrix that is not singular, or several"

    def forward(self, a):
        return np.linalg.inv(a)

    def backward(self, gy):
        (y,) = self.saved
        transposed = y.swapaxes(-1, -2)
        return -(transposed @ gy @ transposed)


class Solve(MatrixFunction):
    """A X = B; dB: the solution of A^T GB = gX, dA: -GB X^T."""

    saves = (0, OUTPUT)
    requires = (
        "a must be a square matrix that is not singular, or several, and b must have as many rows"
    )

    def forward(self, a, b):
        self.shape_of_b = b.shape
        return np.linalg.solve(a, b)

    def backward(self, gx):
        a, x = self.saved
        if len(self.shape_of_b) == 1:
            gx, x = gx[..., None], x[..., None]
        gb = Solve().on(a.swapaxes(-1, -2), gx)
        ga = None
        if self.wants(0):
            ga = -sum_to_shape(gb @ x.swapaxes(-1, -2), a.shape)
        if len(self.shape_of_b) == 1:
            gb = gb[..., 0]
        return ga, sum_to_shape(gb, self.shape_of_b)


@implements(np.linalg.inv)
def inv(a: ArrayLike) -> Variable:
    """The inverse of each matrix. To solve equations, `solve` is quicker and more precise.

    Parameters
    ----------
    a : array_like, shape (..., n, n)

    Raises
    ------
    LinAlgError
        If a matrix is not square, or singular.

    Examples
    --------
    >>> from pygrad import linalg
    >>> linalg.inv([[2.0, 0.0], [0.0, 4.0]])
    Variable([[0.5  0.  ]
              [0.   0.25]])
    """
    return apply(Inv(), a)


@implements(np.linalg.solve)
def solve(a: ArrayLike, b: ArrayLike) -> Variable:
    """The solution of ``a @ x = b``.

    Parameters
    ----------
    a : array_like, shape (..., n, n)
    b : array_like, shape (n,) or (..., n, k)
        One vector, or a column for each of several systems; batches broadcast.

    Returns
    -------
    Variable, shape (..., n) or (..., n, k)

    Raises
    ------
    LinAlgError
        If a matrix is not square, or singular.
    ShapeError
        If the shapes do not fit.

    Examples
    --------
    >>> from pygrad import linalg
    >>> linalg.solve([[2.0, 0.0], [0.0, 4.0]], [1.0, 1.0])
    Variable([0.5  0.25])
    """
    return apply(Solve(), a, b)


@implements(np.linalg.tensorsolve)
def tensorsolve(a: ArrayLike, b: ArrayLike, axes: Sequence[int] | None = None) -> Variable:
    """The solution of ``tensordot(a, x, x.ndim) = b``.

    Parameters
    ----------
    a : array_like
        Of the shape of `b` and then that of `x`, which must have equally many values.
    b : array_like
    axes : sequence of int, optional
        Axes of `a` to be moved to its end first.

    Raises
    ------
    LinAlgError
        If the equations are singular.
    ShapeError
        If the shapes do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import linalg
    >>> linalg.tensorsolve(2 * np.eye(4).reshape(2, 2, 4), np.ones((2, 2)))
    Variable([0.5 0.5 0.5 0.5])
    """
    a, b = operand(a, "tensorsolve"), operand(b, "tensorsolve")
    if axes is not None:
        n = len(as_axes(axes, a.ndim, "tensorsolve"))
        a = moveaxis(a, axes, range(a.ndim - n, a.ndim))
    shape = a.shape[b.ndim :]
    if math.prod(shape) != b.size or a.size != b.size**2:
        raise ShapeError(
            f"tensorsolve: a has shape {a.shape} and b {b.shape}; a must have as many values for "
            f"each value of b as b has"
        )
    return reshape(solve(reshape(a, (b.size, b.size)), ravel(b)), shape)


@implements(np.linalg.tensorinv)
def tensorinv(a: ArrayLike, ind: int = 2) -> Variable:
    """The inverse of `a` for `tensordot`: ``tensordot(tensorinv(a), a, ind)`` is an identity.

    Parameters
    ----------
    a : array_like
        Its first `ind` axes must hold as many values as the others.
    ind : int

    Raises
    ------
    LinAlgError
        If `a` has no inverse.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import linalg
    >>> linalg.tensorinv(2 * np.eye(4).reshape(2, 2, 4)).shape
    (4, 2, 2)
    """
    a = operand(a, "tensorinv")
    if ind <= 0:
        raise ArgumentError(f"tensorinv: ind is {ind}; it must be positive")
    before, after = a.shape[:ind], a.shape[ind:]
    if math.prod(before) != math.prod(after):
        raise ShapeError(
            f"tensorinv: a has shape {a.shape}; its first {ind} axes must hold as many values as "
            f"the others"
        )
    return reshape(inv(reshape(a, (math.prod(before), -1))), after + before)
