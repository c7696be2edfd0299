"""An axis of an array, resampled: each new value is a weighted sum of a run of old ones."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

__all__ = ["Weights", "resampled", "transposed"]


class Weights(NamedTuple):
    """For each new value, where its run begins and the weights of the old values in it."""

    starts: tuple[int, ...]
    rows: tuple[Any, ...]
    n: int  # how many old values


def resampled(x: Any, axis: int, weights: Weights) -> Any:
    """The new values. What is outside a run is not touched: an infinite value stays where it is."""
    shape = list(x.shape)
    shape[axis] = len(weights.starts)
    y = np.zeros(shape, x.dtype)
    old, new = np.moveaxis(x, axis, 0), np.moveaxis(y, axis, 0)
    for i, (start, row) in enumerate(zip(weights.starts, weights.rows, strict=True)):
        for j, weight in enumerate(row.tolist(), start):
            new[i] += old[j] * weight
    return y


def transposed(g: Any, axis: int, weights: Weights) -> Any:
    """The transpose of `resampled`: each new value is added to its run."""
    shape = list(g.shape)
    shape[axis] = weights.n
    x = np.zeros(shape, g.dtype)
    old, new = np.moveaxis(x, axis, 0), np.moveaxis(g, axis, 0)
    for i, (start, row) in enumerate(zip(weights.starts, weights.rows, strict=True)):
        for j, weight in enumerate(row.tolist(), start):
            old[j] += new[i] * weight
    return x
