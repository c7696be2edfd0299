"""Sums over all but the channels."""

from __future__ import annotations

from typing import Any

import numpy as np

from pygrad.nn.functional.kernels.layout import is_channels_last, last, ones

__all__ = ["channel_sums"]


def channel_sums(x: Any) -> Any:
    """sum of x[n, c, ...] over n and the axes behind c, by products with ones.

    BLAS adds two to six times faster than `sum` over these axes.
    """
    c = x.shape[1]
    if not x.size or x.dtype.kind not in "fc":
        return x.sum(axis=(0, *range(2, x.ndim)))
    if is_channels_last(x):
        flat = last(x).reshape(-1, c)
        return np.dot(ones(len(flat), x.dtype), flat)
    rows = x.reshape(len(x) * c, -1)
    return np.dot(rows, ones(rows.shape[1], x.dtype)).reshape(-1, c).sum(axis=0)
