"""How functions that are made of other functions read their arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from pygrad.engine import binding
from pygrad.engine.checks import as_operand
from pygrad.engine.function import result
from pygrad.exceptions import ArgumentError, AxisError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["as_axes", "as_axis", "operand", "precision_of", "setting", "value_of"]


def operand(x: ArrayLike, where: str) -> Variable:
    """`x` as a Variable: itself, or a constant."""
    if isinstance(x, binding.Variable):
        variable: Variable = x
        return variable
    constant: Variable = result(np.asarray(as_operand(x, where)), None)
    return constant


def value_of(x: Any) -> Any:
    """The plain value of a Variable, and anything else as it is."""
    return x._data if isinstance(x, binding.Variable) else x


def setting(x: Any, where: str, name: str) -> Any:
    """The plain value of an argument that has no gradient; one that wants one is refused."""
    if isinstance(x, binding.Variable) and x._node is not None:
        raise ArgumentError(
            f"{where}: there is no gradient with respect to {name}; pass {name}.numpy()"
        )
    return value_of(x)


def precision_of(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The dtype of real numbers as precise as these: that of their parts, or float for integers."""
    return np.finfo(dtype).dtype if dtype.kind in "fc" else np.dtype(float)


def as_axis(axis: int, ndim: int, where: str) -> int:
    """The axis counted from the start."""
    try:
        return normalize_axis_index(axis, ndim)
    except np.exceptions.AxisError as error:
        raise AxisError(f"{where}: {error}") from None


def as_axes(axis: Any, ndim: int, where: str) -> tuple[int, ...]:
    """The axes counted from the start; all of them for None."""
    if axis is None:
        return tuple(range(ndim))
    try:
        return normalize_axis_tuple(axis, ndim)
    except np.exceptions.AxisError as error:
        raise AxisError(f"{where}: {error}") from None
    except ValueError as error:
        raise ArgumentError(f"{where}: axis is {axis!r}: {error}") from None
