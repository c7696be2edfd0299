"""Products over axes, and running sums and products along one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pygrad.engine.function import OUTPUT, Function, Unary, apply
from pygrad.engine.kernels.recurrence import recurrence
from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import as_axes, as_axis, operand
from pygrad.engine.ops.elementwise import astype
from pygrad.engine.ops.joining import Concatenate
from pygrad.engine.ops.reduction import Reduction, like, masked
from pygrad.engine.ops.shape import reshape
from pygrad.exceptions import ArgumentError

if TYPE_CHECKING:
    import numpy.typing as npt

    from pygrad.engine.typing import ArrayLike, Axis, Mask
    from pygrad.variable import Variable

__all__ = ["cumprod", "cumsum", "cumulative_prod", "cumulative_sum", "prod"]


class Cumsum(Unary):
    """y[i] = x[0] + ... + x[i]; the gradient is summed from the end."""

    saves = ()

    def __init__(self, axis: int) -> None:
        self.axis = axis

    def forward(self, x):
        return np.cumsum(x, self.axis)

    def backward(self, gy):
        backwards = (*(slice(None),) * self.axis, slice(None, None, -1))
        return Cumsum(self.axis).on(gy[backwards])[backwards]


class Recurrence(Function):
    """y[0] = b[0], y[i] = a[i] y[i - 1] + b[i] along the first axis.

    Its derivative is the same recurrence, from the end: of the gradient g of y,
    gb[i] = a[i + 1] gb[i + 1] + g[i] and ga[i] = gb[i] y[i - 1].
    """

    saves = (0, OUTPUT)
    requires = "a and b must have equal shapes"

    def forward(self, a, b):
        return recurrence(a, b)

    def backward(self, gy):
        a, y = self.saved
        zero = np.zeros((1, *y.shape[1:]), y.dtype)
        following = Concatenate(0).on(a[1:], zero)
        gb = Recurrence().on(following[::-1], gy[::-1])[::-1]
        return gb * Concatenate(0).on(zero, y[:-1]), gb


class Cumprod(Unary):
    """y[i] = x[0] ... x[i] along the first axis.

    dy[k]/dx[i] is the product of x[0] ... x[k] without x[i]: what comes before it, times a
    recurrence over what comes after. Nothing is divided, so zeros are like any other value.
    """

    def forward(self, x):
        return np.cumprod(x, 0)

    def backward(self, gy):
        (x,) = self.saved
        following = Concatenate(0).on(x[1:], np.zeros((1, *x.shape[1:]), x.dtype))
        after = Recurrence().on(following[::-1], gy[::-1])[::-1]
        return _before(x) * after


class Prod(Reduction):
    """y = the product of x over the axes; dy/dx = the product of all others."""

    saves = (0, OUTPUT)

    def forward(self, x):
        return np.prod(x, axis=self.axis, keepdims=self.keepdims)

    def backward(self, gy):
        x, y = self.saved
        if x.dtype.kind in "fc" and (x != 0).all():
            return self.kept(gy * y) / x
        axes = as_axes(self.axis, x.ndim, "prod")
        rest = [i for i in range(x.ndim) if i not in axes]
        lines = x.transpose(*axes, *rest)
        shape = lines.shape
        n = int(np.prod([x.shape[i] for i in axes]))
        lines = lines.reshape((n, *shape[len(axes) :]))
        others = (_before(lines) * _before(lines[::-1])[::-1]).reshape(shape)
        inverse = sorted(range(x.ndim), key=[*axes, *rest].__getitem__)
        return self.kept(gy) * others.transpose(*inverse)


def _before(x):
    """For each value along the first axis the product of those before it."""
    one = np.ones((1, *x.shape[1:]), x.dtype)
    return Cumprod().on(Concatenate(0).on(one, x[:-1]))


@implements(np.prod)
def prod(
    x: ArrayLike,
    axis: Axis = None,
    keepdims: bool = False,
    *,
    dtype: npt.DTypeLike | None = None,
    initial: ArrayLike | None = None,
    where: Mask = True,
) -> Variable:
    """Product over an axis, several, or all of them; the arguments are those of `sum`.

    Its derivatives are right where values are zero, too.

    Examples
    --------
    >>> from pygrad import Variable, functions as F
    >>> x = Variable([2.0, 0.0, 5.0])
    >>> F.prod(x).backward()
    >>> x.grad
    Variable([ 0. 10.  0.])
    """
    if dtype is not None:
        x = astype(x, dtype)
    if where is not True:
        x = masked(x, where, 1, "prod")
    y = apply(Prod(axis, keepdims), x)
    return y if initial is None else y * like(initial, y)


@implements(np.cumsum)
def cumsum(x: ArrayLike, axis: int | None = None, dtype: npt.DTypeLike | None = None) -> Variable:
    """Running sum along an axis, of the flattened array by default: ``y[i] = x[0] + ... + x[i]``.

    Parameters
    ----------
    x : array_like
    axis : int, optional
    dtype : dtype, optional
        Sum in this dtype.

    Raises
    ------
    AxisError
        If `x` does not have such an axis.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.cumsum([1, 2, 3])
    Variable([1 3 6])
    """
    x, place = _line(x, axis, dtype, "cumsum")
    return apply(Cumsum(place), x)


@implements(np.cumprod)
def cumprod(x: ArrayLike, axis: int | None = None, dtype: npt.DTypeLike | None = None) -> Variable:
    """Running product along an axis; the arguments are those of `cumsum`.

    Its derivatives are right where values are zero, too.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.cumprod([1, 2, 3])
    Variable([1 2 6])
    """
    x, place = _line(x, axis, dtype, "cumprod")
    if place == 0:
        return apply(Cumprod(), x)
    return apply(Cumprod(), x.swapaxes(0, place)).swapaxes(0, place)


@implements(getattr(np, "cumulative_sum", None))
def cumulative_sum(
    x: ArrayLike,
    *,
    axis: int | None = None,
    dtype: npt.DTypeLike | None = None,
    include_initial: bool = False,
) -> Variable:
    """`cumsum` as the array API has it: with an axis, and if wanted with the 0 that it starts from.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.cumulative_sum([1, 2, 3], include_initial=True)
    Variable([0 1 3 6])
    """
    return _from(0, cumsum, x, axis, dtype, include_initial)


@implements(getattr(np, "cumulative_prod", None))
def cumulative_prod(
    x: ArrayLike,
    *,
    axis: int | None = None,
    dtype: npt.DTypeLike | None = None,
    include_initial: bool = False,
) -> Variable:
    """`cumprod` as the array API has it: with an axis, and if wanted with the 1 it starts from.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.cumulative_prod([1, 2, 3], include_initial=True)
    Variable([1 1 2 6])
    """
    return _from(1, cumprod, x, axis, dtype, include_initial)


def _from(first, function, x, axis, dtype, include_initial):
    name = f"cumulative_{function.__name__.removeprefix('cum')}"
    x = operand(x, name)
    if axis is None and x.ndim != 1:
        raise ArgumentError(f"{name}: x has shape {x.shape}; say which axis, or pass x.ravel()")
    axis = as_axis(0 if axis is None else axis, x.ndim, name)
    y = function(x, axis, dtype)
    if not include_initial:
        return y
    shape = (*x.shape[:axis], 1, *x.shape[axis + 1 :])
    return apply(Concatenate(axis), np.full(shape, first, y.dtype), y)


def _line(
    x: ArrayLike, axis: int | None, dtype: npt.DTypeLike | None, where: str
) -> tuple[Variable, int]:
    x = operand(x if dtype is None else astype(x, dtype), where)
    if axis is None:
        return reshape(x, x.size), 0
    return x, as_axis(axis, x.ndim, where)
