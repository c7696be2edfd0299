"""Special functions that NumPy has: sinc and the Bessel function i0."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pygrad.engine.function import Unary, apply
from pygrad.engine.kernels.bessel import scaled_bessel_of
from pygrad.engine.kernels.sinc import sinc_derivative_of
from pygrad.engine.numpy_protocols import implements

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["i0", "sinc"]


class Sinc(Unary):
    """y = sin(pi x) / (pi x), or its derivative of the given order; dy/dx is the next one."""

    def __init__(self, order: int = 0) -> None:
        self.order = order

    def forward(self, x):
        if self.order == 0:
            return np.sinc(x)
        wide = np.complex128 if x.dtype.kind == "c" else np.float64
        y = sinc_derivative_of(np.multiply(x, np.pi, dtype=wide), self.order)
        y *= np.pi**self.order
        return y.astype(x.dtype) if x.dtype.kind in "fc" else y

    def backward(self, gy):
        (x,) = self.saved
        return gy * Sinc(self.order + 1).on(x)


class I0(Unary):
    """y = I_n(x) / x**n, at first with n = 0; dy/dx = I_(n+1)(x) / x**n."""

    def __init__(self, n: int = 0) -> None:
        self.n = n

    def forward(self, x):
        return scaled_bessel_of(x, self.n) if self.n else np.i0(x)

    def backward(self, gy):
        (x,) = self.saved
        return gy * (x * I0(self.n + 1).on(x))


@implements(np.sinc)
def sinc(x: ArrayLike) -> Variable:
    """Normalised sine cardinal, elementwise: ``y = sin(pi * x) / (pi * x)``, and 1 at 0.

    Examples
    --------
    >>> from pygrad import Variable, functions as F
    >>> x = Variable([0.0, 0.5])
    >>> y = F.sinc(x)
    >>> y
    Variable([1.         0.63661977])
    >>> y.sum().backward()
    >>> x.grad
    Variable([ 0.         -1.27323954])
    """
    return apply(Sinc(), x)


@implements(np.i0)
def i0(x: ArrayLike) -> Variable:
    """Modified Bessel function of the first kind, of order 0, elementwise.

    Its derivative is that of order 1.

    Examples
    --------
    >>> from pygrad import Variable, functions as F
    >>> x = Variable([0.0, 1.0])
    >>> y = F.i0(x)
    >>> y
    Variable([1.         1.26606588])
    >>> y.sum().backward()
    >>> x.grad
    Variable([0.        0.5651591])
    """
    return apply(I0(), x)
