"""NumPy's own files: ``.npy`` holds one array, ``.npz`` several with names. Never a pickle."""

from __future__ import annotations

import ast
import io
import math
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pygrad.data.formats.files import StrPath, contents, damaged, file_at, implausible
from pygrad.exceptions import DataError

__all__ = ["is_npy", "is_npz", "read_npy", "read_npz"]

MAGIC = b"\x93NUMPY"
# NumPy's own limit: the header is parsed as Python, and a parser's time is not linear
LONGEST_HEADER = 10_000


def is_npy(head: bytes) -> bool:
    return head.startswith(MAGIC)


def is_npz(head: bytes) -> bool:
    # a zip file whose first member is an array
    if not head.startswith(b"PK\x03\x04") or len(head) < 30:
        return head.startswith(b"PK\x05\x06")
    name = head[30 : 30 + int.from_bytes(head[26:28], "little")]
    return name.endswith(b".npy")


def read_npy(path: StrPath) -> NDArray[Any]:
    """The array in a ``.npy`` file, as ``numpy.save`` writes it.

    Parameters
    ----------
    path : str or path-like

    Returns
    -------
    ndarray
        Of the file's own dtype and shape. It can be written to.

    Raises
    ------
    DataError
        If the file is damaged, or holds Python objects: those would be unpickled, which can run
        any code.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.data import formats
    >>> np.save("steps.npy", np.arange(3))
    >>> formats.read_npy("steps.npy")
    array([0, 1, 2])
    """
    where = file_at(path)
    return _array(str(where), contents(where))


def read_npz(path: StrPath) -> dict[str, NDArray[Any]]:
    """The arrays in a ``.npz`` file, as ``numpy.savez`` and ``savez_compressed`` write it.

    Parameters
    ----------
    path : str or path-like

    Returns
    -------
    dict of str to ndarray

    Raises
    ------
    DataError
        If the file is damaged, or holds Python objects.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad.data import formats
    >>> np.savez("pair.npz", x=np.arange(3), y=np.ones(2))
    >>> formats.read_npz("pair.npz")["y"]
    array([1., 1.])
    """
    where = file_at(path)
    raw = contents(where)
    arrays = {}
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for member in archive.infolist():
                name = member.filename
                if not name.endswith(".npy"):
                    raise damaged(where, f"member {name!r}", "it is no array (.npy)")
                if name.removesuffix(".npy") in arrays:
                    raise damaged(where, f"member {name!r}", "there are two of this name")
                inside = _member(where, archive, member)
                arrays[name.removesuffix(".npy")] = _array(f"{where}: member {name!r}", inside)
    except DataError:
        raise
    # zipfile raises all of these for damaged directories; RuntimeError for a password
    except (zipfile.BadZipFile, OSError, ValueError, KeyError, IndexError, OverflowError) as error:
        raise damaged(where, "its directory", f"no readable zip file ({error})") from error
    except (RuntimeError, struct.error) as error:
        raise damaged(where, "its directory", f"no readable zip file ({error})") from error
    return arrays


def _member(where: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    name = member.filename
    if implausible(member.file_size, member.compress_size):
        raise damaged(
            where,
            f"member {name!r}",
            f"{member.compress_size} stored bytes are said to hold {member.file_size}",
        )
    try:
        with archive.open(member) as file:
            # one more than promised: zipfile itself stops at the promise
            inside = file.read(member.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise damaged(where, f"member {name!r}", f"cannot be unpacked ({error})") from error
    if len(inside) != member.file_size:
        raise damaged(
            where, f"member {name!r}", f"{member.file_size} bytes promised, {len(inside)} found"
        )
    return inside


class _Header(NamedTuple):
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    order: Any  # "C" or "F"
    end: int


def _array(where: str, raw: bytes) -> NDArray[Any]:
    header = _header(where, raw)
    expected = math.prod(header.shape) * header.dtype.itemsize
    found = len(raw) - header.end
    if expected != found:
        raise damaged(
            where,
            f"byte {header.end}",
            f"an array of shape {header.shape} and dtype {header.dtype} takes {expected} bytes, "
            f"but {found} follow",
        )
    try:
        flat = np.frombuffer(raw, header.dtype, offset=header.end) if found else None
        if flat is None:
            return np.zeros(header.shape, header.dtype, header.order)
        # a copy: what frombuffer gives is read-only, and may be unaligned
        return flat.reshape(header.shape, order=header.order).copy(order="K")
    except (ValueError, TypeError, MemoryError) as error:
        raise damaged(where, "byte 10", f"no possible array: {error}") from error


def _header(where: str, raw: bytes) -> _Header:
    if not raw.startswith(MAGIC):
        raise damaged(where, "byte 0", f"it begins with {raw[:6]!r}, not with {MAGIC!r}")
    version = raw[6:8]
    width = {b"\x01\x00": 2, b"\x02\x00": 4, b"\x03\x00": 4}.get(version)
    if width is None or len(raw) < 8 + width:
        raise damaged(where, "byte 6", f"unknown version {tuple(version)} of the .npy format")
    start = 8 + width
    size = int.from_bytes(raw[8:start], "little")
    if size > min(len(raw) - start, LONGEST_HEADER):
        raise damaged(
            where, "byte 8", f"a header of {size} bytes is announced, {len(raw) - start} follow"
        )
    text = raw[start : start + size].decode("utf-8" if version[0] == 3 else "latin1", "replace")
    try:
        fields = ast.literal_eval(text.strip())
        shape, order = fields["shape"], "F" if fields["fortran_order"] else "C"
        dtype = np.lib.format.descr_to_dtype(fields["descr"])
        if not all(type(n) is int and n >= 0 for n in shape) or type(shape) is not tuple:
            raise ValueError(shape)
    # whatever parsing chance can raise, MemoryError of the parser among it
    except Exception as error:
        raise damaged(where, f"byte {start}", f"the header {text[:80]!r} is not one") from error
    if dtype.hasobject:
        raise DataError(
            f"{where}: at byte {start}: holds Python objects, which are pickled, and unpickling "
            f"can run any code; save arrays of numbers or text instead"
        )
    if dtype.itemsize == 0 and math.prod(shape):
        raise damaged(where, f"byte {start}", f"{math.prod(shape)} items of 0 bytes each")
    return _Header(dtype, shape, order, start + size)
