"""The Gaussian error linear unit, exact and approximated by tanh."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from pygrad.engine.checks import refuse_complex
from pygrad.engine.function import Unary, apply
from pygrad.engine.kernels.normal import normal_cdf_of
from pygrad.engine.ops.activation import Sigmoid
from pygrad.exceptions import ArgumentError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["gelu"]

_DENSITY_AT_0 = 1 / math.sqrt(2 * math.pi)
_SLOPE = math.sqrt(8 / math.pi)
_CUBIC = 0.044715


class NormalCdf(Unary):
    """y = the share of the standard normal distribution below x; dy/dx is its density."""

    __slots__ = ()

    def forward(self, x):
        return normal_cdf_of(x)

    def backward(self, gy):
        (x,) = self.saved
        return gy * _density(x)


class Gelu(Unary):
    """y = x P(x), with P the normal distribution's function; dy/dx = P(x) + x P'(x)."""

    __slots__ = ()

    def forward(self, x):
        refuse_complex(x, self)
        return x * normal_cdf_of(x)

    def backward(self, gy):
        (x,) = self.saved
        return gy * (NormalCdf().on(x) + x * _density(x))


class GeluTanh(Unary):
    """y = x (1 + tanh(u)) / 2 = x s, with s = sigmoid(2 u) and 2 u a cubic polynomial of x."""

    __slots__ = ()

    def forward(self, x):
        # unlike 1 + tanh(u), the logistic function keeps its digits where x is far below 0
        return x * Sigmoid().forward(_SLOPE * (x + _CUBIC * x * x * x))

    def backward(self, gy):
        (x,) = self.saved
        square = x * x
        s = Sigmoid().on(_SLOPE * (x + _CUBIC * square * x))
        slope = _SLOPE * (1 + 3 * _CUBIC * square)
        return gy * (s + x * (s * (1 - s)) * slope)


def _density(x):
    return np.exp(x * x * -0.5) * _DENSITY_AT_0


def gelu(x: ArrayLike, approximate: str = "none") -> Variable:
    """Gaussian error linear unit: ``y = x * P(x)``, P the normal distribution's function.

    ``P(x) = erfc(-x / sqrt(2)) / 2``, with all digits where it is small.

    Parameters
    ----------
    x : array_like
    approximate : {"none", "tanh"}
        With ``"tanh"``, ``y = x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3)))``, whose
        error is below 5e-4.

    Raises
    ------
    ArgumentError
        If `approximate` is something else.

    References
    ----------
    Hendrycks and Gimpel, "Gaussian error linear units (GELUs)", arXiv:1606.08415 (2016).

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.gelu([-1.0, 0.0, 2.0])
    Variable([-0.15865525  0.          1.95449974])
    >>> F.gelu([-1.0, 0.0, 2.0], approximate="tanh")
    Variable([-0.15880801  0.          1.95459769])
    """
    if approximate not in ("none", "tanh"):
        raise ArgumentError(f"gelu: approximate is {approximate!r}; it must be 'none' or 'tanh'")
    return apply(Gelu() if approximate == "none" else GeluTanh(), x)
