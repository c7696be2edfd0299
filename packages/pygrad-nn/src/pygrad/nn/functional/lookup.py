"""Rows of a table, looked up by number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pygrad import Function, Variable
from pygrad.engine.function import apply
from pygrad.engine.operands import operand, value_of
from pygrad.exceptions import ArgumentError, AxisError, DtypeError, ShapeError
from pygrad.nn.functional.kernels.rows import add_rows

if TYPE_CHECKING:
    from pygrad.engine.typing import ArrayLike

__all__ = ["embedding"]


class Embedding(Function):
    """y = W[indices]; gW = the sum of the rows of gy that came from each row of W.

    Looks up of `padding_idx` send nothing back. With `counts`, what a row is sent is divided by how
    often it was looked up.
    """

    saves = ()
    requires = "indices must lie within the rows of W"

    def __init__(self, indices: Any, padding_idx: int | None = None, counts: Any = None) -> None:
        self.indices = indices
        self.padding_idx = padding_idx
        self.counts = counts

    def forward(self, W):
        return W.take(self.indices, axis=0)

    def backward(self, gy):
        indices = self.indices
        if self.counts is not None:
            gy = gy / self.counts[indices][..., None]
        if self.padding_idx is not None:
            counted = indices != self.padding_idx
            indices, gy = indices[counted], gy[counted]
        return AddRows(indices, self.edges[0].shape[0]).on(gy)


class AddRows(Function):
    """y = zeros of n rows, with the rows of x added at the indices; the adjoint of `Embedding`."""

    saves = ()
    requires = ""

    def __init__(self, indices: Any, n: int) -> None:
        self.indices = indices
        self.n = n

    def forward(self, x):
        indices = self.indices.reshape(-1)
        return add_rows(x.reshape(indices.size, x.shape[-1]), indices, self.n)

    def backward(self, gy):
        return Embedding(self.indices).on(gy)


def embedding(
    indices: ArrayLike,
    W: ArrayLike,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
) -> Variable:
    """Look up rows of a table: ``y = W[indices]``.

    Parameters
    ----------
    indices : array_like of int, any shape
        From 0 to ``n - 1``.
    W : array_like, shape (n, width)
    padding_idx : int, optional
        A row that gets no gradient; negative numbers count from the end.
    max_norm : float, optional
        Rows that are looked up and are longer are first scaled down to this length, **in place**,
        without a gradient.
    norm_type : float
        The p of that norm.
    scale_grad_by_freq : bool
        Divide the gradient of each row by how often it was looked up.

    Returns
    -------
    Variable, shape (*indices.shape, width)

    Raises
    ------
    DtypeError
        If the indices are not whole numbers.
    AxisError
        If one of them is no row of `W`; it is an IndexError.
    ShapeError
        If `W` is no matrix.

    Examples
    --------
    >>> from pygrad import Variable, functions as F
    >>> W = Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    >>> y = F.embedding([2, 0, 2], W)
    >>> y
    Variable([[5. 6.]
              [1. 2.]
              [5. 6.]])
    >>> y.sum().backward()
    >>> W.grad
    Variable([[1. 1.]
              [0. 0.]
              [2. 2.]])
    """
    table = operand(W, "embedding")
    if table.ndim != 2:
        raise ShapeError(
            f"embedding: W has shape {table.shape}; it must be a matrix, of shape (n, width)"
        )
    found = _as_rows(indices, table.shape[0])
    if padding_idx is not None:
        padding_idx = row_number("embedding", padding_idx, table.shape[0])
    if max_norm is not None:
        _shorten(table.data, found, max_norm, norm_type)
    counts = np.bincount(found.reshape(-1), minlength=len(table)) if scale_grad_by_freq else None
    if counts is not None:
        counts = counts.astype(table.dtype)
    y: Variable = apply(Embedding(found, padding_idx, counts), table)
    return y


def row_number(where: str, padding_idx: int, n: int) -> int:
    """`padding_idx` counted from the start."""
    if not -n <= padding_idx < n:
        raise ArgumentError(
            f"{where}: padding_idx is {padding_idx}, but there are {n} rows; it must lie within "
            f"{-n}..{n - 1}"
        )
    return padding_idx % n


def _as_rows(indices: Any, n: int) -> Any:
    """The indices as whole numbers of an array of its own, which nobody changes later."""
    found = np.array(value_of(indices))
    if not found.size and found.dtype.kind == "f":
        found = found.astype(np.intp)  # an empty list
    if found.dtype.kind not in "iu":
        raise DtypeError(
            f"embedding: indices have dtype {found.dtype}; they must be whole numbers, the numbers "
            f"of rows of W: indices.astype(int)"
        )
    found = found.astype(np.intp, copy=False)
    if found.size and (found.min() < 0 or found.max() >= n):
        wrong = found[(found < 0) | (found >= n)][0]
        raise AxisError(
            f"embedding: there is an index {wrong}, but W has {n} rows; indices must lie within "
            f"0..{n - 1}"
        )
    return found


def _shorten(W: Any, indices: Any, max_norm: float, norm_type: float) -> None:
    rows = np.unique(indices)
    lengths = np.linalg.norm(W[rows], norm_type, axis=1)
    long = lengths > max_norm
    W[rows[long]] *= (max_norm / (lengths[long] + 1e-7))[:, None].astype(W.dtype)
