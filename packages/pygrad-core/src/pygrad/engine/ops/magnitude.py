"""Magnitudes and signs of floats: fabs, hypot, copysign."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pygrad.engine.broadcasting import Elementwise
from pygrad.engine.function import OUTPUT, Unary, apply

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["copysign", "fabs", "hypot"]


class Fabs(Unary, ufunc=np.fabs):
    """y = |x| as a float; dy/dx = sign(x), which is 0 at 0."""

    __slots__ = ()

    def forward(self, x):
        return np.fabs(x)

    def backward(self, gy):
        (x,) = self.saved
        return gy * np.sign(x)


class Hypot(Elementwise, ufunc=np.hypot):
    """y = sqrt(a**2 + b**2); dy/da = a / y, dy/db = b / y, and 0 at the origin to every order."""

    __slots__ = ()
    saves = (0, 1, OUTPUT)

    def forward(self, a, b):
        return np.hypot(a, b)

    def backward(self, gy):
        a, b, y = self.saved
        origin = y == 0
        if np.any(origin):
            y = y + origin
            elsewhere = np.logical_not(origin)
            a, b = a * elsewhere, b * elsewhere
        return gy * (a / y), gy * (b / y)


class Copysign(Elementwise, ufunc=np.copysign):
    """y = |a| with the sign of b; dy/da = y / a, which is 0 at 0, dy/db = 0."""

    __slots__ = ()
    saves = (0, OUTPUT)

    def forward(self, a, b):
        return np.copysign(a, b)

    def backward(self, gy):
        a, y = self.saved
        return gy * (np.sign(a) * np.sign(y)), np.zeros(gy.shape, gy.dtype)


def fabs(x: ArrayLike) -> Variable:
    """Absolute value as a float, elementwise; of integers too. Its gradient at 0 is 0.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.fabs([-2, 3])
    Variable([2. 3.])
    """
    return apply(Fabs(), x)


def hypot(a: ArrayLike, b: ArrayLike) -> Variable:
    """The hypotenuse of a right triangle, without overflow: ``y = sqrt(a**2 + b**2)``.

    Its gradient at the origin is 0.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.hypot([3.0, 3e200], [4.0, 4e200])
    Variable([5.e+000 5.e+200])
    """
    return apply(Hypot(), a, b)


def copysign(a: ArrayLike, b: ArrayLike) -> Variable:
    """The magnitude of `a` with the sign of `b`, elementwise; the sign of -0.0 is minus.

    The gradient with respect to `a` is 0 where `a` is 0, as that of `abs`; with respect to `b` it
    is 0 everywhere.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.copysign([1.0, -2.0], [-0.0, 5.0])
    Variable([-1.  2.])
    """
    return apply(Copysign(), a, b)
