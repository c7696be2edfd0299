"""Exponentials and logarithms beside exp and log: other bases, near 0 and 1, and of sums."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.broadcasting import Elementwise
from pygrad.engine.function import OUTPUT, Unary, apply
from pygrad.engine.ops.activation import Sigmoid

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["exp2", "expm1", "log1p", "log2", "log10", "logaddexp", "logaddexp2"]

_LOG_2 = math.log(2)
_LOG_10 = math.log(10)


class Exp2(Unary, ufunc=np.exp2):
    """y = 2**x; dy/dx = y log(2)."""

    __slots__ = ()
    saves = (OUTPUT,)

    def forward(self, x):
        return np.exp2(x)

    def backward(self, gy):
        (y,) = self.saved
        return gy * (y * _LOG_2)


class Expm1(Unary, ufunc=np.expm1):
    """y = exp(x) - 1; dy/dx = exp(x)."""

    __slots__ = ()

    def forward(self, x):
        return np.expm1(x)

    def backward(self, gy):
        (x,) = self.saved
        # not y + 1, which has lost its digits where x is far below 0
        return gy * np.exp(x)


class Log2(Unary, ufunc=np.log2):
    """y = log(x) / log(2); dy/dx = 1 / (x log(2))."""

    __slots__ = ()

    def forward(self, x):
        return np.log2(x)

    def backward(self, gy):
        (x,) = self.saved
        return gy / (x * _LOG_2)


class Log10(Unary, ufunc=np.log10):
    """y = log(x) / log(10); dy/dx = 1 / (x log(10))."""

    __slots__ = ()

    def forward(self, x):
        return np.log10(x)

    def backward(self, gy):
        (x,) = self.saved
        return gy / (x * _LOG_10)


class Log1p(Unary, ufunc=np.log1p):
    """y = log(1 + x); dy/dx = 1 / (1 + x)."""

    __slots__ = ()

    def forward(self, x):
        return np.log1p(x)

    def backward(self, gy):
        (x,) = self.saved
        return gy / (1 + x)


class Logaddexp(Elementwise, ufunc=np.logaddexp):
    """y = log(exp(a) + exp(b)); dy/da = sigmoid(a - b), dy/db = sigmoid(b - a)."""

    __slots__ = ()

    def forward(self, a, b):
        return np.logaddexp(a, b)

    def backward(self, gy):
        a, b = self.saved
        difference = _difference(a, b)
        # the second is not 1 less the first, which cancels
        return gy * Sigmoid().on(difference), gy * Sigmoid().on(-difference)


class Logaddexp2(Elementwise, ufunc=np.logaddexp2):
    """y = log2(2**a + 2**b); dy/da = sigmoid((a - b) log(2)), dy/db = sigmoid((b - a) log(2))."""

    __slots__ = ()

    def forward(self, a, b):
        return np.logaddexp2(a, b)

    def backward(self, gy):
        a, b = self.saved
        difference = _difference(a, b) * _LOG_2
        return gy * Sigmoid().on(difference), gy * Sigmoid().on(-difference)


def _difference(a: Any, b: Any) -> Any:
    """a - b, which is 0 for equal infinities, too."""
    equal = (a == b) & np.isinf(a)
    if np.any(equal):
        a, b = np.where(equal, 0, a), np.where(equal, 0, b)
    return a - b


def exp2(x: ArrayLike) -> Variable:
    """Power of two, elementwise: ``y = 2**x``.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.exp2([0.0, 3.0])
    Variable([1. 8.])
    """
    return apply(Exp2(), x)


def expm1(x: ArrayLike) -> Variable:
    """``y = exp(x) - 1``, elementwise, with all its digits for small `x`.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.expm1([0.0, 1e-20])
    Variable([0.e+00 1.e-20])
    """
    return apply(Expm1(), x)


def log2(x: ArrayLike) -> Variable:
    """Logarithm to the base 2, elementwise.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.log2([1.0, 8.0])
    Variable([0. 3.])
    """
    return apply(Log2(), x)


def log10(x: ArrayLike) -> Variable:
    """Logarithm to the base 10, elementwise.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.log10([1.0, 1000.0])
    Variable([0. 3.])
    """
    return apply(Log10(), x)


def log1p(x: ArrayLike) -> Variable:
    """``y = log(1 + x)``, elementwise, with all its digits for small `x`.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.log1p([0.0, 1e-20])
    Variable([0.e+00 1.e-20])
    """
    return apply(Log1p(), x)


def logaddexp(a: ArrayLike, b: ArrayLike) -> Variable:
    """Logarithm of a sum of exponentials, without overflow: ``y = log(exp(a) + exp(b))``.

    Equal infinities share the gradient.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.logaddexp([1000.0, 0.0], [1000.0, -1000.0])
    Variable([1000.69314718    0.        ])
    """
    return apply(Logaddexp(), a, b)


def logaddexp2(a: ArrayLike, b: ArrayLike) -> Variable:
    """Base-2 logarithm of a sum of powers of 2, without overflow: ``y = log2(2**a + 2**b)``.

    Equal infinities share the gradient.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.logaddexp2([10000.0, 1.0], [10000.0, 0.0])
    Variable([1.0001000e+04 1.5849625e+00])
    """
    return apply(Logaddexp2(), a, b)
