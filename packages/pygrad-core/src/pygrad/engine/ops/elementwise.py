"""Elementwise functions: exponentials, roots, magnitudes, and choosing between operands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.broadcasting import Elementwise
from pygrad.engine.function import OUTPUT, Unary, apply, apply_unary
from pygrad.engine.masking import note_masking
from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import operand, value_of
from pygrad.exceptions import ArgumentError, DtypeError

if TYPE_CHECKING:
    import numpy.typing as npt

    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = [
    "abs", "astype", "clip", "copy", "exp", "log", "maximum", "minimum", "sign", "sqrt", "square",
    "where",
]  # fmt: skip


class Exp(Unary, ufunc=np.exp):
    """y = exp(x); dy/dx = y."""

    __slots__ = ()
    saves = (OUTPUT,)

    def forward(self, x):
        return np.exp(x)

    def backward(self, gy):
        (y,) = self.saved
        return gy * y


class Log(Unary, ufunc=np.log):
    """y = log(x); dy/dx = 1 / x."""

    __slots__ = ()

    def forward(self, x):
        return np.log(x)

    def backward(self, gy):
        (x,) = self.saved
        return gy / x


class Sqrt(Unary, ufunc=np.sqrt):
    """y = sqrt(x); dy/dx = 1 / (2 y), which is infinite at 0."""

    __slots__ = ()
    saves = (OUTPUT,)

    def forward(self, x):
        return np.sqrt(x)

    def backward(self, gy):
        (y,) = self.saved
        return gy / (2 * y)


class Square(Unary, ufunc=np.square):
    """y = x**2; dy/dx = 2 x."""

    __slots__ = ()

    def forward(self, x):
        return np.square(x)

    def backward(self, gy):
        (x,) = self.saved
        return gy * (2 * x)


class Abs(Unary, ufunc=np.absolute):
    """y = |x|; dy/dx = sign(x), which is 0 at 0. Of a complex x, dy = Re(conj(sign(x)) dx)."""

    __slots__ = ()

    def forward(self, x):
        return np.absolute(x)

    def backward(self, gy):
        (x,) = self.saved
        if x.dtype.kind == "c":
            return gy.real * np.conjugate(np.sign(x))
        return gy * np.sign(x)


class Sign(Unary, ufunc=np.sign):
    """y = sign(x); dy/dx = 0. Of a complex x, y = x / |x| and dy = y i Im(conj(y) dx) / |x|."""

    __slots__ = ()
    saves = (0, OUTPUT)

    def forward(self, x):
        return np.sign(x)

    def backward(self, gy):
        x, y = self.saved
        if x.dtype.kind != "c":
            return gy * 0
        turning = (gy * y).imag * 1j
        return turning * np.conjugate(y) / (np.absolute(x) + (x == 0))


class _Extremum(Elementwise):
    """The larger or the smaller operand; equal ones share the gradient."""

    __slots__ = ()

    def split(self, gy, a_taken, b_taken, equal):
        note_masking()
        half = gy * equal * 0.5 if np.any(equal) else 0
        return gy * a_taken + half, gy * b_taken + half


class Maximum(_Extremum, ufunc=np.maximum):
    """y = max(a, b)."""

    __slots__ = ()

    def forward(self, a, b):
        return np.maximum(a, b)

    def backward(self, gy):
        a, b = self.saved
        return self.split(gy, a > b, b > a, a == b)


class Minimum(_Extremum, ufunc=np.minimum):
    """y = min(a, b)."""

    __slots__ = ()

    def forward(self, a, b):
        return np.minimum(a, b)

    def backward(self, gy):
        a, b = self.saved
        return self.split(gy, a < b, b < a, a == b)


class Clip(Elementwise):
    """y = x within [low, high], else the bound; x has the gradient at the bounds too."""

    def __init__(self, has_low: bool, has_high: bool) -> None:
        self.has_low = has_low
        self.has_high = has_high

    def forward(self, x, *bounds):
        return np.clip(x, *self.both(bounds))

    def backward(self, gy):
        x, *bounds = self.saved
        low, high = self.both(bounds)
        # where the bounds cross, NumPy lets the upper one win
        above = False if high is None else (x > high) if low is None else (x > high) | (low > high)
        below = False if low is None else (x < low) & np.logical_not(above)
        taken = np.logical_not(np.logical_or(above, below))
        note_masking()
        gradients = [gy * taken]
        if low is not None:
            gradients.append(gy * below)
        if high is not None:
            gradients.append(gy * above)
        return tuple(gradients)

    def both(self, bounds):
        """The bounds given, as (low, high) with None for the one that is absent."""
        given = iter(bounds)
        return (next(given) if self.has_low else None), (next(given) if self.has_high else None)


class Where(Elementwise):
    """y = a where the condition holds, else b."""

    __slots__ = ()
    saves = (0,)

    def forward(self, condition, a, b):
        return np.where(condition, a, b)

    def backward(self, gy):
        (condition,) = self.saved
        taken = condition != 0
        note_masking()
        # chosen, not multiplied: an infinite gradient of the branch not taken is dropped
        return None, Where().on(taken, gy, 0), Where().on(taken, 0, gy)


class Astype(Unary):
    """y = x in another dtype; the gradient goes back to the dtype of x."""

    saves = ()
    requires = "x must convert to the dtype"

    def __init__(self, dtype: npt.DTypeLike) -> None:
        self.dtype = np.dtype(dtype)
        if self.dtype.kind not in "biufc":
            raise DtypeError(f"astype: {self.dtype} holds no numbers; x.numpy() has the values")

    def forward(self, x):
        self.from_dtype = x.dtype
        return x.astype(self.dtype)

    def backward(self, gy):
        if self.dtype.kind != "c" or self.from_dtype.kind != "c":
            gy = gy.real  # all that passes from complex to real numbers, either way
        # a gradient with respect to integers keeps its fractions
        return gy.astype(self.from_dtype) if self.from_dtype.kind in "fc" else gy


def exp(x: ArrayLike) -> Variable:
    """Exponential, elementwise: ``y = e**x``.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.exp([0.0, 1.0])
    Variable([1.         2.71828183])
    """
    return apply_unary(Exp(), x)


def log(x: ArrayLike) -> Variable:
    """Natural logarithm, elementwise.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.log([1.0, 10.0])
    Variable([0.         2.30258509])
    """
    return apply_unary(Log(), x)


def sqrt(x: ArrayLike) -> Variable:
    """Square root, elementwise. Its derivative at 0 is infinite.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.sqrt([4.0, 9.0])
    Variable([2. 3.])
    """
    return apply_unary(Sqrt(), x)


def square(x: ArrayLike) -> Variable:
    """Square, elementwise: ``y = x**2``.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.square([2, 3])
    Variable([4 9])
    """
    return apply_unary(Square(), x)


def abs(x: ArrayLike) -> Variable:  # noqa: A001  (NumPy's name)
    """Absolute value, elementwise; of complex numbers their distance from 0, without overflow.

    Its gradient at 0 is 0.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.abs([-2.0, 3.0])
    Variable([2. 3.])
    """
    return apply(Abs(), x)


def sign(x: ArrayLike) -> Variable:
    """Sign, elementwise: -1, 0 or 1, and ``x / abs(x)`` for complex numbers.

    The gradient of a real sign is 0 everywhere, and that of a complex one is 0 at 0.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.sign([-2.0, 0.0, 3.0])
    Variable([-1.  0.  1.])
    """
    return apply(Sign(), x)


def maximum(a: ArrayLike, b: ArrayLike) -> Variable:
    """The larger of two operands, elementwise; where they are equal, each has half the gradient.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.maximum([1, 5], 3)
    Variable([3 5])
    """
    return apply(Maximum(), a, b)


def minimum(a: ArrayLike, b: ArrayLike) -> Variable:
    """The smaller of two operands, elementwise; where they are equal, each has half the gradient.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.minimum([1, 5], 3)
    Variable([1 3])
    """
    return apply(Minimum(), a, b)


@implements(getattr(np, "astype", None))
def astype(x: ArrayLike, dtype: npt.DTypeLike) -> Variable:
    """The values in another dtype.

    From complex to real numbers the imaginary part is lost, with a warning as in NumPy; `real`
    says that it is meant.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.astype([1, 2], "float32").dtype
    dtype('float32')
    """
    return apply(Astype(dtype), x)


@implements(np.copy)
def copy(x: ArrayLike) -> Variable:
    """The same values in an array of their own; unlike `copy.copy`, it is part of the graph.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.copy([1, 2])
    Variable([1 2])
    """
    x = operand(x, "copy")
    return apply(Astype(x.dtype), x)


@implements(np.clip)
def clip(
    x: ArrayLike,
    a_min: ArrayLike | None = None,
    a_max: ArrayLike | None = None,
    *,
    min: ArrayLike | None = None,
    max: ArrayLike | None = None,
) -> Variable:
    """Limit the values to ``[a_min, a_max]``; None leaves a side open.

    `min` and `max` are other names for the bounds.

    `x` has the gradient inside and at the bounds; outside it goes to the bound that was taken.

    Raises
    ------
    ArgumentError
        If neither bound is given.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.clip([-2, 0, 7], 0, 5)
    Variable([0 0 5])
    """
    a_min, a_max = (min if a_min is None else a_min), (max if a_max is None else a_max)
    bounds = [bound for bound in (a_min, a_max) if bound is not None]
    if not bounds:
        raise ArgumentError("clip: neither a_min nor a_max was given; give at least one bound")
    return apply(Clip(a_min is not None, a_max is not None), x, *bounds)


@implements(np.where)
def where(condition: ArrayLike, x: ArrayLike | None = None, y: ArrayLike | None = None) -> Any:
    """Take from `x` where `condition` holds and from `y` elsewhere, with broadcasting.

    Of a condition alone it gives the places where it holds, plain as `np.nonzero`.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.where([True, False], [1, 2], 0)
    Variable([1 0])
    """
    if x is None and y is None:
        return np.nonzero(value_of(condition))
    return apply(Where(), condition, x, y)
