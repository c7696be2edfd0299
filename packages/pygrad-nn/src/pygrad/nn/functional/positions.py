"""Encodings of positions, for models that do not know the order of their inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pygrad import as_variable

if TYPE_CHECKING:
    import numpy.typing as npt

    from pygrad import Variable

__all__ = ["sinusoidal_positions"]


def sinusoidal_positions(length: int, width: int, dtype: npt.DTypeLike = np.float32) -> Variable:
    """Waves of many lengths: ``y[p, 2 i] = sin(p w), y[p, 2 i + 1] = cos(p w)``.

    With ``w = 10000 ** (-2 i / width)``; so the encoding of a position some steps further on is a
    rotation of this one's.

    Parameters
    ----------
    length : int
        How many positions.
    width : int
        How many values each has. If it is odd, the last sine has no cosine.
    dtype : dtype

    Returns
    -------
    Variable, shape (length, width)
        A constant.

    References
    ----------
    Vaswani et al., "Attention is all you need", NeurIPS (2017), section 3.5.

    Examples
    --------
    >>> from pygrad import functions as F
    >>> F.sinusoidal_positions(2, 4)
    Variable([[0.         1.         0.         1.        ]
              [0.84147096 0.5403023  0.00999983 0.99995   ]])
    """
    pairs = np.arange(0, width, 2)
    angles = np.arange(length)[:, None] * 10000.0 ** (-pairs / width)
    y = np.empty((length, width))
    y[:, 0::2] = np.sin(angles)
    y[:, 1::2] = np.cos(angles[:, : width // 2])
    return as_variable(y.astype(dtype))
