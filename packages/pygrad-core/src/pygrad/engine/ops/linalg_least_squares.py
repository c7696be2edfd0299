"""Pseudoinverses and least squares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.function import OUTPUT, apply
from pygrad.engine.matrices import MatrixFunction, adjoint, conj, is_zero, real, real_dtype
from pygrad.engine.numpy_protocols import implements
from pygrad.engine.operands import operand, setting
from pygrad.engine.ops.linalg import matmul
from pygrad.engine.ops.linalg_svd import slopes_of_values
from pygrad.engine.ops.reduction import sum

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["lstsq", "pinv"]


class Pinv(MatrixFunction):
    """P = A^+; dP = -P dA P + P P^H dA^H (1 - A P) + (1 - P A) dA^H P^H P, for a constant rank.

    (Golub and Pereyra, "The differentiation of pseudo-inverses", 1973.)
    """

    saves = (0, OUTPUT)
    requires = "a must be a matrix, or several"

    def __init__(self, **settings: Any) -> None:
        self.settings = settings

    def forward(self, a):
        return np.linalg.pinv(a, **self.settings)

    def backward(self, gp):
        a, p = self.saved
        g, above = conj(gp), adjoint(p)
        left = adjoint(g) @ p  # G^H P, and P G^H
        right = p @ adjoint(g)
        ga = -(above @ g @ above)
        ga = ga + (left - a @ (p @ left)) @ above + above @ (right - (right @ p) @ a)
        if self.settings.get("hermitian"):
            ga = (ga + adjoint(ga)) / 2
        return conj(ga)


class Lstsq(MatrixFunction):
    """X = A^+ B and the singular values of A; the rule is that of `Pinv`, without the product."""

    saves = (0, 1, OUTPUT)
    requires = "a must be a matrix, and b must have as many rows"

    def __init__(self, rcond: float | None) -> None:
        self.rcond = rcond

    def forward(self, a, b):
        x, _, self.rank, s = np.linalg.lstsq(a, b, rcond=self.rcond)
        return x, s

    def backward(self, gx, gs):
        a, b, x = self.saved
        rcond, eps = self.rcond, np.finfo(x.dtype).eps
        if rcond is None:
            rcond = eps * max(a.shape)
        p = Pinv(rcond=eps if rcond == -1 else rcond).on(a)
        g, above, shape = conj(gx), adjoint(p), b.shape
        if len(shape) == 1:
            g, x, b = g[:, None], x[:, None], b[:, None]
        gb = above @ g
        ga = None
        if self.wants(0):
            ga = -(gb @ adjoint(x)) + (b - a @ x) @ adjoint(p @ gb)
            ga = ga + (above @ x) @ adjoint(g - adjoint(a) @ gb)
            if not is_zero(gs):
                ga = ga + slopes_of_values(a, gs)
            ga = conj(ga)
        return ga, conj(gb.reshape(shape))


@implements(np.linalg.pinv)
def pinv(
    a: ArrayLike,
    rcond: ArrayLike | None = None,
    hermitian: bool = False,
    *,
    rtol: Any = np._NoValue,
) -> Variable:
    """The pseudoinverse (Moore and Penrose's) of each matrix.

    It is not continuous where the rank changes. The gradient is that along changes that leave the
    rank as it is.

    Parameters
    ----------
    a : array_like, shape (..., m, n)
    rcond : array_like, optional
        Singular values up to so many times the largest one count as zero: 1e-15 by default.
    hermitian : bool
        Whether `a` is symmetric (Hermitian); then so is the gradient.
    rtol : array_like, optional
        The same as `rcond`, but None stands for ``max(m, n)`` times the precision of the dtype.

    Returns
    -------
    Variable, shape (..., n, m)

    Examples
    --------
    >>> from pygrad import linalg
    >>> linalg.pinv([[2.0, 0.0], [0.0, 0.0]])
    Variable([[0.5 0. ]
              [0.  0. ]])
    """
    settings: dict[str, Any] = {"hermitian": hermitian}
    if rcond is not None:
        settings["rcond"] = setting(rcond, "pinv", "rcond")
    if rtol is not np._NoValue:
        settings["rtol"] = setting(rtol, "pinv", "rtol")
    return apply(Pinv(**settings), a)


@implements(np.linalg.lstsq)
def lstsq(
    a: ArrayLike, b: ArrayLike, rcond: float | None = None
) -> tuple[Variable, Variable, int, Variable]:
    """The x for which ``|a @ x - b|`` is smallest; of several, the smallest x.

    Gradients are those along changes of `a` that leave its rank as it is.

    Parameters
    ----------
    a : array_like, shape (m, n)
    b : array_like, shape (m,) or (m, k)
        One right side, or several in columns.
    rcond : float, optional
        Singular values up to so many times the largest one count as zero: by default max(m, n)
        times the precision of the dtype, and for -1 that precision.

    Returns
    -------
    x : Variable, shape (n,) or (n, k)
    residuals : Variable, shape (1,) or (k,)
        The sums of squares that remain; of shape (0,) if m <= n or the rank is below n.
    rank : int
    s : Variable, shape (min(m, n),)
        The singular values of `a`.

    Raises
    ------
    LinAlgError
        If `a` is no matrix, or `b` has another number of rows.

    Examples
    --------
    >>> from pygrad import linalg
    >>> linalg.lstsq([[1.0], [1.0]], [1.0, 3.0])[0]
    Variable([2.])
    """
    a, b = operand(a, "lstsq"), operand(b, "lstsq")
    function = Lstsq(setting(rcond, "lstsq", "rcond"))
    x, s = apply(function, a, b)
    m, n = a.shape
    if m <= n or function.rank < n:
        residuals = operand(np.zeros(0, real_dtype(x.dtype)), "lstsq")
    else:
        left = b - matmul(a, x)
        residuals = sum(real(conj(left) * left), 0, keepdims=left.ndim == 1)
    return x, residuals, int(function.rank), s
