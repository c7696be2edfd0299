"""Convolution and correlation of two sequences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.function import Function, apply
from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import operand
from pygrad.engine.ops.complex_parts import conj
from pygrad.engine.ops.indexing import ScatterAdd
from pygrad.engine.ops.rearranging import flip
from pygrad.exceptions import ArgumentError, ShapeError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["convolve", "correlate"]


class Convolve(Function):
    """y[k] = sum of a[i] v[k - i] over i, or the middle of it.

    In the derivative the gradient takes the place of an operand: ga[i] = sum of gy[k] v[k - i].
    """

    requires = "a and v must be vectors, and not empty"

    def __init__(self, mode: Any) -> None:
        self.mode = mode

    def forward(self, a, v):
        return np.convolve(a, v, self.mode)

    def backward(self, gy):
        a, v = self.saved
        n, m = len(a), len(v)
        if self.mode != "full":
            start = (min(n, m) - 1) // (1 if self.mode == "valid" else 2)
            middle = slice(start, start + len(gy))
            gy = ScatterAdd(middle, (n + m - 1,)).on(gy)
        valid = Convolve("valid")
        return (
            valid.on(gy, v[::-1]) if self.wants(0) else None,
            valid.on(gy, a[::-1]) if self.wants(1) else None,
        )


@implements(np.convolve)
def convolve(a: ArrayLike, v: ArrayLike, mode: str = "full") -> Variable:
    """Convolution of two sequences: ``y[k] = sum(a[i] * v[k - i])``.

    Parameters
    ----------
    a, v : array_like, shape (n,) and (m,)
    mode : {'full', 'same', 'valid'}
        All n + m - 1 values, the max(n, m) in the middle, or those where both overlap wholly.

    Raises
    ------
    ShapeError
        If `a` or `v` is no vector, or empty.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.convolve([1, 2, 3], [1, 10])
    Variable([ 1 12 23 30])
    """
    return apply(Convolve(mode), *_sequences(a, v, mode, "convolve"))


@implements(np.correlate)
def correlate(a: ArrayLike, v: ArrayLike, mode: str = "valid") -> Variable:
    """Correlation of two sequences: ``y[k] = sum(a[i + k] * conj(v[i]))``.

    The arguments are those of `convolve`.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.correlate([1, 2, 3], [1, 10])
    Variable([21 32])
    """
    x, y = _sequences(a, v, mode, "correlate")
    if y.dtype.kind == "c":
        y = conj(y)
    if mode == "same" and y.size > x.size:
        # of an even overlap NumPy takes the other middle here than it does in convolve
        start = x.size // 2
        return apply(Convolve("full"), x, flip(y))[start : start + y.size]
    return apply(Convolve(mode), x, flip(y))


def _sequences(a, v, mode, where):
    if mode not in ("full", "same", "valid"):
        raise ArgumentError(f"{where}: mode is {mode!r}; it must be 'full', 'same' or 'valid'")
    a, v = operand(a, where), operand(v, where)
    for name, x in (("a", a), ("v", v)):
        if x.ndim != 1 or not x.size:
            raise ShapeError(
                f"{where}: {name} has shape {x.shape}; it must be a vector, and not empty"
            )
    return a, v
