"""Products of matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad.engine.broadcasting import sum_to_shape
from pygrad.engine.function import Function, apply
from pygrad.engine.kernels.product import column_sums, product
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
        if x.ndim != 2 or W.ndim != 2:
            return self.of_any_shape(x, W, b)
        try:
            y = x.dot(W)
        except ValueError:
            raise ShapeError(_misfit(x, W)) from None
        if b is None:
            return y
        if b.shape != y.shape[1:]:
            raise ShapeError(
                f"linear: b has shape {b.shape} but W has {W.shape[1]} columns; b.shape must equal "
                f"(W.shape[1],)"
            )
        return np.add(y, b, out=y if y.dtype is b.dtype else None)

    def of_any_shape(self, x, W, b):
        """One sample, or more axes of them than one: each as a row of a matrix."""
        if W.ndim != 2 or not x.ndim or x.shape[-1] != W.shape[0]:
            raise ShapeError(_misfit(x, W))
        y = self.forward(x.reshape(-1, W.shape[0]), W, b)
        return y.reshape(*x.shape[:-1], W.shape[1])

    def backward(self, gy):
        x, W = self.saved
        if gy.ndim != 2:
            shape = x.shape
            x = x.reshape(-1, W.shape[0])
            gy = gy.reshape(-1, W.shape[1])
        gx = gW = None
        if self.edges[0] is not None:
            gx = product(gy, W.T)
            if gy.ndim != len(self.edges[0].shape):
                gx = gx.reshape(shape)
        if self.edges[1] is not None:
            gW = product(x.T, gy)
        if len(self.edges) == 2:
            return gx, gW
        return gx, gW, (column_sums(gy) if self.edges[2] is not None else None)


@implements(np.matmul, np.linalg.matmul)
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


def _misfit(x: Any, W: Any) -> str:
    if W.ndim != 2:
        return f"linear: W has shape {W.shape}; it must be a matrix, of shape (n_in, n_out)"
    if not x.ndim:
        return (
            f"linear: x is a single number but W expects {W.shape[0]} features; x.shape[-1] must "
            f"equal W.shape[0]"
        )
    return (
        f"linear: x has {x.shape[-1]} features but W expects {W.shape[0]}; x.shape[-1] must equal "
        f"W.shape[0]"
    )
