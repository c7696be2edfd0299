"""Rectifiers with another branch below 0, and saturation: elu, selu, celu, hard_tanh."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pygrad.engine.checks import refuse_complex
from pygrad.engine.function import Unary, apply
from pygrad.exceptions import ArgumentError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["celu", "elu", "hard_tanh", "selu"]

_SELU_SCALE = 1.0507009873554804934193349852946
_SELU_ALPHA = 1.6732632423543772848170429916717


class Elu(Unary):
    """y = scale x where x > 0, else height (exp(x / width) - 1)."""

    def __init__(self, height: float = 1.0, width: float = 1.0, scale: float = 1.0) -> None:
        self.height = height
        self.width = width
        self.scale = scale

    def forward(self, x):
        refuse_complex(x, self)
        # one of the two is 0; the exponential of what is positive would overflow
        below = np.expm1(np.minimum(x, 0) / self.width) * self.height
        return np.maximum(x, 0) * self.scale + below

    def backward(self, gy):
        (x,) = self.saved
        at_0 = self.height / self.width
        # clip, unlike minimum, has all of its gradient at 0, which belongs to the exponential
        slope = np.exp(np.clip(x, None, 0) / self.width) * at_0
        if self.scale != at_0:
            slope = slope + (x > 0).astype(slope.dtype) * (self.scale - at_0)
        return gy * slope


class Selu(Elu):
    """y = scale x where x > 0, else scale alpha (exp(x) - 1), with two constants of its own."""


class Celu(Elu):
    """y = x where x > 0, else alpha (exp(x / alpha) - 1)."""


class HardTanh(Unary):
    """y = x within [low, high], else the bound; dy/dx = 1 there, bounds included, else 0."""

    def __init__(self, low: float = -1.0, high: float = 1.0) -> None:
        self.low = low
        self.high = high

    def forward(self, x):
        refuse_complex(x, self)
        return np.clip(x, self.low, self.high)

    def backward(self, gy):
        (x,) = self.saved
        return gy * ((x >= self.low) & (x <= self.high))


def elu(x: ArrayLike, alpha: float = 1.0) -> Variable:
    """Exponential linear unit: `x` where it is positive, else ``alpha * (exp(x) - 1)``.

    Its derivative at 0 is `alpha`.

    References
    ----------
    Clevert, Unterthiner and Hochreiter, "Fast and accurate deep network learning by exponential
    linear units", ICLR 2016.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.elu([-1.0, 0.0, 2.0])
    Variable([-0.63212056  0.          2.        ])
    """
    return apply(Elu(height=alpha), x)


def selu(x: ArrayLike) -> Variable:
    """Scaled exponential linear unit: ``scale * elu(x, alpha)``, which normalises by itself.

    ``scale = 1.0507...`` and ``alpha = 1.6732...`` keep the mean 0 and the variance 1.

    References
    ----------
    Klambauer, Unterthiner, Mayr and Hochreiter, "Self-normalizing neural networks", NIPS 2017.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.selu([-1.0, 0.0, 2.0])
    Variable([-1.11133074  0.          2.10140197])
    """
    return apply(Selu(_SELU_SCALE * _SELU_ALPHA, 1.0, _SELU_SCALE), x)


def celu(x: ArrayLike, alpha: float = 1.0) -> Variable:
    """Continuously differentiable ELU: `x` if positive, else ``alpha * (exp(x / alpha) - 1)``.

    Raises
    ------
    ArgumentError
        If `alpha` is not positive.

    References
    ----------
    Barron, "Continuously differentiable exponential linear units", arXiv:1704.07483 (2017).

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.celu([-1.0, 0.0, 2.0], alpha=2.0)
    Variable([-0.78693868  0.          2.        ])
    """
    if not alpha > 0:
        raise ArgumentError(f"celu: alpha is {alpha}; it must be positive")
    return apply(Celu(alpha, alpha), x)


def hard_tanh(x: ArrayLike, min_value: float = -1.0, max_value: float = 1.0) -> Variable:
    """Limit the values to ``[min_value, max_value]``.

    As for `clip`, the derivative is 1 at the bounds, too; PyTorch has 0 there.

    Raises
    ------
    ArgumentError
        If the bounds cross.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.hard_tanh([-3.0, 0.5, 2.0])
    Variable([-1.   0.5  1. ])
    """
    if not min_value <= max_value:
        raise ArgumentError(
            f"hard_tanh: min_value is {min_value} and max_value {max_value}; min_value must not be "
            f"the larger one"
        )
    return apply(HardTanh(min_value, max_value), x)
