"""Several datasets one after the other, as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pygrad.data.dataset import READ_IN_ONE, Dataset, checked_index, fetch, is_integer, positions_of
from pygrad.data.indexing import Positions, length
from pygrad.exceptions import DataError

__all__ = ["ConcatDataset"]


class ConcatDataset(Dataset):
    """Datasets one after the other. Nothing is copied until it is read.

    Parameters
    ----------
    datasets : iterable of Dataset or sequence
        At least one; anything with ``__len__`` and ``__getitem__``. Their lengths are taken now.

    Raises
    ------
    DataError
        If there is no dataset, or one of them has no length. When a batch is read: if the parts'
        samples do not fit together.

    Notes
    -----
    Where the parts' arrays differ in dtype, a batch has the one that holds those parts which it
    was read from.

    Examples
    --------
    >>> from pygrad.data import ConcatDataset, Dataset
    >>> both = ConcatDataset([Dataset(list("ab"), [0, 1]), Dataset(list("cde"), [2, 3, 4])])
    >>> len(both), both[2]
    (5, ('c', 2))
    >>> both[1:4]
    (['b', 'c', 'd'], array([1, 2, 3]))
    """

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets = list(datasets)
        if not self.datasets:
            raise DataError("ConcatDataset: there is no dataset; pass a list of one or more")
        lengths = [
            length(f"ConcatDataset: dataset {k}", part) for k, part in enumerate(self.datasets)
        ]
        self.ends = np.cumsum(lengths)

    # read-only where Dataset's can be set: these are made afresh from the datasets behind
    @property
    def data(self) -> Any:
        """All data, without the transforms: an array, or a list."""
        return self._column("data")

    @property
    def label(self) -> Any:
        """All labels, without the transforms; None if a part has none."""
        return self._column("label")

    def __len__(self) -> int:
        return int(self.ends[-1])

    def __getitem__(self, index: Any) -> Any:
        if not is_integer(index):
            return _batch(self, positions_of(self, index))
        i = checked_index(self, index)
        k = int(np.searchsorted(self.ends, i, side="right"))
        return self.datasets[k][i - (int(self.ends[k - 1]) if k else 0)]

    def _column(self, name: str) -> Any:
        columns: list[Any] = [getattr(part, name, None) for part in self.datasets]
        if any(column is None for column in columns):
            return None
        if any(isinstance(column, list) for column in columns):
            return [row for column in columns for row in column]
        return np.concatenate([np.asarray(column) for column in columns])


def _batch(dataset: ConcatDataset, positions: Positions) -> Any:
    if isinstance(positions, slice):
        positions = np.arange(positions.start, positions.stop)
    parts = np.searchsorted(dataset.ends, positions, side="right")
    used = np.unique(parts).tolist() or [0]
    pieces, order = [], []
    for k in used:
        mine = np.flatnonzero(parts == k)
        local = positions[mine] - (dataset.ends[k - 1] if k else 0)
        pieces.append(fetch(dataset.datasets[k], _as_slice(local)))
        order.append(mine)
    if len(pieces) == 1:
        return pieces[0]
    return _join(pieces, np.argsort(np.concatenate(order)), used, "sample")


def _as_slice(positions: NDArray[np.intp]) -> Positions:
    """Positions that lie side by side as a slice, which is read without a copy."""
    if len(positions) and (np.diff(positions) == 1).all():
        return slice(int(positions[0]), int(positions[-1]) + 1)
    return positions


def _join(pieces: list[Any], order: NDArray[np.intp], used: list[int], what: str) -> Any:
    """The batches of several parts as one: structures entry by entry, as in `collate`."""
    first = pieces[0]
    for k, piece in zip(used, pieces, strict=True):
        if _form(piece) != _form(first):
            raise DataError(
                f"ConcatDataset: {what}: dataset {used[0]} gives {_form(first)} but dataset {k} "
                f"gives {_form(piece)}; the samples of all datasets must be alike"
            )
    if isinstance(first, np.ndarray):
        return np.concatenate(pieces)[order]
    if isinstance(first, Mapping):
        return {
            key: _join([piece[key] for piece in pieces], order, used, f"{what}[{key!r}]")
            for key in first
        }
    if isinstance(first, tuple):
        columns = [
            _join([piece[j] for piece in pieces], order, used, f"{what}[{j}]")
            for j in range(len(first))
        ]
        # a named tuple takes its fields one by one
        return type(first)(*columns) if hasattr(first, "_fields") else tuple(columns)
    rows = [row for piece in pieces for row in piece]
    return [rows[i] for i in order.tolist()]


def _form(piece: Any) -> str:
    if isinstance(piece, np.ndarray):
        return f"rows of shape {piece.shape[1:]}"
    if isinstance(piece, Mapping):
        return f"a dict of {', '.join(sorted(map(repr, piece)))}"
    if isinstance(piece, tuple):
        return f"{len(piece)} values"
    return "text"


READ_IN_ONE[ConcatDataset.__getitem__] = _batch
