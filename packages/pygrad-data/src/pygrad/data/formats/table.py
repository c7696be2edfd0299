"""Tables: columns of equal length, by name, and the way from there to numbers."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from pygrad.data.dataset import Dataset
from pygrad.data.formats.cells import categories_of
from pygrad.exceptions import ArgumentError, DataError

__all__ = ["Table", "TableDataset"]

# a text column with more different values than this is a name or a number of some kind
MOST_CATEGORIES = 100


class Table:
    """Columns of equal length, by name: what CSV, JSON Lines, Parquet and Arrow files hold.

    ``table["age"]`` is a column, an array; ``table[3]`` is a row, a dict; a slice, a list or a mask
    gives a table of those rows; ``len(table)`` counts rows.

    Parameters
    ----------
    columns : mapping of str to array
        One array a column, along its first axis.
    categories : mapping of str to sequence of str, optional
        What the codes 0, 1, 2, ... of an integer column stand for; -1 is a missing value.

    Attributes
    ----------
    columns : dict of str to ndarray
        Numbers are int64 or float64 (or as the file has it), truth values bool, dates
        datetime64; text is an array of ``str`` objects, with None where it is missing. A column
        of integers or truth values with missing entries is float64, and NaN stands for those.
    categories : dict of str to tuple of str

    Raises
    ------
    DataError
        If the columns differ in length.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.data import Table
    >>> pets = Table({"legs": np.array([4, 2, 4]), "kind": np.array(["cat", "owl", "dog"], object)})
    >>> pets
    Table(3 rows; legs: int64, kind: text)
    >>> pets["legs"]
    array([4, 2, 4])
    >>> pets[1]["kind"]
    'owl'
    >>> len(pets[pets["legs"] == 4])
    2
    """

    def __init__(
        self,
        columns: Mapping[str, Any],
        categories: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.columns: dict[str, NDArray[Any]] = {
            name: np.asarray(column) for name, column in columns.items()
        }
        self.categories = {name: tuple(names) for name, names in (categories or {}).items()}
        lengths = {
            name: len(column) if column.ndim else None for name, column in self.columns.items()
        }
        if len(set(lengths.values())) > 1 or None in lengths.values():
            raise DataError(f"Table: columns of lengths {lengths}; all must have the same")
        self._rows: int = next(iter(lengths.values()), 0) or 0

    def __len__(self) -> int:
        return self._rows

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            return self._column("Table", key)
        try:
            row = operator.index(key)
        except TypeError:
            chosen = {name: column[key] for name, column in self.columns.items()}
            return Table(chosen, self.categories)
        if not -len(self) <= row < len(self):
            raise IndexError(f"Table: row {row} is out of range for {len(self)} rows")
        return {name: column[row] for name, column in self.columns.items()}

    def __repr__(self) -> str:
        kinds = ", ".join(f"{name}: {self._kind(name)}" for name in self.columns)
        return f"Table({len(self)} rows; {kinds})"

    def dataset(
        self,
        label: str | None = None,
        features: Iterable[str] | None = None,
        *,
        missing: float | str | None = None,
        dtype: DTypeLike = np.float32,
    ) -> TableDataset:
        """The table as numbers to learn from: one row of features a sample, and its label.

        Parameters
        ----------
        label : str, optional
            The column with the labels. Text, categories and truth values become codes from 0, in
            alphabetical order (categories in their own); integers are taken as they are, floats
            as `dtype`.
        features : sequence of str, optional
            The columns with the features; by default all others. Text and categories become a
            column of 0 and 1 for each value, truth values 0 and 1.
        missing : float or "mean", optional
            What takes the place of missing numbers. Missing text is 0 in all its columns.
        dtype : dtype
            Of the features.

        Returns
        -------
        TableDataset
            A `Dataset`, which also has ``features`` and ``classes``, the names behind the numbers.

        Raises
        ------
        DataError
            If a number is missing and `missing` is not given, a label is missing, or a column can
            not become numbers.
        ArgumentError
            If there is no such column, or `missing` is something else.

        Examples
        --------
        >>> import numpy as np
        >>> from pygrad.data import Table
        >>> pets = Table({"legs": [4, 2, 4], "kind": np.array(["cat", "owl", "dog"], object)})
        >>> dataset = pets.dataset("kind")
        >>> dataset[1]
        (array([2.], dtype=float32), np.int64(2))
        >>> dataset.classes
        ('cat', 'dog', 'owl')
        """
        if not (missing is None or missing == "mean" or isinstance(missing, int | float)):
            raise ArgumentError(
                f"Table.dataset: missing is {missing!r}; it must be a number, 'mean' or None"
            )
        chosen = [name for name in self.columns if name != label]
        if features is not None:
            chosen = [features] if isinstance(features, str) else list(features)
        names: list[str] = []
        numbers: list[NDArray[Any]] = []
        for name in chosen:
            for title, column in self._as_features(name, missing):
                names.append(title)
                numbers.append(column)
        data = np.empty((len(self), len(numbers)), dtype)
        for position, column in enumerate(numbers):
            data[:, position] = column
        labels, classes = (None, None) if label is None else self._as_labels(label, dtype)
        return TableDataset(data, labels, tuple(names), classes)

    def _column(self, where: str, name: str) -> NDArray[Any]:
        try:
            return self.columns[name]
        except KeyError:
            raise ArgumentError(
                f"{where}: there is no column {name!r}; there are {', '.join(self.columns)}"
            ) from None

    def _kind(self, name: str) -> str:
        if name in self.categories:
            return f"{len(self.categories[name])} categories"
        column = self.columns[name]
        if _is_text(column):
            return "text"
        axes = f"{list(column.shape[1:])}" if column.ndim > 1 else ""
        return f"{column.dtype}{axes}"

    def _codes(self, name: str) -> tuple[NDArray[np.int64], tuple[str, ...]] | None:
        """The codes of a column of text or categories, with -1 for missing; None for any other."""
        column = self._column("Table.dataset", name)
        if name in self.categories:
            return column.astype(np.int64), self.categories[name]
        if not _is_text(column):
            return None
        return categories_of(column)

    def _as_features(
        self, name: str, missing: float | str | None
    ) -> list[tuple[str, NDArray[Any]]]:
        if (coded := self._codes(name)) is not None:
            codes, values = coded
            if len(values) > MOST_CATEGORIES:
                raise DataError(
                    f"Table.dataset: column {name!r} has {len(values)} different texts, too many "
                    f"to be categories; choose others with features=[...]"
                )
            return [(f"{name}={value}", codes == code) for code, value in enumerate(values)]
        column = self.columns[name]
        if column.dtype.kind not in "biuf" or column.ndim != 1:
            raise DataError(
                f"Table.dataset: column {name!r} holds {self._kind(name)}, which is neither "
                f"numbers nor text; choose others with features=[...]"
            )
        if column.dtype.kind == "f" and (gaps := np.isnan(column)).any():
            if missing is None:
                raise DataError(
                    f"Table.dataset: column {name!r} has {gaps.sum()} missing values, the first "
                    f"in row {int(gaps.argmax())}; pass missing=0.0 or missing='mean', or leave "
                    f"those rows out"
                )
            if missing == "mean":
                filled = 0.0 if gaps.all() else column[~gaps].mean()
            else:
                filled = float(missing)
            column = np.where(gaps, filled, column)
        return [(name, column)]

    def _as_labels(
        self, name: str, dtype: DTypeLike
    ) -> tuple[NDArray[Any], tuple[str, ...] | None]:
        classes = None
        if (coded := self._codes(name)) is not None:
            column, classes = coded
            gaps: NDArray[Any] = column < 0
        else:
            column = self.columns[name]
            if column.dtype.kind not in "biuf":
                raise DataError(
                    f"Table.dataset: the label {name!r} holds {self._kind(name)}; it must hold "
                    f"numbers or text"
                )
            gaps = np.isnan(column)
        if gaps.any():
            raise DataError(
                f"Table.dataset: the label {name!r} is missing in {gaps.sum()} rows, the first is "
                f"row {int(gaps.argmax())}; leave those rows out"
            )
        return column.astype(dtype if column.dtype.kind == "f" else np.int64), classes


class TableDataset(Dataset):
    """A table as numbers; `Table.dataset` makes it.

    Attributes
    ----------
    features : tuple of str
        What each column of ``data`` is; ``sex=female`` where it is 1 for that text and 0 else.
    classes : tuple of str or None
        What each code in ``label`` stands for, where the labels were text or categories.
    """

    def __init__(
        self,
        data: NDArray[Any],
        label: NDArray[Any] | None,
        features: tuple[str, ...],
        classes: tuple[str, ...] | None,
    ) -> None:
        super().__init__(data, label)
        self.features = features
        self.classes = classes


def _is_text(column: NDArray[Any]) -> bool:
    if column.dtype.kind == "U":
        return True
    return column.dtype == object and all(isinstance(x, str | None) for x in column.tolist())
