"""Values repeated: along an axis, as tiles, over a grid."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import as_axis, operand, setting
from pygrad.engine.ops.shape import broadcast_to, reshape
from pygrad.engine.ops.taking import take
from pygrad.exceptions import ArgumentError, ShapeError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["meshgrid", "repeat", "resize", "tile"]


@implements(np.repeat)
def repeat(x: ArrayLike, repeats: int | Sequence[int], axis: int | None = None) -> Variable:
    """Repeat each value along an axis; without one, of the flattened array.

    Parameters
    ----------
    x : array_like
    repeats : int or sequence of int
        How often, for all or for each.
    axis : int, optional

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.repeat([1, 2], 2)
    Variable([1 1 2 2])
    >>> F.repeat([1, 2], [1, 3])
    Variable([1 2 2 2])
    """
    x = operand(x, "repeat")
    if axis is None:
        x, axis = reshape(x, x.size), 0
    axis = as_axis(axis, x.ndim, "repeat")
    counts = np.asarray(setting(repeats, "repeat", "repeats"))
    n = x.shape[axis]
    if counts.size == 1:
        times = operator.index(counts.reshape(())[()])
        if times < 0:
            raise ArgumentError(f"repeat: repeats is {times}; it must not be negative")
        before, after = x.shape[:axis], x.shape[axis + 1 :]
        spread = broadcast_to(reshape(x, (*before, n, 1, *after)), (*before, n, times, *after))
        return reshape(spread, (*before, n * times, *after))
    try:
        places = np.repeat(np.arange(n), counts)
    except (TypeError, ValueError) as error:
        raise ArgumentError(
            f"repeat: {error}; repeats has shape {counts.shape} and the axis a length of {n}"
        ) from None
    return take(x, places, axis)


@implements(np.tile)
def tile(A: ArrayLike, reps: int | Sequence[int]) -> Variable:
    """Lay copies of an array side by side, so many along each axis.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.tile([1, 2], 2)
    Variable([1 2 1 2])
    >>> F.tile([1, 2], (2, 1))
    Variable([[1 2]
              [1 2]])
    """
    x = operand(A, "tile")
    counts = tuple(map(operator.index, reps)) if np.ndim(reps) else (operator.index(reps),)  # type: ignore[arg-type]
    ndim = max(len(counts), x.ndim)
    counts = (1,) * (ndim - len(counts)) + counts
    shape = (1,) * (ndim - x.ndim) + x.shape
    alternating = tuple(n for length in shape for n in (1, length))
    tiled = tuple(n for pair in zip(counts, shape, strict=True) for n in pair)
    result = tuple(count * n for count, n in zip(counts, shape, strict=True))
    return reshape(broadcast_to(reshape(x, alternating), tiled), result)


@implements(np.resize)
def resize(a: ArrayLike, new_shape: int | Sequence[int]) -> Variable:
    """The values in an array of any shape: repeated where there are too few, else cut off.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.resize([1, 2, 3], (2, 2))
    Variable([[1 2]
              [3 1]])
    """
    a = operand(a, "resize")
    lengths = tuple(new_shape) if isinstance(new_shape, Sequence) else (new_shape,)
    n = int(np.prod(lengths))
    if n < 0 or any(length < 0 for length in lengths):
        raise ShapeError(f"resize: new_shape is {new_shape}; no length may be negative")
    if not a.size:
        return operand(np.zeros(lengths, a.dtype), "resize")
    return reshape(take(a, np.arange(n) % a.size), lengths)


@implements(np.meshgrid)
def meshgrid(
    *xi: ArrayLike, copy: bool = True, sparse: bool = False, indexing: str = "xy"
) -> tuple[Variable, ...]:
    """The coordinates of a grid, from those along each of its axes.

    Parameters
    ----------
    *xi : array_like
        Vectors, or single numbers.
    copy : bool
        Has no effect: results are arrays of their own, unless `sparse`.
    sparse : bool
        Leave each result with length 1 along the axes of the others.
    indexing : {'xy', 'ij'}
        Whether the first vector runs along the second axis, as in pictures, or along the first.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.meshgrid([1, 2], [3, 4])[0]
    Variable([[1 2]
              [1 2]])
    """
    if indexing not in ("xy", "ij"):
        raise ArgumentError(f"meshgrid: indexing is {indexing!r}; it must be 'xy' or 'ij'")
    xs = [operand(x, "meshgrid") for x in xi]
    n = len(xs)
    places = list(range(n))
    if indexing == "xy" and n > 1:
        places[:2] = [1, 0]
    grids = []
    for x, place in zip(xs, places, strict=True):
        if x.ndim > 1:
            raise ShapeError(f"meshgrid: an input has shape {x.shape}; it must have one axis")
        grids.append(reshape(x, tuple(x.size if i == place else 1 for i in range(n))))
    if sparse:
        return tuple(grids)
    shape = tuple(xs[places.index(i)].size for i in range(n))
    return tuple(broadcast_to(grid, shape) for grid in grids)
