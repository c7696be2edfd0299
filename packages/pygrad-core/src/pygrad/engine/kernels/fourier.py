"""What the transforms of real signals leave out: the half of a spectrum that mirrors the other."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

__all__ = ["multiplicity", "share"]


def multiplicity(n: int, axis: int, like: Any) -> Any:
    """How often each value of half a spectrum stands in the whole one, of length `n`.

    Twice, but for the frequency 0, and for the highest one if `n` is even. It broadcasts against
    `like` along the axis, in its dtype.
    """
    return _weights(n, 2.0, like.dtype).reshape(-1, *(1,) * (like.ndim - 1 - axis))


def share(n: int, axis: int, like: Any) -> Any:
    """The reciprocal of `multiplicity`: NumPy multiplies complex numbers ten times as fast."""
    return _weights(n, 0.5, like.dtype).reshape(-1, *(1,) * (like.ndim - 1 - axis))


@functools.lru_cache(maxsize=32)  # a few lengths come again and again
def _weights(n: int, inner: float, dtype: Any) -> Any:
    weights = np.full(n // 2 + 1, inner, np.result_type(dtype, np.float32))
    weights[0] = 1
    if n % 2 == 0:
        weights[-1] = 1
    weights.flags.writeable = False
    return weights
