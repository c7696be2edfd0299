"""What derivative rules about matrices share: transposes, conjugates, and refusals.

A gradient `g` in the walk is a covector: a change `dx` changes the result by ``Re(sum(g * dx))``.
Textbooks have ``Re(sum(conj(G) * dx))``. So a rule that is not holomorphic begins with
``G = conj(gy)`` and ends with ``conj(GX)``, and has the textbook's formula in between; for real
matrices both cost nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from pygrad.engine.function import Function
from pygrad.engine.operands import value_of
from pygrad.exceptions import LinAlgError

__all__ = [
    "MatrixFunction", "adjoint", "conj", "inverse", "inverse_gaps", "is_zero", "real", "real_dtype",
    "with_half_diagonal",
]  # fmt: skip


class MatrixFunction(Function):
    """A function of matrices: what NumPy raises as a LinAlgError is PyGrad's of that name."""

    requires = "x must be one matrix or several"

    def on(self, *inputs: Any) -> Any:
        try:
            return super().on(*inputs)
        except np.linalg.LinAlgError as error:
            raise self._explained(error, inputs) from error

    def _explained(self, error: Exception, arrays: Iterable[Any]) -> Exception:
        explained = super()._explained(error, arrays)
        if isinstance(error, np.linalg.LinAlgError) and explained is not error:
            return LinAlgError(str(explained))
        return explained


def conj(x: Any) -> Any:
    """The complex conjugate, of an array or a Variable; real ones as they are."""
    return np.conj(x) if x.dtype.kind == "c" else x


def real(x: Any) -> Any:
    """The real part, of an array or a Variable; real ones as they are."""
    return x.real if x.dtype.kind == "c" else x


def adjoint(x: Any) -> Any:
    """Each matrix transposed and conjugated."""
    return conj(x.swapaxes(-1, -2))


def with_half_diagonal(x: Any) -> Any:
    """The lower triangle of each matrix, with half of the diagonal."""
    n, m = x.shape[-2:]
    weights = np.tri(n, m, dtype=real_dtype(x.dtype)) - np.eye(n, m, dtype=real_dtype(x.dtype)) / 2
    return x * weights


def real_dtype(dtype: Any) -> Any:
    """The dtype of the parts of numbers of a dtype."""
    return np.zeros((), dtype).real.dtype


def is_zero(g: Any) -> bool:
    """Whether a gradient is nothing but zeros, as is one that never arrived."""
    return isinstance(g, np.ndarray) and not g.any()


def inverse(x: Any, *gradients: Any) -> Any:
    """``1 / x``, for a row of numbers and gradients of the columns that go with them.

    Where a number is 0 it is NaN, or 0 if the gradients of its columns are 0.
    """
    zero = value_of(x) == 0
    lost = np.zeros(zero.shape, np.bool_)
    for g in gradients:
        lost = lost | (zero & (value_of(g) != 0).any(axis=-2, keepdims=True))
    weights = np.where(lost, np.nan, np.logical_not(zero)).astype(x.dtype)
    return weights / (x + zero)


def inverse_gaps(w: Any, *gradients: Any) -> Any:
    """``1 / (w_j - w_i)`` in row i and column j, for gradients of the vectors that go with `w`.

    Where the two agree but for rounding, the vectors are not determined: then it is NaN, or 0 if
    the gradients of both vectors are 0. It is 0 on the diagonal.
    """
    gaps = w[..., None, :] - w[..., :, None]
    sizes = np.abs(value_of(w))
    used = np.zeros(sizes.shape, np.bool_)
    for g in gradients:
        used = used | (value_of(g) != 0).any(axis=-2)
    rounding = np.finfo(sizes.dtype).eps * w.shape[-1] * sizes.max(axis=-1, initial=0)
    same = np.abs(value_of(gaps)) <= rounding[..., None, None]
    lost = same & (used[..., None, :] | used[..., :, None])
    weights = np.where(lost, np.nan, np.where(same, 0, 1)).astype(sizes.dtype)
    np.einsum("...ii->...i", weights)[...] = 0
    return weights / (gaps + same)
