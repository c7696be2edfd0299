"""Linear algebra: what `numpy.linalg` has, with derivatives.

``from pygrad import linalg``, or ``F.linalg``; and `numpy.linalg`'s own functions, called on
Variables, come here.
"""

from __future__ import annotations

from pygrad.engine.ops.dimensions import matrix_transpose
from pygrad.engine.ops.linalg import matmul
from pygrad.engine.ops.linalg_products import (
    cross,
    diagonal,
    matrix_power,
    multi_dot,
    outer,
    trace,
)
from pygrad.engine.ops.linalg_solving import inv, solve, tensorinv, tensorsolve
from pygrad.engine.ops.products import tensordot, vecdot
from pygrad.exceptions import LinAlgError

__all__ = [
    "LinAlgError",
    "cross",
    "diagonal",
    "inv",
    "matmul",
    "matrix_power",
    "matrix_transpose",
    "multi_dot",
    "outer",
    "solve",
    "tensordot",
    "tensorinv",
    "tensorsolve",
    "trace",
    "vecdot",
]
