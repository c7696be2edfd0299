"""Arrays made from a few values: filled, and evenly or geometrically spaced."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.checks import as_operand
from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import operand, precision_of, value_of
from pygrad.engine.ops.arithmetic import power
from pygrad.engine.ops.dimensions import moveaxis
from pygrad.engine.ops.elementwise import astype
from pygrad.engine.ops.shape import broadcast_to
from pygrad.exceptions import ArgumentError, ShapeError

if TYPE_CHECKING:
    import numpy.typing as npt

    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["full", "full_like", "geomspace", "linspace", "logspace"]


def full(
    shape: int | Sequence[int], fill_value: ArrayLike, dtype: npt.DTypeLike | None = None
) -> Variable:
    """An array of a shape that holds one value, or values that broadcast to it.

    Examples
    --------
    >>> from pygrad import Variable, functions as F
    >>> x = Variable(2.0)
    >>> F.full(3, x).sum().backward()
    >>> x.grad
    Variable(3.0)
    """
    return broadcast_to(fill_value if dtype is None else astype(fill_value, dtype), shape)


@implements(np.full_like)
def full_like(
    a: ArrayLike,
    fill_value: ArrayLike,
    dtype: npt.DTypeLike | None = None,
    shape: int | Sequence[int] | None = None,
) -> Any:
    """An array like another that holds one value; a plain one, unless the value is a Variable.

    Examples
    --------
    >>> from pygrad import Variable, functions as F
    >>> x = Variable(2.0)
    >>> F.full_like([0.0, 0.0, 0.0], x).sum().backward()
    >>> x.grad
    Variable(3.0)
    """
    a = np.asarray(value_of(a))
    if value_of(fill_value) is fill_value:
        try:
            return np.full_like(a, as_operand(fill_value, "full_like"), dtype, shape=shape)
        except ValueError as error:
            raise ShapeError(f"full_like: {error}") from error
    return full(a.shape if shape is None else shape, fill_value, dtype or a.dtype)


@implements(np.linspace)
def linspace(
    start: ArrayLike,
    stop: ArrayLike,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: npt.DTypeLike | None = None,
    axis: int = 0,
) -> Any:
    """Numbers from `start` to `stop` at equal distances.

    Parameters
    ----------
    start, stop : array_like
        They broadcast against each other.
    num : int
        How many.
    endpoint : bool
        Whether `stop` is the last of them.
    retstep : bool
        Return the distance as well.
    dtype : dtype, optional
    axis : int
        Where the new axis is in the result.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.linspace(0.0, 1.0, 5)
    Variable([0.   0.25 0.5  0.75 1.  ])
    """
    start, stop, share = _ends(start, stop, num, endpoint, "linspace")
    y = start * (1 - share) + stop * share
    y = _of(y, dtype, axis)
    if not retstep:
        return y
    steps = num - 1 if endpoint else num
    return y, (stop - start) / (steps if steps > 0 else np.nan)


@implements(np.logspace)
def logspace(
    start: ArrayLike,
    stop: ArrayLike,
    num: int = 50,
    endpoint: bool = True,
    base: ArrayLike = 10.0,
    dtype: npt.DTypeLike | None = None,
    axis: int = 0,
) -> Variable:
    """Powers of `base` whose exponents are a `linspace` from `start` to `stop`.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.logspace(0.0, 2.0, 3)
    Variable([  1.  10. 100.])
    """
    start, stop, share = _ends(start, stop, num, endpoint, "logspace")
    y = power(base, start * (1 - share) + stop * share)
    return _of(y, dtype, axis)


@implements(np.geomspace)
def geomspace(
    start: ArrayLike,
    stop: ArrayLike,
    num: int = 50,
    endpoint: bool = True,
    dtype: npt.DTypeLike | None = None,
    axis: int = 0,
) -> Variable:
    """Numbers from `start` to `stop` with equal ratios; complex ones follow a spiral.

    Raises
    ------
    ArgumentError
        If an end is 0, or they are real and differ in sign.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.geomspace(1.0, 100.0, 3)
    Variable([  1.  10. 100.])
    """
    start, stop, share = _ends(start, stop, num, endpoint, "geomspace")
    if start.dtype.kind == "c":
        if np.any(start.data == 0) or np.any(stop.data == 0):
            raise ArgumentError("geomspace: neither start nor stop may be 0")
    elif not np.all(start.data * stop.data > 0):
        raise ArgumentError("geomspace: start and stop must be of one sign, and neither may be 0")
    return _of(start * power(stop / start, share), dtype, axis)


def _ends(
    start: ArrayLike, stop: ArrayLike, num: int, endpoint: bool, where: str
) -> tuple[Variable, Variable, Any]:
    """Both ends, as floats or complex; each result's share of the way, along a new first axis."""
    num = operator.index(num)
    if num < 0:
        raise ArgumentError(f"{where}: num is {num}; it must not be negative")
    a, b = operand(start, where), operand(stop, where)
    kind = np.result_type(a.dtype, b.dtype)
    kind = kind if kind.kind in "fc" else np.dtype(float)
    real = precision_of(kind)
    a, b = (x if x.dtype == kind else astype(x, kind) for x in (a, b))
    share = np.arange(num, dtype=real) / max(num - 1 if endpoint else num, 1)
    try:
        ndim = len(np.broadcast_shapes(a.shape, b.shape))
    except ValueError:
        raise ShapeError(
            f"{where}: start has shape {a.shape} and stop {b.shape}; they must broadcast together"
        ) from None
    return a, b, share.astype(real).reshape(-1, *(1,) * ndim)


def _of(y, dtype, axis):
    if dtype is not None:
        y = astype(np.floor(y) if np.dtype(dtype).kind in "iu" else y, dtype)
    return y if axis == 0 else moveaxis(y, 0, axis)
