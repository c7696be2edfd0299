"""Norms of vectors and matrices, and condition numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.function import OUTPUT, apply
from pygrad.engine.kernels.norm import euclidean, power_mean
from pygrad.engine.kernels.reduction import kept_shape
from pygrad.engine.matrices import conj, real
from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import as_axes, operand, value_of
from pygrad.engine.ops.arithmetic import multiply
from pygrad.engine.ops.dimensions import moveaxis
from pygrad.engine.ops.elementwise import abs, astype, where
from pygrad.engine.ops.linalg_solving import inv
from pygrad.engine.ops.linalg_svd import svdvals
from pygrad.engine.ops.reduction import Reduction, max, min, sum
from pygrad.engine.ops.shape import reshape
from pygrad.exceptions import ArgumentError, LinAlgError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike, Axis
    from pygrad.variable import Variable

__all__ = ["cond", "matrix_norm", "norm", "vector_norm"]


class Norm(Reduction):
    """y = sqrt(sum |x|^2); dy/dx = conj(x) / y, which is 0 at 0."""

    saves = (0, OUTPUT)

    def forward(self, x):
        y = euclidean(x, self.axis)
        return y if self.keepdims else np.squeeze(y, self.axis)

    def backward(self, gy):
        x, y = self.saved
        y = self.kept(y)
        zero = value_of(y) == 0
        if np.any(zero):
            x, y = x * np.logical_not(zero), y + zero
        return real(self.kept(gy)) * (conj(x) / y)


class PowerNorm(Reduction):
    """y = (sum |x|^p)^(1/p); dy/dx = conj(x) / |x| * (|x| / y)^(p - 1), which is 0 where x is 0."""

    saves = (0, OUTPUT)

    def __init__(self, p: float, axis: Axis, keepdims: bool) -> None:
        super().__init__(axis, keepdims)
        self.p = p

    def forward(self, x):
        y = power_mean(x, self.p, self.axis)
        return y if self.keepdims else np.squeeze(y, self.axis)

    def backward(self, gy):
        x, y = self.saved
        size, y, gy = np.abs(x), self.kept(y), real(self.kept(gy))
        no_size, no_norm = value_of(size) == 0, value_of(y) == 0
        size = size + no_size
        shares = size / (y + no_norm)
        return gy * np.logical_not(no_norm) * (conj(x) / size) * shares ** (self.p - 1)


@implements(np.linalg.norm)
def norm(x: ArrayLike, ord: Any = None, axis: Axis = None, keepdims: bool = False) -> Variable:
    """The size of vectors or matrices, in any of NumPy's senses, without overflow.

    At 0 every norm has the subgradient 0, and equal maxima share the gradient.

    Parameters
    ----------
    x : array_like
    ord : number or {'fro', 'nuc'}, optional
        Of vectors: inf and -inf are the largest and the smallest magnitude, 0 counts what is not 0
        (and has the gradient 0), any other p means ``(sum |x|^p)^(1/p)``. Of matrices: 1 and -1 are
        the largest and the smallest sum of a column, inf and -inf those of a row, 2 and -2 the
        largest and the smallest singular value, 'nuc' their sum, and 'fro' the root of the sum of
        squares. By default 2 for vectors, and 'fro'.
    axis : int or pair of int, optional
        One axis means vectors, two mean matrices. By default `x` is one vector or one matrix; or
        with neither `ord` nor `axis` a vector once it is flattened.
    keepdims : bool
        Keep each reduced axis, with length 1.

    Raises
    ------
    ArgumentError
        If there is no such norm.

    Examples
    --------
    >>> from pygrad import linalg
    >>> linalg.norm([3.0, 4.0])
    Variable(5.0)
    >>> linalg.norm([[3.0, 0.0], [0.0, -4.0]], "nuc")
    Variable(7.0)
    """
    x = _floats(x)
    if axis is None:
        if ord is None:
            return apply(Norm(tuple(range(x.ndim)), keepdims), x)
        if x.ndim not in (1, 2):
            raise ArgumentError(
                f"norm: x has shape {x.shape}; with an ord it must be a vector or a matrix, or "
                f"axis must name one axis or two"
            )
    axes = as_axes(axis, x.ndim, "norm")
    if len(axes) == 1:
        return _of_vectors(x, 2 if ord is None else ord, axes, keepdims)
    if len(axes) == 2:
        return _of_matrices(x, "fro" if ord is None else ord, axes, keepdims)
    raise ArgumentError(f"norm: axis is {axis!r}; it must be one axis or two")


@implements(np.linalg.vector_norm)
def vector_norm(
    x: ArrayLike, *, axis: Axis = None, keepdims: bool = False, ord: float = 2
) -> Variable:
    """The size of vectors: `norm` of all values, or along an axis or several together.

    Parameters
    ----------
    x : array_like
    axis : int or tuple of int, optional
        The axes of a vector; by default all of them.
    keepdims : bool
        Keep each reduced axis, with length 1.
    ord : number
        As for `norm` of vectors.

    Examples
    --------
    >>> from pygrad import linalg
    >>> linalg.vector_norm([[3.0, 4.0], [0.0, 12.0]])
    Variable(13.0)
    """
    x = _floats(x)
    return _of_vectors(x, ord, as_axes(axis, x.ndim, "vector_norm"), keepdims)


@implements(np.linalg.matrix_norm)
def matrix_norm(x: ArrayLike, *, keepdims: bool = False, ord: Any = "fro") -> Variable:
    """The size of each matrix: `norm` over the last two axes.

    Parameters
    ----------
    x : array_like, shape (..., m, n)
    keepdims : bool
        Keep the last two axes, with length 1.
    ord : number or {'fro', 'nuc'}
        As for `norm` of matrices.

    Examples
    --------
    >>> from pygrad import linalg
    >>> linalg.matrix_norm([[[3.0, 0.0], [0.0, -4.0]]], ord=2)
    Variable([4.])
    """
    x = _floats(x)
    return _of_matrices(x, ord, as_axes((-2, -1), x.ndim, "matrix_norm"), keepdims)


@implements(np.linalg.cond)
def cond(x: ArrayLike, p: Any = None) -> Variable:
    """The condition number of each matrix: ``norm(x, p) * norm(inv(x), p)``.

    By default and for p = 2 it is the largest singular value through the smallest. It is inf for a
    singular matrix, and has no meaningful gradient there.

    Parameters
    ----------
    x : array_like, shape (..., m, n)
        Square, unless p is None, 2 or -2.
    p : number or {'fro', 'nuc'}, optional
        As for `norm` of matrices.

    Raises
    ------
    LinAlgError
        If a matrix must be square and is not, or is empty.

    Examples
    --------
    >>> from pygrad import linalg
    >>> linalg.cond([[3.0, 0.0], [0.0, -4.0]], 1)
    Variable(1.3333333333333333)
    """
    x = _floats(x)
    if x.ndim < 2 or 0 in x.shape[-2:]:
        raise LinAlgError(
            f"cond: x has shape {x.shape}; it must be a matrix with values, or several"
        )
    infinity = np.full((), np.inf, x.data.real.dtype)
    if p is None or p in (2, -2):
        s = svdvals(x)
        largest, smallest = (s[..., 0], s[..., -1])[:: -1 if p == -2 else 1]
        with np.errstate(divide="ignore", invalid="ignore"):
            y: Variable = largest / smallest
        undecided = np.isnan(y.data)
        return where(undecided, infinity, y) if undecided.any() else y
    try:
        return multiply(matrix_norm(x, ord=p), matrix_norm(inv(x), ord=p))
    except LinAlgError:
        if x.shape[-1] != x.shape[-2]:
            raise
    singular = np.isinf(np.linalg.cond(x.data, 1))
    regular = where(singular[..., None, None], np.eye(x.shape[-1], dtype=x.dtype), x)
    return where(singular, infinity, cond(regular, p))


def _floats(x: ArrayLike) -> Variable:
    x = operand(x, "norm")
    return x if x.dtype.kind in "fc" else astype(x, float)


def _of_vectors(x, ord, axes, keepdims):
    if ord == 2:
        return apply(Norm(axes, keepdims), x)
    if isinstance(ord, str):
        raise ArgumentError(f"norm: ord is {ord!r}, which vectors do not have; it must be a number")
    if ord == 1:
        return sum(abs(x), axes, keepdims)
    if ord == 0:
        return sum(where(x.data != 0, np.ones((), x.data.real.dtype), abs(x)), axes, keepdims)
    if ord in (np.inf, -np.inf):
        return (max if ord > 0 else min)(abs(x), axes, keepdims)
    return apply(PowerNorm(ord, axes, keepdims), x)


def _of_matrices(x, ord, axes, keepdims):
    rows, columns = axes
    if ord == "fro":
        return apply(Norm(axes, keepdims), x)
    if ord in (1, -1, np.inf, -np.inf):
        along, across = (rows, columns) if ord in (1, -1) else (columns, rows)
        return (max if ord > 0 else min)(sum(abs(x), along, True), (along, across), keepdims)
    if ord not in ("nuc", 2, -2):
        raise ArgumentError(
            f"norm: ord is {ord!r}, which matrices do not have; it must be 1, -1, 2, -2, inf, "
            f"-inf, 'fro' or 'nuc'"
        )
    s = svdvals(moveaxis(x, axes, (-2, -1)))
    if ord == "nuc":
        y = sum(s, -1)
    elif ord == 2:
        y = max(s, -1)
    else:
        y = min(s, -1)
    return reshape(y, kept_shape(x.shape, axes)) if keepdims else y
