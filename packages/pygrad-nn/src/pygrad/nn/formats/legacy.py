"""The pickled ``.npy`` files of PyGrad 0.1, read without running anything in them.

A pickle is a program that may call any function it can name. This reader lets it name five things,
those that a pickled NumPy array consists of, and hands it stand-ins for them that only remember
what they are given; not even NumPy's own unpickling is reached.
"""

from __future__ import annotations

import io
import math
import pickle
from typing import IO, Any, ClassVar

import numpy as np

from pygrad.exceptions import WeightsError
from pygrad.nn.formats import npy

__all__ = ["read"]

_PLAIN = (bool, int, float, complex, str)


def read(file: IO[bytes]) -> dict[str, Any]:
    """Read the nested dicts of arrays, strings and numbers in a pickled ``.npy`` file.

    Raises
    ------
    WeightsError
        If there is anything else in it; nothing was executed then either.
    """
    start = file.tell()
    description, shape, _ = npy.read_header(file)
    if not npy.holds_objects(description):
        file.seek(start)
        return npy.read(file)
    try:
        # all of it: an announced length then reads no further than what is there
        found = _Unpickler(io.BytesIO(file.read())).load()
    except WeightsError:
        raise
    except Exception as error:  # a damaged pickle raises whatever its bytes happen to mean
        raise WeightsError(f"its pickle is damaged: {type(error).__name__}: {error}") from error
    if isinstance(found, _Array):
        found = found.content
    if isinstance(found, list) and len(found) == 1 and shape == ():
        found = found[0]
    if not isinstance(found, dict):
        raise WeightsError(f"it holds a {type(found).__name__}, not the dict of weight_dict()")
    weights: dict[str, Any] = _plain(found, set())
    return weights


class _Array:
    """Stands for a pickled array: what it consists of, checked and made an array by NumPy."""

    content: Any = None

    def __setstate__(self, state: Any) -> None:
        _, shape, dtype, fortran, data = state
        if dtype.text == "O" and isinstance(data, list):
            self.content = data
            return
        if not isinstance(data, bytes) or len(data) != math.prod(shape) * dtype.itemsize:
            raise WeightsError("it holds an array whose bytes do not fit its shape")
        flat = np.frombuffer(data, dtype.native())
        self.content = flat.reshape(shape, order="F" if fortran else "C")


class _Dtype:
    """Stands for a pickled dtype: one of numbers, or that of the object around the dict."""

    def __init__(self, text: str, *_: bool) -> None:
        if text not in ("O", "O8") and np.dtype(str(text)).kind not in "biufc":
            raise WeightsError(f"it holds an array of dtype {text}, which is no number")
        self.text = text.rstrip("8") if text.startswith("O") else text
        self.order: Any = "="  # as NumPy writes it

    def __setstate__(self, state: Any) -> None:
        _, order, subdtype, names, fields, *_ = state
        if not (subdtype is names is fields is None):
            raise WeightsError("it holds an array of a structured dtype, which weights never had")
        self.order = "=" if order == "|" else order

    @property
    def itemsize(self) -> int:
        return self.native().itemsize

    def native(self) -> np.dtype[Any]:
        if self.text == "O":
            raise WeightsError("it holds Python objects among its numbers")
        return np.dtype(self.text).newbyteorder(self.order)


def _new_array(kind: Any, shape: Any, code: Any) -> _Array:
    return _Array()


def _scalar(dtype: _Dtype, data: bytes) -> Any:
    return np.frombuffer(data, dtype.native(), 1)[0]


def _latin(text: str, encoding: str) -> bytes:
    # how protocol 2 writes bytes
    if encoding != "latin1":
        raise WeightsError(f"it asks for the codec {encoding}")
    return text.encode("latin1")


_KNOWN: dict[tuple[str, str], Any] = {
    **{
        (f"numpy.{core}.multiarray", name): stand_in
        for core in ("core", "_core")
        for name, stand_in in (("_reconstruct", _new_array), ("scalar", _scalar))
    },
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Dtype,
    ("_codecs", "encode"): _latin,
}


class _Unpickler(pickle._Unpickler):
    """The one in Python: that in C reserves 64 GiB if a file of ten bytes asks it to."""

    dispatch: ClassVar[Any] = {
        code: act
        for code, act in pickle._Unpickler.dispatch.items()
        if code not in (pickle.BYTEARRAY8[0], pickle.EXT1[0], pickle.EXT2[0], pickle.EXT4[0])
    }

    def find_class(self, module: str, name: str) -> Any:
        try:
            return _KNOWN[module, name]
        except KeyError:
            raise WeightsError(
                f"it names {module}.{name}, and may hold arrays, dicts, strings and numbers only; "
                f"nothing in it was executed"
            ) from None


def _plain(value: Any, above: set[int]) -> Any:
    """The dicts with their stand-ins replaced by arrays."""
    if isinstance(value, dict):
        # each dict once: one that holds itself, or is there a million times, is an attack
        if id(value) in above:
            raise WeightsError("it holds one dict in two places, which weights never did")
        above.add(id(value))
        return {str(name): _plain(inside, above) for name, inside in value.items()}
    if isinstance(value, _Array) and isinstance(value.content, np.ndarray):
        return value.content
    if isinstance(value, (*_PLAIN, np.generic)):
        return value
    raise WeightsError(f"it holds a {type(value).__name__} among its arrays")
