"""The ``.npz`` format: a zip file with a ``.npy`` file for each array, as `numpy.savez` writes it.

The names of nested weights are joined by dots: ``np.load(path)["fc1.W"]``. There is no limit of
2 GiB, and equal weights give equal files.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import IO, Any

import numpy as np

from pygrad.exceptions import WeightsError
from pygrad.nn.formats import npy
from pygrad.nn.formats.joined import joined

__all__ = ["read", "read_members", "write", "write_members"]

_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # as by numpy.savez, and savez_compressed
_DAMAGES = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError,
    ValueError,
)  # fmt: skip


def write(file: IO[bytes], weights: Mapping[str, Any]) -> None:
    """Write nested dicts of arrays.

    Raises
    ------
    WeightsError
        If two names are the same once joined, or a name cannot be one in a zip file.
    """
    write_members(file, {f"{name}.npy": array for name, array in joined(weights).items()})


def read(file: IO[bytes]) -> dict[str, Any]:
    """Read what `write` or `numpy.savez` wrote: one dict, with the names joined by dots.

    Raises
    ------
    WeightsError
        If the file is no ``.npz`` file, is cut short or damaged, or holds something else.
    """
    return {name.removesuffix(".npy"): array for name, array in read_members(file).items()}


def write_members(file: IO[bytes], members: Mapping[str, Any]) -> None:
    """Write arrays, under names that end in ``.npy``, and text, under any others."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            if "\0" in name or not _is_text(name):
                raise WeightsError(f"the name {name!r} cannot stand in a zip file; use another")
            # a ZipInfo of its own has the date 1980 and not that of today
            with archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as member:
                if isinstance(content, str):
                    member.write(content.encode())
                else:
                    member.write(npy.array_header(content))
                    member.write(np.ascontiguousarray(content).data)


def read_members(file: IO[bytes]) -> dict[str, Any]:
    """Read what `write_members` wrote."""
    try:
        with zipfile.ZipFile(file) as archive:
            return {info.filename: _content(archive, info) for info in archive.infolist()}
    except WeightsError:  # it is a ValueError
        raise
    except _DAMAGES as error:
        raise WeightsError(f"it is no .npz file, or damaged: {error}") from error


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Any:
    if info.compress_type not in _PACKED:
        raise WeightsError(f"{info.filename}: packed in a way that NumPy does not use")
    data = archive.read(info)  # it checks the sum, too
    if not info.filename.endswith(".npy"):
        try:
            return data.decode()
        except UnicodeDecodeError as error:
            raise WeightsError(f"it is damaged: {info.filename}: {error}") from error
    try:
        return npy.read_array(io.BytesIO(data), len(data))
    except WeightsError as error:
        raise WeightsError(f"{info.filename}: {error}") from error


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
