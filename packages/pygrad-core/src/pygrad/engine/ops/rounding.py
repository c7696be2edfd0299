"""Rounding and steps, which are constant but for their jumps, and what truncation leaves over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pygrad.engine.broadcasting import Elementwise
from pygrad.engine.function import OUTPUT, Unary, apply
from pygrad.engine.numpy_protocols import UFUNCS, implements
from pygrad.engine.ops.arithmetic import floor_divide, remainder

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = [
    "ceil", "divmod", "floor", "fmod", "heaviside", "modf", "rint", "round", "trunc",
]  # fmt: skip


class _Step(Unary):
    """A function that is constant but for its jumps; dy/dx = 0."""

    __slots__ = ()
    saves = ()

    def backward(self, gy):
        # not gy * 0, which is NaN where gy is infinite
        return np.zeros(gy.shape, gy.dtype)


class Floor(_Step, ufunc=np.floor):
    """y = the largest whole number that is not above x."""

    __slots__ = ()

    def forward(self, x):
        return np.floor(x)


class Ceil(_Step, ufunc=np.ceil):
    """y = the smallest whole number that is not below x."""

    __slots__ = ()

    def forward(self, x):
        return np.ceil(x)


class Rint(_Step, ufunc=np.rint):
    """y = the nearest whole number to x."""

    __slots__ = ()

    def forward(self, x):
        return np.rint(x)


class Trunc(_Step, ufunc=np.trunc):
    """y = x without its fraction."""

    __slots__ = ()

    def forward(self, x):
        return np.trunc(x)


class Round(_Step):
    """y = x to a number of decimals."""

    def __init__(self, decimals: int) -> None:
        self.decimals = decimals

    def forward(self, x):
        return np.round(x, self.decimals)


class Heaviside(Elementwise, ufunc=np.heaviside):
    """y = 0 where x < 0, h where x = 0, 1 where x > 0; dy/dx = 0, dy/dh = (x = 0)."""

    __slots__ = ()
    saves = (0,)

    def forward(self, x, h):
        return np.heaviside(x, h)

    def backward(self, gy):
        (x,) = self.saved
        return np.zeros(gy.shape, gy.dtype), gy * (x == 0)


class Fmod(Elementwise, ufunc=np.fmod):
    """y = a - b trunc(a / b); dy/da = 1, dy/db = -trunc(a / b)."""

    __slots__ = ()
    saves = (0, 1, OUTPUT)

    def forward(self, a, b):
        return np.fmod(a, b)

    def backward(self, gy):
        if not self.wants(1):
            return gy, None
        a, b, y = self.saved
        # a - y is a multiple of b, up to rounding; a / b may have been rounded up to the next one
        return gy, -gy * np.rint((a - y) / b)


class Modf(Unary):
    """Two outputs, the fraction of x and its whole part; their derivatives are 1 and 0."""

    __slots__ = ()
    saves = ()

    def forward(self, x):
        return np.modf(x)

    def backward(self, g_fraction, g_whole):
        return g_fraction


def floor(x: ArrayLike) -> Variable:
    """Round down, elementwise. Its gradient is 0.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.floor([-1.5, 1.5])
    Variable([-2.  1.])
    """
    return apply(Floor(), x)


def ceil(x: ArrayLike) -> Variable:
    """Round up, elementwise. Its gradient is 0.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.ceil([-1.5, 1.5])
    Variable([-1.  2.])
    """
    return apply(Ceil(), x)


def rint(x: ArrayLike) -> Variable:
    """Round to the nearest whole number, elementwise; halves to even ones. Its gradient is 0.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.rint([-1.4, 0.5, 1.5])
    Variable([-1.  0.  2.])
    """
    return apply(Rint(), x)


@implements(getattr(np, "fix", None))
def trunc(x: ArrayLike) -> Variable:
    """Drop the fraction, elementwise. Its gradient is 0.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.trunc([-1.5, 1.5])
    Variable([-1.  1.])
    """
    return apply(Trunc(), x)


@implements(np.round, np.around)
def round(x: ArrayLike, decimals: int = 0) -> Variable:  # noqa: A001  (NumPy's name)
    """Round to a number of decimals, elementwise; halves to even ones. Its gradient is 0.

    Parameters
    ----------
    x : array_like
    decimals : int
        Negative ones round to tens, hundreds and so on.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.round([1.26, -1.24], 1)
    Variable([ 1.3 -1.2])
    """
    return apply(Round(decimals), x)


def heaviside(x: ArrayLike, h: ArrayLike) -> Variable:
    """Unit step, elementwise: 0 below zero, `h` at zero, 1 above. Its gradient by `x` is 0.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.heaviside([-1.5, 0.0, 2.0], 0.5)
    Variable([0.  0.5 1. ])
    """
    return apply(Heaviside(), x, h)


def fmod(a: ArrayLike, b: ArrayLike) -> Variable:
    """What is left by a division that truncates, with the sign of `a`: C's remainder.

    ``y = a - b * trunc(a / b)``; `remainder` has the sign of `b`.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.fmod([7, -7], 2)
    Variable([ 1 -1])
    """
    return apply(Fmod(), a, b)


def divmod(a: ArrayLike, b: ArrayLike) -> tuple[Variable, Variable]:  # noqa: A001  (NumPy's name)
    """`floor_divide` and `remainder`, both.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.divmod([7, -7], 2)
    (Variable([ 3 -4]), Variable([1 1]))
    """
    return floor_divide(a, b), remainder(a, b)


def modf(x: ArrayLike) -> tuple[Variable, Variable]:
    """The fraction of each value and its whole part, both with its sign.

    Their gradients are 1 and 0.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.modf([-1.5, 2.25])
    (Variable([-0.5   0.25]), Variable([-1.  2.]))
    """
    parts: tuple[Variable, Variable] = apply(Modf(), x)
    return parts


UFUNCS[np.divmod] = divmod
UFUNCS[np.modf] = modf
