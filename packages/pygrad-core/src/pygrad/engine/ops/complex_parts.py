"""Real part, imaginary part and conjugate: the functions that lead from complex numbers to real.

For dL = Re(sum(gy * dy)), which is what a gradient means inside a walk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pygrad.engine.function import Unary, apply
from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import operand

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["conj", "imag", "real"]


class Real(Unary):
    """y = Re(x); dy = Re(dx)."""

    saves = ()

    def forward(self, x):
        return x.real

    def backward(self, gy):
        return gy.real


class Imag(Unary):
    """y = Im(x); dy = Re(-i dx)."""

    saves = ()

    def forward(self, x):
        self.from_complex = x.dtype.kind == "c"
        return x.imag

    def backward(self, gy):
        # real numbers have the imaginary part 0, whatever they are
        return gy.real * (-1j if self.from_complex else 0)


class Conj(Unary, ufunc=np.conjugate):
    """y = conj(x); Re(gy conj(dx)) = Re(conj(gy) dx)."""

    saves = ()

    def forward(self, x):
        return np.conjugate(x)

    def backward(self, gy):
        return gy.conj()


@implements(np.real)
def real(x: ArrayLike) -> Variable:
    """The real part, elementwise; of real numbers, those numbers.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.real([1 + 2j, 3])
    Variable([1. 3.])
    """
    x = operand(x, "real")
    return apply(Real(), x) if x.dtype.kind == "c" else x


@implements(np.imag)
def imag(x: ArrayLike) -> Variable:
    """The imaginary part, elementwise; of real numbers, zeros.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.imag([1 + 2j, 3])
    Variable([2. 0.])
    """
    x = operand(x, "imag")
    return apply(Imag(), x)


def conj(x: ArrayLike) -> Variable:
    """The complex conjugate, elementwise; of real numbers, those numbers.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.conj([1 + 2j, 3])
    Variable([1.-2.j 3.-0.j])
    """
    x = operand(x, "conj")
    return apply(Conj(), x) if x.dtype.kind == "c" else x
