"""Rows of the table of cases: linear algebra."""

from __future__ import annotations

import numpy as np
from rows import alike, points, row

from pygrad import linalg

ROWS = {
    "linalg.matmul": alike(lambda m, x, y: m.linalg.matmul(x, y), points(2, 3, 4), points(4, 2)),
    "linalg.matrix_transpose": row(
        linalg.matrix_transpose, np.linalg.matrix_transpose, points(2, 3, 4)
    ),
}
