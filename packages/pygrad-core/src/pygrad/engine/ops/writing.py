"""NumPy's functions that write into an array: assignment to a Variable under their names.

What holds for ``x[index] = value`` holds for all of them (see `Variable.__setitem__`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import as_axis, operand, value_of
from pygrad.engine.ops.assignment import target
from pygrad.engine.ops.dimensions import ravel
from pygrad.engine.ops.elementwise import astype
from pygrad.engine.ops.shape import broadcast_to
from pygrad.exceptions import ArgumentError, AxisError, ShapeError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike, Mask
    from pygrad.variable import Variable

__all__ = ["copyto", "fill_diagonal", "place", "put", "put_along_axis", "putmask"]


@implements(np.copyto)
def copyto(dst: Variable, src: ArrayLike, casting: str = "same_kind", where: Mask = True) -> None:
    """Assign values that broadcast to `dst`, or those where a mask holds.

    Examples
    --------
    >>> from pygrad import Variable, functions as F
    >>> x = Variable([1.0, 2.0])
    >>> F.copyto(x, 5.0, where=[True, False])
    >>> x
    Variable([5. 2.])
    """
    # np.full and np.full_like end here: they look at their value too late
    dst = target(dst, "copyto (for np.full and np.full_like use F.full and F.full_like)")
    values = astype(src, dst.dtype) if casting == "unsafe" else operand(src, "copyto")
    if where is True:
        dst[...] = values
        return
    mask = _mask(where, dst.shape, "copyto")
    dst[mask] = broadcast_to(values, dst.shape)[mask]


@implements(np.fill_diagonal)
def fill_diagonal(x: Variable, val: ArrayLike, wrap: bool = False) -> None:
    """Assign to the main diagonal of a matrix, in place as NumPy does; see `Variable.__setitem__`.

    Too few values are repeated. Of more than two axes, all must have the same length.

    Examples
    --------
    >>> from pygrad import Variable, functions as F
    >>> x = Variable([[1.0, 2.0], [3.0, 4.0]])
    >>> F.fill_diagonal(x, 0.0)
    >>> x
    Variable([[0. 2.]
              [3. 0.]])
    """
    x = target(x, "fill_diagonal")
    if x.ndim < 2 or (x.ndim > 2 and len(set(x.shape)) > 1):
        raise ShapeError(
            f"fill_diagonal: x has shape {x.shape}; it must be a matrix, or have axes of one length"
        )
    diagonal = np.zeros(x.shape, bool)
    np.fill_diagonal(diagonal, True, wrap=wrap)
    places = np.nonzero(diagonal)
    x[places] = (
        val if np.ndim(val) == 0 else _repeated(val, np.arange(places[0].size), "fill_diagonal")
    )


@implements(np.put)
def put(a: Variable, ind: ArrayLike, v: ArrayLike, mode: str = "raise") -> None:
    """Assign values one after another to places counted through the whole array.

    Too few values are repeated. `mode` says what a place outside means, as for `take`.

    Examples
    --------
    >>> from pygrad import Variable, functions as F
    >>> x = Variable([1.0, 2.0, 3.0])
    >>> F.put(x, [0, 2], [-1.0, -3.0])
    >>> x
    Variable([-1.  2. -3.])
    """
    a = target(a, "put")
    places = np.asarray(value_of(ind), np.intp).ravel()
    if mode == "raise":
        if np.any((places < -a.size) | (places >= a.size)):
            raise AxisError(f"put: ind names a place outside the {a.size} values of the array")
        places = places % max(a.size, 1)
    elif mode in ("wrap", "clip"):
        places = places % a.size if mode == "wrap" else np.clip(places, 0, a.size - 1)
    else:
        raise ArgumentError(f"put: mode is {mode!r}; it must be 'raise', 'wrap' or 'clip'")
    if places.size:
        a[np.unravel_index(places, a.shape)] = _repeated(v, np.arange(places.size), "put")


@implements(np.putmask)
def putmask(a: Variable, mask: ArrayLike, values: ArrayLike) -> None:
    """Assign, where a mask holds, the value of the same place; too few values are repeated.

    Examples
    --------
    >>> from pygrad import Variable, functions as F
    >>> x = Variable([1.0, 2.0, 3.0, 4.0])
    >>> F.putmask(x, x > 2, [10.0, 20.0])
    >>> x
    Variable([ 1.  2. 10. 20.])
    """
    a = target(a, "putmask")
    holds = _mask(mask, a.shape, "putmask")
    a[holds] = _repeated(values, np.flatnonzero(holds), "putmask")


@implements(np.place)
def place(arr: Variable, mask: ArrayLike, vals: ArrayLike) -> None:
    """Assign values one after another where a mask holds; too few values are repeated.

    Examples
    --------
    >>> from pygrad import Variable, functions as F
    >>> x = Variable([1.0, 2.0, 3.0, 4.0])
    >>> F.place(x, x > 2, [10.0, 20.0])
    >>> x
    Variable([ 1.  2. 10. 20.])
    """
    arr = target(arr, "place")
    holds = _mask(mask, arr.shape, "place")
    arr[holds] = _repeated(vals, np.arange(np.count_nonzero(holds)), "place")


@implements(np.put_along_axis)
def put_along_axis(
    arr: Variable, indices: ArrayLike, values: ArrayLike, axis: int | None = None
) -> None:
    """Assign to places of its own in each line along an axis: what `take_along_axis` takes.

    Examples
    --------
    >>> from pygrad import Variable, functions as F
    >>> x = Variable([[1.0, 2.0], [3.0, 4.0]])
    >>> F.put_along_axis(x, [[1], [0]], 9.0, axis=1)
    >>> x
    Variable([[1. 9.]
              [9. 4.]])
    """
    arr = target(arr, "put_along_axis")
    places = np.asarray(value_of(indices))
    if axis is None:
        arr[np.unravel_index(places, arr.shape)] = values
        return
    axis = as_axis(axis, arr.ndim, "put_along_axis")
    lines = np.ix_(*map(range, arr.shape))
    arr[tuple(places if i == axis else line for i, line in enumerate(lines))] = values


def _mask(mask: Mask, shape: tuple[int, ...], where: str) -> Any:
    holds = np.asarray(value_of(mask), bool)
    if where != "copyto" and holds.size == np.prod(shape):
        return holds.reshape(shape)
    try:
        return np.broadcast_to(holds, shape)
    except ValueError as error:
        raise ShapeError(
            f"{where}: the mask has shape {holds.shape} and the array {shape}; they must fit"
        ) from error


def _repeated(values: ArrayLike, turns: Any, where: str) -> Variable:
    """The values at these turns, counted round and round."""
    flat = ravel(operand(values, where))
    if not flat.size and len(turns):
        raise ArgumentError(f"{where}: there are no values to assign; give at least one")
    return flat[turns % max(flat.size, 1)]
