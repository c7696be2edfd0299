"""Reductions that leave NaN out: a NaN counts for nothing, and its gradient is exactly 0."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.function import OUTPUT, apply
from pygrad.engine.masking import note_masking
from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import operand, precision_of, setting
from pygrad.engine.ops.cumulative import cumprod, cumsum, prod
from pygrad.engine.ops.elementwise import Where
from pygrad.engine.ops.reduction import Reduction, max, min, sum
from pygrad.engine.ops.variance import std, var

if TYPE_CHECKING:
    import numpy.typing as npt

    from pygrad.engine.typing import ArrayLike, Axis, Mask
    from pygrad.variable import Variable

__all__ = [
    "nancumprod", "nancumsum", "nanmax", "nanmean", "nanmin", "nanprod", "nanstd", "nansum",
    "nanvar",
]  # fmt: skip


class _NanSelection(Reduction):
    """y = one of the values that are no NaN; equal ones share the gradient."""

    saves = (0, OUTPUT)

    def backward(self, gy):
        x, y = self.saved
        note_masking()
        chosen = x == self.kept(y)
        count = np.maximum(np.sum(chosen, axis=self.axis, keepdims=True), 1)
        return Where().on(chosen, self.kept(gy) / count.astype(gy.dtype), 0)


class Nanmax(_NanSelection):
    """y = the largest value along the axes."""

    def forward(self, x):
        return np.nanmax(x, axis=self.axis, keepdims=self.keepdims)


class Nanmin(_NanSelection):
    """y = the smallest value along the axes."""

    def forward(self, x):
        return np.nanmin(x, axis=self.axis, keepdims=self.keepdims)


@implements(np.nansum)
def nansum(
    x: ArrayLike,
    axis: Axis = None,
    keepdims: bool = False,
    *,
    dtype: npt.DTypeLike | None = None,
    initial: ArrayLike | None = None,
    where: Mask = True,
) -> Variable:
    """Sum of what is no NaN; the arguments are those of `sum`.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import functions as F
    >>> F.nansum([1.0, np.nan, 3.0])
    Variable(4.0)
    """
    return sum(
        _without_nan(x, 0, "nansum"), axis, keepdims, dtype=dtype, initial=initial, where=where
    )


@implements(np.nanprod)
def nanprod(
    x: ArrayLike,
    axis: Axis = None,
    keepdims: bool = False,
    *,
    dtype: npt.DTypeLike | None = None,
    initial: ArrayLike | None = None,
    where: Mask = True,
) -> Variable:
    """Product of what is no NaN; the arguments are those of `sum`.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import functions as F
    >>> F.nanprod([2.0, np.nan, 3.0])
    Variable(6.0)
    """
    return prod(
        _without_nan(x, 1, "nanprod"), axis, keepdims, dtype=dtype, initial=initial, where=where
    )


@implements(np.nancumsum)
def nancumsum(
    x: ArrayLike, axis: int | None = None, dtype: npt.DTypeLike | None = None
) -> Variable:
    """Running sum in which a NaN counts as 0; the arguments are those of `cumsum`.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import functions as F
    >>> F.nancumsum([1.0, np.nan, 3.0])
    Variable([1. 1. 4.])
    """
    return cumsum(_without_nan(x, 0, "nancumsum"), axis, dtype)


@implements(np.nancumprod)
def nancumprod(
    x: ArrayLike, axis: int | None = None, dtype: npt.DTypeLike | None = None
) -> Variable:
    """Running product in which a NaN counts as 1; the arguments are those of `cumsum`.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import functions as F
    >>> F.nancumprod([2.0, np.nan, 3.0])
    Variable([2. 2. 6.])
    """
    return cumprod(_without_nan(x, 1, "nancumprod"), axis, dtype)


@implements(np.nanmean)
def nanmean(
    x: ArrayLike,
    axis: Axis = None,
    keepdims: bool = False,
    *,
    dtype: npt.DTypeLike | None = None,
    where: Mask = True,
) -> Variable:
    """Mean of what is no NaN; of nothing it is NaN, with a warning, as in NumPy.

    The arguments are those of `sum`.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import functions as F
    >>> F.nanmean([1.0, np.nan, 3.0])
    Variable(2.0)
    """
    x = operand(x, "nanmean")
    valid = _valid(x, where, "nanmean")
    total = sum(apply(Where(), valid, x, 0), axis, keepdims, dtype=dtype)
    n = np.asarray(valid.sum(axis=axis, keepdims=keepdims))
    kind = precision_of(total.dtype)
    mean = total / np.maximum(n, 1).astype(kind)
    if (n == 0).any():
        warnings.warn("Mean of empty slice", RuntimeWarning, stacklevel=2)
        mean = mean + np.where(n == 0, np.nan, 0).astype(kind)
    return mean


@implements(np.nanvar)
def nanvar(
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
    """Variance of what is no NaN; the arguments are those of `var`.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import functions as F
    >>> F.nanvar([1.0, np.nan, 3.0])
    Variable(1.0)
    """
    x = operand(x, "nanvar")
    valid = _valid(x, where, "nanvar")
    more: Any = {"mean": mean, "correction": correction}
    return var(x, axis, ddof, keepdims, dtype=dtype, where=valid, **more)


@implements(np.nanstd)
def nanstd(
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
    """Standard deviation of what is no NaN; the arguments are those of `std`.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import functions as F
    >>> F.nanstd([1.0, np.nan, 3.0])
    Variable(1.0)
    """
    x = operand(x, "nanstd")
    valid = _valid(x, where, "nanstd")
    more: Any = {"mean": mean, "correction": correction}
    return std(x, axis, ddof, keepdims, dtype=dtype, where=valid, **more)


@implements(np.nanmax)
def nanmax(
    x: ArrayLike,
    axis: Axis = None,
    keepdims: bool = False,
    *,
    initial: float | None = None,
    where: Mask = True,
) -> Variable:
    """The largest value that is no NaN; equal maxima share the gradient.

    The arguments are those of `max`. Of nothing it is NaN, with a warning, as in NumPy.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import functions as F
    >>> F.nanmax([1.0, np.nan, 3.0])
    Variable(3.0)
    """
    x = operand(x, "nanmax")
    if where is not True or initial is not None:
        return max(x, axis, keepdims, initial=initial, where=_valid(x, where, "nanmax"))
    return apply(Nanmax(axis, keepdims), x)


@implements(np.nanmin)
def nanmin(
    x: ArrayLike,
    axis: Axis = None,
    keepdims: bool = False,
    *,
    initial: float | None = None,
    where: Mask = True,
) -> Variable:
    """The smallest value that is no NaN; equal minima share the gradient.

    The arguments are those of `min`. Of nothing it is NaN, with a warning, as in NumPy.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import functions as F
    >>> F.nanmin([1.0, np.nan, 3.0])
    Variable(1.0)
    """
    x = operand(x, "nanmin")
    if where is not True or initial is not None:
        return min(x, axis, keepdims, initial=initial, where=_valid(x, where, "nanmin"))
    return apply(Nanmin(axis, keepdims), x)


def _valid(x: Variable, where: Mask, name: str) -> Any:
    """Where `x` counts."""
    valid = np.logical_not(np.isnan(x.data))
    return valid if where is True else valid & np.asarray(setting(where, name, "where"), bool)


def _without_nan(x: ArrayLike, neutral: float, name: str) -> Variable:
    x = operand(x, name)
    if x.dtype.kind not in "fc":
        return x
    missing = np.isnan(x.data)
    return apply(Where(), ~missing, x, neutral) if missing.any() else x
