"""Factorizations into triangular matrices: Cholesky and QR."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pygrad.engine.function import OUTPUT, apply
from pygrad.engine.matrices import MatrixFunction, adjoint, conj, with_half_diagonal
from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import operand, value_of
from pygrad.engine.ops.joining import Concatenate
from pygrad.engine.ops.linalg_solving import Solve
from pygrad.exceptions import ArgumentError, UnsupportedError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["QRResult", "cholesky", "qr"]


class QRResult(NamedTuple):
    """What `qr` returns."""

    Q: Variable
    R: Variable


class Cholesky(MatrixFunction):
    """A = L L^H; dL = L phi(L^-1 dA L^-H), with phi: the lower triangle and half the diagonal."""

    saves = (OUTPUT,)
    requires = "a must be a symmetric matrix with positive eigenvalues alone, or several"

    def forward(self, a):
        return np.linalg.cholesky(a)

    def backward(self, gy):
        (y,) = self.saved
        above = adjoint(y)
        middle = with_half_diagonal(above @ conj(gy))
        middle = middle + adjoint(middle)
        # L^-H middle L^-1
        ga = Solve().on(above, adjoint(Solve().on(above, middle)))
        return conj(ga) / 2


class Qr(MatrixFunction):
    """A = Q R, with k = min(m, n) columns in Q, or m if it is complete.

    (Walter, Lehmann and Lamour, "On evaluating higher-order derivatives of the QR decomposition",
    2012; of a wide matrix, Q and the first columns of R come from its first columns.)
    """

    saves = (OUTPUT, OUTPUT - 1)
    requires = "a must be a matrix, or several"

    def __init__(self, mode: Any) -> None:
        self.mode = mode

    def forward(self, a):
        return tuple(np.linalg.qr(a, self.mode))

    def backward(self, gq, gr):
        q, r = self.saved
        m, n = q.shape[-2], r.shape[-1]
        k = min(m, n)
        if np.any(value_of(gq)[..., k:] != 0):
            raise UnsupportedError(
                f"qr: of a matrix of shape {(m, n)}, mode 'complete' adds columns to Q that "
                f"have no derivative, since they are not determined; use mode 'reduced'"
            )
        q, gq = q[..., :k], conj(gq[..., :k])
        r, gr = r[..., :k, :], conj(gr[..., :k, :])
        left, gr_left = r[..., :k], gr[..., :k]
        if n > k:
            gq = gq + q @ r[..., k:] @ adjoint(gr[..., k:])
        by_r = gr_left @ adjoint(left)
        by_q = adjoint(q) @ gq
        skew = (by_q - by_r) - adjoint(by_q - by_r)
        inner = by_r + with_half_diagonal(skew) - by_q
        # (gq + q inner) R^-H
        ga = adjoint(Solve().on(left, adjoint(gq + q @ inner)))
        if n > k:
            ga = Concatenate(-1).on(ga, q @ gr[..., k:])
        return conj(ga)


@implements(np.linalg.cholesky)
def cholesky(a: ArrayLike, *, upper: bool = False) -> Variable:
    """The lower triangular L with ``L @ L^H = a``, of each matrix.

    As in NumPy only the lower triangle of `a` is read. Its gradient is symmetric (Hermitian) all
    the same: a value and its mirror image share theirs equally, so that a step along the gradient
    leaves `a` symmetric.

    Parameters
    ----------
    a : array_like, shape (..., n, n)
        Symmetric (Hermitian), with positive eigenvalues.
    upper : bool
        Give the upper triangular L^H, and read the upper triangle.

    Raises
    ------
    LinAlgError
        If a matrix has an eigenvalue that is not positive, or is not square.

    Examples
    --------
    >>> from pygrad import linalg
    >>> linalg.cholesky([[4.0, 2.0], [2.0, 5.0]])
    Variable([[2. 0.]
              [1. 2.]])
    """
    a = operand(a, "cholesky")
    if upper and a.ndim > 1:
        return adjoint(apply(Cholesky(), adjoint(a)))
    return apply(Cholesky(), a)


@implements(np.linalg.qr)
def qr(a: ArrayLike, mode: str = "reduced") -> Any:
    """The factors Q, with orthonormal columns, and R, upper triangular: ``Q @ R = a``.

    Parameters
    ----------
    a : array_like, shape (..., m, n)
        Its first min(m, n) columns must be independent for there to be a derivative.
    mode : {'reduced', 'complete', 'r'}
        'reduced': Q has shape (..., m, k) and R (..., k, n), with k = min(m, n). 'complete': Q is
        square; the columns that this adds have no derivative. 'r': R alone, as in 'reduced'.

    Returns
    -------
    Q, R : Variable
        Or R alone.

    Raises
    ------
    UnsupportedError
        If mode is 'raw'; and from the backward pass, if a gradient reaches columns of Q that
        'complete' added.

    Examples
    --------
    >>> from pygrad import linalg
    >>> abs(linalg.qr([[3.0, 1.0], [4.0, 2.0]]).R[0, 0])
    Variable(5.0)
    """
    if mode == "raw":
        raise UnsupportedError(
            "qr: mode 'raw' gives Householder reflectors, which have no derivative rule; use "
            "'reduced'"
        )
    if mode not in ("reduced", "complete", "r"):
        raise ArgumentError(f"qr: mode is {mode!r}; it must be 'reduced', 'complete' or 'r'")
    q, r = apply(Qr("reduced" if mode == "r" else mode), a)
    return r if mode == "r" else QRResult(q, r)
