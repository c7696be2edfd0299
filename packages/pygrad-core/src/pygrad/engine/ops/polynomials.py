"""Polynomials as arrays of coefficients, the highest power first, as `numpy.polyval` has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import operand
from pygrad.engine.ops.convolution import convolve
from pygrad.engine.ops.cumulative import cumprod
from pygrad.engine.ops.elementwise import astype
from pygrad.engine.ops.joining import concatenate
from pygrad.engine.ops.shape import broadcast_to, reshape
from pygrad.exceptions import ArgumentError, ShapeError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["polyadd", "polyder", "polyint", "polymul", "polysub", "polyval", "vander"]


@implements(np.polyval)
def polyval(p: ArrayLike, x: ArrayLike) -> Variable:
    """The value of a polynomial at each `x`: ``p[0] * x**(n - 1) + ... + p[n - 1]``.

    Examples
    --------
    >>> from pygrad import Variable, functions as F
    >>> x = Variable(2.0)
    >>> y = F.polyval([1.0, 0.0, 3.0], x)
    >>> y.backward()
    >>> y, x.grad
    (Variable(7.0), Variable(4.0))
    """
    p, x = _coefficients(p, "polyval"), operand(x, "polyval")
    kind = np.result_type(p.dtype, x.dtype)
    if not len(p):
        return operand(np.zeros(x.shape, kind), "polyval")
    y: Any = astype(broadcast_to(p[0], x.shape), kind)
    for i in range(1, len(p)):
        y = y * x + p[i]
    return y


@implements(np.polyadd)
def polyadd(a1: ArrayLike, a2: ArrayLike) -> Variable:
    """The sum of two polynomials.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.polyadd([1, 2], [5, 6, 7])
    Variable([5 7 9])
    """
    p, q = _of_one_length(a1, a2, "polyadd")
    return p + q


@implements(np.polysub)
def polysub(a1: ArrayLike, a2: ArrayLike) -> Variable:
    """The difference of two polynomials.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.polysub([1, 2], [5, 6, 7])
    Variable([-5 -5 -5])
    """
    p, q = _of_one_length(a1, a2, "polysub")
    return p - q


@implements(np.polymul)
def polymul(a1: ArrayLike, a2: ArrayLike) -> Variable:
    """The product of two polynomials; zeros in front are left out.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.polymul([1, 2], [5, 6, 7])
    Variable([ 5 16 19 14])
    """
    return convolve(_without_front(a1, "polymul"), _without_front(a2, "polymul"))


@implements(np.polyder)
def polyder(p: ArrayLike, m: int = 1) -> Variable:
    """The coefficients of the derivative of order `m`.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.polyder([1, 1, 1, 1])
    Variable([3 2 1])
    """
    y: Any = _coefficients(p, "polyder")
    for _ in range(_order(m, "polyder")):
        y = y[:-1] * np.arange(len(y) - 1, 0, -1)
    return y


@implements(np.polyint)
def polyint(p: ArrayLike, m: int = 1, k: ArrayLike | None = None) -> Variable:
    """The coefficients of the integral, taken `m` times.

    Parameters
    ----------
    p : array_like
    m : int
    k : array_like, optional
        The constants of integration, the first for the first time; one for all, or 0.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.polyint([3.0, 2.0, 1.0], k=7)
    Variable([1. 1. 1. 7.])
    """
    y: Any = _coefficients(p, "polyint")
    m = _order(m, "polyint")
    constants = _coefficients(0 if k is None else k, "polyint")
    if len(constants) not in (1, m):
        raise ArgumentError(
            f"polyint: there are {len(constants)} constants in k for {m} integrations; give one, "
            f"or one for each"
        )
    for i in range(m):
        constant = constants[i if len(constants) > 1 else 0]
        y = concatenate([y / np.arange(len(y), 0, -1), reshape(constant, 1)])
    return y


@implements(np.vander)
def vander(x: ArrayLike, N: int | None = None, increasing: bool = False) -> Variable:
    """Powers of each `x` in a row: ``x**(N - 1), ..., x, 1``, or the other way round.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.vander([1, 2, 3], 3)
    Variable([[1 1 1]
              [4 2 1]
              [9 3 1]])
    """
    x = operand(x, "vander")
    if x.ndim != 1:
        raise ShapeError(f"vander: x has shape {x.shape}; it must have one axis")
    n = len(x) if N is None else N
    x = astype(x, np.promote_types(x.dtype, int))
    repeated = broadcast_to(reshape(x, (-1, 1)), (len(x), max(n - 1, 0)))
    powers = cumprod(concatenate([np.ones((len(x), min(n, 1)), x.dtype), repeated], axis=1), axis=1)
    return powers if increasing else powers[:, ::-1]


def _of_one_length(a1: ArrayLike, a2: ArrayLike, where: str) -> list[Variable]:
    p, q = _coefficients(a1, where), _coefficients(a2, where)
    n = max(len(p), len(q))
    return [concatenate([np.zeros(n - len(a), a.dtype), a]) for a in (p, q)]


def _without_front(a: ArrayLike, where: str) -> Variable:
    p = _coefficients(a, where)
    return p[np.argmax(p.data != 0) :] if np.any(p.data) else p[-1:]


def _coefficients(a: ArrayLike, where: str) -> Variable:
    p = operand(a, where)
    if p.ndim > 1:
        raise ShapeError(f"{where}: coefficients have shape {p.shape}; they must have one axis")
    return p if p.ndim else reshape(p, 1)


def _order(m: int, where: str) -> int:
    if m < 0:
        raise ArgumentError(f"{where}: m is {m}; it must not be negative")
    return int(m)
