"""What reductions and broadcasts share."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["filled", "kept_shape", "reduced_count"]


def kept_shape(shape: tuple[int, ...], axis: int | tuple[int, ...] | None) -> tuple[int, ...]:
    """The shape that a reduction with ``keepdims=True`` leaves of `shape`."""
    if axis is None:
        return (1,) * len(shape)
    axes = axis if isinstance(axis, tuple) else (axis,)
    reduced = {a % len(shape) for a in axes} if shape else set()
    return tuple(1 if i in reduced else n for i, n in enumerate(shape))


def reduced_count(shape: tuple[int, ...], axis: int | tuple[int, ...] | None) -> int:
    """How many values go into each result of a reduction."""
    count = 1
    for n, kept in zip(shape, kept_shape(shape, axis), strict=True):
        if kept == 1:
            count *= n
    return count


def filled(x: Any, shape: tuple[int, ...]) -> Any:
    """`x` broadcast to `shape` in an array of its own, which costs less than `np.broadcast_to`."""
    y = np.empty(shape, x.dtype)
    y[...] = x
    return y
