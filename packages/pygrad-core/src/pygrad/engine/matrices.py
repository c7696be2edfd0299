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
from pygrad.exceptions import LinAlgError

__all__ = ["MatrixFunction", "adjoint", "conj", "real", "with_half_diagonal"]


class MatrixFunction(Function):
    """A function of matrices: what NumPy raises as a LinAlgError is PyGrad's of that name."""

    requires = "x must be one matrix or several"

    def _explained(self, error: Exception, arrays: Iterable[Any]) -> Exception:
        explained = super()._explained(error, arrays)
        return (
            LinAlgError(str(explained)) if isinstance(error, np.linalg.LinAlgError) else explained
        )


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
