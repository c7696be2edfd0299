"""One batch, made: the samples read, collated and transformed.

The makers here are what a worker is given. Batch number k comes out the same whoever makes it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pygrad.data.collate import collate
from pygrad.data.dataset import fetch
from pygrad.data.drawing import Draws, drawing_for
from pygrad.data.indexing import Positions, as_list

__all__ = ["BatchMaker", "End", "Finish", "Parts", "StreamMaker"]


class End:
    """What a stream answers when it has no more batches."""


class Parts:
    """An order cut into batches; None is the order of the dataset itself."""

    def __init__(self, order: NDArray[np.intp] | None, n: int, size: int, drop_last: bool) -> None:
        self.order = order
        self.size = size
        self.end = n - n % size if drop_last else n

    def __len__(self) -> int:
        return -(-self.end // self.size)

    def __getitem__(self, number: int) -> Positions:
        start = number * self.size
        part = slice(start, min(start + self.size, self.end))
        return part if self.order is None else self.order[part]


class Finish:
    """What is done to a batch once its samples are together: transforms, then the dtype."""

    def __init__(self, transforms: Sequence[Callable[..., Any]], dtype: Any) -> None:
        self.transforms = transforms
        self.dtype = dtype

    def __call__(self, batch: Any) -> Any:
        for transform in self.transforms:
            batch = _transformed(batch, transform)
        return batch if self.dtype is None else _cast(batch, self.dtype)


class BatchMaker:
    """Makes any batch of an epoch of a dataset that can be indexed."""

    def __init__(
        self,
        dataset: Any,
        parts: Parts | Sequence[Positions],
        collate_fn: Callable[[list[Any]], Any] | None,
        finish: Finish | None,
        draws: Draws,
    ) -> None:
        self.dataset = dataset
        self.parts = parts
        self.collate_fn = collate_fn
        self.finish = finish
        self.draws = draws

    def __call__(self, number: int) -> Any:
        with drawing_for(self.draws, number):
            part = self.parts[number]
            if self.collate_fn is None:
                batch = fetch(self.dataset, part)
            else:
                batch = self.collate_fn(_samples(self.dataset, part))
            return batch if self.finish is None else self.finish(batch)


class StreamMaker:
    """Makes the batches of a stream, one after the other, from batch number `first` on.

    The samples before that are read and left out: a stream cannot be asked for sample number i.
    """

    def __init__(
        self,
        dataset: Iterable[Any],
        size: int,
        drop_last: bool,
        collate_fn: Callable[[list[Any]], Any] | None,
        finish: Finish | None,
        draws: Draws,
        first: int,
    ) -> None:
        self.dataset = dataset
        self.size = size
        self.drop_last = drop_last
        self.collate_fn = collate_fn
        self.finish = finish
        self.draws = draws
        self.first = first
        self._samples: Iterator[Any] | None = None

    def __call__(self, number: int) -> Any:
        if self._samples is None:
            # in the worker that reads it, not where the loop started: a file is opened there
            self._samples = self._beginning()
        with drawing_for(self.draws, number):
            samples = list(islice(self._samples, self.size))
            if not samples or (self.drop_last and len(samples) < self.size):
                return End()
            start = number * self.size
            if self.collate_fn is None:
                batch = collate(samples, range(start, start + len(samples)))
            else:
                batch = self.collate_fn(samples)
            return batch if self.finish is None else self.finish(batch)

    def _beginning(self) -> Iterator[Any]:
        samples = iter(self.dataset)
        for number in range(self.first):
            # each with its own numbers, for a stream that draws some
            with drawing_for(self.draws, number):
                deque(islice(samples, self.size), maxlen=0)
        return samples


def _samples(dataset: Any, part: Positions) -> list[Any]:
    rows = getattr(dataset, "iloc", dataset)  # the [] of a pandas object looks up by label
    samples = []
    for i in as_list(part):
        try:
            samples.append(rows[i])
        except Exception as error:
            name = type(dataset).__name__
            error.add_note(f"(raised by {name}[{i}], while a batch was being made)")
            raise
    return samples


def _transformed(batch: Any, transform: Callable[..., Any]) -> Any:
    # a transform of arrays is meant for the data, whatever labels stand beside them
    whole = getattr(transform, "batch", None)
    if whole is None:
        return transform(batch)
    if type(batch) is tuple:
        return (whole(batch[0]), *batch[1:])
    return whole(batch)


def _cast(batch: Any, dtype: Any) -> Any:
    """The batch with all its floating-point arrays in one dtype."""
    if isinstance(batch, np.ndarray):
        return batch.astype(dtype, copy=False) if batch.dtype.kind == "f" else batch
    if isinstance(batch, Mapping):
        return {key: _cast(entry, dtype) for key, entry in batch.items()}
    if isinstance(batch, tuple):
        entries = [_cast(entry, dtype) for entry in batch]
        return tuple(entries) if type(batch) is tuple else type(batch)(*entries)
    return batch
