"""Samples of different lengths made into one batch, with their lengths beside it."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pygrad.data.collate import collate_mappings, collate_tuples, stack
from pygrad.exceptions import DataError

__all__ = ["PadCollate", "Padded"]


class Padded(NamedTuple):
    """A batch of sequences, filled up to the longest, and how long each one is."""

    data: NDArray[Any]
    lengths: NDArray[np.int64]


class PadCollate:
    """A ``collate_fn`` for ragged samples: pads them to the longest of the batch.

    Of an entry of the samples that has a length (an array or a list of numbers, words of text
    aside) it makes the pair ``Padded(data, lengths)``, also in a batch where all are of one
    length. All other entries are batched as usual.

    Parameters
    ----------
    value : number
        What to fill up with.
    only : collection, optional
        Which entries to pad: positions in a tuple, or keys in a dict. The rest is stacked.

    Raises
    ------
    DataError
        When a batch is made: samples that differ in more than the length of their first axis.

    Examples
    --------
    >>> from pygrad.data import DataLoader, Dataset, PadCollate
    >>> sentences = Dataset([[5, 3, 8], [4], [7, 2]], label=[0, 1, 0])
    >>> loader = DataLoader(sentences, 3, shuffle=False, collate_fn=PadCollate())
    >>> for (words, lengths), labels in loader:
    ...     print(words, lengths, labels)
    [[5 3 8]
     [4 0 0]
     [7 2 0]] [3 1 2] [0 1 0]
    """

    def __init__(self, value: float = 0, *, only: Container[Any] | None = None) -> None:
        self.value = value
        self.only = only

    def __call__(self, samples: Sequence[Any]) -> Any:
        numbers = range(len(samples))
        if samples and isinstance(samples[0], tuple):
            return collate_tuples(samples, numbers, "sample", self._join(range(len(samples[0]))))
        if samples and isinstance(samples[0], Mapping):
            return collate_mappings(samples, numbers, "sample", self._join(samples[0]))
        return self._pad(samples, numbers, "sample")

    def _join(self, names: Any) -> Any:
        # entries come one after the other, in the order of their names
        coming = iter(names)

        def join(values: Sequence[Any], indices: Sequence[int], what: str) -> Any:
            name = next(coming)
            if self.only is not None and name not in self.only:
                return stack(values, indices, what)
            return self._pad(values, indices, what)

        return join

    def _pad(self, values: Sequence[Any], indices: Sequence[int], what: str) -> Any:
        first = values[0] if values else None
        if not isinstance(first, list) and getattr(first, "ndim", 0) == 0:
            return stack(values, indices, what)
        arrays = [_array(value, index, what) for value, index in zip(values, indices, strict=True)]
        rest = arrays[0].shape[1:]
        for index, array in zip(indices, arrays, strict=True):
            if array.ndim == 0 or array.shape[1:] != rest:
                raise DataError(
                    f"{what}: sample {index} of the batch has shape {array.shape} but sample "
                    f"{indices[0]} has {arrays[0].shape}; to be padded they may differ in their "
                    f"first axis only"
                )
        lengths = np.array([len(array) for array in arrays], dtype=np.int64)
        # an empty list is an array of floats, and says nothing of the others
        dtype = np.result_type(*([a for a in arrays if len(a)] or arrays))
        data = np.full((len(arrays), lengths.max(), *rest), self.value, dtype=dtype)
        for row, array in zip(data, arrays, strict=True):
            row[: len(array)] = array
        return Padded(data, lengths)


def _array(value: Any, index: int, what: str) -> NDArray[Any]:
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise DataError(
            f"{what}: sample {index} of the batch is a ragged list, whose rows differ in length; "
            f"only the first axis can be padded: make its rows equal first"
        ) from error
    if array.dtype.kind not in "biufc":
        raise DataError(
            f"{what}: sample {index} of the batch is of dtype {array.dtype}; only numbers can be "
            f"padded: name the entries to pad with only=..., or turn text into numbers first"
        )
    return array
