"""A bilinear map of two inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pygrad import functions as F
from pygrad.engine.operands import operand
from pygrad.exceptions import ShapeError

if TYPE_CHECKING:
    from pygrad import Variable
    from pygrad.engine.typing import ArrayLike

__all__ = ["bilinear"]


def bilinear(x1: ArrayLike, x2: ArrayLike, W: ArrayLike, b: ArrayLike | None = None) -> Variable:
    """Bilinear map: ``y[k] = x1 @ W[k] @ x2 + b[k]``.

    Parameters
    ----------
    x1 : array_like, shape (..., n1)
    x2 : array_like, shape (..., n2)
    W : array_like, shape (n_out, n1, n2)
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
    >>> F.bilinear([1.0, 2.0], [3.0, 4.0], [[[1.0, 0.0], [0.0, 1.0]]], [0.5])
    Variable([11.5])
    """
    x1, x2, W = (operand(x, "bilinear") for x in (x1, x2, W))
    if W.ndim != 3 or not x1.ndim or (*x1.shape[:-1], *W.shape[1:]) != (*x1.shape, *x2.shape[-1:]):
        raise ShapeError(
            f"bilinear: x1 has shape {x1.shape}, x2 {x2.shape} and W {W.shape}; W must have shape "
            f"(n_out, x1.shape[-1], x2.shape[-1])"
        )
    if x1.shape[:-1] != x2.shape[:-1]:
        raise ShapeError(
            f"bilinear: x1 has shape {x1.shape} and x2 {x2.shape}; all axes but the last must be "
            f"equal"
        )
    n_out, n1, n2 = W.shape
    # one product with all the matrices side by side; then each sample's own with its x2
    left = F.linear(x1, W.transpose(1, 0, 2).reshape(n1, n_out * n2))
    y = F.matmul(left.reshape(*x1.shape[:-1], n_out, n2), x2[..., None])[..., 0]
    return y if b is None else y + b
