"""Values counted: each of them once, how often it comes, and how much it weighs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.function import apply
from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import operand, value_of
from pygrad.engine.ops.elementwise import astype
from pygrad.engine.ops.indexing import ScatterAdd
from pygrad.engine.ops.taking import take
from pygrad.exceptions import ArgumentError, DtypeError, ShapeError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = [
    "bincount", "unique", "unique_all", "unique_counts", "unique_inverse", "unique_values",
]  # fmt: skip


@implements(np.unique)
def unique(
    ar: ArrayLike,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    *,
    equal_nan: bool = True,
    sorted: bool = True,
) -> Any:
    """The values of an array, each once and in order; the first of equal ones has the gradient.

    Parameters
    ----------
    ar : array_like
    return_index, return_inverse, return_counts : bool
        Return, as plain numbers, where each value comes first, which one stands at each place, and
        how often each comes.
    axis : int, optional
        Compare slices along this axis; by default single values.
    equal_nan : bool
        Whether one NaN stands for all.
    sorted : bool
        Has no effect: the values are always sorted.

    Examples
    --------
    >>> from pygrad import Variable, functions as F
    >>> x = Variable([3.0, 1.0, 3.0])
    >>> F.unique(x).sum().backward()
    >>> x.grad
    Variable([1. 1. 0.])
    """
    x = operand(ar, "unique")
    settings: Any = {"return_index": True, "axis": axis, "equal_nan": equal_nan}
    settings |= {"return_inverse": return_inverse, "return_counts": return_counts}
    _, index, *more = np.unique(x.data, **settings)
    values = take(x, index, axis)
    if not (return_index or more):
        return values
    return (values, *([index] if return_index else []), *more)


@implements(np.unique_values)
def unique_values(x: ArrayLike) -> Variable:
    """The values of an array, each once; a NaN equals nothing.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.unique_values([3, 1, 3])
    Variable([1 3])
    """
    values: Variable = unique(x, equal_nan=False)
    return values


@implements(np.unique_counts)
def unique_counts(x: ArrayLike) -> Any:
    """`unique_values` and how often each comes, as the fields `values` and `counts`.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.unique_counts([3, 1, 3]).values
    Variable([1 3])
    """
    return _with_values(np.unique_counts, x)


@implements(np.unique_inverse)
def unique_inverse(x: ArrayLike) -> Any:
    """`unique_values` and which one stands at each place, as `values` and `inverse_indices`.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.unique_inverse([3, 1, 3]).values
    Variable([1 3])
    """
    return _with_values(np.unique_inverse, x)


@implements(np.unique_all)
def unique_all(x: ArrayLike) -> Any:
    """All that `unique` can return: `values`, `indices`, `inverse_indices` and `counts`.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.unique_all([3, 1, 3]).values
    Variable([1 3])
    """
    return _with_values(np.unique_all, x)


def _with_values(function: Any, x: ArrayLike) -> Any:
    """The named tuple that NumPy's function gives, its values differentiable."""
    values = unique_values(x)
    return function(value_of(x))._replace(values=values)


@implements(np.bincount)
def bincount(x: ArrayLike, weights: ArrayLike | None = None, minlength: int = 0) -> Any:
    """How much each whole number weighs: ``y[i]`` is the sum of the weights where ``x == i``.

    Without weights it is how often each comes, as plain numbers.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.bincount([0, 2, 2], weights=[1.0, 5.0, 0.5])
    Variable([1.  0.  5.5])
    """
    places = np.asarray(value_of(x))
    try:
        counts = np.bincount(places, minlength=minlength)
    except (ValueError, TypeError) as error:
        raise ArgumentError(f"bincount: {error}; x must be a vector of whole numbers") from error
    if weights is None:
        return counts
    weights = operand(weights, "bincount")
    if weights.dtype.kind == "c":
        raise DtypeError(
            "bincount: an input is complex, but it must be real; weigh x.real and x.imag one by one"
        )
    if weights.shape != places.shape:
        raise ShapeError(
            f"bincount: x has shape {places.shape} and weights {weights.shape}; they must be equal"
        )
    return apply(ScatterAdd(places.astype(np.intp), counts.shape), astype(weights, float))
