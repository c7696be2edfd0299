"""A dataset larger than memory, over NumPy's own files."""

from __future__ import annotations

import mmap
import os
import weakref
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pygrad.data.arrays import ArrayDataset, transforms_of
from pygrad.data.collate import stack
from pygrad.data.dataset import (
    READ_IN_ONE,
    Transform,
    checked_index,
    is_integer,
    positions_of,
    read,
)
from pygrad.data.indexing import Positions, as_list
from pygrad.exceptions import DataError

__all__ = ["MemmapDataset"]

StrPath: TypeAlias = str | os.PathLike[str]

KEPT = 64 * 2**20
"""Bytes read through a map before the memory that they take is given back."""


class MemmapDataset(ArrayDataset):
    """Rows of ``.npy`` files, which stay on disk: only what is read comes into memory.

    Write the files with ``np.save``, or piece by piece with ``numpy.lib.format.open_memmap``.
    Copies of the dataset in other processes open the files again; nothing is sent but their names.

    Parameters
    ----------
    *paths : str or path-like
        One or more ``.npy`` files, all with the same number of rows: the data, and the labels.
    transform, target_transform : callable, optional
        As for `ArrayDataset`.

    Raises
    ------
    DataError
        If a file is missing, damaged, shorter than it says or no ``.npy`` file, or holds Python
        objects; or if the numbers of rows differ.

    Notes
    -----
    The files must not change while they are in use. A batch of rows that lie side by side is a
    read-only view of the file, any other is a copy of its rows. However much is read, the memory
    that the files take stays at some 64 MB, where the operating system lets a program say what it
    no longer needs (Windows decides by itself).

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.data import MemmapDataset
    >>> np.save("x.npy", np.arange(12.0).reshape(4, 3))
    >>> np.save("y.npy", np.arange(4))
    >>> dataset = MemmapDataset("x.npy", "y.npy")
    >>> len(dataset), dataset[[3, 0]][1]
    (4, array([3, 0]))
    """

    def __init__(
        self,
        *paths: StrPath,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
    ) -> None:
        self.paths = [Path(path).absolute() for path in paths]
        self.files = [_MappedFile(path) for path in self.paths]
        super().__init__(
            *[file.array for file in self.files],
            transform=transform,
            target_transform=target_transform,
        )

    def __getitem__(self, index: Any) -> Any:
        if not is_integer(index):
            return _batch(self, positions_of(self, index))
        i = checked_index(self, index)
        transforms = transforms_of(self)
        row = [file.rows(np.array([i]))[0] for file in self.files]
        row = [x if t is None else t(x) for x, t in zip(row, transforms, strict=True)]
        return row[0] if len(row) == 1 else tuple(row)

    def __getstate__(self) -> dict[str, Any]:
        opened = ("arrays", "data", "label", "files")
        return {name: value for name, value in vars(self).items() if name not in opened}

    def __setstate__(self, state: dict[str, Any]) -> None:
        MemmapDataset.__init__(self, *state["paths"])
        vars(self).update(state)


class _MappedFile:
    """One file: as a map for rows side by side, and to be read from for rows here and there.

    A map would bring in, for a single row, what lies around it, up to megabytes.
    """

    def __init__(self, path: Path) -> None:
        try:
            mapped = np.lib.format.open_memmap(path, mode="r")
            self.number = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        except FileNotFoundError as error:
            raise DataError(f"MemmapDataset: {path}: there is no such file") from error
        except (ValueError, OSError, EOFError) as error:
            raise DataError(
                f"MemmapDataset: {path}: no .npy file that can be mapped ({error}); np.save writes "
                f"one (.npz files, and arrays of Python objects, cannot be mapped)"
            ) from error
        weakref.finalize(self, os.close, self.number)
        self.path = path
        self.map: Any = mapped.base
        self.start = mapped.offset
        # a bare array: indexing it is quicker than a memmap, whose class asks at every step
        self.array: NDArray[Any] = np.asarray(mapped)
        self.taken = 0

    def view(self, rows: slice) -> NDArray[Any]:
        self.count((rows.stop - rows.start) * self.array[:1].nbytes)
        return self.array[rows]

    def rows(self, positions: NDArray[np.intp]) -> NDArray[Any]:
        """A copy of these rows, for which nothing of the file stays in memory."""
        row = self.array[:1].nbytes
        if not hasattr(os, "preadv") or not self.array.flags.c_contiguous:
            self.count(KEPT)
            return self.array[positions]
        found = np.empty((len(positions), *self.array.shape[1:]), self.array.dtype)
        content = found.reshape(-1).view(np.uint8).data
        for k, position in enumerate(positions.tolist() if row else []):
            place = content[k * row : (k + 1) * row]
            if os.preadv(self.number, [place], self.start + position * row) != row:
                raise DataError(
                    f"MemmapDataset: {self.path}: row {position} is no longer there; the file "
                    f"must not change while it is in use"
                )
        return found

    def count(self, taken: int) -> None:
        """Remember what was read through the map, and give memory back when it has become much."""
        self.taken += taken
        advice = getattr(mmap, "MADV_DONTNEED", None)
        if self.taken >= KEPT and advice is not None:
            self.taken = 0
            self.map.madvise(advice)  # arrays on it stay valid: what they show is read again


def _batch(dataset: MemmapDataset, positions: Positions) -> Any:
    columns = []
    for k, (file, transform) in enumerate(zip(dataset.files, transforms_of(dataset), strict=True)):
        what = "data" if k == 0 else f"array {k}"
        if isinstance(positions, slice):
            columns.append(read(file.view(positions), slice(0, None), transform, what))
        elif transform is None:
            columns.append(file.rows(positions))
        else:
            rows = [transform(row) for row in file.rows(positions)]
            columns.append(stack(rows, as_list(positions), what))
    return columns[0] if len(columns) == 1 else tuple(columns)


READ_IN_ONE[MemmapDataset.__getitem__] = _batch
