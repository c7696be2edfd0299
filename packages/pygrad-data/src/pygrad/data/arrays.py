"""A dataset of arrays side by side: one, a pair, or as many as a sample has parts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pygrad.data.dataset import (
    READ_IN_ONE,
    Dataset,
    Transform,
    checked_index,
    is_integer,
    positions_of,
    read,
)
from pygrad.data.indexing import Positions
from pygrad.exceptions import DataError

__all__ = ["ArrayDataset", "transforms_of"]


class ArrayDataset(Dataset):
    """Arrays of one length: sample i is the row i of each.

    Where `Dataset` keeps whatever it is given and looks at it when it is used, this makes arrays
    of it and checks them at once; and it takes more than two.

    Parameters
    ----------
    *arrays : array_like
        One or more, all with the same first axis. Arrays are kept as they are, not copied.
    transform, target_transform : callable, optional
        Called with one row of the first (second) array, each time it is read; returns what takes
        its place.

    Attributes
    ----------
    arrays : tuple of ndarray
        All of them; `data` is the first and `label` the second, or None.

    Raises
    ------
    DataError
        If there is no array, one has no rows or holds objects, or their lengths differ.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.data import ArrayDataset
    >>> dataset = ArrayDataset(np.eye(3), [0, 1, 2])
    >>> dataset[1]
    (array([0., 1., 0.]), np.int64(1))

    With three arrays a sample is three values, such as data, label and weight:

    >>> weighted = ArrayDataset(np.eye(3), [0, 1, 2], [0.5, 0.5, 2.0])
    >>> x, y, weight = weighted[1:]
    >>> x.shape, y, weight
    ((2, 3), array([1, 2]), array([0.5, 2. ]))
    """

    arrays: tuple[NDArray[Any], ...]

    def __init__(
        self,
        *arrays: ArrayLike,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
    ) -> None:
        name = type(self).__name__
        if not arrays:
            raise DataError(f"{name}: there is no array; pass one or more, of one length")
        self.arrays = tuple(_as_rows(f"{name}: array {k}", a) for k, a in enumerate(arrays))
        lengths = [len(array) for array in self.arrays]
        if len(set(lengths)) > 1:
            raise DataError(
                f"{name}: arrays of lengths {', '.join(map(str, lengths))}; they must all "
                f"have one row for each sample"
            )
        label = self.arrays[1] if len(arrays) > 1 else None
        super().__init__(self.arrays[0], label, transform, target_transform)

    def __len__(self) -> int:
        return len(self.arrays[0])

    def __getitem__(self, index: Any) -> Any:
        if not is_integer(index):
            return _batch(self, positions_of(self, index))
        i = checked_index(self, index)
        row = [array[i] for array in self.arrays]
        row = [x if t is None else t(x) for x, t in zip(row, transforms_of(self), strict=True)]
        return row[0] if len(row) == 1 else tuple(row)


def _as_rows(where: str, values: ArrayLike) -> NDArray[Any]:
    try:
        array = values if isinstance(values, np.ndarray) else np.asarray(values)
    except (ValueError, TypeError) as error:  # rows of several lengths
        raise DataError(f"{where}: {error}; all rows must be of one shape") from error
    if array.ndim == 0:
        raise DataError(f"{where} is a single {array.dtype}; it must have one row for each sample")
    if array.dtype.kind == "O":
        raise DataError(
            f"{where} holds Python objects; it must hold numbers or text: use Dataset for "
            f"anything else"
        )
    return array


def transforms_of(dataset: ArrayDataset) -> list[Transform | None]:
    """One for each array: that of the data, that of the labels, and none for any further."""
    more = [None] * len(dataset.arrays)
    return [dataset.transform, dataset.target_transform, *more][: len(dataset.arrays)]


def _batch(dataset: ArrayDataset, positions: Positions) -> Any:
    columns = [
        read(array, positions, transform, "data" if k == 0 else f"array {k}")
        for k, (array, transform) in enumerate(
            zip(dataset.arrays, transforms_of(dataset), strict=True)
        )
    ]
    return columns[0] if len(columns) == 1 else tuple(columns)


READ_IN_ONE[ArrayDataset.__getitem__] = _batch
