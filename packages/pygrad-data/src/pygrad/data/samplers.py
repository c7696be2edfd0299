"""Samplers: which samples an epoch has, and in which order.

A sampler holds no random state. It is handed the generator of the epoch, which follows from the
loader's seed and the number of the epoch, and answers with the numbers of the samples.
"""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from collections.abc import Sized
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pygrad.data.indexing import length
from pygrad.exceptions import ArgumentError

__all__ = [
    "DistributedSampler",
    "RandomSampler",
    "Sampler",
    "SequentialSampler",
    "StratifiedSampler",
    "WeightedSampler",
    "whole_number",
]

LEFTOVERS = ("repeat", "drop", "keep")


class Sampler(ABC):
    """What a sampler of your own derives from: write `indices` and ``__len__``.

    A `DataLoader` takes any iterable of integers as well, a list for instance.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.data import DataLoader, Sampler
    >>> class EvenOnes(Sampler):
    ...     def __init__(self, n):
    ...         self.n = n
    ...     def indices(self, rng):
    ...         return rng.permutation(np.arange(0, self.n, 2))
    ...     def __len__(self):
    ...         return -(-self.n // 2)
    >>> sorted(x.item() for x in DataLoader(np.arange(6), sampler=EvenOnes(6)))
    [0, 2, 4]
    """

    needs_seed = False  # whether several programs must draw the same order

    @abstractmethod
    def indices(self, rng: np.random.Generator) -> NDArray[np.intp]:
        """The numbers of one epoch's samples, in order; what is random is drawn from `rng`."""

    @abstractmethod
    def __len__(self) -> int:
        """How many samples an epoch has."""


class SequentialSampler(Sampler):
    """Every sample once, in order.

    Parameters
    ----------
    source : int or sized
        The number of samples, or the dataset.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.data import SequentialSampler
    >>> SequentialSampler(4).indices(np.random.default_rng(0))
    array([0, 1, 2, 3])
    """

    def __init__(self, source: int | Sized) -> None:
        self.n = _count("SequentialSampler", source)

    def indices(self, rng: np.random.Generator) -> NDArray[np.intp]:
        return np.arange(self.n, dtype=np.intp)

    def __len__(self) -> int:
        return self.n


class RandomSampler(Sampler):
    """Every sample once, in random order: what a loader does by itself.

    Parameters
    ----------
    source : int or sized
        The number of samples, or the dataset.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.data import RandomSampler
    >>> sorted(RandomSampler(4).indices(np.random.default_rng(0)).tolist())
    [0, 1, 2, 3]
    """

    def __init__(self, source: int | Sized) -> None:
        self.n = _count("RandomSampler", source)

    def indices(self, rng: np.random.Generator) -> NDArray[np.intp]:
        return rng.permutation(self.n)

    def __len__(self) -> int:
        return self.n


class WeightedSampler(Sampler):
    """Samples drawn at random, each in proportion to its weight.

    Parameters
    ----------
    weights : array of shape (n,)
        One for each sample, at least 0; they need not sum to one.
    size : int, optional
        How many samples an epoch has; as many as there are weights by default.
    replacement : bool
        Whether a sample may be drawn more than once in an epoch.

    Raises
    ------
    ArgumentError
        If a weight is negative or no number, or if there are fewer samples to draw than `size`.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.data import WeightedSampler
    >>> drawn = WeightedSampler([0, 1, 3], size=1000).indices(np.random.default_rng(0))
    >>> np.bincount(drawn) // 100
    array([0, 2, 7])
    """

    def __init__(
        self, weights: ArrayLike, size: int | None = None, replacement: bool = True
    ) -> None:
        w = np.asarray(weights, dtype=np.float64)
        if w.ndim != 1 or not np.isfinite(w).all() or (w < 0).any() or not w.any():
            raise ArgumentError(
                f"WeightedSampler: weights of shape {w.shape}; there must be one finite number of "
                f"at least 0 for each sample, and not all of them 0"
            )
        self.p = w / w.sum()
        self.size = len(w) if size is None else whole_number("WeightedSampler: size", size, 1)
        self.replacement = replacement
        if not replacement and self.size > (possible := int(np.count_nonzero(w))):
            raise ArgumentError(
                f"WeightedSampler: size is {self.size}, but only {possible} samples have a weight "
                f"above 0; draw fewer, or with replacement=True"
            )

    def indices(self, rng: np.random.Generator) -> NDArray[np.intp]:
        drawn = rng.choice(len(self.p), self.size, self.replacement, self.p)
        return np.asarray(drawn, dtype=np.intp)

    def __len__(self) -> int:
        return self.size


class StratifiedSampler(Sampler):
    """Every sample once, in an order in which each stretch has the labels of the whole.

    The samples of each label are shuffled, and then spread evenly over the epoch. So a batch of
    any size has of every label its share of the dataset, give or take about one.

    Parameters
    ----------
    labels : array of shape (n,)
        The label of each sample: integers or text.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.data import StratifiedSampler
    >>> labels = np.array([0] * 30 + [1] * 10)
    >>> order = StratifiedSampler(labels).indices(np.random.default_rng(0))
    >>> labels[order].reshape(10, 4).sum(axis=1)
    array([1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
    """

    def __init__(self, labels: ArrayLike) -> None:
        values = np.asarray(labels)
        if values.ndim != 1:
            raise ArgumentError(
                f"StratifiedSampler: labels of shape {values.shape}; there must be one for each "
                f"sample, in one flat sequence"
            )
        _, self.classes = np.unique(values, return_inverse=True)

    def indices(self, rng: np.random.Generator) -> NDArray[np.intp]:
        order = rng.permutation(len(self.classes))
        by_class = order[np.argsort(self.classes[order], kind="stable")]
        counts = np.bincount(self.classes)
        first = np.repeat(np.cumsum(counts) - counts, counts)
        m = np.repeat(counts, counts)
        # member k of m stands at (k + u) / m of the way; u differs, or all classes begin at once
        u = np.repeat(rng.random(len(counts)), counts)
        place = (np.arange(len(order)) - first + u) / m
        return by_class[np.argsort(place, kind="stable")]

    def __len__(self) -> int:
        return len(self.classes)


class DistributedSampler(Sampler):
    """One program's share of an order that several programs have in common.

    Rank r of w takes every w-th sample from the r-th on. All must be given the same data, and
    their loaders the same ``seed``.

    Parameters
    ----------
    source : int, sized or Sampler
        The number of samples or the dataset, to be shuffled; or the sampler to share out.
    rank, world_size : int
        Which of the programs this is, from 0, and how many there are.
    leftover : {"repeat", "drop", "keep"}
        What becomes of the samples that are left where the number does not divide evenly. The
        first two give every rank as many: "repeat" fills up with samples from the beginning of
        the order, "drop" leaves the last ones out. With "keep" some ranks get one more.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.data import DistributedSampler, SequentialSampler
    >>> for rank in (0, 1):
    ...     sampler = DistributedSampler(SequentialSampler(5), rank, 2)
    ...     print(sampler.indices(np.random.default_rng(0)))
    [0 2 4]
    [1 3 0]
    """

    needs_seed = True

    def __init__(
        self,
        source: int | Sized | Sampler,
        rank: int,
        world_size: int,
        leftover: str = "repeat",
    ) -> None:
        where = "DistributedSampler"
        self.sampler = source if isinstance(source, Sampler) else RandomSampler(source)
        self.world_size = whole_number(f"{where}: world_size", world_size, 1)
        self.rank = whole_number(f"{where}: rank", rank, 0)
        if self.rank >= self.world_size:
            raise ArgumentError(
                f"{where}: rank is {rank} of world_size={world_size}; it must be from 0 to "
                f"{self.world_size - 1}"
            )
        if leftover not in LEFTOVERS:
            raise ArgumentError(
                f"{where}: leftover is {leftover!r}; it must be one of {', '.join(LEFTOVERS)}"
            )
        self.leftover = leftover

    def indices(self, rng: np.random.Generator) -> NDArray[np.intp]:
        order = self.sampler.indices(rng)
        w = self.world_size
        if self.leftover == "drop":
            order = order[: len(order) // w * w]
        elif self.leftover == "repeat" and len(order):
            order = np.resize(order, -(-len(order) // w) * w)
        return order[self.rank :: w]

    def __len__(self) -> int:
        n, w = len(self.sampler), self.world_size
        if self.leftover == "drop":
            return n // w
        return -(-n // w) if self.leftover == "repeat" else -(-(n - self.rank) // w)


def whole_number(what: str, value: Any, least: int) -> int:
    """`value` as an int of at least `least`, or an ArgumentError."""
    try:
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if number < least or isinstance(value, bool):
        raise ArgumentError(f"{what} is {value!r}; it must be an integer of at least {least}")
    return number


def _count(where: str, source: Any) -> int:
    if hasattr(source, "__len__"):
        return length(where, source)
    return whole_number(f"{where}: the number of samples", source, 0)
