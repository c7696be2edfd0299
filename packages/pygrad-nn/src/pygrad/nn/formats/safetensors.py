"""The ``.safetensors`` format, which much of the world exchanges weights in.

It is read and written by the package ``safetensors``, which comes with the extra of that name:
``pip install 'pygrad-nn[safetensors]'``. The names of nested weights are joined by dots.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import IO, Any

import numpy as np

from pygrad.exceptions import MissingPluginError, WeightsError
from pygrad.nn.formats.joined import joined

__all__ = ["read", "write"]

_STORED = ("biuf", "a .safetensors file holds whole numbers, floats and booleans only")


def write(file: IO[bytes], weights: Mapping[str, Any]) -> None:
    """Write nested dicts of arrays.

    Raises
    ------
    WeightsError
        If two names are the same once joined, or the format has no such dtype.
    MissingPluginError
        If the package ``safetensors`` is not installed.
    """
    package, arrays = _package(), {}
    for name, array in joined(weights).items():
        kinds, rule = _STORED
        if array.dtype.kind not in kinds or array.dtype.itemsize > 8:
            raise WeightsError(f"{name}: dtype {array.dtype}; {rule}")
        # in the order of the machine and of memory, which is what it writes without a look
        arrays[name] = np.require(array, array.dtype.newbyteorder("="), "C")
    try:
        file.write(package.save(arrays, metadata={"format": "np"}))
    except Exception as error:  # its own error types say what is wrong with the names
        raise WeightsError(str(error)) from error


def read(file: IO[bytes]) -> dict[str, Any]:
    """Read a file of this format: one dict, with the names as they are in it.

    Raises
    ------
    WeightsError
        If the file is no such file, is damaged, or holds a dtype that NumPy does not have.
    MissingPluginError
        If the package ``safetensors`` is not installed.
    """
    package = _package()
    try:
        found: dict[str, Any] = package.load(file.read())
    except KeyError as error:
        raise WeightsError(
            f"it holds arrays of dtype {error.args[0]}, which NumPy does not have; convert them "
            f"to float32 where it was written"
        ) from error
    except Exception as error:
        raise WeightsError(f"it is no .safetensors file, or damaged: {error}") from error
    return found


def _package() -> ModuleType:
    try:
        import safetensors.numpy
    except ModuleNotFoundError as error:
        raise MissingPluginError(
            "a .safetensors file needs the package safetensors; install it with  "
            "pip install 'pygrad-nn[safetensors]'",
            name="safetensors",
        ) from error
    return safetensors.numpy
