"""What arguments must be, and the errors that say so: layers, functions and training ask here."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from pygrad.exceptions import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Collection

    from pygrad import Variable

__all__ = ["as_floats", "one_of", "probability", "whole_number"]


def whole_number(where: str, name: str, value: Any, least: int = 1) -> int:
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


def probability(where: str, p: Any, name: str = "p") -> float:
    """`p` as a number within [0, 1]."""
    try:
        value = float(p)
    except (TypeError, ValueError):
        value = -1.0
    if not 0 <= value <= 1:
        raise ArgumentError(f"{where}: {name} is {p!r}; a probability lies within [0, 1]")
    return value


def one_of(where: str, name: str, value: str, allowed: Collection[str]) -> str:
    """`value`, if it is one of the names that are allowed."""
    if value not in allowed:
        raise ArgumentError(f"{where}: {name} is {value!r}; it must be one of {', '.join(allowed)}")
    return value


def as_floats(x: Variable, like: Variable) -> Variable:
    """Whole numbers converted to the dtype of a parameter; all else as it is."""
    return x.astype(like.dtype) if x.dtype.kind in "biu" else x
