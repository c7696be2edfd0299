"""Linear algebra: what `numpy.linalg` has, with derivatives.

``from pygrad import linalg``, or ``F.linalg``; and `numpy.linalg`'s own functions, called on
Variables, come here.
"""

from __future__ import annotations

from pygrad.engine.ops.dimensions import matrix_transpose
from pygrad.engine.ops.linalg import matmul
from pygrad.engine.ops.linalg_determinants import det, slogdet
from pygrad.engine.ops.linalg_eigen import eig, eigh, eigvals, eigvalsh
from pygrad.engine.ops.linalg_factors import cholesky, qr
from pygrad.engine.ops.linalg_least_squares import lstsq, pinv
from pygrad.engine.ops.linalg_norms import cond, matrix_norm, norm, vector_norm
from pygrad.engine.ops.linalg_products import (
    cross,
    diagonal,
    matrix_power,
    multi_dot,
    outer,
    trace,
)
from pygrad.engine.ops.linalg_solving import inv, solve, tensorinv, tensorsolve
from pygrad.engine.ops.linalg_svd import matrix_rank, svd, svdvals
from pygrad.engine.ops.products import tensordot, vecdot
from pygrad.exceptions import LinAlgError

__all__ = [
    "LinAlgError",
    "cholesky",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eig",
    "eigh",
    "eigvals",
    "eigvalsh",
    "inv",
    "lstsq",
    "matmul",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "matrix_transpose",
    "multi_dot",
    "norm",
    "outer",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "svd",
    "svdvals",
    "tensordot",
    "tensorinv",
    "tensorsolve",
    "trace",
    "vecdot",
    "vector_norm",
]
