"""Convolution with every channel a plane: for few channels, and for kernels of a single pixel.

With one to four channels, a window's row is a run of few numbers where channels lie last, and
copying it costs more than the product; adding it, with one to sixteen. Here the runs are rows of
the image. A kernel of a single pixel needs no copy at all.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pygrad.nn.functional.geometry import Geometry, places
from pygrad.nn.functional.kernels.layout import is_channels_last
from pygrad.nn.functional.kernels.scratch import Windows

__all__ = ["applies", "convolve", "spread", "weight_gradient"]

_KEPT = 1_000_000  # numbers: windows are kept for the gradient where they are fewer
_BLOCK = 1_000_000


def applies(geometry: Geometry, x: Any) -> bool:
    """Whether it takes less time than windows with the channels last."""
    if geometry.groups != 1 or not x.size:
        return False
    return x.shape[1] <= 4 or (_is_pointwise(geometry) and not is_channels_last(x))


def convolve(x: Any, W: Any, geometry: Geometry, keep: bool) -> tuple[Any, Any]:
    """The convolution, and the windows if they are to be kept and are few."""
    n, o = len(x), len(W)
    matrix = W.reshape(o, -1)
    if _is_pointwise(geometry):
        y = np.matmul(matrix, x.reshape(n, x.shape[1], -1))
        return y.reshape(n, o, *geometry.out), None
    y = np.empty((n, o, math.prod(geometry.out)), np.result_type(x, W))
    few = matrix.shape[1] * y.shape[2] * n <= _KEPT
    kept = Windows() if keep and few else None
    for block in _blocks(x, geometry):
        np.matmul(matrix, _windows(x[block], geometry, kept), out=y[block])
    return y.reshape(n, o, *geometry.out), kept


def spread(g: Any, W: Any, geometry: Geometry) -> Any:
    """The transpose of `convolve` in x: each value of `g` adds its multiple of W to its window."""
    (n, o), c = g.shape[:2], W.shape[1]
    matrix = np.ascontiguousarray(W.reshape(o, -1).T)
    g = g.reshape(n, o, math.prod(geometry.out))
    full = [m + a + b for m, (a, b) in zip(geometry.size, geometry.padding, strict=True)]
    x = np.zeros((n, c, *full), np.result_type(g, W))
    for block in _blocks(x, geometry):
        windows = np.matmul(matrix, g[block])
        windows = windows.reshape(len(windows), c, math.prod(geometry.kernel), *geometry.out)
        for i, place in enumerate(places(geometry)):
            x[(block, slice(None), *place)] += windows[:, :, i]
    inner = [slice(a, a + m) for m, (a, _) in zip(geometry.size, geometry.padding, strict=True)]
    return np.ascontiguousarray(x[(slice(None), slice(None), *inner)])


def weight_gradient(x: Any, g: Any, geometry: Geometry, kept: Any) -> Any:
    """For each weight the sum of what it is multiplied with."""
    c, (n, o) = x.shape[1], g.shape[:2]
    g = g.reshape(n, o, -1)
    total: Any = 0
    for i, block in enumerate(_blocks(x, geometry)):
        windows = _windows(x[block], geometry) if kept is None else kept.arrays[i]
        total = total + np.matmul(g[block], windows.transpose(0, 2, 1)).sum(axis=0)
    return total.reshape(o, c, *geometry.kernel)


def _is_pointwise(geometry: Geometry) -> bool:
    return (
        set(geometry.kernel) == {1}
        and set(geometry.stride) == {1}
        and not any(map(any, geometry.padding))
    )


def _blocks(x: Any, geometry: Geometry) -> list[slice]:
    size = x.shape[1] * math.prod(geometry.kernel) * math.prod(geometry.out)
    step = max(1, _BLOCK // max(size, 1))
    return [slice(i, i + step) for i in range(0, len(x), step)]


def _windows(x: Any, geometry: Geometry, kept: Windows | None = None) -> Any:
    """Samples x (channels, kernel) x windows."""
    n, c = x.shape[:2]
    if _is_pointwise(geometry):
        return x.reshape(n, c, -1)
    if any(map(any, geometry.padding)) or not x.flags.c_contiguous:
        widths = ((0, 0), (0, 0), *geometry.padding)
        full = [m + a + b for m, (a, b) in zip(x.shape, widths, strict=True)]
        low = [max(a, 0) for a, _ in widths]
        cut = tuple(
            slice(max(-a, 0), m - max(-b, 0)) for m, (a, b) in zip(x.shape, widths, strict=True)
        )
        inner = x[cut]
        xp = np.zeros(full, x.dtype)
        xp[tuple(slice(a, a + m) for a, m in zip(low, inner.shape, strict=True))] = inner
    else:
        xp = x
    step = xp.strides
    strides = (
        *step[:2],
        *(a * d for a, d in zip(step[2:], geometry.dilation, strict=True)),
        *(a * s for a, s in zip(step[2:], geometry.stride, strict=True)),
    )
    shape = (n, c, *geometry.kernel, *geometry.out)
    view = np.ndarray(shape, xp.dtype, xp, 0, strides)
    matrix = (n, c * math.prod(geometry.kernel), math.prod(geometry.out))
    return view.reshape(matrix) if kept is None else kept.copy(view, matrix)
