"""Smooth activations made of the logistic function: silu, mish, softplus, softsign, glu."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.checks import refuse_complex
from pygrad.engine.function import Unary, apply
from pygrad.engine.ops.activation import Sigmoid
from pygrad.exceptions import ArgumentError, ShapeError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["glu", "log_sigmoid", "mish", "silu", "softplus", "softsign"]


class Silu(Unary):
    """y = x s with s = sigmoid(x); dy/dx = s (1 + x (1 - s))."""

    __slots__ = ()

    def forward(self, x):
        return x * Sigmoid().forward(x)

    def backward(self, gy):
        (x,) = self.saved
        s = Sigmoid().on(x)
        return gy * (s * (1 + x * (1 - s)))


class Softplus(Unary):
    """y = log(1 + exp(beta x)) / beta, or x where beta x > threshold; dy/dx = sigmoid(beta x)."""

    def __init__(self, beta: float = 1.0, threshold: float | None = None) -> None:
        self.beta = beta
        self.threshold = threshold

    def forward(self, x):
        refuse_complex(x, self)
        y = _softplus(x) if self.beta == 1 else _softplus(x * self.beta) / self.beta
        return y if self.threshold is None else np.where(x * self.beta > self.threshold, x, y)

    def backward(self, gy):
        (x,) = self.saved
        scaled = x * self.beta
        gx = gy * Sigmoid().on(scaled)
        return gx if self.threshold is None else np.where(scaled > self.threshold, gy, gx)


class LogSigmoid(Unary):
    """y = log(sigmoid(x)); dy/dx = sigmoid(-x)."""

    __slots__ = ()

    def forward(self, x):
        refuse_complex(x, self)
        return -_softplus(-x)

    def backward(self, gy):
        (x,) = self.saved
        return gy * Sigmoid().on(-x)


class Mish(Unary):
    """y = x t with t = tanh(softplus(x)); dy/dx = t + x (1 - t**2) sigmoid(x)."""

    __slots__ = ()

    def forward(self, x):
        refuse_complex(x, self)
        return x * np.tanh(_softplus(x))

    def backward(self, gy):
        (x,) = self.saved
        t = np.tanh(Softplus().on(x))
        return gy * (t + x * ((1 - t * t) * Sigmoid().on(x)))


class Softsign(Unary):
    """y = x / (1 + |x|); dy/dx = 1 / (1 + |x|)**2."""

    __slots__ = ()

    def forward(self, x):
        refuse_complex(x, self)
        return x / (1 + np.absolute(x))

    def backward(self, gy):
        (x,) = self.saved
        return gy / np.square(1 + np.absolute(x))


class Glu(Unary):
    """y = a sigmoid(b), where a and b are the halves of x."""

    requires = "axis must be an axis of x"

    def __init__(self, axis: int = -1) -> None:
        self.axis = axis

    def forward(self, x):
        length = np.size(x, self.axis)
        if length % 2:
            raise ShapeError(
                f"glu: x has shape {x.shape}, of length {length} along axis {self.axis}; that "
                f"length must be even, for the two halves"
            )
        a, b = self.halves(x)
        return a * Sigmoid().forward(b)

    def backward(self, gy):
        (x,) = self.saved
        a, b = self.halves(x)
        s = Sigmoid().on(b)
        ga = gy * s
        return np.concatenate([ga, ga * a * (1 - s)], axis=self.axis)

    def halves(self, x):
        """The halves of `x` along the axis."""
        before = (slice(None),) * (self.axis % x.ndim)
        half = x.shape[self.axis] // 2
        return x[(*before, slice(None, half))], x[(*before, slice(half, None))]


def _softplus(x: Any) -> Any:
    # the exponential of what is never positive: it cannot overflow, and log1p keeps its digits
    return np.maximum(x, 0) + np.log1p(np.exp(-np.absolute(x)))


def silu(x: ArrayLike) -> Variable:
    """Sigmoid linear unit, also called swish: ``y = x * sigmoid(x)``, without overflow.

    References
    ----------
    Elfwing, Uchibe and Doya, "Sigmoid-weighted linear units for neural network function
    approximation in reinforcement learning", Neural Networks 107 (2018).

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.silu([-1.0, 0.0, 2.0])
    Variable([-0.26894142  0.          1.76159416])
    """
    return apply(Silu(), x)


def mish(x: ArrayLike) -> Variable:
    """Mish, elementwise: ``y = x * tanh(softplus(x))``, without overflow.

    References
    ----------
    Misra, "Mish: a self regularized non-monotonic activation function", BMVC 2020.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.mish([-1.0, 0.0, 2.0])
    Variable([-0.30340146  0.          1.94395896])
    """
    return apply(Mish(), x)


def softplus(x: ArrayLike, beta: float = 1.0, threshold: float | None = None) -> Variable:
    """Smooth ReLU: ``y = log(1 + exp(beta * x)) / beta``, without overflow.

    Parameters
    ----------
    x : array_like
    beta : float
        How sharp the bend is.
    threshold : float, optional
        Where ``beta * x`` is above it, y = x. It is needed neither for accuracy nor against
        overflow; PyTorch, which has 20, is off by up to 2e-9 there.

    Raises
    ------
    ArgumentError
        If `beta` is not positive.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.softplus([-10000.0, 0.0, 10000.0])
    Variable([0.00000000e+00 6.93147181e-01 1.00000000e+04])
    """
    if not beta > 0:
        raise ArgumentError(f"softplus: beta is {beta}; it must be positive")
    return apply(Softplus(beta, threshold), x)


def log_sigmoid(x: ArrayLike) -> Variable:
    """Logarithm of the logistic function: ``y = log(1 / (1 + exp(-x)))``, without overflow.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.log_sigmoid([-10000.0, 0.0])
    Variable([-1.00000000e+04 -6.93147181e-01])
    """
    return apply(LogSigmoid(), x)


def softsign(x: ArrayLike) -> Variable:
    """Softsign, elementwise: ``y = x / (1 + abs(x))``.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.softsign([-1.0, 0.0, 3.0])
    Variable([-0.5   0.    0.75])
    """
    return apply(Softsign(), x)


def glu(x: ArrayLike, axis: int = -1) -> Variable:
    """Gated linear unit: ``y = a * sigmoid(b)``, where `a` and `b` are the halves of `x`.

    Raises
    ------
    ShapeError
        If the length along the axis is odd.
    AxisError
        If `x` has no such axis.

    References
    ----------
    Dauphin, Fan, Auli and Grangier, "Language modeling with gated convolutional networks",
    ICML 2017.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.glu([1.0, 2.0, 0.0, 10000.0])
    Variable([0.5 2. ])
    """
    return apply(Glu(axis), x)
