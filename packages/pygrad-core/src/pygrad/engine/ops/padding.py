"""Margins around an array."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.function import apply
from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import operand, precision_of, setting
from pygrad.engine.ops.elementwise import astype
from pygrad.engine.ops.indexing import GetItem, ScatterAdd
from pygrad.engine.ops.joining import concatenate
from pygrad.engine.ops.quantiles import median
from pygrad.engine.ops.reduction import max, mean, min
from pygrad.engine.ops.shape import broadcast_to
from pygrad.engine.ops.taking import take
from pygrad.exceptions import ArgumentError, ShapeError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["pad"]

_STATISTICS: dict[str, Callable[..., Variable]] = {
    "maximum": max,
    "mean": mean,
    "median": median,
    "minimum": min,
}
# modes that put values of the array into its margins
_COPYING = frozenset({"edge", "reflect", "symmetric", "wrap"})
_MODES = ("constant", "linear_ramp", *sorted(_COPYING), *_STATISTICS)


@implements(np.pad)
def pad(array: ArrayLike, pad_width: Any, mode: str = "constant", **kwargs: Any) -> Variable:
    """Put margins around an array.

    Parameters
    ----------
    array : array_like
    pad_width : int, pair, or sequence of pairs
        How many values before and after: for all axes, or for each.
    mode : str
        'constant', 'edge', 'linear_ramp', 'maximum', 'mean', 'median', 'minimum', 'reflect',
        'symmetric' or 'wrap'.
    **kwargs
        `constant_values`, `end_values` and `stat_length`, each with the mode that has it, as in
        NumPy. They have no gradient.

    Raises
    ------
    ArgumentError
        If the mode is another, or an argument does not belong to it.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.pad([1, 2, 3], (1, 2))
    Variable([0 1 2 3 0 0])
    >>> F.pad([1, 2, 3], 2, mode="reflect")
    Variable([3 2 1 2 3 2 1])
    """
    x = operand(array, "pad")
    if mode not in _MODES:
        raise ArgumentError(f"pad: mode is {mode!r}; it must be one of {', '.join(_MODES)}")
    if kwargs.get("reflect_type", "even") != "even":
        raise ArgumentError(f"pad: reflect_type is {kwargs['reflect_type']!r}; it must be 'even'")
    kwargs = {key: setting(value, "pad", key) for key, value in kwargs.items()}
    widths = _by_axis(setting(pad_width, "pad", "pad_width"), x.ndim, "pad_width")
    if not all(width >= 0 for pair in widths for width in pair):
        raise ArgumentError(f"pad: pad_width is {pad_width!r}; widths must not be negative")
    # NumPy's own judgement of the arguments, on an array that costs nothing
    _checked(x, widths, mode, kwargs)
    if mode == "constant":
        return _constant(x, widths, kwargs)
    for axis, width in enumerate(widths):
        if any(width):
            x = _along(x, axis, width, mode, kwargs)
    return x


def _constant(x, widths, kwargs):
    inner = tuple(slice(a, a + n) for (a, _), n in zip(widths, x.shape, strict=True))
    shape = tuple(a + n + b for (a, b), n in zip(widths, x.shape, strict=True))
    y = apply(ScatterAdd(inner, shape), x)
    if np.any(kwargs.get("constant_values", 0)):
        y = y + np.pad(np.zeros_like(x.data), widths, "constant", **kwargs)
    return y


def _along(x, axis, width, mode, kwargs):
    """`x` with its margins along one axis."""
    rounded: Any
    n = x.shape[axis]
    if mode in _COPYING:
        return take(x, np.pad(np.arange(n), width, mode), axis)
    before, after = width
    if mode == "linear_ramp":
        ends = _by_axis(kwargs.get("end_values", 0), x.ndim, "end_values")[axis]
        parts = [
            _ramp(_cut(x, axis, 0, 1), ends[0], before, axis, False),
            x,
            _ramp(_cut(x, axis, n - 1, n), ends[1], after, axis, True),
        ]
        rounded = np.floor
    else:
        statistic = _STATISTICS[mode]
        lengths = (n, n)
        if kwargs.get("stat_length") is not None:
            lengths = _by_axis(kwargs["stat_length"], x.ndim, "stat_length")[axis]
        first, last = (np.minimum(length, n) for length in lengths)
        parts = [
            _filled(statistic(_cut(x, axis, 0, first), axis, keepdims=True), before, axis),
            x,
            _filled(statistic(_cut(x, axis, n - last, n), axis, keepdims=True), after, axis),
        ]
        rounded = np.rint
    if x.dtype.kind in "biu":  # margins of whole numbers hold whole numbers
        parts = [part if part is x else astype(rounded(part), x.dtype) for part in parts]
    return concatenate(parts, axis)


def _ramp(edge, end, width, axis, reverse):
    shape = [1] * edge.ndim
    shape[axis] = width
    kind = precision_of(edge.dtype)
    share = np.arange(width, dtype=kind) / np.maximum(width, 1)
    share = (share[::-1] if reverse else share).reshape(shape).astype(kind)
    return edge * share + end * (1 - share)


def _filled(value, width, axis):
    shape = list(value.shape)
    shape[axis] = width
    return broadcast_to(value, shape)


def _cut(x, axis, start, stop):
    return apply(GetItem((*(slice(None),) * axis, slice(int(start), int(stop)))), x)


def _by_axis(given, ndim, name):
    """A pair for each axis, from what NumPy takes: a number, a pair, or a sequence of pairs."""
    if isinstance(given, dict):
        given = [given.get(i, given.get(i - ndim, 0)) for i in range(ndim)]
        given = [pair if np.ndim(pair) else (pair, pair) for pair in given]
    try:
        return np.broadcast_to(np.asarray(given), (ndim, 2)).tolist()
    except ValueError:
        raise ShapeError(
            f"pad: {name} is {given!r}; it must be a number, a pair, or a pair for each of "
            f"{ndim} axes"
        ) from None


def _checked(x, widths, mode, kwargs):
    try:
        np.pad(np.zeros([n and 1 for n in x.shape], x.dtype), [(0, 0)] * x.ndim, mode, **kwargs)
        if mode != "constant" and any(
            not n and any(pair) for n, pair in zip(x.shape, widths, strict=True)
        ):
            raise ValueError("an axis without values can be padded with mode='constant' alone")
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"pad: {error}") from None
