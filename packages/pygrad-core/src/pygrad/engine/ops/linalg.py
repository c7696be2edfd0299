"""Products of matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pygrad.engine.broadcasting import sum_to_shape
from pygrad.engine.function import Function, apply
from pygrad.engine.numpy_protocols import implements
from pygrad.exceptions import ShapeError

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike
    from pygrad.variable import Variable

__all__ = ["linear", "matmul"]


class Matmul(Function, ufunc=np.matmul):
    """y = a @ b, batched; dy/da = gy @ b^T, dy/db = a^T @ gy."""

    requires = "the last axis of a must be as long as the last but one of b (the only one, if 1-d)"

    def forward(self, a, b):
        return np.matmul(a, b)

    def backward(self, gy):
        a, b = self.saved
        # a vector takes part as a matrix of one row, or of one column
        if b.ndim == 1:
            gy = gy[..., None]
            b = b[:, None]
        if a.ndim == 1:
            gy = gy[..., None, :]
            a = a[None, :]
        ga = gb = None
        if self.wants(0):
            ga = sum_to_shape(gy @ b.swapaxes(-1, -2), a.shape).reshape(self.edges[0].shape)
        if self.wants(1):
            gb = sum_to_shape(a.swapaxes(-1, -2) @ gy, b.shape).reshape(self.edges[1].shape)
        return ga, gb


class Linear(Function):
    """y = x W + b; dy/dx = gy W^T, dy/dW = x^T gy, dy/db = the sum of gy over the samples."""

    __slots__ = ()
    saves = (0, 1)
    requires = "x.shape[-1] must equal W.shape[0], and b must have shape (W.shape[1],)"

    def forward(self, x, W, b=None):
        if W.ndim != 2 or not x.ndim or x.shape[-1] != W.shape[0]:
            raise ShapeError(_misfit(x, W))
        y = np.dot(x if x.ndim == 2 else x.reshape(-1, W.shape[0]), W)
        if x.ndim != 2:
            y = y.reshape(*x.shape[:-1], W.shape[1])
        if b is not None:
            if b.shape != (W.shape[1],):
                raise ShapeError(
                    f"linear: b has shape {b.shape} but W has {W.shape[1]} columns; b.shape must "
                    f"equal (W.shape[1],)"
                )
            y = np.add(y, b, out=y if y.dtype is b.dtype else None)
        return y

    def backward(self, gy):
        x, W = self.saved
        gx = gy @ W.T if self.wants(0) else None
        if gy.ndim != 2:
            x = x.reshape(-1, W.shape[0])
            gy = gy.reshape(-1, W.shape[1])
        gW = x.T @ gy if self.wants(1) else None
        if len(self.edges) == 2:
            return gx, gW
        # a product with ones is a sum, and BLAS adds several times as fast as sum(0)
        gb = np.ones(len(gy), gy.dtype) @ gy if self.wants(2) else None
        return gx, gW, gb


@implements(np.matmul)
def matmul(a: ArrayLike, b: ArrayLike) -> Variable:
    """Matrix product, ``a @ b``, with NumPy's rules for batches and for vectors.

    Parameters
    ----------
    a : array_like, shape (..., n, k) or (k,)
    b : array_like, shape (..., k, m) or (k,)

    Returns
    -------
    Variable, shape (..., n, m)
        Without the axis that a vector does not have.

    Raises
    ------
    ShapeError
        If the shapes do not fit.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.matmul([[1, 2], [3, 4]], [1, 1])
    Variable([3 7])
    """
    return apply(Matmul(), a, b)


def linear(x: ArrayLike, W: ArrayLike, b: ArrayLike | None = None) -> Variable:
    """Affine map ``y = x @ W + b``, the work of a fully connected layer.

    Parameters
    ----------
    x : array_like, shape (..., n_in)
    W : array_like, shape (n_in, n_out)
    b : array_like, shape (n_out,), optional

    Returns
    -------
    Variable, shape (..., n_out)

    Raises
    ------
    ShapeError
        If the shapes do not fit.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.linear([[1.0, 2.0]], [[1.0, 0.0], [0.0, 1.0]], [10.0, 20.0])
    Variable([[11. 22.]])
    """
    return apply(Linear(), x, W) if b is None else apply(Linear(), x, W, b)


def _misfit(x, W):
    if W.ndim != 2:
        return f"linear: W has shape {W.shape}; it must be a matrix, of shape (n_in, n_out)"
    if not x.ndim:
        return f"linear: x is a single number but W expects {W.shape[0]} features; x.shape[-1] must equal W.shape[0]"
    return (
        f"linear: x has {x.shape[-1]} features but W expects {W.shape[0]}; x.shape[-1] must equal "
        f"W.shape[0]"
    )
