"""Checks of settings that several functions make alike."""

from __future__ import annotations

import operator
from typing import Any

from pygrad.exceptions import ArgumentError

__all__ = ["real_number", "whole_number"]


def whole_number(where: str, name: str, value: Any, least: int, most: int | None = None) -> int:
    """The setting as an int, or an ArgumentError that says what it must be."""
    try:
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if number < least or isinstance(value, bool) or (most is not None and number > most):
        wanted = f"of at least {least}" if most is None else f"from {least} to {most}"
        raise ArgumentError(f"{where}: {name} is {value!r}; it must be an integer {wanted}")
    return number


def real_number(where: str, name: str, value: Any, least: float) -> float:
    """The setting as a finite float, or an ArgumentError that says what it must be."""
    try:
        number = float("nan") if isinstance(value, str | bool) else float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if not least <= number < float("inf"):
        raise ArgumentError(
            f"{where}: {name} is {value!r}; it must be a number of at least {least:g}"
        )
    return number
