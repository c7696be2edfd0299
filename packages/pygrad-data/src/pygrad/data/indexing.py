"""Which samples are meant: lengths, indices and masks, checked before anything is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pygrad.exceptions import ArgumentError, DataError, DtypeError

__all__ = ["Positions", "as_list", "as_positions", "length"]

Positions: TypeAlias = slice | NDArray[np.intp]
"""Samples of a dataset: a slice where they lie side by side, else their numbers, never negative."""


def length(where: str, samples: Any) -> int:
    """The number of samples, or a DataError that says why `samples` has none."""
    if isinstance(samples, Mapping | str | bytes):
        raise DataError(
            f"{where}: got a {type(samples).__name__}, whose entries have no numbers; it must be "
            f"an array, a list, or an object with __len__ and __getitem__(i) for i from 0"
        )
    if (
        isinstance(samples, tuple)
        and len(samples) > 1
        and all(isinstance(entry, np.ndarray) for entry in samples)
    ):
        # read as a sequence, (x, y) would be a set of two samples
        raise DataError(
            f"{where}: got a tuple of {len(samples)} arrays; to pair data with labels write "
            f"Dataset(data, label)"
        )
    if not hasattr(type(samples), "__getitem__"):
        raise DataError(
            f"{where}: got a {type(samples).__name__}, which cannot be indexed; it must be an "
            f"array, a list, or an object with __len__ and __getitem__ (list(...) makes one of "
            f"an iterator)"
        )
    try:
        return len(samples)
    except TypeError as error:
        raise DataError(
            f"{where}: a {type(samples).__name__} has no length ({error}); it must be an array "
            f"of at least one dimension, a list, or an object with __len__ and __getitem__"
        ) from error


def as_positions(where: str, indices: Any, n: int) -> Positions:
    """Indices as a user writes them (slice, integers, mask), as positions from 0 to n - 1."""
    if isinstance(indices, slice):
        try:
            start, stop, step = indices.indices(n)
        except TypeError as error:
            raise DtypeError(f"{where}: {indices} is no slice of whole numbers") from error
        if step == 1:
            return slice(start, stop)
        return np.arange(start, stop, step, dtype=np.intp)

    try:
        numbers = np.asarray(indices)
    except ValueError as error:
        raise ArgumentError(f"{where}: indices must form one flat sequence ({error})") from error
    if numbers.dtype == np.bool_ and numbers.ndim == 1:
        if len(numbers) != n:
            raise ArgumentError(
                f"{where}: the mask has {len(numbers)} entries for {n} samples; it needs one "
                f"for each"
            )
        return np.flatnonzero(numbers)
    if numbers.ndim != 1:
        raise ArgumentError(
            f"{where}: indices of shape {numbers.shape}; they must form one flat sequence"
        )
    if numbers.size == 0:  # np.asarray([]) is an array of floats
        return np.empty(0, np.intp)
    if numbers.dtype.kind not in "iu":
        raise DtypeError(
            f"{where}: indices of dtype {numbers.dtype}; they must be integers (or a boolean mask)"
        )

    outside = (numbers >= n) | (numbers < -n)
    if outside.any():
        raise ArgumentError(f"{where}: index {numbers[outside][0]} is out of range for {n} samples")
    positions = numbers.astype(np.intp)
    positions[positions < 0] += n
    return positions


def as_list(positions: Positions) -> list[int]:
    """Positions as Python ints, which every ``__getitem__`` takes."""
    if isinstance(positions, slice):
        return list(range(positions.start, positions.stop))
    numbers: list[int] = positions.tolist()
    return numbers
