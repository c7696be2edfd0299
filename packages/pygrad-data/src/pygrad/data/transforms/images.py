"""How images lie in their arrays: which axes are height and width."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pygrad.data.samplers import whole_number
from pygrad.exceptions import ArgumentError, ShapeError

__all__ = ["Axes", "checked_axes", "from_last", "pair", "probability", "restore", "to_last"]

Axes = tuple[int, int]


def checked_axes(where: str, axes: Sequence[int]) -> Axes:
    """The axes of height and width, counted from the end: so they are those of a batch too."""
    found = tuple(axes)
    if len(found) != 2 or not all(isinstance(a, int) and a < 0 for a in found):
        raise ArgumentError(
            f"{where}: axes is {axes!r}; it must be the axes of height and width counted from the "
            f"end: (-2, -1) for (channels, height, width), (-3, -2) for (height, width, channels)"
        )
    if found[0] == found[1]:
        raise ArgumentError(f"{where}: axes is {axes!r}; height and width must be two axes")
    return found[0], found[1]


def to_last(where: str, x: NDArray[Any], axes: Axes) -> NDArray[Any]:
    """A view of a batch with height and width last."""
    if x.ndim <= -min(axes):
        raise ShapeError(
            f"{where}: a sample of shape {x.shape[1:]} has no axes {axes}; an image has at least "
            f"height and width"
        )
    return x if axes == (-2, -1) else np.moveaxis(x, axes, (-2, -1))


def from_last(x: NDArray[Any], axes: Axes) -> NDArray[Any]:
    """A batch with its axes back where `to_last` took them from."""
    return x if axes == (-2, -1) else np.ascontiguousarray(np.moveaxis(x, (-2, -1), axes))


def restore(values: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Computed values in the dtype that the image had: integers rounded, and kept in range."""
    if dtype.kind not in "iu":
        return values.astype(dtype, copy=False)
    limits = np.iinfo(dtype)
    return np.asarray(np.clip(np.rint(values), limits.min, limits.max), dtype=dtype)


def pair(what: str, size: Any, least: int) -> tuple[int, int]:
    """A height and a width, given as two numbers or as one for both."""
    both = (size, size) if np.ndim(size) == 0 else tuple(size)
    if len(both) != 2:
        raise ArgumentError(f"{what} is {size!r}; it must be one integer, or (height, width)")
    return whole_number(what, both[0], least), whole_number(what, both[1], least)


def probability(what: str, p: float) -> float:
    """A number from 0 to 1."""
    if not 0 <= p <= 1:
        raise ArgumentError(f"{what} is {p!r}; it must be a probability, from 0 to 1")
    return float(p)
