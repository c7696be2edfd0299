"""Functions with nothing to differentiate: comparisons, places, counts, shapes.

They see the values of Variables, and return what NumPy does: plain arrays, booleans and numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pygrad.engine.numpy_protocols import plain

__all__ = [
    "all", "allclose", "any", "argmax", "argmin", "argpartition", "argsort", "argwhere",
    "array_equal", "array_equiv", "count_nonzero", "digitize", "empty_like", "equal",
    "flatnonzero", "greater", "greater_equal", "isclose", "iscomplex", "iscomplexobj", "isfinite",
    "isin", "isinf", "isnan", "isneginf", "isposinf", "isreal", "isrealobj", "less", "less_equal",
    "lexsort", "logical_and", "logical_not", "logical_or", "logical_xor", "nanargmax",
    "nanargmin", "ndim", "nonzero", "not_equal", "ones_like", "result_type", "searchsorted",
    "shape", "signbit", "size", "zeros_like",
]  # fmt: skip


def _of_values(function: Callable[..., Any]) -> Callable[..., Any]:
    def of_values(*args: Any, **kwargs: Any) -> Any:
        settings = {key: plain(value) for key, value in kwargs.items()}
        return function(*map(plain, args), **settings)

    name = function.__name__
    of_values.__name__ = of_values.__qualname__ = name
    of_values.__doc__ = (
        f"What `np.{name}` says of the values, as plain numbers: there is nothing to differentiate."
    )
    of_values.__wrapped__ = function  # type: ignore[attr-defined]  # for its signature
    return of_values


all = _of_values(np.all)  # noqa: A001  (NumPy's names)
allclose = _of_values(np.allclose)
any = _of_values(np.any)  # noqa: A001
argmax = _of_values(np.argmax)
argmin = _of_values(np.argmin)
argpartition = _of_values(np.argpartition)
argsort = _of_values(np.argsort)
argwhere = _of_values(np.argwhere)
array_equal = _of_values(np.array_equal)
array_equiv = _of_values(np.array_equiv)
count_nonzero = _of_values(np.count_nonzero)
digitize = _of_values(np.digitize)
empty_like = _of_values(np.empty_like)
equal = _of_values(np.equal)
flatnonzero = _of_values(np.flatnonzero)
greater = _of_values(np.greater)
greater_equal = _of_values(np.greater_equal)
isclose = _of_values(np.isclose)
iscomplex = _of_values(np.iscomplex)
iscomplexobj = _of_values(np.iscomplexobj)
isfinite = _of_values(np.isfinite)
isin = _of_values(np.isin)
isinf = _of_values(np.isinf)
isnan = _of_values(np.isnan)
isneginf = _of_values(np.isneginf)
isposinf = _of_values(np.isposinf)
isreal = _of_values(np.isreal)
isrealobj = _of_values(np.isrealobj)
less = _of_values(np.less)
less_equal = _of_values(np.less_equal)
lexsort = _of_values(np.lexsort)
logical_and = _of_values(np.logical_and)
logical_not = _of_values(np.logical_not)
logical_or = _of_values(np.logical_or)
logical_xor = _of_values(np.logical_xor)
nanargmax = _of_values(np.nanargmax)
nanargmin = _of_values(np.nanargmin)
ndim = _of_values(np.ndim)
nonzero = _of_values(np.nonzero)
not_equal = _of_values(np.not_equal)
ones_like = _of_values(np.ones_like)
result_type = _of_values(np.result_type)
searchsorted = _of_values(np.searchsorted)
shape = _of_values(np.shape)
signbit = _of_values(np.signbit)
size = _of_values(np.size)
zeros_like = _of_values(np.zeros_like)
