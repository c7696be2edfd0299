"""`load`: which format a file has, by its content and its suffix, and then its reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pygrad.data.formats.files import StrPath, head_of, path_at
from pygrad.exceptions import DataError, DuplicateNameError
from pygrad.plugins import registry

__all__ = ["Loader", "load"]


@dataclass(frozen=True)
class Loader:
    """A file format: how its files are told from others, and how they are read.

    Parameters
    ----------
    read : callable
        ``read(path, **options)`` returns the data. A damaged file is a DataError.
    suffixes : tuple of str
        What the names of its files end in, in lower case, such as ``".csv"``. ``.gz`` after that
        does not count.
    recognises : callable, optional
        ``recognises(head)`` says whether a file that begins with these up to 512 bytes may be of
        this format; those of a gzip file are unpacked. Without it every file may be.
    folders : bool
        Whether it reads folders rather than files.

    Examples
    --------
    >>> from pygrad.data import formats
    >>> formats.get("npy").suffixes
    ('.npy',)
    """

    read: Callable[..., Any]
    suffixes: tuple[str, ...] = ()
    recognises: Callable[[bytes], bool] | None = None
    folders: bool = False

    def __call__(self, path: StrPath, **options: Any) -> Any:
        """Read a file of this format, whatever it is called."""
        return self.read(path, **options)


def load(path: StrPath, format: str | None = None, **options: Any) -> Any:
    """Read a file or folder, of whichever format it is.

    The format is the one that the content and the suffix agree on; else the one that the content
    shows, else the one that the suffix names.

    Parameters
    ----------
    path : str or path-like
    format : str, optional
        One of `formats.names()`, for a file that shows neither.
    **options
        For the format's reader: ``load("a.csv", categories=["species"])``.

    Returns
    -------
    object
        An array of ``.npy``, IDX and picture files; a dict of arrays of ``.npz``; a `Table` of
        CSV, TSV, JSON Lines, Parquet and Arrow; a dataset of text and of folders of pictures; the
        pair ``samples, rate`` of WAV.

    Raises
    ------
    DataError
        If there is no such file, it is of no known format, or it is damaged: the message names
        the file, the position and what was wrong.
    UnknownNameError
        If nobody registered the format.
    MissingPluginError
        If the format needs a package that is not installed; the message names the extra.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import data
    >>> np.save("steps.npy", np.arange(3))
    >>> data.load("steps.npy")
    array([0, 1, 2])
    """
    if format is not None:
        return registry("loaders").get(format).read(path, **options)
    where = path_at(path)
    return _loader_for(where).read(where, **options)


def _loader_for(where: Path) -> Loader:
    found = registry("loaders")
    folder = where.is_dir()
    loaders: dict[str, Loader] = {}
    clash: DuplicateNameError | None = None
    for name in found.names():
        try:
            loader: Loader = found.get(name)
        except DuplicateNameError as error:  # of no matter to a file of another format
            clash = error
            continue
        if loader.folders == folder:
            loaders[name] = loader
    named, shown = _named(where, loaders), _shown(where, loaders)
    evident = {n: x for n, x in shown.items() if folder or x.recognises is not None}
    for candidates in ({n: x for n, x in named.items() if n in shown}, evident, named):
        if len(candidates) == 1:
            return next(iter(candidates.values()))
        if candidates:
            raise clash or DataError(
                f"{where}: may be {' or '.join(candidates)}; say which with "
                f"format={next(iter(candidates))!r}"
            )
    raise clash or DataError(
        f"{where}: of no known format, by its content and its name; say which it is with "
        f"format=..., one of {', '.join(loaders)}"
    )


def _named(where: Path, loaders: dict[str, Loader]) -> dict[str, Loader]:
    """Those that the name speaks for."""
    name = where.name.lower().removesuffix(".gz")
    return {n: x for n, x in loaders.items() if x.suffixes and name.endswith(x.suffixes)}


def _shown(where: Path, loaders: dict[str, Loader]) -> dict[str, Loader]:
    """Those that the content does not speak against."""
    if where.is_dir():
        return loaders
    head = head_of(where)
    if not head and not where.stat().st_size:
        raise DataError(f"{where}: the file is empty")
    return {n: x for n, x in loaders.items() if x.recognises is None or x.recognises(head)}
