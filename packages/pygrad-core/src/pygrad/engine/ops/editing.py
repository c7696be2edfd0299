"""Slices put into an array and taken out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import as_axes, as_axis, operand, value_of
from pygrad.engine.ops.dimensions import moveaxis, ravel
from pygrad.engine.ops.elementwise import astype
from pygrad.engine.ops.joining import concatenate
from pygrad.engine.ops.shape import broadcast_to, reshape
from pygrad.engine.ops.taking import take
from pygrad.exceptions import ArgumentError, AxisError, ShapeError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike, Axis
    from pygrad.variable import Variable

__all__ = ["delete", "insert", "trim_zeros"]


@implements(np.insert)
def insert(arr: ArrayLike, obj: Any, values: ArrayLike, axis: int | None = None) -> Variable:
    """Put values before the given places of an axis; without one, of the flattened array.

    Parameters
    ----------
    arr : array_like
    obj : int, slice or sequence of int
        Places in `arr` as it was before.
    values : array_like
        One value for all places, or one slice for each; they take the dtype of `arr`.
    axis : int, optional

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.insert([1, 2, 3], [0, 2], [10, 20])
    Variable([10  1  2 20  3])
    """
    x = operand(arr, "insert")
    new = operand(values, "insert")
    new = new if new.dtype == x.dtype else astype(new, x.dtype)
    if axis is None:
        x, axis = ravel(x), 0
    axis = as_axis(axis, x.ndim, "insert")
    n = x.shape[axis]
    places = np.arange(n)[obj] if isinstance(obj, slice) else np.asarray(value_of(obj))
    if places.dtype == bool:
        places = np.flatnonzero(places)
    new = reshape(new, (1,) * (x.ndim - new.ndim) + new.shape)
    if places.size == 1:
        if places.ndim == 0:
            new = moveaxis(new, 0, axis)  # as in NumPy: x[:, i] = values
        count = new.shape[axis]
    else:
        count = places.size
    shape = (*x.shape[:axis], count, *x.shape[axis + 1 :])
    try:
        order = np.insert(np.arange(n), places, n + np.arange(count))
    except IndexError as error:
        raise AxisError(f"insert: {error}") from None
    except ValueError as error:
        raise ShapeError(f"insert: {error}") from None
    return take(concatenate([x, broadcast_to(new, shape)], axis), order, axis)


@implements(np.delete)
def delete(arr: ArrayLike, obj: Any, axis: int | None = None) -> Variable:
    """Leave out the slices at the given places of an axis; without one, of the flattened array.

    Parameters
    ----------
    arr : array_like
    obj : int, slice, sequence of int, or of bool
    axis : int, optional

    Raises
    ------
    AxisError
        If there is no such axis or place.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.delete([1, 2, 3], 1)
    Variable([1 3])
    """
    x = operand(arr, "delete")
    if axis is None:
        x, axis = ravel(x), 0
    axis = as_axis(axis, x.ndim, "delete")
    try:
        left = np.delete(np.arange(x.shape[axis]), value_of(obj))
    except IndexError as error:
        raise AxisError(f"delete: {error}") from None
    except ValueError as error:
        raise ShapeError(f"delete: {error}") from None
    return take(x, left, axis)


@implements(np.trim_zeros)
def trim_zeros(filt: ArrayLike, trim: str = "fb", axis: Axis = None) -> Variable:
    """Without the zeros at the ends: of a vector, or the slices of zeros at the sides of an array.

    Parameters
    ----------
    filt : array_like
    trim : {'fb', 'f', 'b'}
        Front, back or both.
    axis : int or tuple of int, optional
        Which axes to trim; all by default.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.trim_zeros([0, 0, 1, 0, 2, 0])
    Variable([1 0 2])
    """
    x = operand(filt, "trim_zeros")
    ends = set(trim.lower())
    if not ends or not ends <= {"f", "b"}:
        raise ArgumentError(f"trim_zeros: trim is {trim!r}; it must be 'f', 'b' or 'fb'")
    places = np.argwhere(x.data)
    index = [slice(None)] * x.ndim
    for i in as_axes(axis, x.ndim, "trim_zeros"):
        n = x.shape[i]
        first, last = (places[:, i].min(), places[:, i].max()) if len(places) else (n, n - 1)
        index[i] = slice(first if "f" in ends else 0, last + 1 if "b" in ends else n)
        if not len(places):
            index[i] = slice(0, 0)
    return x[tuple(index)]
