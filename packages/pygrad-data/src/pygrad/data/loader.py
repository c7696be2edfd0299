"""The loader: a dataset, batch by batch."""

from __future__ import annotations

import operator
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pygrad.data.dataset import fetch
from pygrad.data.indexing import length
from pygrad.data.shuffling import check_source, generator_from, seeded
from pygrad.exceptions import ArgumentError, DataError

__all__ = ["DataLoader"]

# one for all loaders: a loader with a lock of its own could be neither copied nor pickled
_counting = threading.Lock()


class DataLoader:
    """The batches of a dataset; each ``for`` loop over it is one epoch.

    A batch is what one sample is, with a new first axis: ``(data, labels)`` for a dataset with
    labels, the bare data for one without. Arrays, numbers and lists of numbers are stacked into
    an array of their own dtype (Python ints into int64), text comes as a list, and tuples and
    dicts are batched entry by entry.

    Several loops over one loader, nested or in several threads, do not disturb each other: every
    ``iter(loader)`` is an epoch of its own.

    Parameters
    ----------
    dataset : Dataset, array or sequence
        Anything with ``__len__`` and ``__getitem__``.
    batch_size : int
        Samples in a batch. The last batch holds what is left, which may be fewer.
    shuffle : bool
        Whether each epoch has a new random order.
    drop_last : bool
        Leave out a last batch that is not full. A dataset smaller than one batch then gives none.
    seed : int, optional
        Makes the order of epoch 0, 1, 2, ... depend on the seed and the number of the epoch
        alone: not on the batch size, nor on what else draws random numbers.
    rng : numpy.random.Generator, optional
        Draws one integer an epoch, from which its order follows. By default PyGrad's own
        generator does, which `pygrad.seed` restarts.

    Raises
    ------
    ArgumentError
        If `batch_size` is no positive integer, or `seed` and `rng` are no such things.
    DataError
        If the dataset is empty, or has no length. It is raised here and not by the loop, since
        the mistake is here.

    Notes
    -----
    A dataset made of arrays (a `Dataset` without transforms, a `Subset` of one, or a bare array)
    is read with one indexing operation a batch. Without shuffling that is a slice: a read-only
    view of the dataset's own array, not a copy; ``batch.copy()`` can be written to.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.data import DataLoader, Dataset
    >>> dataset = Dataset(np.arange(10.0).reshape(5, 2), label=[0, 1, 0, 1, 0])
    >>> loader = DataLoader(dataset, batch_size=2, shuffle=False)
    >>> len(loader)
    3
    >>> for data, labels in loader:
    ...     print(data.shape, labels)
    (2, 2) [0 1]
    (2, 2) [0 1]
    (1, 2) [0]
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int = 1,
        shuffle: bool = True,
        *,
        drop_last: bool = False,
        seed: int | None = None,
        rng: np.random.Generator | None = None,
    ) -> None:
        check_source("DataLoader", seed, rng)
        self.dataset = dataset
        self.batch_size = _checked_batch_size(batch_size)
        self.shuffle = shuffle
        self.drop_last = drop_last
        self.seed = seed
        self.rng = rng
        self._epoch = 0
        self._samples()

    def __len__(self) -> int:
        """The number of batches in an epoch."""
        whole, rest = divmod(self._samples(), self.batch_size)
        return whole if self.drop_last or not rest else whole + 1

    def __iter__(self) -> Iterator[Any]:
        # no generator function: the order is drawn now, not when the first batch is asked for
        n = self._samples()
        with _counting:
            epoch = self._epoch
            self._epoch += 1
        return self._batches(n, self._order(n, epoch) if self.shuffle else None)

    def __repr__(self) -> str:
        return (
            f"DataLoader({self._samples()} samples, batch_size={self.batch_size}, "
            f"shuffle={self.shuffle}, drop_last={self.drop_last})"
        )

    def _batches(self, n: int, order: NDArray[np.intp] | None) -> Iterator[Any]:
        end = n - n % self.batch_size if self.drop_last else n
        for start in range(0, end, self.batch_size):
            part = slice(start, min(start + self.batch_size, end))
            yield fetch(self.dataset, part if order is None else order[part])

    def _order(self, n: int, epoch: int) -> NDArray[np.intp]:
        if self.seed is not None:
            return seeded(self.seed, epoch).permutation(n)
        # one integer, and the rest from it: how far the generator moves does not depend on n
        drawn = int(generator_from(None, self.rng).integers(2**63))
        return seeded(drawn).permutation(n)

    def _samples(self) -> int:
        n = length("DataLoader", self.dataset)
        if n == 0:
            raise DataError(
                "DataLoader: the dataset is empty; it needs at least one sample (was the file "
                "found, or did a split leave nothing for this part?)"
            )
        return n


def _checked_batch_size(batch_size: Any) -> int:
    try:
        size = operator.index(batch_size)
    except TypeError:
        size = 0
    if size < 1 or isinstance(batch_size, bool):
        raise ArgumentError(
            f"DataLoader: batch_size is {batch_size!r}; it must be an integer of at least 1"
        )
    return size
