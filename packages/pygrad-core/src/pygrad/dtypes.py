"""The dtype that parameters have where none is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.exceptions import DtypeError

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["get_default_dtype", "set_default_dtype"]

_default: np.dtype[Any] = np.dtype(np.float32)


def set_default_dtype(dtype: npt.DTypeLike) -> None:
    """Set the dtype of the parameters that layers make from now on, in all threads.

    It is float32 at first. What layers are asked for by their ``dtype=`` goes before it, and data
    keep the dtype that NumPy gives them: ``Variable(1.0)`` is float64, whatever is set here.

    Raises
    ------
    DtypeError
        If it is not one of floats.

    Examples
    --------
    >>> import pygrad
    >>> from pygrad import nn
    >>> pygrad.set_default_dtype("float64")
    >>> nn.Linear(2, 3).W.dtype
    dtype('float64')
    >>> pygrad.set_default_dtype("float32")
    """
    global _default
    try:
        found = np.dtype(dtype)
    except TypeError:
        found = np.dtype(object)
    if dtype is None or found.kind != "f":  # NumPy takes None for float64
        raise DtypeError(
            f"set_default_dtype: {dtype!r} is no dtype of floats; give float32 or float64"
        )
    _default = found


def get_default_dtype() -> np.dtype[Any]:
    """The dtype of the parameters that layers make where none is given.

    Examples
    --------
    >>> import pygrad
    >>> pygrad.get_default_dtype()
    dtype('float32')
    """
    return _default
