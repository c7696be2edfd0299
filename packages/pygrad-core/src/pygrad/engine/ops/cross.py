"""The cross product of vectors, and what `numpy.linalg` asks of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pygrad.engine.broadcasting import sum_to_shape
from pygrad.engine.function import Function, apply
from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import as_axis, operand
from pygrad.engine.ops.dimensions import moveaxis
from pygrad.engine.ops.padding import pad
from pygrad.exceptions import ShapeError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["cross"]


class Cross(Function):
    """y = a x b along the last axis; dy/da = b x gy, dy/db = gy x a."""

    requires = "the vectors must have length 3, and the other axes must broadcast"

    def forward(self, a, b):
        return np.cross(a, b)

    def backward(self, gy):
        a, b = self.saved
        ga = gb = None
        if self.wants(0):
            ga = sum_to_shape(Cross().on(b, gy), a.shape)
        if self.wants(1):
            gb = sum_to_shape(Cross().on(gy, a), b.shape)
        return ga, gb


@implements(np.cross)
def cross(
    a: ArrayLike,
    b: ArrayLike,
    axisa: int = -1,
    axisb: int = -1,
    axisc: int = -1,
    axis: int | None = None,
) -> Variable:
    """The vector product of vectors in space; the other axes broadcast.

    Parameters
    ----------
    a, b : array_like, shape (..., 3)
        A vector of length 2 lies in the plane: its third part is 0. Of two such vectors the result
        is the third part alone.
    axisa, axisb, axisc : int
        Which axis the vectors of `a`, of `b` and of the result lie along.
    axis : int, optional
        The same for all three.

    Raises
    ------
    ShapeError
        If the vectors have another length, or the other axes do not broadcast.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.cross([1.0, 0.0, 0.0], [0.0, 1.0, 0.0])
    Variable([0. 0. 1.])
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = _vectors(a, axisa), _vectors(b, axisb)
    if a.shape[-1] == b.shape[-1] == 2:
        return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    y: Variable = apply(Cross(), _in_space(a), _in_space(b))
    axisc = as_axis(axisc, y.ndim, "cross")
    return y if axisc == y.ndim - 1 else moveaxis(y, -1, axisc)


def _vectors(x: ArrayLike, axis: int) -> Variable:
    x = operand(x, "cross")
    if not x.ndim:
        raise ShapeError("cross: there is a single number where a vector must be")
    x = moveaxis(x, axis, -1)
    if x.shape[-1] not in (2, 3):
        raise ShapeError(f"cross: vectors have length {x.shape[-1]}; it must be 3, or 2")
    return x


def _in_space(x: Variable) -> Variable:
    return x if x.shape[-1] == 3 else pad(x, [(0, 0)] * (x.ndim - 1) + [(0, 1)])
