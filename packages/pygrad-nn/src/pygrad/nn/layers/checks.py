"""What the arguments of a layer must be, and the errors that say so."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from pygrad.exceptions import ArgumentError

if TYPE_CHECKING:
    from pygrad import Variable

__all__ = ["as_floats", "probability", "size"]


def size(where: str, name: str, value: Any, least: int = 1) -> int:
    """`value` as a whole number of at least `least`; `where` is the layer that asks."""
    try:
        found = operator.index(value)
    except TypeError:
        found = least - 1
    if found < least or isinstance(value, bool):
        raise ArgumentError(
            f"{where}: {name} is {value!r}; it must be a whole number of at least {least}"
        )
    return found


def probability(where: str, p: Any) -> float:
    """`p` as a number within [0, 1]."""
    try:
        value = float(p)
    except (TypeError, ValueError):
        value = -1.0
    if not 0 <= value <= 1:
        raise ArgumentError(f"{where}: p is {p!r}; a probability lies within [0, 1]")
    return value


def as_floats(x: Variable, like: Variable) -> Variable:
    """Whole numbers converted to the dtype of a parameter; all else as it is."""
    return x.astype(like.dtype) if x.dtype.kind in "biu" else x
