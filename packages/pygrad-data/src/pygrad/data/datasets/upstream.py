"""Data sets too large to come along: files that people have, or that are downloaded on request."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pygrad.data.dataset import Dataset, Transform
from pygrad.data.download import cache_folder, download_file
from pygrad.exceptions import ArgumentError, DataError

__all__ = ["StrPath", "Upstream", "as_dataset", "chosen", "find"]

StrPath: TypeAlias = str | os.PathLike[str]


class Upstream(NamedTuple):
    """A file as its publisher offers it."""

    name: str
    addresses: tuple[str, ...]
    size: int
    sha256: str

    def get(self, folder: Path) -> Path:
        """Download it into this folder."""
        first, *mirrors = self.addresses
        return download_file(
            first, folder / self.name, sha256=self.sha256, size=self.size, mirrors=mirrors
        )


def find(
    dataset: str,
    folder: StrPath | None,
    wanted: Sequence[tuple[str, ...]],
    download: bool,
    get: Callable[[Path], object],
    size: int,
) -> list[Path]:
    """The files of a data set, each under the first name of `wanted` that is there.

    Parameters
    ----------
    dataset : str
        Its name, for the messages and for its part of the cache folder.
    folder : str or path-like, optional
        Where the files are; without it, this platform's cache folder.
    wanted : sequence of tuple of str
        For each file the names that it may have, its publisher's first.
    download : bool
        Whether to call `get` with the folder if a file is missing.
    get : callable
        Downloads the files.
    size : int
        How many bytes that takes, for the message.
    """
    if not isinstance(download, bool):
        raise ArgumentError(f"{dataset}: download is {download!r}; it must be True or False")
    where = (cache_folder(dataset) if folder is None else Path(folder)).absolute()
    if download and any(_at(where, names) is None for names in wanted):
        get(where)
    found = [_at(where, names) for names in wanted]
    missing = [names[0] for names, path in zip(wanted, found, strict=True) if path is None]
    if missing:
        raise DataError(
            f"{dataset}: {where} lacks {' and '.join(missing)}; place them there, say with "
            f"folder=... where they are, or have them downloaded ({-(-size // 10**6)} MB) with "
            f"download=True"
        )
    return [path for path in found if path is not None]


def _at(folder: Path, names: tuple[str, ...]) -> Path | None:
    return next((folder / name for name in names if (folder / name).is_file()), None)


def chosen(dataset: str, what: str, value: Any, known: Sequence[str]) -> str:
    """The setting, which must be one of a few words."""
    if not isinstance(value, str) or value not in known:
        raise ArgumentError(
            f"{dataset}: {what} is {value!r}; it must be one of {', '.join(map(repr, known))}"
        )
    return value


def as_dataset(
    images: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    flatten: bool,
    scale: bool,
    transform: Transform | None,
    target_transform: Transform | None,
) -> Dataset:
    """Images of bytes and their labels in the form that all data sets here have."""
    data: NDArray[Any] = images
    if scale:
        data = images.astype(np.float32)
        data /= 255  # in place: these are hundreds of megabytes
    if flatten:
        data = data.reshape(len(data), -1)
    return Dataset(data, labels.astype(np.int64), transform, target_transform)
