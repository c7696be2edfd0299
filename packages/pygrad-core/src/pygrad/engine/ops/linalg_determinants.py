"""Determinants, and their logarithms."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pygrad.engine.function import OUTPUT, apply
from pygrad.engine.kernels.cofactors import cofactors, is_far_from_singular, pushed_cofactors
from pygrad.engine.matrices import MatrixFunction, real
from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import value_of
from pygrad.engine.ops.linalg_solving import Inv
from pygrad.exceptions import UnsupportedError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["SlogdetResult", "det", "slogdet"]


class SlogdetResult(NamedTuple):
    """What `slogdet` returns."""

    sign: Variable
    logabsdet: Variable


class Det(MatrixFunction):
    """y = det(A); dy/dA = the cofactors, which are y A^-T unless A is singular."""

    saves = (0, OUTPUT)
    requires = "a must be a square matrix, or several"

    def forward(self, a):
        return np.linalg.det(a)

    def backward(self, gy):
        a, y = self.saved
        if np.all(value_of(y) != 0) and is_far_from_singular(value_of(a)):
            slopes = y[..., None, None] * Inv().on(a).swapaxes(-1, -2)
        else:
            slopes = Cofactors().on(a)
        return gy[..., None, None] * slopes


class Cofactors(MatrixFunction):
    """Y = the cofactors of A, which is singular or nearly so."""

    def forward(self, a):
        return cofactors(a)

    def backward(self, gy):
        (a,) = self.saved
        return PushedCofactors().on(a, gy)


class PushedCofactors(MatrixFunction):
    """Y = the change of the cofactors of A along H, which is linear in H and symmetric."""

    def forward(self, a, h):
        return pushed_cofactors(a, h)

    def backward(self, gy):
        a, _ = self.saved
        if self.wants(0):
            raise UnsupportedError(
                "det: at a matrix that is singular, or nearly so, there is no third derivative"
            )
        return None, PushedCofactors().on(a, gy)


class Slogdet(MatrixFunction):
    """sign and log|det| of A; d log|det| = Re tr(A^-1 dA), d sign = i sign Im tr(A^-1 dA)."""

    saves = (0, OUTPUT)
    requires = "a must be a square matrix, or several"

    def forward(self, a):
        return tuple(np.linalg.slogdet(a))

    def backward(self, gsign, gy):
        a, sign = self.saved
        slopes = Inv().on(a).swapaxes(-1, -2)
        gy = real(gy)
        if a.dtype.kind == "c":
            gy = gy + (gsign * sign).imag * 1j  # in this order: 1j * np.float64 is no NumPy number
        return gy[..., None, None] * slopes


@implements(np.linalg.det)
def det(a: ArrayLike) -> Variable:
    """The determinant of each matrix.

    Its gradient is right at singular matrices, too: it is the cofactors there. So is its second
    derivative; higher ones exist away from singular matrices alone.

    Parameters
    ----------
    a : array_like, shape (..., n, n)

    Returns
    -------
    Variable, shape (...)

    Raises
    ------
    LinAlgError
        If a matrix is not square.
    UnsupportedError
        From a third derivative at a singular matrix.

    Examples
    --------
    >>> from pygrad import Variable, linalg
    >>> a = Variable([[2.0, 0.0], [0.0, 0.0]])
    >>> linalg.det(a).backward()
    >>> a.grad
    Variable([[0. 0.]
              [0. 2.]])
    """
    return apply(Det(), a)


@implements(np.linalg.slogdet)
def slogdet(a: ArrayLike) -> SlogdetResult:
    """The sign of the determinant and the logarithm of its magnitude, which do not overflow.

    The sign of a complex determinant is a number on the unit circle, and has a gradient. At a
    singular matrix the logarithm is -inf and there is no gradient: asking for it raises
    LinAlgError.

    Parameters
    ----------
    a : array_like, shape (..., n, n)

    Returns
    -------
    sign, logabsdet : Variable, shape (...)

    Raises
    ------
    LinAlgError
        If a matrix is not square.

    Examples
    --------
    >>> from pygrad import linalg
    >>> linalg.slogdet([[0.0, 1.0], [1.0, 0.0]])
    SlogdetResult(sign=Variable(-1.0), logabsdet=Variable(0.0))
    """
    return SlogdetResult(*apply(Slogdet(), a))
