"""The ``.npy`` format: nested weights as one array of a nested structured dtype.

What comes first is NumPy's header (NEP 1), then the bytes of the arrays one after the other. The
names are those of the fields: ``np.load(path, allow_pickle=False)["fc1"]["W"]``. Reading takes the
header apart as a literal and copies numbers; nothing in a file is ever executed.
"""

from __future__ import annotations

import ast
import math
import os
from collections.abc import Mapping
from typing import IO, Any

import numpy as np

from pygrad.exceptions import WeightsError
from pygrad.nn.formats.joined import leaves

__all__ = ["array_header", "holds_objects", "read", "read_array", "read_header", "write"]

_MAGIC = b"\x93NUMPY"
# of NumPy: the size of a structured dtype is a C int. It does not always notice when it overflows.
_LIMIT = 2**31 - 1
_DAMAGES = (
    AttributeError, KeyError, MemoryError, RecursionError, SyntaxError, TypeError, ValueError,
)  # fmt: skip
# a name takes some forty characters; beyond this it is an attack on the parser
_LONGEST_HEADER = 2**24


def write(file: IO[bytes], weights: Mapping[str, Any]) -> None:
    """Write nested dicts of arrays.

    Raises
    ------
    WeightsError
        If they hold more than 2 GiB, an empty name, or dicts nested too deeply to be read back.
    """
    arrays = [array for _, array in leaves(weights)]
    size = sum(array.nbytes for array in arrays)
    if size > _LIMIT:
        raise WeightsError(
            f"the weights take {size / 2**30:.1f} GiB, and a .npy file of named arrays holds at "
            f"most 2 GiB; save it as .npz, which has no such limit"
        )
    file.write(_header(_description(weights)))
    for array in arrays:
        file.write(np.ascontiguousarray(array).data)


def read(file: IO[bytes]) -> dict[str, Any]:
    """Read what `write` wrote: nested dicts of arrays.

    Raises
    ------
    WeightsError
        If the file is no ``.npy`` file, is cut short or damaged, or holds something else.
    """
    description, shape, _ = read_header(file)
    if holds_objects(description):
        raise WeightsError(
            "it holds pickled Python objects, which can run any code when they are read. PyGrad "
            "0.1 wrote such files: load(path, legacy=True) reads the arrays in one, and runs "
            "nothing"
        )
    if not isinstance(description, list) or shape != ():
        raise WeightsError(
            f"it holds an array of shape {shape} without names, not weights; "
            f"Module.save writes the nested weight_dict"
        )
    try:
        dtype = np.lib.format.descr_to_dtype(description)
        size = _checked_size(dtype)
    except (TypeError, ValueError, KeyError, IndexError, RecursionError) as error:
        raise WeightsError(f"its header is damaged: {error}") from error
    there = os.fstat(file.fileno()).st_size - file.tell()
    if there < size:
        raise WeightsError(f"it is cut short: of {size} bytes of weights, {there} are there")
    return _arrays(memoryview(file.read(size)), dtype)


def array_header(array: np.ndarray[Any, Any]) -> bytes:
    """What stands before the bytes of one plain array, in the order of C."""
    return _header(array.dtype.str, array.shape)


def read_array(file: IO[bytes], size: int) -> Any:
    """Read one plain array from a file of this size.

    Raises
    ------
    WeightsError
        If it is no ``.npy`` file, is cut short or damaged, or holds something else.
    """
    description, shape, fortran = read_header(file)
    try:
        dtype = np.dtype(description) if isinstance(description, str) else np.dtype("V1")
        count = math.prod(shape)
        sound = dtype.kind in "biufc" and all(isinstance(n, int) and n >= 0 for n in shape)
    except (TypeError, ValueError) as error:
        raise WeightsError(f"its header is damaged: {error}") from error
    if not sound:
        raise WeightsError(f"it holds an array of {description} and shape {shape}, not numbers")
    there = size - file.tell()
    if there < count * dtype.itemsize:
        raise WeightsError(f"it is cut short: of {count * dtype.itemsize} bytes, {there} are there")
    flat = np.frombuffer(file.read(count * dtype.itemsize), dtype)
    return flat.reshape(shape, order="F" if fortran else "C")


def read_header(file: IO[bytes]) -> tuple[Any, Any, bool]:
    """The description of the dtype, the shape, and whether the order is Fortran's."""
    header = _header_text(file)
    try:
        fields = ast.literal_eval(header)
        return fields["descr"], fields["shape"], bool(fields.get("fortran_order"))
    except _DAMAGES as error:
        raise WeightsError(f"its header is damaged: {error}") from error


def holds_objects(description: Any) -> bool:
    """Whether a dtype with this description has Python objects in it."""
    if isinstance(description, str):
        return "O" in description
    if isinstance(description, list):
        return any(isinstance(f, tuple) and holds_objects(f[1:2]) for f in description)
    return isinstance(description, tuple) and any(map(holds_objects, description))


def _description(weights: Mapping[str, Any]) -> list[Any]:
    """The dtype in the notation of the header: ``[('fc1', [('W', '<f4', (2, 3)), ...]), ...]``."""
    fields: list[Any] = []
    for name, value in weights.items():
        if not name:
            raise WeightsError("there is an array without a name; a field must have one")
        if isinstance(value, Mapping):
            fields.append((name, _description(value)))
        elif value.shape:
            fields.append((name, value.dtype.str, tuple(map(int, value.shape))))
        else:
            fields.append((name, value.dtype.str))
    return fields


def _header(description: Any, shape: tuple[int, ...] = ()) -> bytes:
    # repr leaves no character in a name that could not be encoded
    text = repr({"descr": description, "fortran_order": False, "shape": shape})
    try:
        ast.literal_eval(text)
    except (SyntaxError, MemoryError, RecursionError):
        raise WeightsError(
            "the modules are nested so deeply, some ninety levels, that nobody could read the file "
            "back; save parts of the model: model.part.save(path)"
        ) from None
    # version 1 where it does, 3 for long headers and for names beyond ASCII
    version, width = (1, 2) if text.isascii() and len(text) < 2**16 - 64 else (3, 4)
    encoded = text.encode("utf8")
    before = len(_MAGIC) + 2 + width
    padding = b" " * (-(before + len(encoded) + 1) % 64) + b"\n"  # so that the data are aligned
    length = (len(encoded) + len(padding)).to_bytes(width, "little")
    return b"".join([_MAGIC, bytes([version, 0]), length, encoded, padding])


def _header_text(file: IO[bytes]) -> str:
    start = file.read(len(_MAGIC) + 2)
    if not start.startswith(_MAGIC):
        looks = {b"": " (it is empty)", b"\x80": " (a pickle? they are never read)"}
        raise WeightsError(f"it is no .npy file{looks.get(start[:1], '')}; Module.save writes one")
    version = start[len(_MAGIC) : len(_MAGIC) + 1]
    if version not in (b"\x01", b"\x02", b"\x03"):
        raise WeightsError(f"its .npy version {version.hex() or '?'} is unknown; 1 to 3 are known")
    width = 2 if version == b"\x01" else 4
    length = int.from_bytes(file.read(width), "little")
    if length > _LONGEST_HEADER:
        raise WeightsError(f"its header is damaged: a length of {length} bytes cannot be right")
    header = file.read(length)
    if len(header) < length or not length:
        raise WeightsError(f"it is cut short: {length} bytes of header are announced")
    try:
        return header.decode("utf8" if version == b"\x03" else "latin1")
    except UnicodeDecodeError as error:
        raise WeightsError(f"its header is damaged: {error}") from error


def _checked_size(dtype: np.dtype[Any]) -> int:
    """How many bytes the dtype takes, if it is one of numbers and its size did not overflow."""
    if dtype.names is not None:
        size = sum(_checked_size(dtype[name]) for name in dtype.names)
    else:
        base, shape = dtype.subdtype or (dtype, ())
        if base.kind not in "biufc":
            raise TypeError(f"there is a field of dtype {base}, which is no number")
        size = base.itemsize * math.prod(shape)
    if size > dtype.itemsize:
        raise ValueError(f"a field takes {size} bytes, more than NumPy can count")
    return dtype.itemsize


def _arrays(data: memoryview, dtype: np.dtype[Any]) -> dict[str, Any]:
    """The arrays of the fields, as views of the bytes."""
    weights: dict[str, Any] = {}
    for name in dtype.names or ():
        field = dtype[name]
        start: int = dtype.fields[name][1]  # type: ignore[index]
        inside = data[start : start + field.itemsize]
        if field.names is not None:
            weights[name] = _arrays(inside, field)
        else:
            base, shape = field.subdtype or (field, ())
            weights[name] = np.frombuffer(inside, base).reshape(shape)
    return weights
