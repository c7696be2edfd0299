"""Losses of regression: what a network is trained to make small."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from pygrad.engine.function import Function, apply
from pygrad.exceptions import ArgumentError, ShapeError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["check_reduction", "mean_squared_error"]


class MeanSquaredError(Function):
    """y = mean of |a - b|**2; dy/da = 2 (a - b) / n = -dy/db. Or the sum, or the squares alone.

    Of complex a and b, dy = Re(sum of 2 conj(a - b) (da - db)) / n.
    """

    __slots__ = ("reduction",)
    requires = "both must have the same shape"

    def __init__(self, reduction: str = "mean") -> None:
        self.reduction = reduction

    def forward(self, a, b):
        if a.shape != b.shape:
            raise ShapeError(
                f"mean_squared_error: the prediction has shape {a.shape} but the target has "
                f"{b.shape}; {self.requires}"
            )
        difference = a - b
        is_complex = difference.dtype.kind == "c"
        if self.reduction == "none":
            if is_complex:
                return np.square(difference.real) + np.square(difference.imag)
            return difference * difference
        y = np.vdot(difference, difference)  # which takes the conjugate of the first
        if is_complex:
            y = y.real
        return y / difference.size if self.reduction == "mean" else y

    def backward(self, gy):
        a, b = self.saved
        difference = a - b
        if difference.dtype.kind == "c":
            difference, gy = np.conjugate(difference), gy.real
        ga = difference * (gy * (2 / a.size if self.reduction == "mean" else 2))
        return ga, (-ga if self.wants(1) else None)


def mean_squared_error(
    prediction: ArrayLike,
    target: ArrayLike,
    reduction: Literal["mean", "sum", "none"] = "mean",
) -> Variable:
    """Mean of the squared differences, over all values: ``mean(abs(prediction - target)**2)``.

    Parameters
    ----------
    prediction, target : array_like
        Of the same shape; both are differentiable.
    reduction : {"mean", "sum", "none"}
        With ``"sum"``, the sum of the squares; with ``"none"``, each of them.

    Raises
    ------
    ShapeError
        If the shapes differ: broadcasting here is nearly always a mistake.
    ArgumentError
        If `reduction` is something else.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.mean_squared_error([1.0, 2.0], [1.0, 4.0])
    Variable(2.0)
    >>> F.mean_squared_error([1.0, 2.0], [1.0, 4.0], reduction="none")
    Variable([0. 4.])
    """
    check_reduction(reduction, "mean_squared_error")
    return apply(MeanSquaredError(reduction), prediction, target)


def check_reduction(reduction: str, where: str) -> None:
    """Refuse what is no reduction of a loss."""
    if reduction not in ("mean", "sum", "none"):
        raise ArgumentError(
            f"{where}: reduction is {reduction!r}; it must be 'mean', 'sum' or 'none'"
        )
