"""Files on the way in: paths checked, gzip undone, and errors that say where the damage is."""

from __future__ import annotations

import gzip
import importlib
import io
import os
import stat
import zlib
from pathlib import Path
from typing import Any, TypeAlias

from pygrad.exceptions import DataError, MissingPluginError

__all__ = [
    "HEAD",
    "StrPath",
    "contents",
    "damaged",
    "file_at",
    "folder_at",
    "head_of",
    "implausible",
    "path_at",
    "require",
]

StrPath: TypeAlias = str | os.PathLike[str]

HEAD = 512
"""How many bytes of a file the formats may look at, to tell whether it is theirs."""

GZIP = b"\x1f\x8b\x08"
CHUNK = 1 << 20

# What a small file may claim to become. Honest data shrink by 2 to 50 times; a claim beyond these
# bounds is a damaged size, or a bomb.
EXPANSION = 2000
ALLOWANCE = 1 << 28


def file_at(path: StrPath) -> Path:
    """The path of a regular file that can be read, or a DataError that says what is there."""
    return _checked(path, folder=False)


def folder_at(path: StrPath) -> Path:
    """The path of a folder, or a DataError that says what is there."""
    return _checked(path, folder=True)


def _checked(path: StrPath, *, folder: bool | None) -> Path:
    try:
        where = Path(path)
        mode = where.stat().st_mode
    except TypeError:
        raise DataError(
            f"load: path is a {type(path).__name__}; it must be a str or a pathlib.Path"
        ) from None
    except FileNotFoundError:
        raise DataError(
            f"{path}: there is no such file or folder; the current folder is {Path.cwd()}"
        ) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise DataError(f"{path!s}: cannot be read: {_reason(error)}") from error
    if folder is not True and stat.S_ISREG(mode):
        return where
    if folder is not False and stat.S_ISDIR(mode):
        return where
    if folder is None:
        raise DataError(f"{where}: is neither a file nor a folder; a device or pipe cannot be read")
    if folder:
        raise DataError(f"{where}: is a file; it must be a folder")
    what = "a folder" if stat.S_ISDIR(mode) else "a device or pipe"
    raise DataError(f"{where}: is {what}; it must be a file")


def path_at(path: StrPath) -> Path:
    """The path of a regular file or of a folder, or a DataError that says what is there."""
    return _checked(path, folder=None)


def head_of(path: Path) -> bytes:
    """The first bytes of a file; of a gzip file, of what is inside."""
    head = _read(path, 4 * HEAD)
    if not head.startswith(GZIP):
        return head[:HEAD]
    try:
        return zlib.decompressobj(wbits=31).decompress(head, HEAD)
    except zlib.error:
        return b""


def contents(path: Path) -> bytes:
    """All bytes of a file that is not empty; of a gzip file, what is inside.

    Raises
    ------
    DataError
        If the file cannot be read, is empty, or is a damaged gzip file.
    """
    raw = _read(path)
    if not raw:
        raise DataError(f"{path}: the file is empty")
    if not raw.startswith(GZIP):
        return raw
    inside = _gunzip(path, raw)
    if not inside:
        raise DataError(f"{path}: the gzip file has nothing inside")
    return inside


def _gunzip(path: Path, raw: bytes) -> bytes:
    parts: list[bytes] = []
    total = 0
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as file:
            while part := file.read(CHUNK):
                total += len(part)
                if implausible(total, len(raw)):
                    raise damaged(path, "byte 0", f"{len(raw)} bytes of gzip swell without end")
                parts.append(part)
    except (OSError, EOFError, zlib.error) as error:
        raise damaged(path, f"byte {total} of what is unpacked", f"gzip: {error}") from error
    return b"".join(parts)


def _read(path: Path, size: int = -1) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def damaged(path: StrPath, position: str, what: str) -> DataError:
    """The error for a file that is not what it should be, and where that shows."""
    return DataError(f"{path}: at {position}: {what}; the file is damaged, or of another format")


def implausible(size: int, stored: int, allowance: int | None = None) -> bool:
    """Whether `size` bytes can hardly come out of `stored` ones, however well compressed."""
    return size > EXPANSION * stored + (ALLOWANCE if allowance is None else allowance)


def require(module: str, extra: str, where: StrPath, what: str) -> Any:
    """An optional package, or an error that says how to install it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = {"PIL": "Pillow"}.get(module.partition(".")[0], module.partition(".")[0])
        raise MissingPluginError(
            f"{where}: reading {what} needs {package}, which is not installed; install it with  "
            f"pip install 'pygrad-data[{extra}]'",
            name=module.partition(".")[0],
        ) from error
