"""Products of vectors, of matrices and of arrays with many axes, made of sums of products."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.broadcasting import sum_to_shape
from pygrad.engine.function import Function, apply
from pygrad.engine.matrices import conj
from pygrad.engine.numpy_protocols import UFUNCS, implements
from pygrad.engine.operands import as_axes, as_axis, operand
from pygrad.engine.ops.arithmetic import multiply
from pygrad.engine.ops.dimensions import moveaxis, ravel
from pygrad.engine.ops.linalg import Matmul, matmul
from pygrad.engine.ops.shape import expand_dims, reshape, squeeze, transpose
from pygrad.exceptions import ArgumentError, ShapeError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = [
    "dot", "inner", "kron", "matvec", "outer", "tensordot", "vdot", "vecdot", "vecmat",
]  # fmt: skip


class Dot(Matmul):
    """y = a . b, of vectors and matrices; for these it has the rule of `Matmul`."""

    def forward(self, a, b):
        return np.dot(a, b)


class Tensordot(Function):
    """y = sums of products along pairs of axes; the gradients are sums along the other axes."""

    requires = "the axes of a pair must have one length"

    def __init__(self, axes_a: Sequence[int], axes_b: Sequence[int]) -> None:
        self.axes_a = tuple(axes_a)
        self.axes_b = tuple(axes_b)

    def forward(self, a, b):
        return np.tensordot(a, b, (self.axes_a, self.axes_b))

    def backward(self, gy):
        a, b = self.saved
        axes_a, axes_b = self.axes_a, self.axes_b
        free_a = [i for i in range(a.ndim) if i not in axes_a]
        free_b = [i for i in range(b.ndim) if i not in axes_b]
        n = len(free_a)
        ga = gb = None
        if self.wants(0):
            ga = Tensordot(range(n, gy.ndim), free_b).on(gy, b)
            places = free_a + [axes_a[axes_b.index(i)] for i in sorted(axes_b)]
            ga = ga.transpose(*np.argsort(places).tolist())
        if self.wants(1):
            gb = Tensordot(free_a, range(n)).on(a, gy)
            places = [axes_b[axes_a.index(i)] for i in sorted(axes_a)] + free_b
            gb = gb.transpose(*np.argsort(places).tolist())
        return ga, gb


class Outer(Function):
    """y_ij = a_i b_j; the gradients are products of gy and the other vector."""

    def forward(self, a, b):
        return np.outer(a, b)

    def backward(self, gy):
        a, b = self.saved
        return gy @ b if self.wants(0) else None, a @ gy if self.wants(1) else None


class Vecdot(Function):
    """y = sum(conj(a) * b) along the last axis; dy/da = conj(gy b), dy/db = gy conj(a)."""

    requires = "the last axes must have one length and the others broadcast"

    def forward(self, a, b):
        return np.vecdot(a, b)

    def backward(self, gy):
        a, b = self.saved
        gy = gy[..., None]
        ga = gb = None
        if self.wants(0):
            ga = sum_to_shape(conj(gy * b), a.shape)
        if self.wants(1):
            gb = sum_to_shape(gy * conj(a), b.shape)
        return ga, gb


@implements(np.dot)
def dot(a: ArrayLike, b: ArrayLike) -> Variable:
    """Sums of products along the last axis of `a` and the last but one of `b`.

    It is ``a * b`` where one is a number and ``a @ b`` of vectors and matrices. Of more axes it has
    every product of a row of `a` and a column of `b`, and is no batch of matrix products.

    Parameters
    ----------
    a : array_like, shape (..., k)
    b : array_like, shape (..., k, m) or (k,)

    Raises
    ------
    ShapeError
        If the two axes differ in length.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.dot([1.0, 2.0], [3.0, 4.0])
    Variable(11.0)
    """
    a, b = operand(a, "dot"), operand(b, "dot")
    if not (a.ndim and b.ndim):
        return multiply(a, b)
    if b.ndim <= 2:
        return apply(Dot(), a, b)
    return apply(Tensordot((a.ndim - 1,), (b.ndim - 2,)), a, b)


@implements(np.vdot)
def vdot(a: ArrayLike, b: ArrayLike) -> Variable:
    """``sum(conj(a) * b)`` over all values: both arguments are flattened.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.vdot([[1, 2], [3, 4]], [[1, 1], [1, 1]])
    Variable(10)
    """
    return apply(Dot(), conj(ravel(a)), ravel(b))


@implements(np.linalg.vecdot)
def vecdot(a: ArrayLike, b: ArrayLike, *, axis: int = -1) -> Variable:
    """``sum(conj(a) * b)`` along an axis; the other axes broadcast.

    Parameters
    ----------
    a, b : array_like, shape (..., n)
    axis : int
        Which axis of both the vectors lie along.

    Raises
    ------
    ShapeError
        If the shapes do not fit.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.vecdot([[1, 2], [3, 4]], [1, 10])
    Variable([21 43])
    """
    a, b = (_with_last(x, axis, "vecdot") for x in (a, b))
    return apply(Vecdot(), a, b)


def matvec(a: ArrayLike, x: ArrayLike) -> Variable:
    """A matrix times a vector, for each of a batch of both: ``sum_j a[..., i, j] * x[..., j]``.

    Parameters
    ----------
    a : array_like, shape (..., m, n)
    x : array_like, shape (..., n)

    Returns
    -------
    Variable, shape (..., m)

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.matvec([[1, 2], [3, 4]], [[1, 0], [0, 1]])
    Variable([[1 3]
              [2 4]])
    """
    return squeeze(matmul(a, expand_dims(_with_last(x, -1, "matvec"), -1)), -1)


def vecmat(x: ArrayLike, a: ArrayLike) -> Variable:
    """A vector times a matrix, for each of a batch: ``sum_i conj(x[..., i]) * a[..., i, j]``.

    Parameters
    ----------
    x : array_like, shape (..., m)
    a : array_like, shape (..., m, n)

    Returns
    -------
    Variable, shape (..., n)

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.vecmat([[1, 0], [0, 1]], [[1, 2], [3, 4]])
    Variable([[1 2]
              [3 4]])
    """
    return squeeze(matmul(expand_dims(conj(_with_last(x, -1, "vecmat")), -2), a), -2)


UFUNCS[np.vecdot] = vecdot
for _name, _function in (("matvec", matvec), ("vecmat", vecmat)):
    if hasattr(np, _name):  # NumPy has had them since 2.2
        UFUNCS[getattr(np, _name)] = _function


@implements(np.inner)
def inner(a: ArrayLike, b: ArrayLike) -> Variable:
    """Sums of products along the last axes of both; no complex number is conjugated.

    Parameters
    ----------
    a : array_like, shape (..., k)
    b : array_like, shape (..., k)

    Returns
    -------
    Variable
        Of the shape of `a` and then of `b`, without their last axes; ``a * b`` if one is a number.

    Raises
    ------
    ShapeError
        If the last axes differ in length.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.inner([[1, 2], [3, 4]], [1, 1])
    Variable([3 7])
    """
    a, b = operand(a, "inner"), operand(b, "inner")
    if not (a.ndim and b.ndim):
        return multiply(a, b)
    if b.ndim <= 2:
        return apply(Dot(), a, b if b.ndim == 1 else transpose(b))
    return apply(Tensordot((a.ndim - 1,), (b.ndim - 1,)), a, b)


@implements(np.outer)
def outer(a: ArrayLike, b: ArrayLike) -> Variable:
    """Every product of a value of `a` and one of `b`; both arguments are flattened.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.outer([1, 2], [3, 4, 5])
    Variable([[ 3  4  5]
              [ 6  8 10]])
    """
    a, b = operand(a, "outer"), operand(b, "outer")
    return apply(Outer(), a if a.ndim == 1 else ravel(a), b if b.ndim == 1 else ravel(b))


@implements(np.tensordot, np.linalg.tensordot)
def tensordot(a: ArrayLike, b: ArrayLike, axes: Any = 2) -> Variable:
    """Sums of products along pairs of axes.

    Parameters
    ----------
    a, b : array_like
    axes : int or pair of sequences of int
        A number n pairs the last n axes of `a` with the first n of `b`; two sequences say which
        axis of `a` goes with which of `b`.

    Returns
    -------
    Variable
        With the remaining axes of `a` and then those of `b`.

    Raises
    ------
    ShapeError
        If the axes of a pair differ in length.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import functions as F
    >>> F.tensordot(np.ones((2, 3, 4)), np.ones((4, 3, 5)), ([1, 2], [1, 0])).shape
    (2, 5)
    """
    a, b = operand(a, "tensordot"), operand(b, "tensordot")
    try:
        n = operator.index(axes)
    except TypeError:
        axes_a, axes_b = axes
    else:
        axes_a, axes_b = range(-n, 0), range(n)
    axes_a, axes_b = as_axes(axes_a, a.ndim, "tensordot"), as_axes(axes_b, b.ndim, "tensordot")
    if len(axes_a) != len(axes_b):
        raise ArgumentError(
            f"tensordot: axes names {len(axes_a)} axes of a and {len(axes_b)} of b; the numbers "
            f"must be equal"
        )
    return apply(Tensordot(axes_a, axes_b), a, b)


@implements(np.kron)
def kron(a: ArrayLike, b: ArrayLike) -> Variable:
    """Kronecker product: every value of `a` times the whole of `b`, laid out in blocks.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.kron([1, 10], [1, 2])
    Variable([ 1  2 10 20])
    """
    a, b = operand(a, "kron"), operand(b, "kron")
    n = max(a.ndim, b.ndim)
    of_a = (1,) * (n - a.ndim) + a.shape
    of_b = (1,) * (n - b.ndim) + b.shape
    blocks = multiply(
        reshape(a, [k for i in of_a for k in (i, 1)]), reshape(b, [k for i in of_b for k in (1, i)])
    )
    return reshape(blocks, [i * j for i, j in zip(of_a, of_b, strict=True)])


def _with_last(x: ArrayLike, axis: int, where: str) -> Variable:
    """With the vectors along the last axis."""
    x = operand(x, where)
    if not x.ndim:
        raise ShapeError(f"{where}: there is a single number where a vector must be")
    axis = as_axis(axis, x.ndim, where)
    return x if axis == x.ndim - 1 else moveaxis(x, axis, -1)
