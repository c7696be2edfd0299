"""Datasets: anything that can be asked for its length and for sample number i."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from pygrad.data.collate import collate, stack
from pygrad.data.indexing import Positions, as_list, as_positions, length
from pygrad.exceptions import DataError, DtypeError

__all__ = [
    "READ_IN_ONE",
    "Dataset",
    "Subset",
    "Transform",
    "checked_index",
    "fetch",
    "is_integer",
    "positions_of",
    "read",
    "select",
]

Transform = Callable[[Any], Any]


class Dataset:
    """Data and, where there are any, their labels.

    ``dataset[i]`` is the pair of ``data[i]`` and ``label[i]``, or ``data[i]`` alone if there are
    no labels. A subclass may set ``self.data`` and ``self.label`` in its own ``__init__``, or
    write its own ``__getitem__`` and ``__len__``.

    Parameters
    ----------
    data, label : array or sequence, optional
        One entry a sample. They are kept as they are, not copied.
    transform, target_transform : callable, optional
        Called with one sample's data (label), each time it is read; returns what takes its place.

    Raises
    ------
    DataError
        When the dataset is used: there is no data, or there are not as many labels as data.

    Examples
    --------
    >>> from pygrad.data import Dataset
    >>> words = Dataset(["a", "list", "of", "words"], label=[0, 1, 0, 1], transform=str.upper)
    >>> len(words)
    4
    >>> words[1]
    ('LIST', 1)

    A slice, a list of indices or a mask gives a batch:

    >>> words[1:3]
    (['LIST', 'OF'], array([1, 0]))

    A subclass that makes its data itself:

    >>> import numpy as np
    >>> class Squares(Dataset):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.data = np.arange(5.0)
    ...         self.label = self.data**2
    >>> x, y = Squares()[-1]
    >>> float(x), float(y)
    (4.0, 16.0)
    """

    # on the class, so that a subclass that does not call super().__init__() works too
    data: Any = None
    label: Any = None
    transform: Transform | None = None
    target_transform: Transform | None = None

    def __init__(
        self,
        data: Any = None,
        label: Any = None,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
    ) -> None:
        # only what was passed: a subclass may have `transform` as a method, `data` as a property
        if data is not None:
            self.data = data
        if label is not None:
            self.label = label
        if transform is not None:
            self.transform = transform
        if target_transform is not None:
            self.target_transform = target_transform

    def __len__(self) -> int:
        name = type(self).__name__
        if self.data is None:
            raise DataError(
                f"{name}: there is no data; pass data=..., set self.data in __init__ (after "
                f"super().__init__()), or write both __len__ and __getitem__"
            )
        n = length(f"{name}: data", self.data)
        if self.label is not None:
            labels = length(f"{name}: label", self.label)
            if labels != n:
                raise DataError(
                    f"{name}: {n} samples of data but {labels} labels; there must be one label "
                    f"for each sample"
                )
        return n

    def __getitem__(self, index: Any) -> Any:
        if not is_integer(index):
            return _batch_of_columns(self, positions_of(self, index))
        i = checked_index(self, index)
        x = _rows(self.data)[i]
        if self.transform is not None:
            x = self.transform(x)
        if self.label is None:
            return x
        y = _rows(self.label)[i]
        if self.target_transform is not None:
            y = self.target_transform(y)
        return x, y


class Subset(Dataset):
    """Some samples of a dataset, in a given order. Nothing is copied until it is read.

    Parameters
    ----------
    dataset : Dataset or sequence
        Anything with ``__len__`` and ``__getitem__``.
    indices : sequence of int, or a boolean mask
        Which samples. Negative indices count from the end; repetitions are allowed.

    Raises
    ------
    ArgumentError
        If an index is out of range, or a mask has the wrong length.
    DtypeError
        If the indices are not integers.

    Examples
    --------
    >>> from pygrad.data import Dataset, Subset
    >>> letters = Dataset(list("abcde"), label=[0, 1, 2, 3, 4])
    >>> some = Subset(letters, [3, 0, -1])
    >>> len(some), some[0]
    (3, ('d', 3))
    >>> some[:]
    (['d', 'a', 'e'], array([3, 0, 4]))
    """

    def __init__(self, dataset: Any, indices: ArrayLike | slice) -> None:
        self.dataset = dataset
        n = length("Subset", dataset)
        positions = as_positions("Subset", indices, n)
        if isinstance(positions, slice):
            positions = np.arange(positions.start, positions.stop, dtype=np.intp)
        self.indices = positions

    # read-only where Dataset's can be set: these are made afresh from the dataset behind
    @property
    def data(self) -> Any:
        """The data of the chosen samples, without the transform: an array, or a list."""
        return select(self.dataset.data, self.indices)

    @property
    def label(self) -> Any:
        """The labels of the chosen samples, without the transform; None if there are none."""
        return select(self.dataset.label, self.indices)

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, index: Any) -> Any:
        if not is_integer(index):
            return fetch(self.dataset, self.indices[positions_of(self, index)])
        return _rows(self.dataset)[int(self.indices[checked_index(self, index)])]


def fetch(dataset: Any, positions: Positions) -> Any:
    """The samples at `positions` as one batch, by the quickest way the dataset allows.

    Arrays take one indexing operation a batch and no Python for each sample. What a slice gives
    is a read-only view of them, not a copy.
    """
    kind = type(dataset)
    # asked of the method, for a subclass that writes its own means it for every sample
    in_one = READ_IN_ONE.get(kind.__getitem__)
    if in_one is not None:
        return in_one(dataset, positions)
    if isinstance(dataset, np.ndarray) or hasattr(dataset, "iloc"):
        return read(dataset, positions, None, "sample")

    numbers = as_list(positions)
    samples = []
    for i in numbers:
        try:
            samples.append(dataset[i])
        except Exception as error:
            error.add_note(f"(raised by {kind.__name__}[{i}], while a batch was being made)")
            raise
    return collate(samples, numbers)


def _batch_of_a_subset(subset: Subset, positions: Positions) -> Any:
    return fetch(subset.dataset, subset.indices[positions])


def _batch_of_columns(dataset: Dataset, positions: Positions) -> Any:
    x = read(dataset.data, positions, dataset.transform, "data")
    if dataset.label is None:
        return x
    return x, read(dataset.label, positions, dataset.target_transform, "label")


def read(column: Any, positions: Positions, transform: Transform | None, what: str) -> Any:
    """One column's part of a batch."""
    rows = select(column, positions)
    if transform is not None:
        whole = getattr(transform, "batch", None)  # see pygrad.data.transforms.Transform
        if whole is not None and isinstance(rows, np.ndarray):
            return whole(rows)
        rows = [transform(row) for row in rows]
    elif isinstance(rows, np.ndarray):
        if isinstance(positions, slice):
            # a view: writing into a batch would change the dataset behind it
            rows.flags.writeable = False
        return rows
    return stack(rows, as_list(positions), what)


def select(column: Any, positions: Positions) -> Any:
    """The rows at `positions`, untransformed: an array from an array, else a list."""
    if column is None:
        return None
    if isinstance(column, np.ndarray):
        plain = type(column) is np.ndarray and column.flags.c_contiguous and column.flags.aligned
        if plain and not isinstance(positions, slice):
            # take beats fancy indexing by a seventh, but copies the whole of any other array first
            return column.take(positions, axis=0)
        return column[positions]
    rows = _rows(column)
    if rows is not column:
        return np.asarray(rows[positions])
    return [rows[i] for i in as_list(positions)]


def _rows(column: Any) -> Any:
    # the [] of a pandas object looks up by label, not by position
    return getattr(column, "iloc", column)


def is_integer(index: Any) -> bool:
    try:
        operator.index(index)
    except TypeError:
        return False
    return True


def checked_index(dataset: Dataset, index: Any) -> int:
    i, n = operator.index(index), len(dataset)
    if not -n <= i < n:
        # IndexError, and no other, is what ends `for sample in dataset`
        raise IndexError(f"{type(dataset).__name__}: index {i} is out of range for {n} samples")
    return i + n if i < 0 else i


def positions_of(dataset: Dataset, index: Any) -> Positions:
    name = type(dataset).__name__
    countable = isinstance(index, slice) or hasattr(index, "__len__")
    if not countable or isinstance(index, str | bytes | tuple):
        raise DtypeError(
            f"{name}: index {index!r}; it must be an integer, a slice, a list of integers or a "
            f"boolean mask"
        )
    return as_positions(name, index, len(dataset))


# how a batch is read in one go, by the __getitem__ that a kind of dataset has
READ_IN_ONE: dict[Any, Callable[[Any, Positions], Any]] = {
    Dataset.__getitem__: _batch_of_columns,
    Subset.__getitem__: _batch_of_a_subset,
}
