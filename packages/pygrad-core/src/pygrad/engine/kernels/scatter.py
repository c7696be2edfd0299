"""Adding values into an array at an index: the adjoint of indexing."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["names_places_once", "scatter_add"]


def scatter_add(g: Any, index: Any, shape: tuple[int, ...]) -> Any:
    """Zeros of `shape` with `g` added at `index`, as often as the index names a place.

    The index is made of numbers, slices, Ellipsis, None and arrays.
    """
    y = np.zeros(shape, g.dtype)
    if names_places_once(index):
        y[index] = g
    else:
        np.add.at(y, index, g)
    return y


def names_places_once(index: Any) -> bool:
    """Whether the index is made of slices, integers and masks, which repeat no place."""
    parts = index if isinstance(index, tuple) else (index,)
    arrays = [part for part in parts if isinstance(part, np.ndarray)]
    return not arrays or (len(arrays) == 1 and arrays[0].dtype == np.bool_)
