"""IDX, the format of the MNIST files: a type, sizes, then the numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pygrad.data.formats.files import StrPath, contents, damaged, file_at

__all__ = ["is_idx", "read_idx"]

DTYPES = {8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}


def is_idx(head: bytes) -> bool:
    return len(head) >= 4 and head[:2] == b"\0\0" and head[2] in DTYPES and 1 <= head[3] <= 8


def read_idx(path: StrPath) -> NDArray[Any]:
    """The array in an IDX file, such as ``train-images-idx3-ubyte``; gzip files too.

    Parameters
    ----------
    path : str or path-like

    Returns
    -------
    ndarray
        uint8, int8, int16, int32, float32 or float64, as the file says. It can be written to.

    Raises
    ------
    DataError
        If the file is damaged: its size must be what its header says.

    Notes
    -----
    The format: http://yann.lecun.com/exdb/mnist/. Two zero bytes, one for the type, one for the
    number of axes, the length of each axis as a big-endian uint32, and the numbers, big-endian.

    Examples
    --------
    >>> from pathlib import Path
    >>> from pygrad.data import formats
    >>> _ = Path("labels-idx1-ubyte").write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1]))
    >>> formats.read_idx("labels-idx1-ubyte")
    array([7, 2, 1], dtype=uint8)
    """
    where = file_at(path)
    raw = contents(where)
    if len(raw) < 4 or raw[:2] != b"\0\0":
        raise damaged(where, "byte 0", f"it begins with {raw[:4]!r}; two zero bytes come first")
    code, axes = raw[2], raw[3]
    if code not in DTYPES:
        raise damaged(where, "byte 2", f"type {code} is none of {sorted(DTYPES)}")
    start = 4 + 4 * axes
    if len(raw) < start or not axes:
        raise damaged(where, "byte 3", f"{axes} axes are announced, {len(raw) - 4} bytes follow")
    shape = tuple(np.frombuffer(raw, ">u4", axes, 4).tolist())
    dtype = np.dtype(DTYPES[code])
    expected, found = math.prod(shape) * dtype.itemsize, len(raw) - start
    if expected != found:
        raise damaged(
            where,
            f"byte {start}",
            f"an array of shape {shape} and dtype {dtype.name} takes {expected} bytes, but "
            f"{found} follow",
        )
    try:
        array = np.frombuffer(raw, dtype, offset=start) if found else np.zeros(0, dtype)
        return array.reshape(shape).astype(dtype.newbyteorder("="))
    except ValueError as error:
        raise damaged(where, "byte 3", f"no possible array of shape {shape} ({error})") from error
