"""Complex numbers taken apart: real and imaginary part, conjugate, angle.

What is real cannot have a complex gradient. A function from complex to real numbers therefore takes
the real part of the gradient that it is given: see docs/complex.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.function import Unary, apply
from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import operand

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["angle", "conj", "imag", "real", "real_if_close"]


class Real(Unary):
    """y = Re(x) of a complex x; dy = Re(dx)."""

    __slots__ = ()
    saves = ()

    def forward(self, x):
        return x.real

    def backward(self, gy):
        return gy.real


class Imag(Unary):
    """y = Im(x) of a complex x; dy = Re(-i dx)."""

    __slots__ = ()
    saves = ()

    def forward(self, x):
        return x.imag

    def backward(self, gy):
        return gy.real * -1j


class Conj(Unary, ufunc=np.conjugate):
    """y = the conjugate of x; dy = that of dx."""

    __slots__ = ()
    saves = ()

    def forward(self, x):
        return np.conjugate(x)

    def backward(self, gy):
        return np.conjugate(gy)


class Angle(Unary):
    """y = arg(x) of a complex x; dy = Re(-i dx / x), and 0 at 0."""

    __slots__ = ()

    def forward(self, x):
        return np.angle(x)

    def backward(self, gy):
        (x,) = self.saved
        gy = gy.real
        at_zero = x == 0
        if np.any(at_zero):
            gy = gy * np.logical_not(at_zero)
            x = x + at_zero
        return gy * (-1j / x)


class _OfReal(Unary):
    """A part of a real x that does not change with it; dy/dx = 0."""

    __slots__ = ("part",)
    saves = ()

    def __init__(self, part: Callable[[Any], Any]) -> None:
        self.part = part

    def forward(self, x):
        return np.array(self.part(x))

    def backward(self, gy):
        return np.zeros(gy.shape, gy.dtype)


@implements(np.real)
def real(x: ArrayLike) -> Variable:
    """Real part, elementwise; of real numbers themselves.

    Examples
    --------
    >>> from pygrad import Variable, functions as F
    >>> z = Variable(3.0 + 4.0j)
    >>> y = F.real(z) ** 2
    >>> y.backward()
    >>> y, z.grad
    (Variable(9.0), Variable((6+0j)))
    """
    z = operand(x, "real")
    return apply(Real(), z) if z.dtype.kind == "c" else z


@implements(np.imag)
def imag(x: ArrayLike) -> Variable:
    """Imaginary part, elementwise; 0 for real numbers.

    Examples
    --------
    >>> from pygrad import Variable, functions as F
    >>> z = Variable(3.0 + 4.0j)
    >>> y = F.imag(z) ** 2
    >>> y.backward()
    >>> y, z.grad
    (Variable(16.0), Variable(8j))
    """
    z = operand(x, "imag")
    return apply(Imag() if z.dtype.kind == "c" else _OfReal(np.imag), z)


def conj(x: ArrayLike) -> Variable:
    """Complex conjugate, elementwise: ``y = real(x) - 1j * imag(x)``.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.conj([1.0 + 2.0j, 3.0])
    Variable([1.-2.j 3.-0.j])
    """
    return apply(Conj(), x)


@implements(np.angle)
def angle(z: ArrayLike, deg: bool = False) -> Variable:
    """Angle of complex numbers, elementwise, within [-pi, pi]: ``z = abs(z) * exp(1j * y)``.

    Its gradient at 0 is 0. The angle of real numbers is 0 or pi.

    Parameters
    ----------
    z : array_like
    deg : bool
        Give degrees and not radians.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.angle([1.0, 1.0j, -1.0 + 1.0j], deg=True)
    Variable([  0.  90. 135.])
    """
    x = operand(z, "angle")
    y: Variable = apply(Angle() if x.dtype.kind == "c" else _OfReal(np.angle), x)
    return y * (180 / math.pi) if deg else y


@implements(np.real_if_close)
def real_if_close(a: ArrayLike, tol: float = 100) -> Variable:
    """The real part, if all imaginary parts are close to 0; else the complex numbers themselves.

    Parameters
    ----------
    a : array_like
    tol : float
        How close: within so many times the precision of the dtype, if above 1, else within `tol`.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.real_if_close([2.0 + 1e-15j, 3.0])
    Variable([2. 3.])
    """
    x = operand(a, "real_if_close")
    return x if np.iscomplexobj(np.real_if_close(x.data, tol)) else real(x)
