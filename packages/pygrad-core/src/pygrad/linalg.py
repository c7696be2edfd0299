"""Linear algebra: what `numpy.linalg` has, with derivatives.

``from pygrad import linalg``, or ``F.linalg``; and `numpy.linalg`'s own functions, called on
Variables, come here.
"""

from __future__ import annotations

from pygrad.engine.ops.dimensions import matrix_transpose
from pygrad.engine.ops.linalg import matmul

__all__ = ["matmul", "matrix_transpose"]
