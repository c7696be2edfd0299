"""Functions that look past NaN: fmax, fmin, nan_to_num."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.broadcasting import Elementwise
from pygrad.engine.function import Unary, apply
from pygrad.engine.masking import note_masking
from pygrad.engine.numpy_protocols import implements
from pygrad.exceptions import ArgumentError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["fmax", "fmin", "nan_to_num"]


class _NumberFirst(Elementwise):
    """One of two operands; a number is taken before a NaN, and equal ones share the gradient."""

    __slots__ = ()

    def split(self, gy, a_taken, b_taken):
        a, b = self.saved
        note_masking()
        a_missing, b_missing = np.isnan(a), np.isnan(b)
        a_taken = a_taken | (b_missing & ~a_missing)
        b_taken = b_taken | (a_missing & ~b_missing)
        equal = ~(a_taken | b_taken)
        half = gy * equal * 0.5 if np.any(equal) else 0
        return gy * a_taken + half, gy * b_taken + half


class Fmax(_NumberFirst, ufunc=np.fmax):
    """y = max(a, b), or the one that is a number."""

    __slots__ = ()

    def forward(self, a, b):
        return np.fmax(a, b)

    def backward(self, gy):
        a, b = self.saved
        return self.split(gy, a > b, b > a)


class Fmin(_NumberFirst, ufunc=np.fmin):
    """y = min(a, b), or the one that is a number."""

    __slots__ = ()

    def forward(self, a, b):
        return np.fmin(a, b)

    def backward(self, gy):
        a, b = self.saved
        return self.split(gy, a < b, b < a)


class NanToNum(Unary):
    """y = x where it is finite, else a number; dy/dx = 1 where x is finite, else 0.

    Of a complex x, both parts are judged for themselves.
    """

    def __init__(self, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> None:
        self.replacements = {"nan": nan, "posinf": posinf, "neginf": neginf}

    def forward(self, x):
        return np.nan_to_num(x, **self.replacements)

    def backward(self, gy):
        (x,) = self.saved
        note_masking()
        # not gy * isfinite(x), which is NaN where gy is infinite
        if x.dtype.kind == "c":
            parts = np.isfinite(x.real), np.isfinite(x.imag)
            return np.where(parts[0], gy.real, 0) + np.where(parts[1], gy.imag, 0) * 1j
        return np.where(np.isfinite(x), gy, 0)


def fmax(a: ArrayLike, b: ArrayLike) -> Variable:
    """The larger of two operands, elementwise, or the one that is not NaN.

    Where they are equal, or both are NaN, each has half of the gradient; PyTorch gives it to `a`.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.fmax([1.0, 5.0], [float("nan"), 3.0])
    Variable([1. 5.])
    """
    return apply(Fmax(), a, b)


def fmin(a: ArrayLike, b: ArrayLike) -> Variable:
    """The smaller of two operands, elementwise, or the one that is not NaN.

    Where they are equal, or both are NaN, each has half of the gradient; PyTorch gives it to `a`.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.fmin([1.0, 5.0], [float("nan"), 3.0])
    Variable([1. 3.])
    """
    return apply(Fmin(), a, b)


@implements(np.nan_to_num)
def nan_to_num(
    x: ArrayLike,
    copy: bool = True,
    nan: float = 0.0,
    posinf: float | None = None,
    neginf: float | None = None,
) -> Variable:
    """Put numbers in the place of NaN and of the infinities; the gradient there is 0.

    Parameters
    ----------
    x : array_like
    copy : bool
        True, since a Variable is not changed in place; it is here for NumPy's order.
    nan : float
        What stands for NaN.
    posinf, neginf : float, optional
        What stands for the infinities; by default the largest and the lowest number of the dtype.

    Raises
    ------
    ArgumentError
        If `copy` is False.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.nan_to_num([1.0, float("nan"), float("inf")], posinf=9.0)
    Variable([1. 0. 9.])
    """
    if not copy:
        raise ArgumentError(
            "nan_to_num: copy is False, but a Variable is not changed in place; leave copy out"
        )
    return apply(NanToNum(nan, posinf, neginf), x)
