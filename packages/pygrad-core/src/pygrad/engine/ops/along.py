"""A function of lines, applied to every line of an array."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import as_axis, operand
from pygrad.engine.ops.dimensions import moveaxis
from pygrad.engine.ops.joining import stack
from pygrad.engine.ops.shape import expand_dims, reshape
from pygrad.exceptions import ArgumentError, ShapeError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["apply_along_axis", "apply_over_axes"]


@implements(np.apply_along_axis)
def apply_along_axis(
    func1d: Callable[..., Any], axis: int, arr: ArrayLike, *args: Any, **kwargs: Any
) -> Variable:
    """Apply a function of vectors to each line along an axis; its result takes the line's place.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.apply_along_axis(F.sum, 1, [[1, 2], [3, 4]])
    Variable([3 7])
    """
    x = operand(arr, "apply_along_axis")
    axis = as_axis(axis, x.ndim, "apply_along_axis")
    lines = moveaxis(x, axis, -1)
    rest = lines.shape[:-1]
    results = [func1d(line, *args, **kwargs) for line in reshape(lines, (-1, lines.shape[-1]))]
    if not results:
        raise ArgumentError(f"apply_along_axis: arr has shape {x.shape}, and no line to apply to")
    y = stack(results)
    inner = y.ndim - 1
    y = reshape(y, (*rest, *y.shape[1:]))
    return moveaxis(y, range(len(rest), y.ndim), range(axis, axis + inner)) if inner else y


@implements(np.apply_over_axes)
def apply_over_axes(
    func: Callable[[Variable, int], Any], a: ArrayLike, axes: int | Sequence[int]
) -> Variable:
    """Apply ``func(x, axis)`` for one axis after another; axes that it removes are put back.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.apply_over_axes(F.sum, [[1, 2], [3, 4]], (0, 1))
    Variable([[10]])
    """
    y = operand(a, "apply_over_axes")
    ndim = y.ndim
    for axis in np.atleast_1d(axes).tolist():
        axis = as_axis(axis, ndim, "apply_over_axes")
        y = operand(func(y, axis), "apply_over_axes")
        y = expand_dims(y, axis) if y.ndim == ndim - 1 else y
        if y.ndim != ndim:
            raise ShapeError(
                f"apply_over_axes: func gave shape {y.shape}; it must keep the {ndim} axes, or "
                f"remove the one that it is given"
            )
    return y
