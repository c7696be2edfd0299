"""Differences of neighbours: slopes, steps, and the trapezoids between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.checks import refuse_complex
from pygrad.engine.function import apply
from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import as_axes, as_axis, operand, value_of
from pygrad.engine.ops.dimensions import ravel
from pygrad.engine.ops.elementwise import astype
from pygrad.engine.ops.indexing import GetItem
from pygrad.engine.ops.joining import concatenate
from pygrad.engine.ops.reduction import sum
from pygrad.engine.ops.shape import broadcast_to, reshape
from pygrad.exceptions import ArgumentError, DtypeError, ShapeError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike, Axis
    from pygrad.variable import Variable

__all__ = ["diff", "ediff1d", "gradient", "trapezoid", "unwrap"]


@implements(np.diff)
def diff(
    x: ArrayLike,
    n: int = 1,
    axis: int = -1,
    prepend: ArrayLike | None = None,
    append: ArrayLike | None = None,
) -> Variable:
    """Differences of neighbours along an axis, ``x[i + 1] - x[i]``, taken `n` times.

    Parameters
    ----------
    x : array_like
    n : int
    axis : int
    prepend, append : array_like, optional
        Values to put before and after first; a number stands for a whole slice.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.diff([1, 2, 4, 7])
    Variable([1 2 3])
    >>> F.diff([1, 2, 4, 7], n=2, prepend=0)
    Variable([0 1 1])
    """
    y = operand(x, "diff")
    if n < 0:
        raise ArgumentError(f"diff: n is {n}; it must not be negative")
    if y.ndim == 0:
        raise ShapeError("diff: x is a single number; it must have an axis")
    axis = as_axis(axis, y.ndim, "diff")
    if n == 0:
        return y
    parts = [_slice_of(prepend, y, axis), y, _slice_of(append, y, axis)]
    given = [part for part in parts if part is not None]
    if len(given) > 1:
        y = concatenate(given, axis)
    for _ in range(n):
        y = _cut(y, axis, 1, None) - _cut(y, axis, None, -1)
    return y


@implements(np.ediff1d)
def ediff1d(
    ary: ArrayLike, to_end: ArrayLike | None = None, to_begin: ArrayLike | None = None
) -> Variable:
    """Differences of neighbours in the flattened array, with more values before and after.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.ediff1d([1, 2, 4], to_begin=-99)
    Variable([-99   1   2])
    """
    x = ravel(ary)
    steps = _cut(x, 0, 1, None) - _cut(x, 0, None, -1)
    parts: list[Any] = [to_begin, steps, to_end]
    given = [part if part is steps else ravel(part) for part in parts if part is not None]
    for part in given:
        if not np.can_cast(part.dtype, x.dtype, "same_kind"):
            raise DtypeError(
                f"ediff1d: ary holds {x.dtype} and an end {part.dtype}, which would lose a part of "
                f"it; convert ary first: ary.astype({part.dtype})"
            )
    given = [part if part.dtype == x.dtype else astype(part, x.dtype) for part in given]
    return concatenate(given) if len(given) > 1 else steps


@implements(np.gradient)
def gradient(f: ArrayLike, *varargs: ArrayLike, axis: Axis = None, edge_order: int = 1) -> Any:
    """Slopes from values at points: second-order central differences, one-sided at the ends.

    Inside, with distances ``a`` to the point before and ``b`` to the one after, the slope is
    ``(a**2 f[i+1] + (b**2 - a**2) f[i] - b**2 f[i-1]) / (a b (a + b))``.

    Parameters
    ----------
    f : array_like
    *varargs : array_like
        The distance of neighbours or the coordinates of all points: one for all axes, or one for
        each. By default 1.
    axis : int or tuple of int, optional
        The axes along which to take slopes; all of them by default.
    edge_order : {1, 2}
        The order of the differences at the ends.

    Returns
    -------
    Variable or tuple of Variable
        A tuple, if there are several axes.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.gradient([1.0, 2.0, 4.0, 7.0])
    Variable([1.  1.5 2.5 3. ])
    """
    f = operand(f, "gradient")
    axes = as_axes(axis, f.ndim, "gradient")
    spacings: tuple[Any, ...] = varargs or (1.0,)
    if len(spacings) == 1 and np.ndim(value_of(spacings[0])) == 0:
        spacings = spacings * len(axes)
    if len(spacings) != len(axes):
        raise ArgumentError(
            f"gradient: there are {len(spacings)} spacings for {len(axes)} axes; there must be one "
            f"for each, or one number for all"
        )
    if edge_order not in (1, 2):
        raise ArgumentError(f"gradient: edge_order is {edge_order!r}; it must be 1 or 2")
    if f.dtype.kind not in "fc":
        f = astype(f, float)
    slopes = tuple(
        _slope(f, spacing, i, edge_order) for i, spacing in zip(axes, spacings, strict=True)
    )
    return slopes[0] if len(slopes) == 1 else slopes


@implements(np.trapezoid)
def trapezoid(
    y: ArrayLike, x: ArrayLike | None = None, dx: ArrayLike = 1.0, axis: int = -1
) -> Variable:
    """Integral by the trapezoidal rule: the sum of ``(x[i+1] - x[i]) * (y[i+1] + y[i]) / 2``.

    Parameters
    ----------
    y : array_like
    x : array_like, optional
        The points, along the axis or in the shape of `y`.
    dx : array_like
        Their distance, if `x` is not given.
    axis : int

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.trapezoid([1.0, 2.0, 4.0], dx=0.5)
    Variable(2.25)
    """
    y = operand(y, "trapezoid")
    axis = as_axis(axis, y.ndim, "trapezoid")
    steps: Any = dx
    if x is not None:
        points = operand(x, "trapezoid")
        if points.ndim == 1:
            steps = diff(points)
            steps = reshape(steps, (steps.size, *(1,) * (y.ndim - 1 - axis)))
        else:
            steps = diff(points, axis=axis)
    return sum((_cut(y, axis, 1, None) + _cut(y, axis, None, -1)) / 2.0 * steps, axis)


@implements(np.unwrap)
def unwrap(
    p: ArrayLike, discont: float | None = None, axis: int = -1, *, period: float = 2 * np.pi
) -> Variable:
    """Angles without jumps: where neighbours differ by more, whole periods are added.

    What is added is constant, so the gradient passes unchanged.

    Parameters
    ----------
    p : array_like
    discont : float, optional
        The largest difference that is no jump; half a period, unless it is more.
    axis : int
    period : float

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.unwrap([0, 3, 5, 1], period=6)
    Variable([0 3 5 7])
    """
    p = operand(p, "unwrap")
    refuse_complex(p, "unwrap")
    axis = as_axis(axis, p.ndim, "unwrap")
    turns = np.unwrap(p.data, discont, axis, period=period) - p.data
    return p + turns


def _cut(x, axis, start, stop):
    return apply(GetItem((*(slice(None),) * axis, slice(start, stop))), x)


def _slice_of(values, x, axis):
    """What is put before or after, as it is or as a slice of a single value."""
    if values is None or getattr(values, "__class__", None) is type(np._NoValue):
        return None
    values = operand(values, "diff")
    if values.ndim == 0:
        return broadcast_to(values, (*x.shape[:axis], 1, *x.shape[axis + 1 :]))
    return values


def _slope(f, spacing, axis, edge_order):
    n = f.shape[axis]
    if n < edge_order + 1:
        raise ShapeError(
            f"gradient: axis {axis} has length {n}; it must be at least edge_order + 1 = "
            f"{edge_order + 1}"
        )
    a, b, first, second, before_last, last = _steps(operand(spacing, "gradient"), f, axis)
    start, middle, end = _cut(f, axis, None, -2), _cut(f, axis, 1, -1), _cut(f, axis, 2, None)
    inner = (a * a * end + (b * b - a * a) * middle - b * b * start) / (a * b * (a + b))
    lows = [_cut(f, axis, i, i + 1) for i in range(edge_order + 1)]
    highs = [_cut(f, axis, n - 1 - i, n - i) for i in range(edge_order + 1)]
    if edge_order == 1:
        low = (lows[1] - lows[0]) / first
        high = (highs[0] - highs[1]) / last
    else:
        low = _one_sided(lows, first, second)
        high = -_one_sided(highs, last, before_last)
    return concatenate([low, inner, high], axis)


def _one_sided(f, near, far):
    """The slope at f[0], by a parabola through it and the next two points."""
    total = near + far
    return (
        f[1] * (total / (near * far))
        - f[0] * ((2 * near + far) / (near * total))
        - f[2] * (near / (far * total))
    )


def _steps(spacing, f, axis):
    """The distances before and after each inner point, and the two at either end."""
    if spacing.dtype.kind == "c" and f.dtype.kind != "c":
        raise DtypeError("gradient: a spacing is complex and f real; convert f: f.astype(complex)")
    if spacing.ndim == 0:
        step = astype(spacing, f.dtype)
        return (step,) * 6
    if spacing.ndim != 1 or spacing.size != f.shape[axis]:
        raise ShapeError(
            f"gradient: a spacing has shape {spacing.shape}; it must be a number, or hold the "
            f"{f.shape[axis]} coordinates along axis {axis}"
        )
    steps = diff(spacing if spacing.dtype.kind in "fc" else astype(spacing, float))
    steps = reshape(astype(steps, f.dtype), (-1, *(1,) * (f.ndim - 1 - axis)))
    ends = [_cut(steps, 0, i, i + 1) for i in (0, min(1, len(steps) - 1))]
    tails = [_cut(steps, 0, i, i + 1) for i in (max(len(steps) - 2, 0), len(steps) - 1)]
    return (_cut(steps, 0, None, -1), _cut(steps, 0, 1, None), *ends, *tails)
