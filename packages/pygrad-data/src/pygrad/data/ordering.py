"""Which samples form which batch of an epoch: what a loader's settings and samplers say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pygrad.data.drawing import Draws
from pygrad.data.indexing import Positions, as_positions
from pygrad.data.making import Parts
from pygrad.exceptions import ArgumentError, DataError

__all__ = ["parts"]


def parts(loader: Any, draws: Draws, n: int) -> Parts | Sequence[Positions]:
    """The batches of an epoch over `n` samples, as the positions of their samples."""
    if loader.batch_sampler is not None:
        return _batches(loader.batch_sampler, draws, n)
    size, drop_last = loader.batch_size, loader.drop_last
    if loader.sampler is not None:
        order = _order(loader.sampler, draws, n)
        return Parts(order, len(order), size, drop_last)
    return Parts(draws.for_order().permutation(n) if loader.shuffle else None, n, size, drop_last)


def _order(sampler: Any, draws: Draws, n: int) -> NDArray[np.intp]:
    where = f"DataLoader: {type(sampler).__name__}"
    indices = getattr(sampler, "indices", None)
    if callable(indices):
        return _numbers(where, indices(draws.for_order()), n)
    return _numbers(where, _listed(where, sampler, "integers"), n)


def _batches(sampler: Any, draws: Draws, n: int) -> list[Positions]:
    where = f"DataLoader: {type(sampler).__name__}"
    batches = getattr(sampler, "batches", None)
    if callable(batches):
        given = batches(draws.for_order())
    else:
        given = _listed(where, sampler, "lists of integers")
    found: list[Positions] = []
    for number, batch in enumerate(given):
        numbers = _numbers(where, batch, n)
        if not len(numbers):
            raise DataError(
                f"{where}: batch {number} is empty; each batch must have at least one sample"
            )
        found.append(numbers)
    return found


def _numbers(where: str, indices: Any, n: int) -> NDArray[np.intp]:
    numbers = as_positions(where, indices, n)
    if isinstance(numbers, slice):
        return np.arange(numbers.start, numbers.stop, dtype=np.intp)
    return numbers


def _listed(where: str, sampler: Any, what: str) -> Any:
    if isinstance(sampler, np.ndarray):
        return sampler
    try:
        return list(sampler)
    except TypeError as error:
        raise ArgumentError(
            f"{where}: it gives no indices; it must be an iterable of {what}, or derive from "
            f"pygrad.data.Sampler or BatchSampler"
        ) from error
