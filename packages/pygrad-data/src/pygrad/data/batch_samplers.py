"""Batch samplers: which samples come together in which batch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pygrad.data.samplers import Sampler, whole_number
from pygrad.exceptions import ArgumentError

__all__ = ["BatchSampler", "BucketSampler", "FixedSizeSampler"]


class BatchSampler(ABC):
    """What a batch sampler of your own derives from: write `batches` and ``__len__``.

    A `DataLoader` takes any iterable of lists of integers as well.
    """

    needs_seed = False

    @abstractmethod
    def batches(self, rng: np.random.Generator) -> Sequence[NDArray[np.intp]]:
        """For each batch of one epoch the numbers of its samples."""

    @abstractmethod
    def __len__(self) -> int:
        """How many batches an epoch has."""


class FixedSizeSampler(BatchSampler):
    """The samples of a `Sampler`, so many to a batch: what a loader does by itself.

    Parameters
    ----------
    sampler : Sampler
        Says which samples, and in which order.
    batch_size : int
        Samples in a batch.
    drop_last : bool
        Leave out a last batch that is not full.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.data import FixedSizeSampler, SequentialSampler
    >>> FixedSizeSampler(SequentialSampler(5), 2).batches(np.random.default_rng(0))
    [array([0, 1]), array([2, 3]), array([4])]
    """

    def __init__(self, sampler: Sampler, batch_size: int, drop_last: bool = False) -> None:
        self.sampler = sampler
        self.batch_size = whole_number("FixedSizeSampler: batch_size", batch_size, 1)
        self.drop_last = drop_last
        self.needs_seed = sampler.needs_seed

    def batches(self, rng: np.random.Generator) -> list[NDArray[np.intp]]:
        order, size = self.sampler.indices(rng), self.batch_size
        return [order[start : start + size] for start in range(0, len(self) * size, size)]

    def __len__(self) -> int:
        whole, rest = divmod(len(self.sampler), self.batch_size)
        return whole if self.drop_last or not rest else whole + 1


class BucketSampler(BatchSampler):
    """Samples of like length together, so that there is little to pad.

    Each epoch the samples are shuffled and cut into stretches of a hundred batches; each stretch
    is sorted by length and cut into batches, and the batches are shuffled. Every sample comes
    once; the batch that is not full is any of them.

    Parameters
    ----------
    lengths : array of shape (n,)
        The length of each sample.
    batch_size : int
        Samples in a batch.
    drop_last : bool
        Leave out the batch that is not full.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.data import BucketSampler
    >>> lengths = np.array([1, 9, 2, 8, 1, 9])
    >>> batches = BucketSampler(lengths, 2).batches(np.random.default_rng(0))
    >>> sorted(lengths[batch].tolist() for batch in batches)
    [[1, 1], [2, 8], [9, 9]]
    """

    STRETCH = 100  # batches: enough to sort by, few enough to leave the order random

    def __init__(self, lengths: ArrayLike, batch_size: int, drop_last: bool = False) -> None:
        self.lengths = np.asarray(lengths)
        if self.lengths.ndim != 1 or self.lengths.dtype.kind not in "iuf":
            raise ArgumentError(
                f"BucketSampler: lengths of shape {self.lengths.shape} and dtype "
                f"{self.lengths.dtype}; there must be one number for each sample"
            )
        self.batch_size = whole_number("BucketSampler: batch_size", batch_size, 1)
        self.drop_last = drop_last

    def batches(self, rng: np.random.Generator) -> list[NDArray[np.intp]]:
        order, size = rng.permutation(len(self.lengths)), self.batch_size
        found = []
        for start in range(0, len(order), size * self.STRETCH):
            stretch = order[start : start + size * self.STRETCH]
            stretch = stretch[np.argsort(self.lengths[stretch], kind="stable")]
            found += [stretch[i : i + size] for i in range(0, len(stretch), size)]
        if self.drop_last:
            found = [batch for batch in found if len(batch) == size]
        return [found[i] for i in rng.permutation(len(found))]

    def __len__(self) -> int:
        whole, rest = divmod(len(self.lengths), self.batch_size)
        return whole if self.drop_last or not rest else whole + 1
