"""Reductions: sum, mean, variance, maximum and minimum over axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pygrad.engine.function import OUTPUT, Unary, apply
from pygrad.engine.kernels.reduction import kept_shape, reduced_count
from pygrad.engine.numpy_protocols import implements
from pygrad.engine.ops.shape import BroadcastTo

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike, Axis
    from pygrad.variable import Variable

__all__ = ["max", "mean", "min", "sum", "var"]


class _Reduction(Unary):
    """A function that reduces some axes of one array, or all of them."""

    requires = "axis must name axes of x, each once"

    def __init__(self, axis: Axis = None, keepdims: bool = False) -> None:
        self.axis = tuple(axis) if isinstance(axis, list) else axis
        self.keepdims = keepdims

    def kept(self, reduced):
        """`reduced` with its lost axes put back, each of length 1."""
        return reduced.reshape(kept_shape(self.edges[0].shape, self.axis))

    def spread(self, gy):
        """The gradient of a result, for each of the values that went into it."""
        return BroadcastTo(self.edges[0].shape).on(self.kept(gy))


class Sum(_Reduction):
    """y = sum of x over the axes; dy/dx = 1."""

    saves = ()

    def forward(self, x):
        return np.sum(x, axis=self.axis, keepdims=self.keepdims)

    def backward(self, gy):
        return self.spread(gy)


class Mean(_Reduction):
    """y = mean of x over the axes; dy/dx = 1 / n."""

    saves = ()

    def forward(self, x):
        return np.mean(x, axis=self.axis, keepdims=self.keepdims)

    def backward(self, gy):
        return self.spread(gy / reduced_count(self.edges[0].shape, self.axis))


class Var(_Reduction):
    """y = sum of (x - mean)**2 / (n - ddof); dy/dx = 2 (x - mean) / (n - ddof)."""

    def __init__(self, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> None:
        super().__init__(axis, keepdims)
        self.ddof = ddof

    def forward(self, x):
        return np.var(x, axis=self.axis, ddof=self.ddof, keepdims=self.keepdims)

    def backward(self, gy):
        (x,) = self.saved
        degrees = reduced_count(x.shape, self.axis) - self.ddof
        centred = x - x.mean(axis=self.axis, keepdims=True)
        return self.kept(gy * (2 / degrees)) * centred


class _Selection(_Reduction):
    """y = one of the values; equal ones share the gradient."""

    saves = (0, OUTPUT)

    def backward(self, gy):
        x, y = self.saved
        # a NaN is never equal to the result it causes, and takes the gradient with it
        chosen = (x == self.kept(y)) | (x != x)
        gy = self.kept(gy)
        count = np.sum(chosen, axis=self.axis, keepdims=True)
        if np.any(count > 1):
            gy = gy / count.astype(gy.dtype)
        return gy * chosen


class Max(_Selection):
    """y = the largest value along the axes."""

    def forward(self, x):
        return np.max(x, axis=self.axis, keepdims=self.keepdims)


class Min(_Selection):
    """y = the smallest value along the axes."""

    def forward(self, x):
        return np.min(x, axis=self.axis, keepdims=self.keepdims)


@implements(np.sum)
def sum(x: ArrayLike, axis: Axis = None, keepdims: bool = False) -> Variable:  # noqa: A001
    """Sum over an axis, several, or all of them.

    Parameters
    ----------
    x : array_like
    axis : int or tuple of int, optional
        The axes to sum over, counted from the end if negative; all of them by default.
    keepdims : bool
        Keep each summed axis, with length 1.

    Raises
    ------
    AxisError
        If `x` does not have such an axis.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.sum([[1, 2], [3, 4]], axis=0)
    Variable([4 6])
    """
    return apply(Sum(axis, keepdims), x)


@implements(np.mean)
def mean(x: ArrayLike, axis: Axis = None, keepdims: bool = False) -> Variable:
    """Arithmetic mean over an axis, several, or all of them; the arguments are those of `sum`.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.mean([[1, 2], [3, 4]], axis=1)
    Variable([1.5 3.5])
    """
    return apply(Mean(axis, keepdims), x)


@implements(np.var)
def var(x: ArrayLike, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Variable:
    """Variance over an axis, several, or all of them: ``sum((x - mean)**2) / (n - ddof)``.

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

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.var([1.0, 2.0, 6.0])
    Variable(4.666666666666667)
    """
    return apply(Var(axis, ddof, keepdims), x)


@implements(np.max)
def max(x: ArrayLike, axis: Axis = None, keepdims: bool = False) -> Variable:  # noqa: A001
    """The largest value along an axis, several, or all; equal maxima share the gradient.

    The arguments are those of `sum`.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.max([[1, 5], [7, 3]], axis=1)
    Variable([5 7])
    """
    return apply(Max(axis, keepdims), x)


@implements(np.min)
def min(x: ArrayLike, axis: Axis = None, keepdims: bool = False) -> Variable:  # noqa: A001
    """The smallest value along an axis, several, or all; equal minima share the gradient.

    The arguments are those of `sum`.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.min([[1, 5], [7, 3]], axis=1)
    Variable([1 3])
    """
    return apply(Min(axis, keepdims), x)
