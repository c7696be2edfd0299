"""Angles in degrees and in radians."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pygrad.engine.function import Unary, apply
from pygrad.engine.numpy_protocols import UFUNCS

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["deg2rad", "rad2deg"]


class Deg2rad(Unary, ufunc=np.deg2rad):
    """y = x pi / 180."""

    __slots__ = ()
    saves = ()

    def forward(self, x):
        return np.deg2rad(x)

    def backward(self, gy):
        return np.deg2rad(gy.real)


class Rad2deg(Unary, ufunc=np.rad2deg):
    """y = x 180 / pi."""

    __slots__ = ()
    saves = ()

    def forward(self, x):
        return np.rad2deg(x)

    def backward(self, gy):
        return np.rad2deg(gy.real)


def deg2rad(x: ArrayLike) -> Variable:
    """Degrees in radians: ``y = x * pi / 180``; `np.radians` is the same.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.deg2rad([0.0, 180.0])
    Variable([0.         3.14159265])
    """
    return apply(Deg2rad(), x)


def rad2deg(x: ArrayLike) -> Variable:
    """Radians in degrees: ``y = x * 180 / pi``; `np.degrees` is the same.

    Examples
    --------
    >>> import numpy as np
    >>> from pygrad import functions as F
    >>> F.rad2deg([0.0, np.pi])
    Variable([  0. 180.])
    """
    return apply(Rad2deg(), x)


UFUNCS[np.radians] = deg2rad  # ufuncs of their own
UFUNCS[np.degrees] = rad2deg
