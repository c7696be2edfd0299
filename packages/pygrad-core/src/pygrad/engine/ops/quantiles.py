"""Median, quantiles and percentiles, with NaN or without."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.checks import refuse_complex
from pygrad.engine.function import apply
from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import as_axes, operand, precision_of, setting
from pygrad.engine.ops.elementwise import Where, astype
from pygrad.engine.ops.reduction import sum
from pygrad.engine.ops.shape import reshape, transpose
from pygrad.engine.ops.taking import TakeAlongAxis
from pygrad.exceptions import ArgumentError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike, Axis
    from pygrad.variable import Variable

__all__ = [
    "median", "nanmedian", "nanpercentile", "nanquantile", "percentile", "quantile",
]  # fmt: skip


@implements(np.median)
def median(x: ArrayLike, axis: Axis = None, keepdims: bool = False) -> Variable:
    """The middle value over an axis, several, or all; of an even number the mean of two.

    Only the middle has a gradient: of equal values, those that a stable sort puts there. A NaN
    makes the median NaN and takes the gradient. Complex numbers are ordered by their real part.

    Parameters
    ----------
    x : array_like
    axis : int or tuple of int, optional
    keepdims : bool
        Keep each reduced axis, with length 1.

    Examples
    --------
    >>> from pygrad import Variable, functions as F
    >>> x = Variable([1.0, 9.0, 2.0, 4.0])
    >>> y = F.median(x)
    >>> y.backward()
    >>> y, x.grad
    (Variable(3.0), Variable([0.  0.  0.5 0.5]))
    """
    return _quantile(x, 0.5, axis, "linear", keepdims, "median")


@implements(np.quantile)
def quantile(
    x: ArrayLike,
    q: ArrayLike,
    axis: Axis = None,
    *,
    method: str = "linear",
    keepdims: bool = False,
) -> Variable:
    """The value below which a share `q` of all values lies, over an axis, several, or all.

    Parameters
    ----------
    x : array_like
    q : array_like of float
        Shares within [0, 1]; the axes of `q` come first in the result. It has no gradient.
    axis : int or tuple of int, optional
    method : str
        What to do between two values: 'linear', 'lower', 'higher', 'midpoint', 'nearest', or
        another of NumPy's.
    keepdims : bool
        Keep each reduced axis, with length 1.

    Raises
    ------
    ArgumentError
        If `q` is outside its range, or the method unknown.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.quantile([1.0, 2.0, 4.0], [0.5, 0.75])
    Variable([2. 3.])
    """
    return _quantile(x, q, axis, method, keepdims, "quantile")


@implements(np.percentile)
def percentile(
    x: ArrayLike,
    q: ArrayLike,
    axis: Axis = None,
    *,
    method: str = "linear",
    keepdims: bool = False,
) -> Variable:
    """As `quantile`, with `q` in percent, within [0, 100].

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.percentile([1.0, 2.0, 4.0], 75)
    Variable(3.0)
    """
    return _quantile(x, q, axis, method, keepdims, "percentile")


@implements(np.nanmedian)
def nanmedian(x: ArrayLike, axis: Axis = None, keepdims: bool = False) -> Variable:
    """The `median` of what is no NaN; of nothing it is NaN, with a warning, as in NumPy.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import functions as F
    >>> F.nanmedian([1.0, np.nan, 3.0])
    Variable(2.0)
    """
    return _quantile(x, 0.5, axis, "linear", keepdims, "nanmedian")


@implements(np.nanquantile)
def nanquantile(
    x: ArrayLike,
    q: ArrayLike,
    axis: Axis = None,
    *,
    method: str = "linear",
    keepdims: bool = False,
) -> Variable:
    """The `quantile` of what is no NaN; of nothing it is NaN, with a warning, as in NumPy.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import functions as F
    >>> F.nanquantile([1.0, np.nan, 3.0], 0.25)
    Variable(1.5)
    """
    return _quantile(x, q, axis, method, keepdims, "nanquantile")


@implements(np.nanpercentile)
def nanpercentile(
    x: ArrayLike,
    q: ArrayLike,
    axis: Axis = None,
    *,
    method: str = "linear",
    keepdims: bool = False,
) -> Variable:
    """As `nanquantile`, with `q` in percent, within [0, 100].

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import functions as F
    >>> F.nanpercentile([1.0, np.nan, 3.0], 25)
    Variable(1.5)
    """
    return _quantile(x, q, axis, method, keepdims, "nanpercentile")


def _quantile(
    x: ArrayLike, q: ArrayLike, axis: Axis, method: str, keepdims: bool, name: str
) -> Variable:
    """Sort the plain values, find between which two the quantile lies, and take those of `x`."""
    x = operand(x, name)
    if not name.endswith("median"):
        refuse_complex(x, name)
    shares = np.asarray(setting(q, name, "q"), float)
    if name.endswith("percentile"):
        shares = shares / 100
    if not np.all((shares >= 0) & (shares <= 1)):
        top = 100 if name.endswith("percentile") else 1
        raise ArgumentError(f"{name}: q is {q!r}; it must lie within [0, {top}]")
    axes = as_axes(axis, x.ndim, name)
    rest = tuple(i for i in range(x.ndim) if i not in axes)
    kept = tuple(x.shape[i] for i in rest)
    n = int(np.prod([x.shape[i] for i in axes]))
    if n == 0:
        warnings.warn("Mean of empty slice", RuntimeWarning, stacklevel=3)
        y = sum(x, axes, keepdims)
        return y + np.full(shares.shape + (1,) * y.ndim, np.nan)
    lines = reshape(transpose(x, (*rest, *axes)), (*kept, n))
    if lines.dtype.kind not in "fc" and method not in _DISCRETE:
        lines = astype(lines, float)

    values = lines.data
    missing = np.isnan(values)
    counts = n - missing.sum(-1, keepdims=True)
    empty = counts == 0
    if name.startswith("nan"):
        if missing.any():
            lines = apply(Where(), ~missing, lines, 0)
        places = np.empty((*kept, shares.size))
        for count in np.unique(counts):
            at = counts[..., 0] == count
            places[at] = _places(int(count), shares, method, name)
    else:
        places = np.broadcast_to(_places(n, shares, method, name), (*kept, shares.size))
        # a NaN makes the result NaN: sorted, it is the last
        places = np.where(missing.any(-1, keepdims=True), n - 1, places)
        empty = np.False_
    order = np.argsort(values, -1, kind="stable")
    y = _between(lines, order, places)
    if empty.any():
        warnings.warn("All-NaN slice encountered", RuntimeWarning, stacklevel=3)
        y = y + np.where(empty, np.nan, 0).astype(y.dtype)
    # the axes of q come first
    y = transpose(y, (y.ndim - 1, *range(y.ndim - 1)))
    shape = tuple(1 if i in axes else x.shape[i] for i in range(x.ndim)) if keepdims else kept
    return reshape(y, shares.shape + shape)


# methods that give one of the values, and so keep integers
_DISCRETE = frozenset({"inverted_cdf", "closest_observation", "lower", "higher", "nearest"})


def _places(n: int, shares: Any, method: str, name: str) -> Any:
    """Where among `n` sorted values the quantiles lie: quantiles of their numbers, by NumPy."""
    if n == 0:
        return np.zeros(shares.size)
    try:
        return np.quantile(np.arange(n, dtype=float), shares.ravel(), method=method)  # type: ignore[call-overload]
    except ValueError as error:
        raise ArgumentError(f"{name}: method is {method!r}: {error}") from None


def _between(lines: Variable, order: Any, places: Any) -> Variable:
    """The values of each line at places in its order, which may lie between two."""
    lower = np.floor(places).astype(np.intp)
    grid = [i[..., None] for i in np.indices(order.shape[:-1], sparse=True)]
    y = apply(TakeAlongAxis((*grid, np.take_along_axis(order, lower, -1))), lines)
    kind = precision_of(y.dtype)
    weight = (places - lower).astype(kind)
    if weight.any():
        upper = np.take_along_axis(order, np.ceil(places).astype(np.intp), -1)
        y = y * (1 - weight) + apply(TakeAlongAxis((*grid, upper)), lines) * weight
    return y
