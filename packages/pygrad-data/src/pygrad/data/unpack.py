"""Archives opened with care: nothing is written outside the folder, and no more than expected."""

from __future__ import annotations

import os
import shutil
import stat
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, NamedTuple, TypeAlias

from pygrad.exceptions import DataError

__all__ = ["unpack"]

StrPath: TypeAlias = str | os.PathLike[str]

CHUNK = 2**20


def unpack(
    archive: StrPath, folder: StrPath, names: list[str], *, limit: int = 2**31
) -> list[Path]:
    """Take files out of a .zip, .tar or .tar.gz archive.

    Parameters
    ----------
    archive : str or path-like
    folder : str or path-like
        Where to put the files, without the folders that they have inside the archive.
    names : list of str
        Which files: the last part of their names.
    limit : int
        How many bytes they may have together.

    Returns
    -------
    list of Path
        The files, in the order of `names`. Each takes its name when it is whole.

    Raises
    ------
    DataError
        If the archive is damaged, has not each name exactly once, holds more than `limit` bytes,
        or has any entry that is absolute, climbs out of the folder (``..``), or is neither a plain
        file nor a folder. Of such an archive nothing is unpacked.

    Examples
    --------
    >>> import zipfile
    >>> from pygrad.data.unpack import unpack
    >>> with zipfile.ZipFile("a.zip", "w") as archive:
    ...     archive.writestr("deep/inside/a.txt", "abc")
    >>> unpack("a.zip", "out", ["a.txt"])[0].read_text()
    'abc'
    """
    where, target = Path(archive), Path(folder)
    opened = _opened_zip if zipfile.is_zipfile(where) else _opened_tar
    try:
        with opened(where) as entries:
            for entry in entries:
                _check(where, entry)
            chosen = [_the_one(where, entries, name) for name in names]
            total = sum(entry.size for entry in chosen)
            if total > limit:
                raise DataError(
                    f"{where}: the files wanted of it have {total} bytes together; they must have "
                    f"at most {limit}"
                )
            target.mkdir(parents=True, exist_ok=True)
            for name, entry in zip(names, chosen, strict=True):
                _write(where, entry, target / name)
    # RuntimeError: zipfile's word for a password that is needed, and an unknown compression
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, RuntimeError) as error:
        raise DataError(
            f"{where}: the archive is damaged, or of another kind ({error}); get it again"
        ) from error
    except OSError as error:
        raise DataError(f"{where}: cannot be unpacked into {target} ({error})") from error
    return [target / name for name in names]


class _Entry(NamedTuple):
    name: str
    size: int
    plain: bool  # a file or a folder: no link, no device
    open: Callable[[], IO[bytes] | None]


@contextmanager
def _opened_zip(path: Path) -> Iterator[list[_Entry]]:
    with zipfile.ZipFile(path) as archive:
        yield [
            _Entry(
                info.filename,
                info.file_size,
                stat.S_IFMT(info.external_attr >> 16) in (0, stat.S_IFREG, stat.S_IFDIR),
                partial(archive.open, info),
            )
            for info in archive.infolist()
        ]


@contextmanager
def _opened_tar(path: Path) -> Iterator[list[_Entry]]:
    with path.open("rb") as file:
        zipped = file.read(2) == b"\x1f\x8b"
    with tarfile.open(path, "r:gz" if zipped else "r:") as archive:
        yield [
            _Entry(
                info.name,
                info.size,
                info.isreg() or info.isdir(),
                partial(archive.extractfile, info),
            )
            for info in archive.getmembers()
        ]


def _check(where: Path, entry: _Entry) -> None:
    # by both systems' rules, or an archive would be safe on one and not on the other
    there, elsewhere = PurePosixPath(entry.name), PureWindowsPath(entry.name)
    if there.is_absolute() or elsewhere.anchor or ".." in elsewhere.parts:
        raise DataError(
            f"{where}: the entry {entry.name!r} leads out of the archive's folder; nothing was "
            f"unpacked, and the archive is not to be trusted"
        )
    if not entry.plain:
        raise DataError(
            f"{where}: the entry {entry.name!r} is a link or a device; only plain files and "
            f"folders are unpacked, and of this archive nothing was"
        )


def _the_one(where: Path, entries: list[_Entry], name: str) -> _Entry:
    found = [entry for entry in entries if PureWindowsPath(entry.name).name == name]
    if len(found) != 1:
        raise DataError(
            f"{where}: {len(found)} files of the archive are called {name!r}; there must be one"
        )
    return found[0]


def _write(where: Path, entry: _Entry, path: Path) -> None:
    """Write a file under another name first: under its own it is whole."""
    source = entry.open()
    if source is None:
        raise DataError(f"{where}: the entry {entry.name!r} is no file")
    number, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with source, os.fdopen(number, "wb") as file:
            # neither library gives more than the size in the archive's list, nor less unnoticed
            shutil.copyfileobj(source, file, CHUNK)
        os.replace(unfinished, path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
