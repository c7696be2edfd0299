"""Picking values out of an array: by place, by condition, by choice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.function import apply
from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import as_axis, operand, value_of
from pygrad.engine.ops.elementwise import astype, where
from pygrad.engine.ops.indexing import GetItem, ScatterAdd
from pygrad.engine.ops.shape import reshape
from pygrad.exceptions import ArgumentError, AxisError, DtypeError, ShapeError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = [
    "choose", "compress", "extract", "piecewise", "select", "take", "take_along_axis",
]  # fmt: skip


class Take(GetItem):
    """y = the values of x at places along an axis; places that repeat add up their gradients."""

    requires = "indices must lie within the axis"


class TakeAlongAxis(GetItem):
    """y = for each line along an axis, the values at places of its own."""

    requires = (
        "indices must have as many axes as arr, lie within the axis, and broadcast against "
        "the other axes"
    )


@implements(np.take)
def take(
    a: ArrayLike, indices: ArrayLike, axis: int | None = None, *, mode: str = "raise"
) -> Variable:
    """The values at `indices` along an axis; without one, of the flattened array.

    Parameters
    ----------
    a : array_like
    indices : array_like of int
    axis : int, optional
    mode : {'raise', 'wrap', 'clip'}
        What an index outside the axis means: an error, a place counted round and round, or the
        nearest end.

    Raises
    ------
    AxisError
        If `a` does not have the axis, or the axis not the index.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.take([[1, 2], [3, 4]], [1, 1], axis=1)
    Variable([[2 2]
              [4 4]])
    """
    a = operand(a, "take")
    if axis is None:
        a, axis = reshape(a, a.size), 0
    axis = as_axis(axis, a.ndim, "take")
    places = _fitted(_whole(indices, "take"), a.shape[axis], mode, "take")
    return apply(Take((*(slice(None),) * axis, places)), a)


@implements(np.take_along_axis)
def take_along_axis(arr: ArrayLike, indices: ArrayLike, axis: int | None = -1) -> Variable:
    """For each line along an axis, the values at its own places: what `argsort` gives sorts it.

    Parameters
    ----------
    arr : array_like
    indices : array_like of int
        Of as many axes as `arr`; it broadcasts against the others.
    axis : int, optional
        None takes both as flat.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.take_along_axis([[1, 2], [3, 4]], [[1], [0]], axis=1)
    Variable([[2]
              [3]])
    """
    arr = operand(arr, "take_along_axis")
    places = _whole(indices, "take_along_axis")
    if axis is None:
        arr, axis = reshape(arr, arr.size), 0
    axis = as_axis(axis, arr.ndim, "take_along_axis")
    if places.ndim != arr.ndim:
        raise ShapeError(
            f"take_along_axis: arr has shape {arr.shape} and indices {places.shape}; they must "
            f"have as many axes"
        )
    grid = list(np.ix_(*map(range, arr.shape)))
    index = tuple(places if i == axis else line for i, line in enumerate(grid))
    return apply(TakeAlongAxis(index), arr)


@implements(np.compress)
def compress(condition: ArrayLike, a: ArrayLike, axis: int | None = None) -> Variable:
    """The slices along an axis for which a vector of conditions holds.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.compress([False, True], [[1, 2], [3, 4]], axis=0)
    Variable([[3 4]])
    """
    holds = np.asarray(value_of(condition))
    if holds.ndim != 1:
        raise ShapeError(f"compress: condition has shape {holds.shape}; it must have one axis")
    return take(a, np.flatnonzero(holds), axis)


@implements(np.extract)
def extract(condition: ArrayLike, arr: ArrayLike) -> Variable:
    """The values for which a condition holds, along one axis.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.extract([True, False, True], [1, 2, 3])
    Variable([1 3])
    """
    return take(arr, np.flatnonzero(np.asarray(value_of(condition))))


@implements(np.choose)
def choose(a: ArrayLike, choices: Sequence[ArrayLike], *, mode: str = "raise") -> Variable:
    """From several arrays, at each place the value of the one that `a` names.

    Parameters
    ----------
    a : array_like of int
        Numbers of choices; it broadcasts against them.
    choices : sequence of array_like
    mode : {'raise', 'wrap', 'clip'}
        As for `take`.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.choose([0, 1, 0], [[1, 2, 3], 10])
    Variable([ 1 10  3])
    """
    options = [operand(choice, "choose") for choice in choices]
    if not options:
        raise ArgumentError("choose: there is nothing to choose from; give at least one choice")
    number = _fitted(_whole(a, "choose"), len(options), mode, "choose")
    number = np.where(number < 0, -1, number)
    if np.any((number < 0) | (number >= len(options))):
        raise ArgumentError(
            f"choose: a names a choice outside 0..{len(options) - 1}; there are {len(options)} "
            f"choices, or say mode='wrap' or 'clip'"
        )
    y = where(np.zeros_like(number, bool), options[0], options[0])
    for i, option in enumerate(options):
        y = where(number == i, option, y)
    return y


@implements(np.select)
def select(
    condlist: Sequence[ArrayLike], choicelist: Sequence[ArrayLike], default: ArrayLike = 0
) -> Variable:
    """At each place the value of the first choice whose condition holds, else the default.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.select([[True, False, False], [True, True, False]], [1, [10, 20, 30]], 7)
    Variable([ 1 20  7])
    """
    if len(condlist) != len(choicelist) or not len(condlist):
        raise ArgumentError(
            f"select: there are {len(condlist)} conditions and {len(choicelist)} choices; there "
            f"must be as many, and at least one"
        )
    conditions = [np.asarray(value_of(condition)) for condition in condlist]
    if any(condition.dtype != np.bool_ for condition in conditions):
        raise DtypeError("select: a condition is not boolean; every one must be")
    y = default
    for condition, choice in zip(conditions[::-1], choicelist[::-1], strict=True):
        y = where(condition, choice, y)
    return y  # type: ignore[return-value]


@implements(np.piecewise)
def piecewise(
    x: ArrayLike,
    condlist: Any,
    funclist: Sequence[Callable[..., Any] | ArrayLike],
    *args: Any,
    **kw: Any,
) -> Variable:
    """A function given in pieces: where a condition holds, its function of those values of `x`.

    A function sees only the values that are its own, so no other piece can spoil a gradient.

    Parameters
    ----------
    x : array_like
    condlist : sequence of array_like of bool
        Where several hold, the last one counts.
    funclist : sequence of callable or float
        One for each condition, and perhaps one more for all other places, which else are 0.
    *args, **kw
        Handed on to the functions.

    Examples
    --------
    >>> from pygrad import Variable, functions as F
    >>> x = Variable([-2.0, 0.0, 4.0])
    >>> y = F.piecewise(x, [x > 0], [F.sqrt, 0.0])
    >>> y.sum().backward()
    >>> y, x.grad
    (Variable([0. 0. 2.]), Variable([0.   0.   0.25]))
    """
    x = operand(x, "piecewise")
    masks = value_of(condlist)
    if np.ndim(masks) == 0 or (not isinstance(masks[0], list | np.ndarray) and x.ndim):
        masks = [masks]  # a single condition
    masks = [np.asarray(value_of(mask), bool) for mask in masks]
    if len(funclist) == len(masks) + 1:
        masks.insert(0, ~np.any(masks, axis=0))
        funclist = [funclist[-1], *list(funclist)[:-1]]
    if len(funclist) != len(masks):
        raise ArgumentError(
            f"piecewise: there are {len(masks)} conditions and {len(funclist)} functions; there "
            f"must be as many functions, or one more"
        )
    y: Any = np.zeros(x.shape, x.dtype)
    taken = np.zeros(x.shape, bool)
    # from the last to the first: what an earlier one also claims is gone
    for mask, piece in list(zip(masks, funclist, strict=True))[::-1]:
        own = mask & ~taken
        taken = taken | mask
        if not own.any():
            continue
        values = piece(x[own], *args, **kw) if callable(piece) else piece
        filled = np.zeros(int(own.sum()), x.dtype) + astype(values, x.dtype)
        y = y + apply(ScatterAdd(own, x.shape), filled)
    return operand(y, "piecewise")


def _whole(indices: Any, where: str) -> Any:
    places = np.array(value_of(indices))  # of its own: nobody changes it before the backward pass
    if places.size == 0 and places.dtype.kind == "f":
        places = places.astype(np.intp)
    if places.dtype.kind == "b":
        places = places.astype(np.intp)
    if places.dtype.kind not in "iu":
        raise DtypeError(f"{where}: indices have dtype {places.dtype}; they must be whole numbers")
    return places


def _fitted(places: Any, n: int, mode: str, where: str) -> Any:
    """The places within 0..n-1, as `mode` says; 'raise' leaves them for indexing to judge."""
    if mode == "raise":
        return places
    if mode not in ("wrap", "clip"):
        raise ArgumentError(f"{where}: mode is {mode!r}; it must be 'raise', 'wrap' or 'clip'")
    if n == 0 and places.size:
        raise AxisError(f"{where}: an axis of length 0 has no values to take")
    return places % n if mode == "wrap" else np.clip(places, 0, n - 1)
