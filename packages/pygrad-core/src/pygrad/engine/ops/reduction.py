"""Reductions: sum, mean, maximum and minimum over axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.function import OUTPUT, Unary, apply
from pygrad.engine.kernels.reduction import kept_shape, reduced_count
from pygrad.engine.masking import note_masking
from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import setting, value_of
from pygrad.engine.ops.elementwise import Where, astype
from pygrad.engine.ops.shape import BroadcastTo
from pygrad.exceptions import ArgumentError, DtypeError

if TYPE_CHECKING:
    import numpy.typing as npt

    from pygrad.engine.typing import ArrayLike, Axis, Mask
    from pygrad.variable import Variable

__all__ = ["max", "mean", "min", "sum"]


class Reduction(Unary):
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


class Sum(Reduction):
    """y = sum of x over the axes; dy/dx = 1."""

    saves = ()

    def forward(self, x):
        return np.sum(x, axis=self.axis, keepdims=self.keepdims)

    def backward(self, gy):
        return self.spread(gy)


class Mean(Reduction):
    """y = mean of x over the axes; dy/dx = 1 / n."""

    saves = ()

    def forward(self, x):
        return np.mean(x, axis=self.axis, keepdims=self.keepdims)

    def backward(self, gy):
        return self.spread(gy / reduced_count(self.edges[0].shape, self.axis))


class _Selection(Reduction):
    """y = one of the values; equal ones share the gradient."""

    saves = (0, OUTPUT)

    def __init__(
        self,
        axis: Axis = None,
        keepdims: bool = False,
        initial: Any = None,
        where: Any = True,
    ) -> None:
        super().__init__(axis, keepdims)
        self.more = {} if initial is None else {"initial": initial, "where": where}

    def backward(self, gy):
        x, y = self.saved
        note_masking()
        # a NaN is never equal to the result it causes, and takes the gradient with it
        chosen = (x == self.kept(y)) | (x != x)
        gy = self.kept(gy)
        count = np.sum(chosen, axis=self.axis, keepdims=True)
        if self.more:
            chosen = chosen & self.more["where"]
            count = np.sum(chosen, axis=self.axis, keepdims=True)
            count = np.maximum(count + (self.kept(y) == self.more["initial"]), 1)
        if np.any(count > 1):
            gy = gy / count.astype(gy.dtype)
        return gy * chosen


class Max(_Selection):
    """y = the largest value along the axes."""

    def forward(self, x):
        return np.max(x, axis=self.axis, keepdims=self.keepdims, **self.more)


class Min(_Selection):
    """y = the smallest value along the axes."""

    def forward(self, x):
        return np.min(x, axis=self.axis, keepdims=self.keepdims, **self.more)


@implements(np.sum)
def sum(  # noqa: A001
    x: ArrayLike,
    axis: Axis = None,
    keepdims: bool = False,
    *,
    dtype: npt.DTypeLike | None = None,
    initial: ArrayLike | None = None,
    where: Mask = True,
) -> Variable:
    """Sum over an axis, several, or all of them.

    Parameters
    ----------
    x : array_like
    axis : int or tuple of int, optional
        The axes to sum over, counted from the end if negative; all of them by default.
    keepdims : bool
        Keep each summed axis, with length 1.
    dtype : dtype, optional
        Sum in this dtype.
    initial : array_like, optional
        What the sum starts from.
    where : array_like of bool
        Which values to sum; it broadcasts against `x`.

    Raises
    ------
    AxisError
        If `x` does not have such an axis.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.sum([[1, 2], [3, 4]], axis=0)
    Variable([4 6])
    >>> F.sum([1, 2, 3], where=[True, False, True], initial=10)
    Variable(14)
    """
    if dtype is not None:
        x = astype(x, dtype)
    if where is not True:
        x = masked(x, where, 0, "sum")
    y = apply(Sum(axis, keepdims), x)
    return y if initial is None else y + like(initial, y)


@implements(np.mean)
def mean(
    x: ArrayLike,
    axis: Axis = None,
    keepdims: bool = False,
    *,
    dtype: npt.DTypeLike | None = None,
    where: Mask = True,
) -> Variable:
    """Arithmetic mean over an axis, several, or all of them; the arguments are those of `sum`.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.mean([[1, 2], [3, 4]], axis=1)
    Variable([1.5 3.5])
    """
    if dtype is not None:
        x = astype(x, dtype)
    return apply(Mean(axis, keepdims), x) if where is True else _mean_of(x, axis, keepdims, where)


@implements(np.max, np.amax)
def max(  # noqa: A001
    x: ArrayLike,
    axis: Axis = None,
    keepdims: bool = False,
    *,
    initial: float | None = None,
    where: Mask = True,
) -> Variable:
    """The largest value along an axis, several, or all; equal maxima share the gradient.

    Of complex numbers it is, as in NumPy, that with the largest real part, of equal ones the
    largest imaginary part; `min`, `sort`, `maximum` and `clip` compare them so, too.

    The arguments are those of `sum`. `initial` takes part as one more value, without a gradient;
    `where` needs it.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.max([[1, 5], [7, 3]], axis=1)
    Variable([5 7])
    """
    return _selected(Max, x, axis, keepdims, initial, where)


@implements(np.min, np.amin)
def min(  # noqa: A001
    x: ArrayLike,
    axis: Axis = None,
    keepdims: bool = False,
    *,
    initial: float | None = None,
    where: Mask = True,
) -> Variable:
    """The smallest value along an axis, several, or all; equal minima share the gradient.

    The arguments are those of `max`.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.min([[1, 5], [7, 3]], axis=1)
    Variable([1 3])
    """
    return _selected(Min, x, axis, keepdims, initial, where)


def masked(x: ArrayLike, where: Mask, neutral: float, name: str) -> Variable:
    """`x` with the neutral value wherever it does not count."""
    mask = np.asarray(setting(where, name, "where"), bool)
    return apply(Where(), mask, x, neutral)


def like(initial: ArrayLike, y: Variable) -> Any:
    """The value to start from, in the dtype of the result."""
    if value_of(initial) is not initial:
        return astype(initial, y.dtype)
    try:
        return np.asarray(initial, y.dtype)[()]
    except TypeError:
        raise DtypeError(
            f"initial is {initial!r}, which does not fit values of dtype {y.dtype}; convert those "
            f"first: x.astype(complex)"
        ) from None


def _mean_of(x, axis, keepdims, where):
    x = masked(x, where, 0, "mean")
    total = apply(Sum(axis, keepdims), x)
    n = np.broadcast_to(value_of(where), x.shape).sum(axis=axis, keepdims=keepdims)
    # of nothing it is 0 / 0, as in NumPy
    return total / n.astype(total.dtype if total.dtype.kind in "fc" else float)


def _selected(function, x, axis, keepdims, initial, where):
    if initial is None and where is True:
        return apply(function(axis, keepdims), x)
    name = function.__name__.lower()
    initial = setting(initial, name, "initial")
    where = np.asarray(setting(where, name, "where"), bool)
    if initial is None:
        raise ArgumentError(f"{name}: where needs initial, the result where nothing counts")
    return apply(function(axis, keepdims, initial, where), x)
