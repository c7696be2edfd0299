"""Eigenvalues and eigenvectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pygrad.engine.function import OUTPUT, apply
from pygrad.engine.matrices import (
    MatrixFunction,
    adjoint,
    conj,
    inverse_gaps,
    is_zero,
    real,
)
from pygrad.engine.numpy_protocols import implements
from pygrad.engine.ops.linalg_solving import Solve

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["EigResult", "EighResult", "eig", "eigh", "eigvals", "eigvalsh"]


class EigResult(NamedTuple):
    """What `eig` returns."""

    eigenvalues: Variable
    eigenvectors: Variable


class EighResult(NamedTuple):
    """What `eigh` returns."""

    eigenvalues: Variable
    eigenvectors: Variable


class Eigh(MatrixFunction):
    """A = V diag(w) V^H; dw = diag(D), dV = V (F * D), for D = V^H dA V, F_ij = 1 / (w_j - w_i)."""

    saves = (OUTPUT, OUTPUT - 1)
    requires = "a must be a square matrix, or several"

    def __init__(self, uplo: Any) -> None:
        self.uplo = uplo

    def forward(self, a):
        return tuple(np.linalg.eigh(a, self.uplo))

    def backward(self, gw, gv):
        w, v = self.saved
        ga = (v * real(gw)[..., None, :]) @ adjoint(v)
        if not is_zero(gv):
            turned = (adjoint(v) @ conj(gv)) * inverse_gaps(w, gv)
            ga = ga + v @ ((turned + adjoint(turned)) / 2) @ adjoint(v)
        return conj(ga)


class Eigvalsh(MatrixFunction):
    """The eigenvalues alone, which take less time; the rule computes the eigenvectors."""

    requires = "a must be a square matrix, or several"

    def __init__(self, uplo: Any) -> None:
        self.uplo = uplo

    def forward(self, a):
        return np.linalg.eigvalsh(a, self.uplo)

    def backward(self, gw):
        (a,) = self.saved
        _, v = Eigh(self.uplo).on(a)
        return conj((v * real(gw)[..., None, :]) @ adjoint(v))


class Eig(MatrixFunction):
    """A = V diag(w) V^-1; dw = diag(D), dV = V (F * D), less the change of the columns' length.

    Here D = V^-1 dA V and F_ij = 1 / (w_j - w_i), with 0 on the diagonal.
    """

    saves = (OUTPUT, OUTPUT - 1)
    requires = "a must be a square matrix, or several"

    def forward(self, a):
        return tuple(np.linalg.eig(a))

    def backward(self, gw, gv):
        w, v = self.saved
        above = adjoint(v)
        inner = conj(gw)[..., None] * above
        if not is_zero(gv):
            turned = above @ conj(gv)
            lengths = real(turned.diagonal(0, -2, -1))
            turned = turned - (above @ v) * lengths[..., None, :]
            inner = inner + (turned * conj(inverse_gaps(w, gv))) @ above
        return conj(Solve().on(above, inner))


@implements(np.linalg.eigh)
def eigh(a: ArrayLike, UPLO: str = "L") -> EighResult:
    """Eigenvalues and eigenvectors of symmetric (Hermitian) matrices.

    The gradient is symmetric (Hermitian), as that of `cholesky`. Where eigenvalues coincide their
    eigenvectors are not determined: a gradient that reaches one of those comes out as NaN, and so
    does the second derivative of such eigenvalues; the first is that of a choice of eigenvectors.
    The phase of a complex eigenvector is not determined either: a result that depends on it has no
    meaningful gradient.

    Parameters
    ----------
    a : array_like, shape (..., n, n)
    UPLO : {'L', 'U'}
        Which triangle of `a` is read.

    Returns
    -------
    eigenvalues : Variable, shape (..., n)
        From the smallest to the largest, real.
    eigenvectors : Variable, shape (..., n, n)
        In columns, of length 1.

    Raises
    ------
    LinAlgError
        If a matrix is not square.

    Examples
    --------
    >>> from pygrad import linalg
    >>> linalg.eigh([[2.0, 0.0], [0.0, 1.0]]).eigenvalues
    Variable([1. 2.])
    """
    return EighResult(*apply(Eigh(UPLO), a))


@implements(np.linalg.eigvalsh)
def eigvalsh(a: ArrayLike, UPLO: str = "L") -> Variable:
    """The eigenvalues of symmetric (Hermitian) matrices, as from `eigh`.

    Raises
    ------
    LinAlgError
        If a matrix is not square.

    Examples
    --------
    >>> from pygrad import linalg
    >>> linalg.eigvalsh([[2.0, 0.0], [0.0, 1.0]])
    Variable([1. 2.])
    """
    return apply(Eigvalsh(UPLO), a)


@implements(np.linalg.eig)
def eig(a: ArrayLike) -> EigResult:
    """Eigenvalues and eigenvectors of square matrices.

    As in NumPy the results are complex; before NumPy 2.5, those for a real matrix are real if all
    of its eigenvalues are.
    Eigenvectors have length 1, but the phase of a complex one is not determined: a result that
    depends on it has no meaningful gradient. Where eigenvalues coincide, a gradient that reaches
    their eigenvectors comes out as NaN. Near a matrix that has no basis of eigenvectors gradients
    grow without bound.

    Parameters
    ----------
    a : array_like, shape (..., n, n)

    Returns
    -------
    eigenvalues : Variable, shape (..., n)
        In no particular order.
    eigenvectors : Variable, shape (..., n, n)
        In columns.

    Raises
    ------
    LinAlgError
        If a matrix is not square.

    Examples
    --------
    >>> from pygrad import linalg
    >>> linalg.eig([[2.0, 1.0], [0.0, 1.0]]).eigenvalues.real
    Variable([2. 1.])
    """
    return EigResult(*apply(Eig(), a))


@implements(np.linalg.eigvals)
def eigvals(a: ArrayLike) -> Variable:
    """The eigenvalues of square matrices, as from `eig`, which the gradient needs in any case.

    Raises
    ------
    LinAlgError
        If a matrix is not square.

    Examples
    --------
    >>> from pygrad import linalg
    >>> linalg.eigvals([[2.0, 1.0], [0.0, 1.0]]).real
    Variable([2. 1.])
    """
    return eig(a).eigenvalues
