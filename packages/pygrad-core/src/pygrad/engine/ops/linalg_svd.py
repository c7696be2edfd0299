"""Singular values, and the vectors that go with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pygrad.engine.function import OUTPUT, apply
from pygrad.engine.matrices import (
    MatrixFunction,
    adjoint,
    conj,
    inverse,
    inverse_gaps,
    is_zero,
    real,
)
from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import operand, value_of
from pygrad.engine.ops.elementwise import abs
from pygrad.engine.ops.linalg_eigen import eigh, eigvalsh
from pygrad.engine.ops.taking import take_along_axis
from pygrad.exceptions import UnsupportedError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["SVDResult", "matrix_rank", "svd", "svdvals"]


class SVDResult(NamedTuple):
    """What `svd` returns."""

    U: Variable
    S: Variable
    Vh: Variable


class Svd(MatrixFunction):
    """A = U diag(s) V^H; with D = U^H dA V, ds = Re diag(D), and dU and dV have D in them, divided
    by the differences of s^2.

    (Townsend, "Differentiating the Singular Value Decomposition", 2016.)
    """

    saves = (OUTPUT, OUTPUT - 1, OUTPUT - 2)
    requires = "a must be a matrix, or several"

    def __init__(self, full_matrices: bool) -> None:
        self.full_matrices = full_matrices

    def forward(self, a):
        return tuple(np.linalg.svd(a, self.full_matrices))

    def backward(self, gu, gs, gvh):
        u, s, vh = self.saved
        k = s.shape[-1]
        if np.any(value_of(gu)[..., k:] != 0) or np.any(value_of(gvh)[..., k:, :] != 0):
            raise UnsupportedError(
                "svd: full_matrices=True adds vectors that have no derivative, since they are not "
                "determined; use full_matrices=False"
            )
        u, vh = u[..., :k], vh[..., :k, :]
        ga = (u * real(gs)[..., None, :]) @ vh
        if not (is_zero(gu) and is_zero(gvh)):
            ga = ga + _turned(u, s, vh, conj(gu[..., :k]), conj(gvh[..., :k, :]))
        return conj(ga)


def _turned(u, s, vh, gu, gvh):
    """The part of the gradient that comes from the singular vectors."""
    v, gv = adjoint(vh), adjoint(gvh)
    by_u, by_v = adjoint(u) @ gu, adjoint(v) @ gv
    rows, columns = s[..., :, None], s[..., None, :]
    sums = rows + columns
    sums = sums + (value_of(sums) == 0)
    by_u_or_v = (by_u - adjoint(by_u)) * (columns / sums) + (rows / sums) * (by_v - adjoint(by_v))
    inner = by_u_or_v * inverse_gaps(s, gu, gv)
    if u.dtype.kind == "c":
        # only the difference of the phases of a pair of vectors is determined
        phases = (by_u - by_v).diagonal(0, -2, -1).imag[..., None, :] * inverse(2 * columns, gu, gv)
        inner = inner + phases * (1j * np.eye(s.shape[-1], dtype=s.dtype))
    ga = u @ inner @ vh
    if u.shape[-2] > s.shape[-1]:
        ga = ga + ((gu - u @ by_u) * inverse(columns, gu)) @ vh
    if vh.shape[-1] > s.shape[-1]:
        ga = ga + u @ adjoint((gv - v @ by_v) * inverse(columns, gv))
    return ga


class Svdvals(MatrixFunction):
    """The singular values alone, which take less time; the rule computes the vectors."""

    requires = "x must be a matrix, or several"

    def forward(self, x):
        return np.linalg.svd(x, compute_uv=False)

    def backward(self, gs):
        (x,) = self.saved
        return conj(slopes_of_values(x, gs))


def slopes_of_values(x, gs):
    """What a gradient of the singular values makes of the vectors; 0 for a value of 0."""
    u, s, vh = Svd(False).on(x)
    return (u * (real(gs) * (value_of(s) > 0))[..., None, :]) @ vh


@implements(np.linalg.svd)
def svd(
    a: ArrayLike, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False
) -> Any:
    """Singular value decomposition: ``U @ diag(S) @ Vh = a``.

    Where singular values coincide, or are zero, their vectors are not determined: a gradient that
    reaches one of those comes out as NaN, and so does the second derivative of such values; the
    first is that of a choice of vectors. The phase of a pair of complex vectors is not determined
    either: a result that depends on it has no meaningful gradient.

    Parameters
    ----------
    a : array_like, shape (..., m, n)
    full_matrices : bool
        Have U and Vh square. The vectors that this adds have no derivative.
    compute_uv : bool
        If False, give S alone.
    hermitian : bool
        Whether `a` is symmetric (Hermitian): then it takes less time.

    Returns
    -------
    U : Variable, shape (..., m, m) or (..., m, k)
    S : Variable, shape (..., k), with k = min(m, n)
        From the largest to the smallest.
    Vh : Variable, shape (..., n, n) or (..., k, n)

    Raises
    ------
    UnsupportedError
        From the backward pass, if a gradient reaches vectors that `full_matrices` added.

    Examples
    --------
    >>> from pygrad import linalg
    >>> linalg.svd([[3.0, 0.0], [0.0, -4.0]]).S
    Variable([4. 3.])
    """
    if not compute_uv:
        return _sorted_magnitudes(eigvalsh(a))[0] if hermitian else svdvals(a)
    if not hermitian:
        return SVDResult(*apply(Svd(full_matrices), a))
    w, v = eigh(a)
    s, order = _sorted_magnitudes(w)
    u = take_along_axis(v, order[..., None, :], -1)
    signs = np.take_along_axis(np.sign(w.data), order, -1)
    return SVDResult(u, s, adjoint(u * signs[..., None, :]))


@implements(np.linalg.svdvals)
def svdvals(x: ArrayLike) -> Variable:
    """The singular values of matrices, from the largest to the smallest.

    The gradient of one that is zero, where it has a kink, is 0.

    Parameters
    ----------
    x : array_like, shape (..., m, n)

    Returns
    -------
    Variable, shape (..., min(m, n))

    Examples
    --------
    >>> from pygrad import linalg
    >>> linalg.svdvals([[3.0, 0.0], [0.0, -4.0]])
    Variable([4. 3.])
    """
    return apply(Svdvals(), operand(x, "svdvals"))


def matrix_rank(A: ArrayLike, tol: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    """The rank of each matrix: how many singular values are not 0 but for rounding.

    A whole number, or a plain array of them; there is nothing to differentiate.

    Parameters
    ----------
    A : array_like, shape (..., m, n)
    tol : array_like, optional
        Singular values up to this count as zero.
    hermitian : bool
        Whether `A` is symmetric (Hermitian): then it takes less time.
    rtol : array_like, optional
        The same, as a fraction of the largest singular value.

    Examples
    --------
    >>> from pygrad import linalg
    >>> int(linalg.matrix_rank([[1.0, 2.0], [2.0, 4.0]]))
    1
    """
    return np.linalg.matrix_rank(value_of(A), value_of(tol), hermitian, rtol=value_of(rtol))


def _sorted_magnitudes(w: Variable) -> tuple[Variable, Any]:
    s = abs(w)
    order = np.argsort(s.data, axis=-1)[..., ::-1]
    return take_along_axis(s, order, -1), order
