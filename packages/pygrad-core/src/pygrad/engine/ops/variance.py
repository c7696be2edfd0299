"""Variance and standard deviation over axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.function import OUTPUT, apply
from pygrad.engine.kernels.reduction import reduced_count
from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import operand, precision_of, value_of
from pygrad.engine.ops.elementwise import Where, astype, sqrt
from pygrad.engine.ops.reduction import Reduction, masked, sum
from pygrad.exceptions import ArgumentError

if TYPE_CHECKING:
    import numpy.typing as npt

    from pygrad.engine.typing import ArrayLike, Axis, Mask
    from pygrad.variable import Variable

__all__ = ["std", "var"]


class Var(Reduction):
    """y = sum of |x - mean|**2 / (n - ddof); dy/dx = 2 (x - mean) / (n - ddof).

    It is real for a complex x, too: dy = Re(sum of 2 conj(x - mean) dx) / (n - ddof).
    """

    def __init__(
        self, axis: Axis = None, ddof: float = 0, keepdims: bool = False, where: Any = True
    ) -> None:
        super().__init__(axis, keepdims)
        self.ddof = ddof
        self.where = where

    def forward(self, x):
        return np.var(x, axis=self.axis, ddof=self.ddof, keepdims=self.keepdims, where=self.where)

    def backward(self, gy):
        (x,) = self.saved
        degrees, centred = self.parts(x)
        return self.counted(self.kept(gy.real) * (2 / degrees) * _conjugate(centred))

    def counted(self, gx):
        """The gradient, with 0 wherever a value does not count."""
        return gx if self.where is True else Where().on(self.where, gx, 0)

    def parts(self, x):
        """n - ddof, which is NaN if it is not positive, and x - mean."""
        if self.where is True:
            n = reduced_count(x.shape, self.axis)
            degrees = n - self.ddof
            centred = x - x.mean(axis=self.axis, keepdims=True)
            return (degrees if degrees > 0 else np.nan), centred
        counted = np.broadcast_to(self.where, x.shape)
        n = counted.sum(axis=self.axis, keepdims=True)
        mean = (x * counted).sum(axis=self.axis, keepdims=True) / _at_least_one(n, x.dtype)
        found = np.where(n - self.ddof > 0, n - self.ddof, np.where(n > 0, np.nan, 1))
        return found.astype(precision_of(x.dtype)), x - mean


class Std(Var):
    """y = sqrt(variance); dy/dx = (x - mean) / ((n - ddof) y), and 0 where y is 0."""

    saves = (0, OUTPUT)

    def forward(self, x):
        return np.std(x, axis=self.axis, ddof=self.ddof, keepdims=self.keepdims, where=self.where)

    def backward(self, gy):
        x, y = self.saved
        degrees, centred = self.parts(x)
        at_zero = y == 0
        if self.where is not True:
            # no values, no deviation: the NaN of the result is nobody's gradient
            n = np.broadcast_to(self.where, x.shape).sum(axis=self.axis).reshape(y.shape)
            y = Where().on(n == 0, 1, y)
            at_zero = at_zero | (n == 0)
        if np.any(at_zero):
            gy = gy * np.logical_not(at_zero)
            y = y + at_zero
        return self.counted(self.kept(gy.real / y) / degrees * _conjugate(centred))


@implements(np.var)
def var(
    x: ArrayLike,
    axis: Axis = None,
    ddof: float = 0,
    keepdims: bool = False,
    *,
    dtype: npt.DTypeLike | None = None,
    where: Mask = True,
    mean: ArrayLike | None = None,
    correction: float | None = None,
) -> Variable:
    """Variance over an axis, several, or all of them: ``sum(abs(x - mean)**2) / (n - ddof)``.

    Parameters
    ----------
    x : array_like
    axis : int or tuple of int, optional
        As for `sum`.
    ddof : float
        What is taken off the number of values; 1 gives the unbiased estimate (PyTorch's default,
        where NumPy's is 0).
    keepdims : bool
        Keep each reduced axis, with length 1.
    dtype, where
        As for `sum`.
    mean : array_like, optional
        The mean, if it is known, with the reduced axes kept; it has a gradient of its own.
    correction : float, optional
        Another name for `ddof`.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.var([1.0, 2.0, 6.0])
    Variable(4.666666666666667)
    """
    ddof = _degrees(ddof, correction, "var")
    if mean is not None:
        return _about(mean, x, axis, ddof, keepdims, dtype, where, "var")
    return _spread_of(Var, x, axis, ddof, keepdims, dtype, where)


@implements(np.std)
def std(
    x: ArrayLike,
    axis: Axis = None,
    ddof: float = 0,
    keepdims: bool = False,
    *,
    dtype: npt.DTypeLike | None = None,
    where: Mask = True,
    mean: ArrayLike | None = None,
    correction: float | None = None,
) -> Variable:
    """Standard deviation, the square root of `var`, whose arguments it takes.

    Where all values are equal it is 0, and its gradient is 0 as well.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.std([1.0, 3.0])
    Variable(1.0)
    """
    ddof = _degrees(ddof, correction, "std")
    if mean is not None:
        return _about(mean, x, axis, ddof, keepdims, dtype, where, "std")
    return _spread_of(Std, x, axis, ddof, keepdims, dtype, where)


def _spread_of(function, x, axis, ddof, keepdims, dtype, where):
    if dtype is not None:
        x = astype(x, dtype)
    if where is True:
        return apply(function(axis, ddof, keepdims), x)
    name = function.__name__.lower()
    x = masked(x, where, 0, name)
    return apply(function(axis, ddof, keepdims, np.asarray(value_of(where), bool)), x)


def _about(mean, x, axis, ddof, keepdims, dtype, where, name):
    """The spread about a mean that is given."""
    x = operand(x if dtype is None else astype(x, dtype), name)
    deviations = x - mean
    if where is not True:
        deviations = masked(deviations, where, 0, name)
    squares = deviations * deviations
    if squares.dtype.kind == "c":
        squares = deviations.real * deviations.real + deviations.imag * deviations.imag
    total = sum(squares, axis, keepdims)
    counted = np.broadcast_to(np.asarray(value_of(where), bool), x.shape)
    n = np.maximum(counted.sum(axis=axis, keepdims=keepdims) - ddof, 0)
    y = total / n.astype(total.dtype if total.dtype.kind == "f" else float)
    if name == "var":
        return y
    above = y.data > 0  # the root has gradient 0 at 0
    return apply(Where(), above, sqrt(apply(Where(), above, y, 1)), y)


def _degrees(ddof, correction, name):
    if correction is None:
        return ddof
    if ddof:
        raise ArgumentError(f"{name}: ddof and correction are the same thing; give one of them")
    return correction


def _at_least_one(n, dtype):
    return np.maximum(n, 1).astype(precision_of(dtype))


def _conjugate(x):
    return np.conjugate(x) if x.dtype.kind == "c" else x
